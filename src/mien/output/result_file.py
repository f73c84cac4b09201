"""Results of many pictures in one file, which an interrupted run goes on with.

They gather as JSON lines in FILE.part, and become FILE when all pictures are read. A file that is
there already is added to.
"""

import csv
import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, Final

from mien.errors import MienError
from mien.output.journal import Format, Journal, csv_header, write_rows
from mien.output.tables import COLUMNS, arrow_schema, dict_rows, text
from mien.readings import PictureResult

_JSON_START: Final = b'{"image": '
_IMAGE: Final = list(COLUMNS).index("image")
_ERROR: Final = list(COLUMNS).index("error")
_ROWS: Final = 5_000  # of Parquet that are in memory at once

Done = dict[str | None, str | None]
"""Errors, or None, by the names of the pictures that are done."""


class ResultFile(AbstractContextManager["ResultFile"]):
    """Results of many pictures in one file; opened again, it knows which are done.

    Use it as a context manager. Left without an exception, it is finished.
    """

    def __init__(self, path: Path, kind: Format) -> None:
        """Look at what an earlier run has left, and go on from there.

        Args:
            path: of the file; its folder is made where it is missing.
            kind: of the file.

        Raises:
            MienError: the file is there and of another kind, or another run writes it.
            OSError: it cannot be written.
        """
        self._path = path
        self._kind: Format = kind
        self._part = path.with_name(path.name + ".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        for each in (path, self._part):
            if each.exists() and not each.is_file():
                raise MienError(f"{each}: expected a file's name, got a folder or device.")
        self._journal = Journal(self._part, path)
        try:
            # Looked at only now, when no other run can change them any more.
            self._before = _DONE[kind](path) if path.exists() else {}
            with closing(self._journal.lines()) as lines:
                gathered, end = _json_lines(self._part, lines)
            self._journal.cut(end)
        except BaseException:
            self._leave()
            raise
        self._done = self._before | gathered

    def is_done(self, name: str) -> bool:
        """Whether the picture of that name needs not be read."""
        return text(name) in self._done

    def errors_of(self, names: Iterable[str]) -> list[str]:
        """Why those of the pictures that are done could not be read."""
        return [error for name in names if (error := self._done.get(text(name)))]

    def write(self, result: PictureResult) -> None:
        """Add a picture.

        Raises:
            OSError: it cannot be written.
        """
        self._journal.write(result.to_dict())

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._leave()
            return
        with closing(self._journal):
            there = self._path if self._path.exists() else None
            if self._journal.size or there is None:
                self._finish(there)
            self._journal.remove()

    def _leave(self) -> None:
        """End without finishing; what has nothing in it does not stay."""
        if self._journal.size:
            self._journal.close()
        else:
            self._journal.remove()

    def _finish(self, there: Path | None) -> None:
        contents = self._journal.contents()
        fresh = (each for each in contents if text(each["image"]) not in self._before)
        if self._kind != "json":
            fresh = (row for each in fresh for row in dict_rows(each))
        write_rows(self._path, self._kind, COLUMNS, fresh, before=there)


def _refusal(path: Path, kind: str, why: str) -> MienError:
    return MienError(
        f"{path}: expected {kind} of an earlier `mien read`, to go on with: {why}. "
        "Name another file, or delete this one."
    )


def _json_done(path: Path) -> Done:
    with path.open("rb") as file:
        done, end = _json_lines(path, file)
    if end < path.stat().st_size:
        raise _refusal(path, "JSON lines", "its last line is cut short")
    return done


def _json_lines(path: Path, lines: Iterable[bytes]) -> tuple[Done, int]:
    """What is done, and where the whole lines end: who is killed may leave a part of one."""
    done: Done = {}
    end = 0
    for number, line in enumerate(lines, start=1):
        if not line.endswith(b"\n") and _JSON_START.startswith(line[: len(_JSON_START)]):
            break
        try:
            content: Any = json.loads(line)
            done[text(content["image"])] = text(content.get("error"))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise _refusal(path, "JSON lines", f"line {number} is none") from error
        end += len(line)
    return done, end


def _csv_done(path: Path) -> Done:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        first = file.readline()
        if first != csv_header(COLUMNS):
            raise _refusal(path, "CSV", "its header is another")
        done: Done = {}
        try:
            for row in csv.reader(file):
                if len(row) != len(COLUMNS):
                    raise _refusal(path, "CSV", f"a row has {len(row)} of {len(COLUMNS)} columns")
                done[row[_IMAGE]] = row[_ERROR] or None
        except csv.Error as error:
            raise _refusal(path, "CSV", str(error)) from error
    return done


def _parquet_done(path: Path) -> Done:
    schema = arrow_schema()
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


_DONE: Final[dict[Format, Callable[[Path], Done]]] = {
    "json": _json_done,
    "csv": _csv_done,
    "parquet": _parquet_done,
}
