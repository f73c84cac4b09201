"""Files below folders and behind patterns, each once: links are followed, and never in circles."""

import glob
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from errno import EACCES
from fnmatch import fnmatch
from pathlib import Path
from typing import Final, NamedTuple

_DEEP: Final = "**"
_NAMED: Final = 5  # folders and links that are named where more are left out


class Place(NamedTuple):
    """A file or folder as it was found, where it really lies, and whether a link led there."""

    path: Path
    real: str
    linked: bool
    folder: bool


@dataclass(slots=True)
class LeftOut:
    """What a search came upon and did not take.

    Attributes:
        kinds: number of files by their ending, of those endings that are known and not wanted.
        closed: folders that cannot be opened, and why.
        nowhere: links of a wanted ending whose file is missing.
        special: pipes, devices and the like of a wanted ending.
        circles: links to a folder that holds the link, or the folder that is searched.
    """

    kinds: Counter[str] = field(default_factory=Counter[str])
    closed: dict[Path, str] = field(default_factory=dict[Path, str])
    nowhere: dict[Path, None] = field(default_factory=dict[Path, None])
    special: dict[Path, None] = field(default_factory=dict[Path, None])
    circles: dict[Path, None] = field(default_factory=dict[Path, None])

    def sentences(self) -> list[str]:
        """What people are told of folders and links; the caller explains kinds of files."""
        some = list(self.closed.items())[:_NAMED]
        told = [f"{path}: a folder that cannot be opened: {why}" for path, why in some]
        if len(self.closed) > _NAMED:
            told.append(f"{len(self.closed):,} folders cannot be opened; the first are named above")
        if self.nowhere:
            told.append(f"{_named(self.nowhere, 'link')} to a file that is missing")
        if self.special:
            told.append(f"{_named(self.special, 'pipe or device', 'pipes or devices')}")
        if self.circles:
            told.append(
                f"{_named(self.circles, 'link')} to a folder around it, which would never end"
            )
        return told


def _named(found: Iterable[Path], one: str, many: str | None = None) -> str:
    paths = list(found)
    names = ", ".join(str(path) for path in paths[:_NAMED])
    more = ", ..." if len(paths) > _NAMED else ""
    what = one if len(paths) == 1 else many or f"{one}s"
    return f"{len(paths):,} {what} ({names}{more})"


