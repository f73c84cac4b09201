"""Results of pictures as text: plain words, JSON lines or CSV rows."""

from typing import TYPE_CHECKING

from mien.output.console import safe
from mien.output.journal import csv_line, json_line
from mien.output.rows import rows
from mien.output.texts import load_texts

if TYPE_CHECKING:
    from mien.readings import PictureResult


def as_json(result: "PictureResult") -> str:
    """Return a result as one JSON object on one line."""
    return json_line(result.to_dict())


def as_csv(result: "PictureResult") -> str:
    """Return a CSV row for each face, or one for an error."""
    return "".join(csv_line(row) for row in rows([result]))


def as_text(result: "PictureResult", *, movements: bool = False) -> str:
    """Return a line for a picture and an indented one for each face; nothing for an error.

    Where the person's usual face is known, a further line says how the face differs from it.

    Args:
        result: result of one picture.
        movements: whether a further line says what moves in a face, where anything does.
    """
    if result.error is not None:
        return ""
    lines = [f"{safe(str(result.image))}: {result.summary()}\n"]
    numbered = load_texts("en").sentences["numbered"]
    for number, reading in enumerate(result.readings, start=1):
        sentence = reading.sentence()
        if len(result.readings) > 1:
            width = f"{reading.face.width:.0f}"
            sentence = numbered.format(number=number, width=width, sentence=sentence)
        lines.append(f"  {sentence}\n")
        if movements and (moves := reading.movement_words()):
            lines.append(f"    {moves}\n")
        if change := reading.change_words():
            lines.append(f"    {change}\n")
    return "".join(lines)
