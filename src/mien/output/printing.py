"""What came of one picture: for people, as a JSON line, or as CSV rows."""

from typing import TYPE_CHECKING

from mien.output.console import safe
from mien.output.journal import csv_line, json_line
from mien.output.tables import rows

if TYPE_CHECKING:
    from mien.readings import PictureResult


def as_json(result: "PictureResult") -> str:
    """One JSON object on one line."""
    return json_line(result.to_dict())


def as_csv(result: "PictureResult") -> str:
    """A row a face, and one for an error."""
    return "".join(csv_line(row) for row in rows([result]))


def as_text(result: "PictureResult", *, movements: bool = False) -> str:
    """A line a picture and an indented one a face, in plain words; nothing for an error.

    Where the person's usual face is known, a further line says how the face differs from it.

    Args:
        result: of the picture.
        movements: whether a further line says what moves in a face, where anything does.
    """
    if result.error is not None:
        return ""
    lines = [f"{safe(str(result.image))}: {result.summary()}\n"]
    for number, reading in enumerate(result.readings, start=1):
        wide = f"face {number}, {reading.face.width:.0f} pixels wide: "
        lines.append(f"  {wide if len(result.readings) > 1 else ''}{reading.sentence()}\n")
        if movements and (moves := reading.movement_words()):
            lines.append(f"    {moves}\n")
        if change := reading.change_words():
            lines.append(f"    {change}\n")
    return "".join(lines)
