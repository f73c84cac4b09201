"""How values print in a Python session: one line each, without an answer if it is not clear."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import mien

BOX = (34.2, 50.0, 134.0, 190.4)
FACE = mien.Face(BOX, np.zeros((5, 2), np.float32), 0.93)
QUALITY = mien.Quality(100.0, 0.5, 0.2, 0.5, 0.0)
HAPPY = mien.Votes([0, 0, 0, 0.8, 0, 0, 0.2, 0])


def reading(votes: mien.Votes, reason: mien.Reason | None = None) -> mien.Reading:
    return mien.Reading(FACE, votes, QUALITY, reason)


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (reading(HAPPY), "<happy, 8 of 10, clear, box (34, 50, 134, 190)>"),
        (
            reading(mien.Votes([0, 0, 0, 0.52, 0, 0, 0.48, 0])),
            "<happy, 5 of 10 and neutral, 5 of 10, mixed, box (34, 50, 134, 190)>",
        ),
        (
            reading(HAPPY, mien.Reason.TOO_SMALL),
            "<unclear: too small, box (34, 50, 134, 190)>",
        ),
        (
            replace(reading(HAPPY), track=2),
            "<face 2: happy, 8 of 10, clear, box (34, 50, 134, 190)>",
        ),
        (HAPPY, "Votes(happy 0.80, neutral 0.20)"),
        (FACE, "<Face, box (34, 50, 134, 190), score 0.93>"),
        (
            mien.Frame(np.zeros((240, 320, 3), np.uint8), 1.234, 31),
            "<Frame 31 at 1.23 s, 320×240>",
        ),
        (mien.PictureResult("a.jpg", error="a.jpg: empty."), "<PictureResult of a.jpg: empty.>"),
        (mien.PictureResult("a.jpg", 9, 9), "<PictureResult of a.jpg: no face>"),
        (mien.usual_face(reading(HAPPY)), "<UsualFace of 1 reading>"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_values_print_on_one_line(value: object, line: str) -> None:
    assert repr(value) == str(value) == line


def test_readings_print_a_line_a_face(astronaut: NDArray[np.uint8]) -> None:
    readings = mien.Readings([reading(HAPPY), reading(HAPPY)], astronaut, "a.jpg")
    assert repr(readings).splitlines() == [
        "<Readings of a.jpg: 2 faces",
        "  <happy, 8 of 10, clear, box (34, 50, 134, 190)>",
        "  <happy, 8 of 10, clear, box (34, 50, 134, 190)>>",
    ]


def test_what_is_unclear_fills_no_column_that_looks_like_an_answer() -> None:
    unclear = reading(HAPPY, mien.Reason.TOO_DARK)
    table = mien.to_pandas([unclear, reading(HAPPY)])
    assert table["top"].tolist()[1:] == ["happy"]
    assert table["top"].isna().tolist() == table["share"].isna().tolist() == [True, False]
    assert table["why"].fillna("").tolist() == ["too dark", ""]
    assert "happy" not in repr(unclear)
    assert "happy" not in unclear.sentence()
    assert unclear.answers == ()
