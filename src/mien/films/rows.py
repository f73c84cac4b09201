"""Readings of a film as a table: one row a face and frame."""

from typing import Final

from mien.emotions import VOTE_NAMES
from mien.output.tables import (
    CHANGE_COLUMNS,
    MOVEMENT_COLUMNS,
    Columns,
    Row,
    change_row,
    movement_row,
)
from mien.types import Frame, Reading

FILM_COLUMNS: Final[Columns] = {
    "time": float,
    "frame": int,
    "track": int,
    **dict.fromkeys(("x1", "y1", "x2", "y2", "score"), float),
    "top": str,
    "share": float,
    **dict.fromkeys(VOTE_NAMES, float),
    **dict.fromkeys(MOVEMENT_COLUMNS.values(), float),
    "state": str,
    "clear": bool,
    "why": str,
    **CHANGE_COLUMNS,
    "talking": bool,
    "gesture": str,
    "just_now": bool,
}
"""Names and kinds of the columns; `mien read --csv` has the same for what is the same."""


def row(frame: Frame, reading: Reading) -> Row:
    """A face in a frame, by `FILM_COLUMNS`."""
    face = reading.to_dict()
    # What is unclear fills no column that looks like an answer.
    top, share = face["top"][0] if reading.clear else (None, None)
    values = (
        *(round(frame.time, 4), frame.index, reading.track, *face["box"], face["score"]),
        *(top, share, *face["votes"].values(), *movement_row(face["movements"]).values()),
        *(face["state"], face["clear"], face["why"], *change_row(face.get("change")).values()),
        *(reading.talking, reading.gesture, reading.just_now),
    )
    return dict(zip(FILM_COLUMNS, values, strict=True))
