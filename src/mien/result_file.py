"""A file of results that goes on where an interrupted run has left it.

JSON lines and CSV are written picture by picture into the file itself. Parquet cannot be: its
results gather as JSON lines in FILE.part, and become FILE when all pictures are read.
"""

import csv
import json
from collections.abc import Generator, Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Literal, Self

from mien._parallel import chunks
from mien.errors import MienError
from mien.printing import as_csv, as_json, csv_header
from mien.tables import COLUMNS, arrow_schema, dict_rows, text
from mien.types import PictureResult

Format = Literal["json", "csv", "parquet"]

_JSON_START: Final = b'{"image": '
_IMAGE: Final = list(COLUMNS).index("image")
_ERROR: Final = list(COLUMNS).index("error")
_ROWS: Final = 5_000  # of Parquet, or pictures, that are in memory at once

Done = dict[str | None, str | None]
"""Errors, or None, by the names of the pictures that are done."""


class ResultFile:
    """Results of many pictures in one file; opened again, it knows which are done.

    Use it as a context manager. Left without an exception, it is finished.
    """

    def __init__(self, path: Path, kind: Format, pictures: Iterable[str]) -> None:
        """Open or make the file, and mend what an interrupted run has left half written.

        Args:
            path: of the file; its folder is made where it is missing.
            kind: of the file.
            pictures: names of those that are to be read.

        Raises:
            MienError: the file is there and of another kind.
            OSError: it cannot be written.
        """
        self._path = path
        self._kind: Format = kind
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise MienError(f"{path}: expected a file's name, got a folder or device.")
        self._before = _parquet_done(path) if kind == "parquet" else {}
        self._written = written = _with_ending(path, ".part") if kind == "parquet" else path
        written.touch()
        self._file: IO[bytes] = written.open("r+b", buffering=0)
        try:
            if kind == "csv":
                done, end, start = _csv_done(self._file, path, {text(name) for name in pictures})
            else:
                done, end, start = _json_done(self._file, written)
            self.done = self._before | done
            self._file.truncate(end)
            self._file.seek(end)
            self._write(start)
        except BaseException:
            self._file.close()
            raise

    def is_done(self, name: str) -> bool:
        """Whether the picture of that name needs not be read."""
        return text(name) in self.done

    def errors_of(self, names: Iterable[str]) -> list[str]:
        """Why those of the pictures that are done could not be read."""
        return [error for name in names if (error := self.done.get(text(name)))]

    def write(self, result: PictureResult) -> None:
        """Add a picture.

        Raises:
            OSError: it cannot be written.
        """
        self._write(as_csv(result) if self._kind == "csv" else as_json(result))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
        if self._kind == "parquet" and kind is None:
            _finish_parquet(self._path, self._written, self._before)

    def _write(self, content: str) -> None:
        rest = memoryview(content.encode("utf-8", "backslashreplace"))
        while rest:
            rest = rest[self._file.write(rest) :]


def _with_ending(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _refusal(path: Path, kind: str, why: str) -> MienError:
    return MienError(
        f"{path}: expected {kind} of an earlier `mien read`, to go on with: {why}. "
        "Name another file, or delete this one."
    )


def _json_done(file: IO[bytes], path: Path) -> tuple[Done, int, str]:
    """What is done, where the whole lines end, and what is to be written there first."""
    done: Done = {}
    end = 0
    for number, line in enumerate(file, start=1):
        whole = line.endswith(b"\n")
        try:
            content: Any = json.loads(line)
            done[text(content["image"])] = text(content.get("error"))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            if not whole and (line.startswith(_JSON_START) or _JSON_START.startswith(line)):
                return done, end, ""
            raise _refusal(path, "JSON lines", f"line {number} is none") from error
        end += len(line)
        if not whole:
            return done, end, "\n"
    return done, end, ""


def _csv_done(file: IO[bytes], path: Path, wanted: set[str | None]) -> tuple[Done, int, str]:
    """As `_json_done`. The last picture may lack faces: it is read again if it is `wanted`."""
    header = csv_header().encode()
    first = file.readline()
    if first != header:
        if header.startswith(first):
            return {}, 0, csv_header()
        raise _refusal(path, "CSV", "its header is another")
    done: Done = {}
    end = last_start = len(header)
    last: str | None = None
    for record in _csv_records(file):
        if not record.endswith(b"\n"):
            break
        row = next(csv.reader([record.decode("utf-8", "replace")]), [])
        if len(row) != len(COLUMNS):
            raise _refusal(path, "CSV", f"a row has {len(row)} of {len(COLUMNS)} columns")
        if row[_IMAGE] != last:
            last, last_start = row[_IMAGE], end
        done[last] = row[_ERROR] or None
        end += len(record)
    if last is not None and last in wanted:
        del done[last]
        end = last_start
    return done, end, ""


def _csv_records(file: IO[bytes]) -> Generator[bytes]:
    """Lines, or several where a quoted value holds the ends of lines; the last may be cut short."""
    record = b""
    for line in file:
        record += line
        if record.count(b'"') % 2 == 0 and line.endswith(b"\n"):
            yield record
            record = b""
    if record:
        yield record.rstrip(b"\n")  # within quotes, or without its end


def _parquet_done(path: Path) -> Done:
    schema = arrow_schema()
    if not path.exists():
        return {}
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            if file.schema_arrow.names != schema.names:
                raise _refusal(path, "Parquet", "its columns are others")
            return {
                row["image"]: row["error"]
                for batch in file.iter_batches(_ROWS, columns=["image", "error"])
                for row in batch.to_pylist()
            }
    except pyarrow.ArrowException as error:
        raise _refusal(path, "Parquet", str(error).rstrip(".")) from error


def _finish_parquet(path: Path, lines: Path, before: Done) -> None:
    """Add JSON lines to the Parquet file, all or nothing; what it holds `before` is not doubled."""
    from pyarrow import Table, parquet

    new = _with_ending(path, ".new")
    try:
        with parquet.ParquetWriter(new, arrow_schema()) as writer:
            if path.exists():
                with parquet.ParquetFile(path) as old:
                    for batch in old.iter_batches(_ROWS):
                        writer.write_batch(batch)
            with lines.open("rb") as file:
                results = (json.loads(line) for line in file)
                fresh = (result for result in results if text(result["image"]) not in before)
                for some in chunks(fresh, _ROWS):
                    rows = [row for result in some for row in dict_rows(result)]
                    writer.write_table(Table.from_pylist(rows, arrow_schema()))
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    lines.unlink()
