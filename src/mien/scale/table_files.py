"""Folder that an archive is read into: three Parquet tables, partitioned by source.

    faces/source=.../PART.parquet     a row per face
    errors/source=.../PART.parquet    a row per file that could not be read, or not to its end
    done/source=.../PART.parquet      a row per file that was read, with or without faces

One task reads one part. Its files are written in this order, each whole or not at all, and the
part counts once its `done` exists. The next run removes what a killed run left of a part without
it. So no row is lost or doubled, wherever a run is killed. A part that is read twice is written
twice under the same name.
"""

import json
import shutil
import time
import weakref
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from mien.errors import MienError
from mien.output.file_lock import open_locked, run_line
from mien.output.resuming import Settings, continues
from mien.scale.listing import file_system, source_of

FACES: Final = "faces"
ERRORS: Final = "errors"
DONE: Final = "done"

_BEGUN: Final = "_begun"

_SETTINGS: Final = "settings.json"
_LOCK: Final = ".lock"
_ACTORS: Final = ".writing"  # folder with a lock's file for each actor
_ACTORS_PATIENCE: Final = 15.0  # seconds to wait for the actors of a killed run
_MOST_CHARACTERS: Final = 200  # of a folder's name


class Tables:
    """Tables of one archive, in a folder or below a prefix."""

    def __init__(self, out: str) -> None:
        """Name the folder; `begin` makes it.

        Args:
            out: path or address of the folder.

        Raises:
            MienError: addresses of this kind cannot be opened.
        """
        self._out = source_of(out)
        self._system, self._base = file_system(out)
        self._is_local = self._system.type_name == "local"

    def begin(self, settings: Settings, *, overwrite: bool = False) -> dict[str, str | None]:
        """Make the folder, or resume an earlier run and remove what it left unfinished.

        On a disk, no other run can begin there while this object lives. Object stores have no
        locks.

        Args:
            settings: everything that rows depend on; the same for all runs into a folder.
            overwrite: whether to empty the folder if an earlier run had other settings.

        Returns:
            The stamp of each finished file, by name; None if mien 0.1.0 read the file.

        Raises:
            MienError: another run writes there, or an earlier run had other settings.
            OSError: the folder cannot be read or written.
        """
        self._system.create_dir(self._base)
        if self._is_local:
            lock = open_locked(Path(self._base) / _LOCK, Path(self._out))
            weakref.finalize(self, lock.close)
            lock.truncate()
            lock.write(run_line())
            try:
                self._wait_for_actors()
            except MienError:
                lock.close()
                raise
        self._check_settings(dict(settings), overwrite)
        self.end()
        finished = self._finished()
        for table in (FACES, ERRORS):
            for path in self._paths(table):
                if path.removeprefix(f"{self._base}/{table}/") not in finished:
                    self._system.delete_file(path)
        return {name: stamp for part in finished.values() for name, stamp in part.items()}

    def forget(self, names: Collection[str]) -> None:
        """Remove all rows of some files, so that they are read again.

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
        """Write into the tables from a process of its own, beside others that do.

        While this object lives, no other run begins there.
        """
        if self._is_local:
            folder = Path(self._base) / _ACTORS
            folder.mkdir(exist_ok=True)
            lock = open_locked(folder / uuid4().hex, Path(self._out))
            weakref.finalize(self, lock.close)

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
            source: source of its files.
            part: name of the part, which no other has.
            faces: Parquet file with the rows of all faces; None if there are none.
            done: number of faces and stamp of each file that was read, by name.
            errors: reasons why files could not be read, or not to their end, by name.

        Raises:
            OSError: a table cannot be written.
        """
        place = f"{partition(source)}/{part}.parquet"
        self._put(f"{FACES}/{place}", faces)
        wrong = [{"file": name, "error": error} for name, error in errors.items()]
        self._put(f"{ERRORS}/{place}", wrong)
        read = [{"file": name, "faces": n, "stamp": stamp} for name, (n, stamp) in done.items()]
        self._put(f"{DONE}/{place}", read)

    def begun(self, part: str) -> int:
        """Note that a part is begun, and return how often this run had begun it before.

        Raises:
            OSError: the note cannot be written.
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
        """Reasons why files could not be read, or not to their end, by name."""
        paths = self._paths(ERRORS)
        rows = (row for path in paths for row in self._table(path).to_pylist())
        return {row["file"]: row["error"] for row in rows}

    def _put(self, place: str, content: Any) -> None:
        """Write a file of a table from a Parquet file, rows or an Arrow table; none for no rows."""
        from pyarrow import Table, parquet

        path = f"{self._base}/{place}"
        if content is None or (not isinstance(content, Path) and not len(content)):
            with suppress(FileNotFoundError):  # written when this part was read before
                self._system.delete_file(path)
            return
        folder, _, name = path.rpartition("/")
        self._system.create_dir(folder)
        # An object appears when it is whole. A file grows, so it has a name that no reader takes.
        written = f"{folder}/.{name}" if self._is_local else path
        with self._system.open_output_stream(written) as stream:
            if isinstance(content, Path):
                with content.open("rb") as file:
                    shutil.copyfileobj(file, stream)
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
        """Names and stamps of the files of each part that counts, by the part's path."""
        import pyarrow

        parts: dict[str, dict[str, str | None]] = {}
        for path in self._paths(DONE):
            try:
                rows = self._table(path).to_pylist()
            except pyarrow.ArrowException:  # cut short, in a store that shows partial files
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
            raise MienError(
                f"{self._out}: holds tables that mien did not write. Name another with --out."
            )
        if before is None or not continues(self._out, before, settings, overwrite):
            for table in (DONE, FACES, ERRORS):
                self._system.delete_dir_contents(f"{self._base}/{table}", missing_dir_ok=True)
            with self._system.open_output_stream(path) as stream:
                stream.write(json.dumps(settings, indent=2).encode() + b"\n")

    def _wait_for_actors(self) -> None:
        """Wait until the actors of a killed run end; they outlive it by seconds."""
        until = time.monotonic() + _ACTORS_PATIENCE
        for path in (Path(self._base) / _ACTORS).glob("*"):
            while not _has_ended(path):
                if time.monotonic() > until:
                    raise MienError(
                        f"{self._out}: actors of an earlier run of mien are still writing there. "
                        "Wait for their end, or name another folder with --out."
                    )
                time.sleep(0.2)
            path.unlink(missing_ok=True)


def _has_ended(actor: Path) -> bool:
    """Whether the actor of a lock's file has ended."""
    try:
        open_locked(actor, actor).close()
    except MienError:
        return False
    return True


def partition(source: str) -> str:
    """Name of the folder with a source's rows, as Hive, pandas, polars, DuckDB and Spark read it.

    Raises:
        MienError: the source has too long a name.
    """
    value = quote(source, safe=" ")
    if len(value) > _MOST_CHARACTERS:
        raise MienError(f"{source}: too long a name for a source. Give a shorter path to it.")
    return f"source={value}"
