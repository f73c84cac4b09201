"""Readings as tables: a row a face, with the columns of `mien read --csv`.

pandas, polars and pyarrow are no part of mien: each function needs the one that it is named after.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, Final, cast

from mien.emotions import VOTE_NAMES
from mien.errors import DataError, MissingPackageError
from mien.frames import Frame
from mien.movements import MOVEMENT_NAMES
from mien.readings import PictureResult, Readings
from mien.types import Reading

if TYPE_CHECKING:
    import pandas
    import polars

Columns = Mapping[str, type]
"""Names of columns, and of what kind their values are: `str`, `int`, `float` or `bool`."""

MOVEMENT_COLUMNS: Final = {name: f"movement_{name.replace(' ', '_')}" for name in MOVEMENT_NAMES}
"""Names of the columns of movements; those that a network does not tell have no values."""

CHANGE_COLUMNS: Final[Columns] = {"change": str, "change_by": float, "change_sentence": str}
"""How a face differs from the person's usual one; no values where that is not known or it does not.
"""

COLUMNS: Final[Columns] = {
    "image": str,
    "width": int,
    "height": int,
    "face": int,
    **dict.fromkeys(("x1", "y1", "x2", "y2", "score"), float),
    "top": str,
    "share": float,
    **dict.fromkeys(VOTE_NAMES, float),
    **dict.fromkeys(MOVEMENT_COLUMNS.values(), float),
    "state": str,
    "clear": bool,
    "why": str,
    **CHANGE_COLUMNS,
    "error": str,
}
"""Names and kinds of the columns; every value may be missing."""

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
"""Names and kinds of the columns of a film's table, which has a row a face and frame."""

_EXPECTED: Final = (
    "Expected results of mien.read_files, readings of one picture, what mien.watch gives, or "
    "readings by picture name, such as dict(zip(paths, reader.read_many(paths)))"
)

Row = dict[str, Any]
Results = (
    Reading
    | PictureResult
    | Iterable[Reading | PictureResult | Readings]
    | Iterable[tuple[Frame, Sequence[Reading]]]
    | Mapping[Any, Iterable[Reading]]
)
"""Readings of one picture, results of `mien.read_files`, what `mien.watch` gives, or readings by
picture name."""


def rows(results: Results) -> Iterator[Row]:
    """A row a face: a dictionary with a value, or None, for each of `COLUMNS`.

    A picture without a face gives no row, one that could not be read a row with its error.

    Args:
        results: as of `to_pandas`, but not of films.

    Raises:
        DataError: they are something else.
    """
    if isinstance(results, Mapping):
        for name, readings in results.items():
            known = readings.to_dict() if isinstance(readings, Readings) else {}
            faces = known.get("faces") or [_face(reading) for reading in readings]
            yield from dict_rows(known | {"image": str(name), "faces": faces})
        return
    if isinstance(results, Reading | PictureResult | Readings):
        results = [results]
    count = 0
    for result in results:
        if isinstance(result, PictureResult | Readings):
            yield from dict_rows(result.to_dict())
        else:
            count += 1
            yield from dict_rows({"image": None, "faces": [_face(result)]}, first=count)


