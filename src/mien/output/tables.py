"""Readings as tables: a row a face, with the columns of `mien read --csv`.

pandas, polars and pyarrow are no part of mien: each function needs the one that it is named after.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

from mien.emotions import VOTE_NAMES
from mien.errors import DataError, MissingPackageError
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

Row = dict[str, Any]
Results = Iterable[PictureResult | Readings] | Iterable[Reading] | Mapping[Any, Iterable[Reading]]
"""Results of `mien.read_files`, readings of one picture, or readings by picture name."""


def rows(results: Results) -> Iterator[Row]:
    """A row a face: a dictionary with a value, or None, for each of `COLUMNS`.

    A picture without a face gives no row, one that could not be read a row with its error.

    Args:
        results: of `mien.read_files`; or the readings of one picture; or the readings of several
            by their name, such as `dict(zip(paths, reader.read_many(paths)))`. Only the first tell
            width and height.

    Raises:
        DataError: they are something else.
    """
    if isinstance(results, Mapping):
        for name, readings in results.items():
            faces = [_face(reading) for reading in readings]
            yield from dict_rows({"image": str(name), "faces": faces})
        return
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
    """A pandas data frame of `rows`; missing values are `pandas.NA`, or NaN among shares.

    Raises:
        MissingPackageError: pandas is not installed.
        DataError: as of `rows`.

    Examples:
        >>> import mien
        >>> table = mien.to_pandas(mien.read_files("holiday"))
        >>> print(table[["image", "face", "top", "state"]])
                       image  face    top  state
        0  holiday/beach.jpg     1  happy  clear
        1    holiday/sea.png     1  happy  clear
    """
    pandas = _package("pandas")
    kinds = {str: "string", int: "Int64", float: "float64", bool: "boolean"}
    table = list(rows(results))
    return pandas.DataFrame(
        {
            name: pandas.Series([row[name] for row in table], dtype=kinds[kind])
            for name, kind in COLUMNS.items()
        }
    )


def to_polars(results: Results) -> "polars.DataFrame":
    """A polars data frame of `rows`.

    Raises:
        MissingPackageError: polars is not installed.
        DataError: as of `rows`.

    Examples:
        >>> import mien
        >>> mien.to_polars(mien.read_files("holiday"))["top"].to_list()
        ['happy', 'happy']
    """
    polars = _package("polars")
    kinds = {str: polars.String, int: polars.Int64, float: polars.Float64, bool: polars.Boolean}
    schema = {name: kinds[kind] for name, kind in COLUMNS.items()}
    return polars.DataFrame(list(rows(results)), schema=schema)


def to_arrow(results: Results) -> Any:
    """A `pyarrow.Table` of `rows`.

    Raises:
        MissingPackageError: pyarrow is not installed.
        DataError: as of `rows`.

    Examples:
        >>> import mien
        >>> mien.to_arrow(mien.read_files("holiday"))["top"].to_pylist()
        ['happy', 'happy']
    """
    return _package("pyarrow").Table.from_pylist(list(rows(results)), schema=arrow_schema())


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
    raise DataError(
        "Expected results of mien.read_files, readings of one picture, or readings by picture "
        "name, such as dict(zip(paths, reader.read_many(paths))); got a "
        f"{type(reading).__name__} among them."
    )
