"""Readings as tables of other packages: a row a face, with the columns of `mien read --csv`.

pandas, polars and pyarrow are no part of mien: each function needs the one in its name.
"""

from collections.abc import Iterable, Mapping
from importlib import import_module
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from mien.errors import DataError, MissingPackageError
from mien.frames import Frame
from mien.output.rows import (
    COLUMNS,
    EXPECTED,
    FILM_COLUMNS,
    Columns,
    Results,
    Row,
    film_row,
    rows,
)
from mien.readings import Readings

if TYPE_CHECKING:
    import pandas
    import polars


def to_pandas(results: Results) -> "pandas.DataFrame":
    """A pandas data frame with a row a face; missing values are `pandas.NA`, or NaN among shares.

    Its columns are those of `mien read --csv`, and for a film those of `mien watch`. Where a face
    is not clear, `top` and `share` are missing: `why` says the reason.

    Args:
        results: readings of one picture; results of `mien.read_files`; what `mien.watch`
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
        results: results as for `mien.to_pandas`; the table has the same columns.

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
        results: results as for `mien.to_pandas`; the table has the same columns.

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
    """Columns and rows; the first result shows whether a film was read."""
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
        raise DataError(f"{EXPECTED}; got a {type(result).__name__} among them.")
    frame, readings = result
    return [film_row(frame, reading) for reading in readings]


def arrow_schema(columns: Columns = COLUMNS) -> Any:
    """Return columns as a `pyarrow.Schema`.

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