def dict_rows(content: Mapping[str, Any], first: int = 1) -> Iterator[Row]:
    """Like `rows`, of one `PictureResult.to_dict`.

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
        # What is unclear fills no column that looks like an answer.
        top, share = face["top"][0] if face["clear"] else (None, None)
        yield {
            **picture,
            "face": number,
            **dict(zip(("x1", "y1", "x2", "y2"), face["box"], strict=True)),
            "score": face["score"],
            "top": top,
            "share": share,
            **face["votes"],
            **movement_row(face.get("movements", {})),  # a file begun by mien 0.1.0 has none
            "state": face.get("state"),  # a file begun by mien 0.1.0 has none
            "clear": face["clear"],
            "why": face["why"],
            **change_row(face.get("change")),
        }


def film_row(frame: Frame, reading: Reading) -> Row:
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


def change_row(change: Mapping[str, Any] | None) -> Row:
    """The columns of a `Change.to_dict`, or of none."""
    values = [] if change is None else [change["emotion"], change["by"], change["sentence"]]
    return dict(zip_longest(CHANGE_COLUMNS, values))


def movement_row(movements: Mapping[str, float]) -> Row:
    """The columns of movements, each with a value or None."""
    return {column: movements.get(name) for name, column in MOVEMENT_COLUMNS.items()}


def text(name: str | None) -> str | None:
    """The name without what is no Unicode, which file names may hold."""
    return None if name is None else name.encode("utf-8", "backslashreplace").decode()


def to_pandas(results: Results) -> "pandas.DataFrame":
    """A pandas data frame with a row a face; missing values are `pandas.NA`, or NaN among shares.

    Its columns are those of `mien read --csv`, and for a film those of `mien watch`. Where a face
    is not clear, `top` and `share` are missing: `why` says the reason.

    Args:
        results: the readings of one picture; results of `mien.read_files`; what `mien.watch`
            gives; or readings by the name of their picture, such as
            `dict(zip(paths, reader.read_many(paths)))`.

    Raises:
        MissingPackageError: pandas is not installed.
        DataError: the results are something else.

    Examples:
        >>> import mien
        >>> table = mien.to_pandas(mien.read_files("holiday"))
        >>> print(table[["image", "face", "top", "state"]])
                       image  face    top  state
        0  holiday/beach.jpg     1  happy  clear
        1    holiday/sea.png     1  happy  clear
        >>> film = mien.to_pandas(mien.watch("film.mp4", every=0.1))
        >>> print(film[["time", "track", "top"]])
           time  track    top
        0  0.00      1  happy
        1  0.12      1  happy
        2  0.20      1  happy
    """
    pandas = _package("pandas")
    kinds = {str: "string", int: "Int64", float: "float64", bool: "boolean"}
    columns, table = _table(results)
    return pandas.DataFrame(
        {
            name: pandas.Series([row[name] for row in table], dtype=kinds[kind])
            for name, kind in columns.items()
        }
    )


def to_polars(results: Results) -> "polars.DataFrame":
    """A polars data frame with a row a face; missing values are null.

    Args:
        results: as of `to_pandas`, whose columns it has, too.

    Raises:
        MissingPackageError: polars is not installed.
        DataError: the results are something else.

    Examples:
        >>> import mien
        >>> mien.to_polars(mien.read_files("holiday"))["top"].to_list()
        ['happy', 'happy']
    """
    polars = _package("polars")
    kinds = {str: polars.String, int: polars.Int64, float: polars.Float64, bool: polars.Boolean}
    columns, table = _table(results)
    return polars.DataFrame(table, schema={name: kinds[kind] for name, kind in columns.items()})


def to_arrow(results: Results) -> Any:
    """A `pyarrow.Table` with a row a face; missing values are null.

    Args:
        results: as of `to_pandas`, whose columns it has, too.

    Raises:
        MissingPackageError: pyarrow is not installed.
        DataError: the results are something else.

    Examples:
        >>> import mien
        >>> mien.to_arrow(mien.read_files("holiday"))["top"].to_pylist()
        ['happy', 'happy']
    """
    table = _package("pyarrow").Table
    columns, content = _table(results)
    return table.from_pylist(content, schema=arrow_schema(columns))


def _table(results: Results) -> tuple[Columns, list[Row]]:
    """Columns and rows; a film's results are told by their first."""
    given: Any = results
    if isinstance(given, Iterable) and not isinstance(given, Mapping | Readings | str):
        given = iter(given)
        first = next(given, None)
        given = [] if first is None else chain([first], given)
        if isinstance(first, tuple):
            return FILM_COLUMNS, [row for result in given for row in _film_rows(result)]
    return COLUMNS, list(rows(cast("Results", given)))


def _film_rows(result: Any) -> list[Row]:
    if not (isinstance(result, tuple) and len(result) == 2 and isinstance(result[0], Frame)):
        raise DataError(f"{_EXPECTED}; got a {type(result).__name__} among them.")
    frame, readings = result
    return [film_row(frame, reading) for reading in readings]


def arrow_schema(columns: Columns = COLUMNS) -> Any:
    """Columns as a `pyarrow.Schema`.

    Raises:
        MissingPackageError: pyarrow is not installed.
    """
    pyarrow = _package("pyarrow")
    kinds = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        bool: pyarrow.bool_(),
    }
    return pyarrow.schema([(name, kinds[kind]) for name, kind in columns.items()])


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise MissingPackageError(
            f"This needs {name}, which is not installed. Install it: pip install {name}"
        ) from error


def _face(reading: Any) -> dict[str, Any]:
    if isinstance(reading, Reading):
        return reading.to_dict()
    raise DataError(f"{_EXPECTED}; got a {type(reading).__name__} among them.")
