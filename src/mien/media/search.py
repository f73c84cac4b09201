"""Search for files in folders and by patterns, each once; links are followed, never in circles."""

import glob
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from errno import EACCES
from fnmatch import fnmatch
from pathlib import Path
from typing import Final, NamedTuple

from mien.media.formats import EXTENSIONS, HEIF_EXTENSIONS, HEIF_REMEDY, OTHER_EXTENSIONS

_DEEP: Final = "**"
_NAMED: Final = 5  # number of folders and links that a sentence names


class Place(NamedTuple):
    """A file or folder that was found."""

    path: Path
    real: str  # path without links
    linked: bool  # whether a link led to it
    folder: bool  # whether it is one


@dataclass(slots=True)
class LeftOut:
    """What a search found and did not take.

    Attributes:
        kinds: number of files by ending, for endings that are known and not wanted.
        closed: folders that cannot be opened, with the reason.
        nowhere: links with a wanted ending whose file is missing.
        special: pipes, devices and the like with a wanted ending.
        circles: links to a folder that contains the link or the searched folder.
        results: folders for results of the program.
    """

    kinds: Counter[str] = field(default_factory=Counter[str])
    closed: dict[Path, str] = field(default_factory=dict[Path, str])
    nowhere: dict[Path, None] = field(default_factory=dict[Path, None])
    special: dict[Path, None] = field(default_factory=dict[Path, None])
    circles: dict[Path, None] = field(default_factory=dict[Path, None])
    results: dict[Path, None] = field(default_factory=dict[Path, None])

    def sentences(self) -> list[str]:
        """Return sentences about folders and links; the caller describes kinds of files."""
        some = list(self.closed.items())[:_NAMED]
        result = [f"{path}: a folder that cannot be opened: {why}" for path, why in some]
        if len(self.closed) > _NAMED:
            result.append(
                f"{len(self.closed):,} folders cannot be opened; the first are named above"
            )
        result += [f"{path}: the folder for results" for path in self.results]
        if self.nowhere:
            result.append(f"{_named(self.nowhere, 'link')} to a file that is missing")
        if self.special:
            result.append(_named(self.special, "pipe or device", "pipes or devices"))
        if self.circles:
            result.append(
                f"{_named(self.circles, 'link')} to a folder around it, which would never end"
            )
        return result


def _named(found: Iterable[Path], one: str, many: str | None = None) -> str:
    paths = list(found)
    names = ", ".join(str(path) for path in paths[:_NAMED])
    more = ", ..." if len(paths) > _NAMED else ""
    what = one if len(paths) == 1 else many or f"{one}s"
    return f"{len(paths):,} {what} ({names}{more})"


