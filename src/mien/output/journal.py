"""Files of rows, as CSV, JSON lines or Parquet, and the journal of results for them.

Long work gathers its results in a `Journal`; an interrupted run leaves it behind, and the next run
continues it. The file of rows is written at the end, whole or not at all.
"""

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final, Literal

from mien.output.file_lock import open_locked, run_line, run_of
from mien.output.rows import Columns, Row
from mien.output.tables import arrow_schema
from mien.output.whole_file import whole_file
from mien.parallel import chunks

Format = Literal["json", "csv", "parquet"]
"""JSON lines, CSV or Parquet."""

_ROWS: Final = 5_000  # rows of Parquet that are in memory at once


class Journal:
    """Growing file of JSON lines, written by one run at a time, line by line."""

    def __init__(self, path: Path, named: Path) -> None:
        """Open or make the file; `cut` it before the first `write`.

        Args:
            path: path of the file.
            named: file or folder that an error names.

        Raises:
            MienError: another run of mien has locked it.
            OSError: it cannot be opened.
        """
        self._path = path
        self._file: IO[bytes] = open_locked(path, named)

    def cut(self, keep: int) -> None:
        """Keep that many bytes, and cut off what is behind them.

        Raises:
            OSError: the file cannot be written.
        """
        self._file.truncate(keep)

    def begin(self, **about: Any) -> None:
        """Write a line that says which run writes the file.

        Args:
            about: what later runs should know of this run; `lines` yields it.

        Raises:
            OSError: the file cannot be written.
        """
        self._append(run_line(**about))

    @property
    def size(self) -> int:
        """Size of the file in bytes."""
        return os.fstat(self._file.fileno()).st_size

    def write(self, content: Mapping[str, Any]) -> None:
        """Add a line; it is in the file when this returns.

        Raises:
            OSError: the file cannot be written.
        """
        self._append(json_line(content).encode())

    def lines(self) -> Generator[bytes]:
        """Yield all lines, also those of `begin`; the last may be cut short."""
        with os.fdopen(os.dup(self._file.fileno()), "rb") as file:
            file.seek(0)
            yield from file

    def contents(self) -> Iterator[dict[str, Any]]:
        """Return what `write` was given; all lines must be whole, and none be added meanwhile."""
        return (json.loads(line) for line in self.lines() if run_of(line) is None)

    def _append(self, line: bytes) -> None:
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:  # the system does not name it
            raise OSError(error.errno, error.strerror, str(self._path)) from error

    def close(self) -> None:
        """Close the file, and keep it."""
        self._file.close()

    def remove(self) -> None:
        """Close the file, and remove it.

        Raises:
            OSError: the file cannot be removed.
        """
        if sys.platform != "win32":
            self._path.unlink(missing_ok=True)  # before another run can lock it
            self._file.close()
            return
        self._file.close()  # Windows does not remove open files
        with suppress(PermissionError):  # another run has locked it, and will find it done
            self._path.unlink(missing_ok=True)


def write_rows(
    path: Path, kind: Format, columns: Columns, rows: Iterable[Row], before: Path | None = None
) -> None:
    """Write a file of rows, whole or not at all; until it is whole, it is FILE.new.

    Args:
        path: path of the file; an earlier file is replaced.
        kind: format of the file.
        columns: columns of a row; JSON lines hold whatever is in `rows`.
        rows: rows of the file.
        before: file of the same format whose rows come first.

    Raises:
        MissingPackageError: pyarrow is not installed, and Parquet is asked for.
        OSError: the file cannot be written.
    """
    with whole_file(path) as new:
        if kind == "parquet":
            _write_parquet(new, columns, rows, before)
        else:
            with new.open("wb") as file:
                if before is not None:
                    with before.open("rb") as old:
                        shutil.copyfileobj(old, file)
                elif kind == "csv":
                    file.write(csv_header(columns).encode())
                line = json_line if kind == "json" else csv_line
                file.writelines(line(row).encode("utf-8", "backslashreplace") for row in rows)


def read_rows(path: Path, kind: Format) -> Iterator[Row]:
    """Yield the rows of a file written by `write_rows`; values of CSV are text.

    Raises:
        OSError: the file cannot be read.
    """
    if kind == "parquet":
        from pyarrow import parquet

        with parquet.ParquetFile(path) as table:
            for batch in table.iter_batches(_ROWS):
                yield from batch.to_pylist()
        return
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file) if kind == "csv" else map(json.loads, file)


def _write_parquet(
    path: Path, columns: Columns, rows: Iterable[Row], before: Path | None = None
) -> None:
    schema = arrow_schema(columns)
    from pyarrow import Table, parquet

    with parquet.ParquetWriter(path, schema) as writer:
        if before is not None:
            with parquet.ParquetFile(before) as old:
                for batch in old.iter_batches(_ROWS):
                    writer.write_batch(batch)
        for some in chunks(rows, _ROWS):
            writer.write_table(Table.from_pylist(some, schema))


def json_line(content: Mapping[str, Any]) -> str:
    """Return one JSON object on one line."""
    return json.dumps(content) + "\n"


def csv_header(columns: Columns) -> str:
    """Return the names of the columns on one line."""
    return ",".join(columns) + "\n"


def csv_line(row: Row) -> str:
    """Return the values of a row, on one line unless a value holds a line break."""
    values = [str(v).lower() if isinstance(v, bool) else v for v in row.values()]
    line = io.StringIO()
    # Python 3.12 quotes a value with a carriage return only if the line ends in one.
    csv.writer(line, lineterminator="\r\n").writerow(values)
    return line.getvalue()[:-2] + "\n"
