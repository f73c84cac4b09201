"""The folder that an archive is read into: three Parquet tables, partitioned by source.

    faces/source=.../PART.parquet     a row a face
    errors/source=.../PART.parquet    a row a file that could not be read, or not to its end
    done/source=.../PART.parquet      a row a file that was read, whether or not it has faces

A part is what one task reads. It is written in this order, each file whole or not at all, and it
counts once its `done` is there: what a killed run has left of a part without it is removed by the
next. So no row is lost and none doubled, wherever a run is killed; a part that is read twice is
written twice under the same name.
"""

import json
import os
import sys
import time
import weakref
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from mien.errors import MienError
from mien.output.file_lock import open_locked, run_line
from mien.output.resuming import Settings, continues
from mien.scale.listing import file_system, source_of

if sys.platform != "win32":
    import fcntl

FACES: Final = "faces"
ERRORS: Final = "errors"
DONE: Final = "done"

_BEGUN: Final = "_begun"

_SETTINGS: Final = "settings.json"
_LOCK: Final = ".lock"
_ACTORS: Final = ".actors"
_PATIENCE: Final = 15.0  # seconds to wait for what is left of a killed run
_LONGEST: Final = 200  # characters of a folder's name


class Tables:
    """The tables of an archive in one folder or below one prefix."""

    def __init__(self, out: str) -> None:
        """Look at a folder; `begin` makes it.

        Args:
            out: a path or an address.

        Raises:
            MienError: the address is of a kind that cannot be opened.
        """
        self._out = source_of(out)
        self._system, self._base = file_system(out)
        self._is_local = self._system.type_name == "local"

    def begin(self, settings: Settings, *, overwrite: bool = False) -> dict[str, str | None]:
        """Make the folder, or go on with it: remove what a killed run has left unfinished.

        On a disk no other run can begin there as long as this object lives; object stores have no
        locks.

        Args:
            settings: all that rows depend on; the same for all runs into a folder.
            overwrite: begin with an empty folder where an earlier run had other settings.

        Returns:
            The stamp of each file that is done, by its name; None where mien 0.1.0 read it.

        Raises:
            MienError: another run writes there, or one wrote with other settings.
            OSError: the folder cannot be read or written.
        """
        self._system.create_dir(self._base)
        if self._is_local:
            lock = open_locked(Path(self._base) / _LOCK, Path(self._out))
            weakref.finalize(self, lock.close)
            lock.truncate()
            lock.write(run_line())
            self._wait_for_actors()
        self._check_settings(dict(settings), overwrite)
        self.end()
        finished = self._finished()
        for table in (FACES, ERRORS):
            for path in self._paths(table):
                if path.removeprefix(f"{self._base}/{table}/") not in finished:
                    self._system.delete_file(path)
        return {name: stamp for part in finished.values() for name, stamp in part.items()}

    def forget(self, names: Collection[str]) -> None:
        """Remove all rows of files, so that they are read again.

        Raises:
            OSError: the tables cannot be written.
        """
        from pyarrow import array
        from pyarrow import compute as typed_in_part

        compute: Any = typed_in_part
        forgotten = array(names)
        for place, part in self._finished().items():
            if part.keys() & names:
                for table in (FACES, ERRORS, DONE):  # the last makes it count
                    with suppress(FileNotFoundError):
                        rows = self._table(f"{self._base}/{table}/{place}")
                        name = next(n for n in ("image", "film", "file") if n in rows.column_names)
                        gone = compute.is_in(rows[name], value_set=forgotten)
                        self._put(f"{table}/{place}", rows.filter(compute.invert(gone)))

    def join(self) -> None:
        """Write beside others, from another process.

        Raises:
            OSError: the folder is not there.
        """
        if self._is_local and sys.platform != "win32":
            lock = self._open_actors()
            weakref.finalize(self, os.close, lock)  # which unlocks it
            with suppress(OSError):  # a file system that cannot lock
                fcntl.flock(lock, fcntl.LOCK_SH)

    def write(
        self,
        source: str,
        part: str,
        *,
        faces: Path | None,
        done: Mapping[str, tuple[int, str]],
        errors: Mapping[str, str],
    ) -> None:
        """Write a part, whole or not at all.

        Args:
            source: that its files are of.
            part: its name, of these files alone.
            faces: a Parquet file with the rows of all faces; None if there are none.
            done: how many faces were read in each file, and its stamp, by name.
            errors: what is wrong with those that could not be read, or not to their end.

        Raises:
            OSError: it cannot be written.
        """
        place = f"{partition(source)}/{part}.parquet"
        self._put(f"{FACES}/{place}", faces)
        wrong = [{"file": name, "error": error} for name, error in errors.items()]
        self._put(f"{ERRORS}/{place}", wrong)
        read = [{"file": name, "faces": n, "stamp": stamp} for name, (n, stamp) in done.items()]
        self._put(f"{DONE}/{place}", read)

    def begun(self, part: str) -> int:
        """Note that a part is begun; how often it was before, in this run.

        Raises:
            OSError: it cannot be noted.
        """
        path = f"{self._base}/{_BEGUN}/{part}"
        try:
            with self._system.open_input_stream(path) as stream:
                before = len(stream.readall())
        except FileNotFoundError:
            before = 0
        self._system.create_dir(f"{self._base}/{_BEGUN}")
        with self._system.open_output_stream(path) as stream:
            stream.write(b"." * (before + 1))
        return before

    def end(self) -> None:
        """Forget which parts were begun.

        Raises:
            OSError: the folder cannot be written.
        """
        self._system.delete_dir_contents(f"{self._base}/{_BEGUN}", missing_dir_ok=True)

    def errors(self) -> dict[str, str]:
        """What is wrong with files, by name."""
        paths = self._paths(ERRORS)
        rows = (row for path in paths for row in self._table(path).to_pylist())
        return {row["file"]: row["error"] for row in rows}

    def _put(self, place: str, content: Any) -> None:
        """Write a file of a table: what a Parquet file, rows or an Arrow table hold, or nothing."""
        from pyarrow import Table, parquet

        path = f"{self._base}/{place}"
        if content is None or (not isinstance(content, Path) and not len(content)):
            with suppress(FileNotFoundError):  # of the same part, read before
                self._system.delete_file(path)
            return
        folder, _, name = path.rpartition("/")
        self._system.create_dir(folder)
        # An object is there when it is whole; a file grows, under a name that no reader takes.
        written = f"{folder}/.{name}" if self._is_local else path
        with self._system.open_output_stream(written) as stream:
            if isinstance(content, Path):
                with content.open("rb") as file:
                    while piece := file.read(1 << 20):
                        stream.write(piece)
            else:
                rows = Table.from_pylist(content) if isinstance(content, list) else content
                parquet.write_table(rows, stream)
        if written != path:
            self._system.move(written, path)

    def _paths(self, table: str) -> list[str]:
        from pyarrow import fs

        inside = fs.FileSelector(f"{self._base}/{table}", allow_not_found=True, recursive=True)
        entries = self._system.get_file_info(inside)
        return [entry.path for entry in entries if entry.type == fs.FileType.File]

    def _table(self, path: str) -> Any:
        from pyarrow import parquet

        with self._system.open_input_file(path) as file:
            return parquet.ParquetFile(file).read()

    def _finished(self) -> dict[str, dict[str, str | None]]:
        """Names and stamps of the files of each part that counts, by its place."""
        import pyarrow

        parts: dict[str, dict[str, str | None]] = {}
        for path in self._paths(DONE):
            try:
                rows = self._table(path).to_pylist()
            except pyarrow.ArrowException:  # cut short, in a store that shows half files
                self._system.delete_file(path)
                continue
            place = path.removeprefix(f"{self._base}/{DONE}/")
            parts[place] = {row["file"]: row.get("stamp") for row in rows}
        return parts

    def _check_settings(self, settings: dict[str, Any], overwrite: bool) -> None:
        path = f"{self._base}/{_SETTINGS}"
        try:
            with self._system.open_input_stream(path) as stream:
                before = stream.readall().decode("utf-8", "replace") or None
        except FileNotFoundError:
            before = None
        if before is None and (self._paths(FACES) or self._paths(DONE)):
            raise MienError(f"{self._out}: holds tables of something else. Name another.")
        if before is None or not continues(self._out, before, settings, overwrite):
            for table in (DONE, FACES, ERRORS):
                self._system.delete_dir_contents(f"{self._base}/{table}", missing_dir_ok=True)
            with self._system.open_output_stream(path) as stream:
                stream.write(json.dumps(settings, indent=2).encode() + b"\n")

    def _wait_for_actors(self) -> None:
        """Let those of a killed run end, which outlive it by seconds; not on Windows."""
        if sys.platform == "win32":
            return
        lock = self._open_actors()
        until = time.monotonic() + _PATIENCE
        try:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError as error:
                    if time.monotonic() > until:
                        raise MienError(
                            f"{self._out}: actors of a run of mien that ended are still writing "
                            "there. Wait for their end, or name another with --out."
                        ) from error
                    time.sleep(0.2)
                else:
                    return
        except OSError:
            return  # a file system that cannot lock
        finally:
            os.close(lock)

    def _open_actors(self) -> int:
        return os.open(Path(self._base) / _ACTORS, os.O_RDWR | os.O_CREAT, 0o644)


def partition(source: str) -> str:
    """The folder of a source's rows, by Hive's custom, as pandas, polars, DuckDB and Spark read it.

    Raises:
        MienError: the source has too long a name.
    """
    value = quote(source, safe=" ")
    if len(value) > _LONGEST:
        raise MienError(f"{source}: too long a name for a source. Give a shorter path to it.")
    return f"source={value}"
