"""What came of one picture: for people, as a JSON line, or as CSV rows."""

import csv
import io
import json
from typing import TYPE_CHECKING

from mien.tables import COLUMNS, Row, rows

if TYPE_CHECKING:
    from mien.types import PictureResult


def as_json(result: "PictureResult") -> str:
    """One JSON object on one line."""
    return json.dumps(result.to_dict()) + "\n"


def csv_header() -> str:
    """The names of the columns, on one line."""
    return ",".join(COLUMNS) + "\n"


def as_csv(result: "PictureResult") -> str:
    """A row a face, and one for an error."""
    return "".join(_csv_line(row) for row in rows([result]))


def as_text(result: "PictureResult") -> str:
    """A line a picture and an indented one a face, in plain words; nothing for an error."""
    if result.error is not None:
        return ""
    lines = [f"{result.image}: {result.summary()}\n"]
    for number, reading in enumerate(result.readings, start=1):
        wide = f"face {number}, {reading.face.width:.0f} pixels wide: "
        lines.append(f"  {wide if len(result.readings) > 1 else ''}{reading.sentence()}\n")
    return "".join(lines)


def _csv_line(row: Row) -> str:
    clear = row["clear"]
    line = io.StringIO()
    # Ending in both, so that names that hold either are quoted; Python 3.12 would not, else.
    writer = csv.DictWriter(line, COLUMNS, lineterminator="\r\n")
    writer.writerow(row | {"clear": None if clear is None else str(clear).lower()})
    return line.getvalue()[:-2] + "\n"