class Search:
    """Looks for files of some endings; hidden files and folders are left out."""

    def __init__(self, endings: Collection[str], known: Collection[str] = ()) -> None:
        """Begin.

        Args:
            endings: of the files that are wanted, in lower case, with their dots.
            known: endings of files that are counted where they are left out.
        """
        self.left_out = LeftOut()
        self._endings = endings
        self._known = known
        self._taken: set[str] = set()

    def files(self, paths: Iterable[str | Path]) -> list[Path]:
        """The files that paths, folders and patterns name, in order and each once."""
        found: dict[Path, None] = {}
        for path in map(Path, paths):
            # A file may have the letters of a pattern in its name: what is there is taken as it is.
            if glob.has_magic(str(path)) and not exists(path):
                matches = list(self._matches(path))
                places = (place for match in matches for place in self._wanted(match))
                found.update(dict.fromkeys(self._once(places) if matches else [path]))
            elif exists(path) and path.is_dir():
                found.update(dict.fromkeys(self._once(self._wanted(_start(path)))))
            else:
                found[path] = None
                self._taken.add(os.path.realpath(path))
        return list(found)

    def _once(self, places: Iterable[Place]) -> list[Path]:
        """Sorted paths of files, each file rather under its own name than under a link's."""
        kept: list[Path] = []
        for place in sorted(places, key=lambda place: (place.linked, place.path)):
            if place.real not in self._taken:
                self._taken.add(place.real)
                kept.append(place.path)
        return sorted(kept)

    def _wanted(self, place: Place) -> Iterator[Place]:
        """The file itself, or the files inside that are wanted."""
        if not place.folder:
            yield place
            return
        for _, entries in self._folders(place):
            for inside in entries:
                ending = inside.path.suffix.lower()
                if ending not in self._endings and ending not in self._known:
                    continue
                if not os.path.isfile(inside.path):  # noqa: PTH113 (True or False, never an error)
                    if inside.linked and not exists(inside.path):
                        self.left_out.nowhere[inside.path] = None
                    elif ending in self._endings and not inside.folder and exists(inside.path):
                        self.left_out.special[inside.path] = None
                elif ending in self._endings:
                    yield inside
                elif inside.real not in self._taken:
                    self._taken.add(inside.real)
                    self.left_out.kinds[ending] += 1

    def _folders(self, root: Place) -> Iterator[tuple[Place, list[Place]]]:
        """The folder and all below it with what they hold, each once; those behind links last."""
        seen: set[str] = set()
        direct, behind_links = [root], list[Place]()
        while direct or behind_links:
            folder = direct.pop() if direct else behind_links.pop()
            if folder.real in seen:
                continue
            seen.add(folder.real)
            entries = self._entries(folder)
            yield folder, entries
            for inside in entries:
                if not inside.folder:
                    continue
                if _holds(inside.real, folder.real) or _holds(inside.real, root.real):
                    self.left_out.circles[inside.path] = None
                else:
                    (behind_links if inside.linked else direct).append(inside)

    def _entries(self, folder: Place, *, hidden: bool = False) -> list[Place]:
        """What a folder has in it, sorted."""
        try:
            with os.scandir(folder.path) as entries:
                inside = [_inside(folder, e) for e in entries if hidden or e.name[0] != "."]
            if inside and not os.access(folder.path, os.X_OK):
                raise PermissionError(EACCES, os.strerror(EACCES))  # names can be read, no files
        except OSError as error:
            self.left_out.closed[folder.path] = error.strerror or str(error)
            return []
        return sorted(inside)

    def _matches(self, pattern: Path) -> Iterator[Place]:
        parts = list(pattern.parts)
        if pattern.anchor:
            del parts[0]
        # Two in a row mean what one means, and cost more.
        kept = [p for n, p in enumerate(parts) if p != _DEEP or n == 0 or parts[n - 1] != _DEEP]
        return self._match(_start(Path(pattern.anchor)), kept)

    def _match(self, place: Place, parts: list[str]) -> Iterator[Place]:
        if not parts:
            yield place
            return
        first, rest = parts[0], parts[1:]
        if first == _DEEP:
            for folder, entries in self._folders(place):
                # At the end it stands for all files; folders are walked anyway.
                yield from (
                    self._match(folder, rest) if rest else (e for e in entries if not e.folder)
                )
        elif glob.has_magic(first):
            for inside in self._entries(place, hidden=first.startswith(".")):
                if fnmatch(inside.path.name, first) and (not rest or inside.folder):
                    yield from self._match(inside, rest)
        elif exists(place.path / first):
            inside = _start(place.path / first, linked=place.linked)
            if not rest or inside.folder:
                yield from self._match(inside, rest)


def _start(path: Path, *, linked: bool = False) -> Place:
    return Place(path, os.path.realpath(path), linked or path.is_symlink(), path.is_dir())


def _inside(folder: Place, entry: os.DirEntry[str]) -> Place:
    path = folder.path / entry.name
    is_link = is_folder = False
    try:
        is_link = entry.is_symlink()
        is_folder = entry.is_dir()
    except OSError:  # in a folder that may not be entered, or of links that lead to each other
        pass
    real = os.path.realpath(path) if is_link else str(Path(folder.real, entry.name))
    return Place(path, real, folder.linked or is_link, is_folder)


def _holds(outer: str, inner: str) -> bool:
    """Whether one real path is the other, or that of a folder around it."""
    return inner == outer or inner.startswith(outer if outer.endswith(os.sep) else outer + os.sep)


def exists(path: Path) -> bool:
    """Whether something is there that can be asked about."""
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or holds a null
        return False
