"""Rows of tables: a row for each face, and the names and kinds of the columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from mien.emotions import VOTE_NAMES
from mien.errors import DataError
from mien.frames import Frame
from mien.movements import MOVEMENT_NAMES
from mien.readings import PictureResult, Readings
from mien.types import Reading

Columns = Mapping[str, type]
"""Names of columns, and the kind of their values: `str`, `int`, `float` or `bool`."""

Row = dict[str, Any]
"""A value, or None, for each column."""

Results = (
    Reading
    | PictureResult
    | Iterable[Reading | PictureResult | Readings]
    | Iterable[tuple[Frame, Sequence[Reading]]]
    | Mapping[Any, Iterable[Reading]]
)
"""Readings of one picture, results of `mien.read_files`, what `mien.watch` gives, or readings by
picture name."""

EXPECTED: Final = (
    "Expected results of mien.read_files, readings of one picture, what mien.watch gives, or "
    "readings by picture name, such as dict(zip(paths, reader.read_many(paths)))"
)
"""How an error begins that refuses other things than `Results`."""

CHANGE_COLUMNS: Final[Columns] = {"change": str, "change_by": float, "change_sentence": str}
"""Columns of how a face differs from the person's usual one; empty where it does not, and where the
usual face is not known."""

_BOX: Final = ("x1", "y1", "x2", "y2")
_MOVEMENTS: Final = {name: f"movement_{name.replace(' ', '_')}" for name in MOVEMENT_NAMES}
_FACE_COLUMNS: Final[Columns] = {
    **dict.fromkeys((*_BOX, "score"), float),
    "top": str,
    "share": float,
    **dict.fromkeys((*VOTE_NAMES, *_MOVEMENTS.values()), float),
    "state": str,
    "clear": bool,
    "why": str,
    **CHANGE_COLUMNS,
}

COLUMNS: Final[Columns] = {
    "image": str,
    "width": int,
    "height": int,
    "face": int,
    **_FACE_COLUMNS,
    "error": str,
}
"""Columns of a table of pictures, which has a row a face; every value may be missing."""

FILM_COLUMNS: Final[Columns] = {
    "time": float,
    "frame": int,
    "track": int,
    **_FACE_COLUMNS,
    "talking": bool,
    "gesture": str,
    "just_now": bool,
}
"""Columns of a film's table, which has a row a face and frame; every value may be missing."""


def rows(results: Results) -> Iterator[Row]:
    """Yield a row, by `COLUMNS`, for each face.

    A picture without a face gives no row, one that could not be read a row with its error.

    Args:
        results: results as for `mien.to_pandas`, but not those of films.

    Raises:
        DataError: the results are something else.
    """
    if isinstance(results, Mapping):
        for name, readings in results.items():
            known = readings.to_dict() if isinstance(readings, Readings) else {}
            faces = known.get("faces") or [_face(reading) for reading in readings]
            yield from dict_rows(known | {"image": str(name), "faces": faces})
        return
    if isinstance(results, Reading | PictureResult | Readings):
        results = [results]
    given: Any = results
    if not isinstance(given, Iterable):
        raise DataError(f"{EXPECTED}; got {type(given).__name__}.")
    count = 0
    for result in results:
        if isinstance(result, PictureResult | Readings):
            yield from dict_rows(result.to_dict())
        else:
            count += 1
            yield from dict_rows({"image": None, "faces": [_face(result)]}, first=count)


def _face(reading: Any) -> dict[str, Any]:
    if isinstance(reading, Reading):
        return reading.to_dict()
    raise DataError(f"{EXPECTED}; got a {type(reading).__name__} among them.")


def dict_rows(content: Mapping[str, Any], first: int = 1) -> Iterator[Row]:
    """Yield rows as `rows` does, from a dictionary of `PictureResult.to_dict`.

    Args:
        content: the dictionary.
        first: number of its first face.
    """
    picture = dict.fromkeys(COLUMNS) | {"image": text(content["image"])}
    if "error" in content:
        yield picture | {"error": text(content["error"])}
        return
    picture |= {"width": content.get("width"), "height": content.get("height")}
    for number, face in enumerate(content["faces"], start=first):
        yield picture | {"face": number} | _face_row(face)


def film_row(frame: Frame, reading: Reading) -> Row:
    """Return the row, by `FILM_COLUMNS`, of a face in a frame."""
    return {
        "time": round(frame.time, 4),
        "frame": frame.index,
        "track": reading.track,
        **_face_row(reading.to_dict()),
        "talking": reading.talking,
        "gesture": reading.gesture,
        "just_now": reading.just_now,
    }


def _face_row(face: Mapping[str, Any]) -> Row:
    """Return the columns that pictures and films share, from a dictionary of `Reading.to_dict`."""
    # What is unclear fills no column that looks like an answer.
    top, share = face["top"][0] if face["clear"] else (None, None)
    change = face.get("change") or {}
    return {
        **dict(zip(_BOX, face["box"], strict=True)),
        "score": face["score"],
        "top": top,
        "share": share,
        **face["votes"],
        **{column: face["movements"].get(name) for name, column in _MOVEMENTS.items()},
        "state": face["state"],
        "clear": face["clear"],
        "why": face["why"],
        "change": change.get("emotion"),
        "change_by": change.get("by"),
        "change_sentence": change.get("sentence"),
    }


def text(name: str | None) -> str | None:
    """Return a file name with everything escaped that is no Unicode."""
    return None if name is None else name.encode("utf-8", "backslashreplace").decode()
