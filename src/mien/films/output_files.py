"""Places of a film's files: a name that is free or the film's own, and what exists there.

The head of a report names the film and the settings with which it was read, and so does the
checkpoint of an unfinished film. The report is the first of a film's files to get its name, and it
is looked at first. So a later run recognises its own files.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from itertools import count
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from mien.films.checkpoint import about_checkpoint, is_free
from mien.output.journal import Format
from mien.output.resuming import Settings, continues

FILM: Final = "mien-film"
SETTINGS: Final = "mien-settings"
DAMAGE: Final = "mien-damage"

TABLES: Final[dict[str, Format]] = {"csv": "csv", "jsonl": "json", "parquet": "parquet"}
"""Kinds of tables by their endings."""

_ALL: Final = ("html", "mp4", *TABLES)  # endings of all files that a film may get

_MARK: Final = re.compile(r'<meta name="(mien-[a-z]+)" content="([^"]*)">')
_HEAD: Final = 1 << 14  # bytes of a report within which its marks stand
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """Folder and name of all files of one film.

    Attributes:
        folder: folder of the files.
        name: name of all files, without endings.
        marks: marks of the film's report that exists already.
    """

    folder: Path
    name: str
    marks: Mapping[str, str]

    def path(self, ending: str) -> Path:
        """Path of a finished file."""
        return self.folder / f"{self.name}.{ending}"

    @property
    def checkpoint(self) -> Path:
        """Folder of the checkpoint while the film is unfinished."""
        return self.path("part")

    def is_done(self, settings: Settings, endings: tuple[str, ...]) -> bool:
        """Whether the film was read with these settings, and all files exist."""
        all_exist = all(self.path(ending).exists() for ending in endings)
        return all_exist and self.marks.get(SETTINGS) == json.dumps(settings)

    def check(self, film: str | None, settings: Settings, *, overwrite: bool) -> None:
        """Refuse to replace files of the same film that were made with other settings.

        Args:
            film: fingerprint of the film; None if it has none.
            settings: settings of this run.
            overwrite: whether people asked for replacing.

        Raises:
            MienError: the settings differ, and people did not ask for replacing.
        """
        left = about_checkpoint(self.checkpoint)
        if film is not None and left.get(FILM) == film:
            continues(self.checkpoint, left.get(SETTINGS), settings, overwrite)
        else:
            continues(self.path("html"), self.marks.get(SETTINGS), settings, overwrite)


def find_place(folder: Path, name: str, film: str | None) -> Place:
    """Find the place of a film: its own if it has one, else the first that is free.

    Args:
        folder: folder of the files.
        name: wanted name; a number is added if another film has it.
        film: fingerprint of the film; None if it has none, such as a camera.
    """
    for number in count(1):
        place = Place(folder, name if number == 1 else f"{name}-{number}", {})
        if not any(place.path(ending).exists() for ending in _ALL):
            left = about_checkpoint(place.checkpoint)
            if film is not None and left.get(FILM) == film:
                return place
            if not left and is_free(place.checkpoint):
                return place
            continue
        marks = _marks(place.path("html"))
        if film is not None and marks.get(FILM) == film:
            return Place(folder, place.name, marks)
    raise AssertionError  # count() never ends


def _marks(report: Path) -> dict[str, str]:
    try:
        with report.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8", "replace")
    except OSError:
        return {}
    return {name: unescape(content) for name, content in _MARK.findall(head)}


def fingerprint(path: Path) -> str:
    """Return a hash of a film's size, first and last MiB, which identifies it anywhere.

    Raises:
        OSError: the file cannot be read.
    """
    size = path.stat().st_size
    content = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        content.update(file.read(_PIECE))
        file.seek(max(0, size - _PIECE))
        content.update(file.read(_PIECE))
    return content.hexdigest()[:32]


def name_of(source: str | int) -> str:
    """Return a name for the files of a film, an address, standard input or a camera."""
    if isinstance(source, int):
        return f"camera-{source}"
    if source == "-":
        return "standard-input"
    if "://" not in source:
        return Path(source).stem
    parts = urlsplit(source)
    name = PurePosixPath(parts.path).stem or parts.hostname or "address"
    return re.sub(r"[^\w.-]+", "-", name).lstrip(".") or "address"