class Search:
    """Searches for files with some endings; hidden files and folders are left out."""

    def __init__(
        self, endings: Collection[str], known: Collection[str] = (), results: Path | None = None
    ) -> None:
        """Start a search.

        Args:
            endings: endings of the wanted files, in lower case, with the dots.
            known: endings of files to count when they are left out.
            results: folder that is left out, unless it is named itself.
        """
        self.left_out = LeftOut()
        self._endings = endings
        self._known = known
        self._results = None if results is None else os.path.realpath(results)
        self._taken: set[str] = set()

    def files(self, paths: Iterable[str | Path]) -> list[Path]:
        """Find the files that paths, folders and patterns name, in order and each once."""
        found: dict[Path, None] = {}
        for path in map(Path, paths):
            # A file's name may look like a pattern: an existing file is taken as it is.
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
        """Return sorted paths, each file once; its own name is preferred to that of a link."""
        kept: list[Path] = []
        for place in sorted(places, key=lambda place: (place.linked, place.path)):
            if place.real not in self._taken:
                self._taken.add(place.real)
                kept.append(place.path)
        return sorted(kept)

    def _wanted(self, place: Place) -> Iterator[Place]:
        """Yield the file itself, or the wanted files in the folder."""
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
        """Yield each folder once with its entries, from the root down; those behind links last."""
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
        """Return the sorted entries of a folder."""
        try:
            with os.scandir(folder.path) as entries:
                inside = [_inside(folder, e) for e in entries if hidden or e.name[0] != "."]
            if inside and not os.access(folder.path, os.X_OK):
                raise PermissionError(EACCES, os.strerror(EACCES))  # only names can be read
        except OSError as error:
            self.left_out.closed[folder.path] = error.strerror or str(error)
            return []
        if results := [place for place in inside if place.real == self._results]:
            self.left_out.results.update((place.path, None) for place in results)
            inside = [place for place in inside if place not in results]
        return sorted(inside)

    def _matches(self, pattern: Path) -> Iterator[Place]:
        parts = list(pattern.parts)
        if pattern.anchor:
            del parts[0]
        # Several ** in a row mean the same as one, and cost more.
        kept = [p for n, p in enumerate(parts) if p != _DEEP or n == 0 or parts[n - 1] != _DEEP]
        return self._match(_start(Path(pattern.anchor)), kept)

    def _match(self, place: Place, parts: list[str]) -> Iterator[Place]:
        if not parts:
            yield place
            return
        first, rest = parts[0], parts[1:]
        if first == _DEEP:
            for folder, entries in self._folders(place):
                # At the end it stands for all files; folders are visited anyway.
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
    except OSError:  # the folder may not be entered, or links lead to each other
        pass
    real = os.path.realpath(path) if is_link else str(Path(folder.real, entry.name))
    return Place(path, real, folder.linked or is_link, is_folder)


def _holds(outer: str, inner: str) -> bool:
    """Return whether one real path is the other, or a folder around it."""
    return inner == outer or inner.startswith(outer if outer.endswith(os.sep) else outer + os.sep)


def exists(path: Path) -> bool:
    """Return whether a path exists; False also if its name is impossible."""
    try:
        return path.exists()
    except (OSError, ValueError):  # the name is too long, or contains a null
        return False


def find_images(
    paths: Iterable[str | Path], *, endings: Collection[str] = EXTENSIONS
) -> list[Path]:
    """Find the pictures that files, folders and patterns name, in order and each once.

    Files are taken whatever their name, even missing ones: reading them reports the problem.
    Folders are searched to any depth, sorted; hidden files and folders are left out. Patterns (`*`,
    `?`, `[abc]`, and `**` for folders to any depth) stand for the files and folders that they
    match, sorted; a pattern that matches none is taken for a file.

    Links to folders are followed, except to a folder around them. In folders and behind patterns, a
    file with several names is taken once.

    Args:
        paths: files, folders and patterns.
        endings: endings of the files to take from folders, in lower case, with the dots.
    """
    return Search(endings).files(paths)


class ImageSearch(Search):
    """A search for pictures that reports what it left out."""

    def __init__(self, results: Path | None = None) -> None:
        super().__init__(EXTENSIONS, OTHER_EXTENSIONS, results)

    @property
    def is_lacking(self) -> bool:
        """Whether something was left out that could be read after some change."""
        return bool(self.left_out.closed or HEIF_EXTENSIONS & self.left_out.kinds.keys())

    def sentences(self) -> list[str]:
        """Return what was left out so far, and the remedy; files of other kinds do not count."""
        left_out = self.left_out.sentences()
        kinds = self.left_out.kinds
        if kinds:
            count = kinds.total()
            what = "1 picture of a kind" if count == 1 else f"{count:,} pictures of kinds"
            each = ", ".join(f"{number:,} {ending}" for ending, number in sorted(kinds.items()))
            remedy = f". {HEIF_REMEDY}" if HEIF_EXTENSIONS & kinds.keys() else ""
            left_out.append(f"{what} that mien does not read ({each}){remedy}")
        return [f"left out: {sentence}." for sentence in left_out]
