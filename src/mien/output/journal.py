"""Rows in a file, as CSV, JSON lines or Parquet: gathered as JSON lines, written all or nothing.

Long work gathers what it finds in a `Journal`, which an interrupted run leaves behind and the next
one goes on with. The file that was asked for is written when all is there, and never in part.
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

_ROWS: Final = 5_000  # of Parquet that are in memory at once


class Journal:
    """JSON lines that grow, each written whole before `write` returns, by one run at a time."""

    def __init__(self, path: Path, named: Path) -> None:
        """Open or make the file; `cut` it before anything is written.

        Args:
            path: of the file.
            named: what an error names.

        Raises:
            MienError: another run of mien has it.
            OSError: it cannot be opened.
        """
        self._path = path
        self._file: IO[bytes] = open_locked(path, named)

    def cut(self, keep: int) -> None:
        """Keep that many bytes; what is behind them is cut off.

        Raises:
            OSError: it cannot be written.
        """
        self._file.truncate(keep)

    def begin(self, **about: Any) -> None:
        """Note that this run writes it, for people and for later runs.

        Args:
            about: what later runs should know of this one; see `lines`.

        Raises:
            OSError: it cannot be written.
        """
        self._append(run_line(**about))

    @property
    def size(self) -> int:
        """Bytes so far."""
        return os.fstat(self._file.fileno()).st_size

    def write(self, content: Mapping[str, Any]) -> None:
        """Add a line.

        Raises:
            OSError: it cannot be written.
        """
        self._append(json_line(content).encode())

    def lines(self) -> Generator[bytes]:
        """All lines so far, those of `begin` too, and a last one that may be cut short."""
        with os.fdopen(os.dup(self._file.fileno()), "rb") as file:
            file.seek(0)
            yield from file

    def contents(self) -> Iterator[dict[str, Any]]:
        """What was written; all lines must be whole, and nothing be written meanwhile."""
        return (json.loads(line) for line in self.lines() if run_of(line) is None)

    def _append(self, line: bytes) -> None:
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:  # the system does not name it
            raise OSError(error.errno, error.strerror, str(self._path)) from error

    def close(self) -> None:
        """End it; what was written stays."""
        self._file.close()

    def remove(self) -> None:
        """End it, and remove the file.

        Raises:
            OSError: it cannot be removed.
        """
        if sys.platform != "win32":
            self._path.unlink(missing_ok=True)  # before another run can have it
            self._file.close()
            return
        self._file.close()  # open files cannot be removed there
        with suppress(PermissionError):  # another run has it now, and knows that it is done
            self._path.unlink(missing_ok=True)


def write_rows(
    path: Path, kind: Format, columns: Columns, rows: Iterable[Row], before: Path | None = None
) -> None:
    """Write a file of rows, all or nothing: until it is whole, it is FILE.new.

    Args:
        path: of the file; what was there is replaced.
        kind: of the file.
        columns: names and kinds of what a row holds; JSON lines hold whatever is in `rows`.
        rows: of the file.
        before: a file of the same kind whose rows come first.

    Raises:
        MissingPackageError: of Parquet, pyarrow is not installed.
        OSError: it cannot be written.
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
    """The rows of a file by `write_rows`; of CSV their values are text.

    Raises:
        OSError: it cannot be read.
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
    """One JSON object on one line."""
    return json.dumps(content) + "\n"


def csv_header(columns: Columns) -> str:
    """The names of the columns, on one line."""
    return ",".join(columns) + "\n"


def csv_line(row: Row) -> str:
    """The values of a row, on one line unless one of them holds the end of one."""
    values = [str(v).lower() if isinstance(v, bool) else v for v in row.values()]
    line = io.StringIO()
    # Ending in both, so that names that hold either are quoted; Python 3.12 would not, else.
    csv.writer(line, lineterminator="\r\n").writerow(values)
    return line.getvalue()[:-2] + "\n"
