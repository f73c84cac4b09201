"""Results of many pictures in one file, which a later run of the same command continues.

Results gather as JSON lines in FILE.part, and become FILE when all pictures are read. An earlier
FILE is added to. Beside it, .FILE.mien says how it was made, and from which pictures.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Final

from mien.errors import MienError
from mien.output.file_lock import RUN_START, run_of
from mien.output.journal import Format, Journal, json_line, read_rows, write_rows
from mien.output.resuming import Settings, continues, stamp_of
from mien.output.rows import COLUMNS, Row, dict_rows, text
from mien.output.whole_file import whole_file
from mien.readings import PictureResult

_IMAGE_START: Final = b'{"image": '


@dataclass(frozen=True, slots=True)
class _Entry:
    """Stamp of a picture when it was read, and the error if it could not be read."""

    stamp: str
    error: str | None


_Done = dict[str, _Entry]  # pictures that are done, by name


@dataclass(frozen=True, slots=True)
class _About:
    """Content of .FILE.mien: settings of FILE, the pictures in it, and the hash of its content."""

    settings: Settings
    done: _Done
    result: str | None


class ResultFile(AbstractContextManager["ResultFile"]):
    """Results of many pictures in one file, which knows what earlier runs have done.

    Use it as a context manager, which finishes the file unless an exception is raised.
    """

    def __init__(
        self, path: Path, kind: Format, settings: Settings, *, overwrite: bool = False
    ) -> None:
        """Lock the file, and take over what earlier runs have done.

        Args:
            path: path of the file; its folder is made where it is missing.
            kind: format of the file.
            settings: settings that the readings depend on.
            overwrite: whether a file that was made with other settings is replaced; it stays until
                all pictures are read.

        Raises:
            MienError: mien did not make the file, or made it with other settings, or another run
                writes it.
            OSError: the file cannot be written.
        """
        self._path = path
        self._kind: Format = kind
        self._part = path.with_name(path.name + ".part")
        self._about = path.with_name(f".{path.name}.mien")
        self._stamps: dict[str, str] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        for each in (path, self._part):
            if each.exists() and not each.is_file():
                raise MienError(f"{each}: expected a file's name, got a folder or device.")
        self._journal = Journal(self._part, path)
        try:
            # Only now, as no other run can change the files any more.
            self._continue({**settings, "format": kind}, overwrite)
        except BaseException:
            if self._journal.size:
                self._journal.close()
            else:
                self._journal.remove()
            raise

    def todo(self, sources: Mapping[str, Path | bytes]) -> dict[str, Path | bytes]:
        """Return the pictures that are to be read: new ones, and those that changed since."""
        self._stamps = {name: stamp_of(source) for name, source in sources.items()}

        def is_done(name: str) -> bool:
            entry = self._done.get(_key(name))
            return entry is not None and entry.stamp == self._stamps[name]

        return {name: source for name, source in sources.items() if not is_done(name)}

    def has(self, name: str) -> bool:
        """Return whether a picture of that name was read before, changed or not."""
        return _key(name) in self._done

    def errors_of(self, names: Iterable[str]) -> list[str]:
        """Return the errors of those pictures that are done and could not be read."""
        entries = (self._done.get(_key(name)) for name in names)
        return [entry.error for entry in entries if entry and entry.error]

    def write(self, result: PictureResult) -> None:
        """Add the result of a picture of the last `todo`.

        Raises:
            OSError: the file cannot be written.
        """
        content = result.to_dict() | {"stamp": self._stamps.get(result.image, "")}
        self._journal.write(content)
        self._note(content)

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            with closing(self._journal):
                if self._fresh or not _hash(self._path):
                    self._finish()
                self._journal.remove()
        elif self._fresh:
            self._journal.close()
        else:
            self._journal.remove()

    def _continue(self, settings: dict[str, Any], overwrite: bool) -> None:
        there = _hash(self._path)
        about = self._read_about() if there else None
        self._done, self._fresh, self._lines = _Done(), dict[str, int](), 0
        run, end = self._gathered()
        base, replaces = (run.get("base"), run.get("replaces", False)) if run else (there, False)
        if there and base != there:
            # A run was killed between renaming the file and removing its journal.
            run, end, replaces = None, 0, False
            self._done, self._fresh = _Done(), {}
        if there and about is None:
            missing = f"{self._about.name}, which says how it was made, is missing beside it"
            raise self._refusal(missing)
        if there and run is None and about and about.result != there:
            raise self._refusal("it has changed since")
        made = run["settings"] if run else about and about.settings
        if made is not None:  # earlier files do not name their format
            made = {"format": self._kind, **made}
        if not continues(self._path, made, settings, overwrite):
            end, replaces = 0, there is not None
            self._done, self._fresh = _Done(), {}
        self._replaces = replaces
        self._before = about.done if about and not replaces else _Done()
        self._done = self._before | self._done
        self._journal.cut(end)
        self._lines = self._lines if end else 0
        self._journal.begin(settings=settings, base=there, replaces=replaces)

    def _gathered(self) -> tuple[dict[str, Any] | None, int]:
        """Return the last run in the journal, and the number of bytes in whole lines."""
        run, end = None, 0
        with closing(self._journal.lines()) as lines:
            for number, line in enumerate(lines, start=1):
                starts = (RUN_START, _IMAGE_START) if run else (RUN_START,)
                if not line.endswith(b"\n") and any(
                    start.startswith(line[: len(start)]) for start in starts
                ):
                    break  # a killed run may leave a part of a line
                try:
                    found = run_of(line)
                    if found is not None:
                        found["settings"].items()
                    elif run:
                        self._note(json.loads(line))
                    else:
                        raise ValueError
                except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                    raise MienError(
                        f"{self._part}: expected results of an earlier `mien read`; line {number} "
                        "is none. Name another file, or delete this one."
                    ) from error
                run = found or run
                end += len(line)
        return run, end

    def _note(self, content: Mapping[str, Any]) -> None:
        name = _key(content["image"])
        self._done[name] = _Entry(content["stamp"], text(content.get("error")))
        self._fresh[name] = self._lines
        self._lines += 1

    def _finish(self) -> None:
        there = None if self._replaces or not _hash(self._path) else self._path
        rows = self._fresh_rows()
        if there and self._fresh.keys() & self._before.keys():
            kept = read_rows(there, self._kind)
            rows = chain((row for row in kept if _key(row["image"]) not in self._fresh), rows)
            there = None
        with whole_file(self._path) as new:
            write_rows(new, self._kind, COLUMNS, rows, before=there)
            self._write_about(_hash(new))

    def _fresh_rows(self) -> Iterator[Row]:
        for number, content in enumerate(self._journal.contents()):
            if self._fresh[_key(content["image"])] == number:  # otherwise it was read again
                del content["stamp"]
                yield from [content] if self._kind == "json" else dict_rows(content)

    def _read_about(self) -> _About | None:
        """Return the content of .FILE.mien; None where it is missing or damaged."""
        try:
            with self._about.open("rb") as file:
                head = json.loads(file.readline())
                entries = map(json.loads, file)
                done = {name: _Entry(stamp, error) for name, stamp, error in entries}
                return _About(dict(head["settings"]), done, head["result"])
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _write_about(self, result: str | None) -> None:
        run = next(run for line in self._journal.lines() if (run := run_of(line)))
        with whole_file(self._about) as new, new.open("w", encoding="utf-8") as file:
            file.write(json_line({"settings": run["settings"], "result": result}))
            for name, entry in self._done.items():
                file.write(json.dumps([name, entry.stamp, entry.error]) + "\n")

    def _refusal(self, why: str) -> MienError:
        kind = {"json": "JSON lines", "csv": "CSV", "parquet": "Parquet"}[self._kind]
        return MienError(
            f"{self._path}: expected {kind} of an earlier `mien read`, to add to: {why}. "
            "Name another file, or delete this one."
        )


def _key(name: str) -> str:
    """Return a picture's name as files can hold it."""
    return str(text(name))


def _hash(path: Path) -> str | None:
    """Return the hash of a file's content; None where it is missing or empty."""
    if not path.exists() or not path.stat().st_size:
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
