"""Files of an archive: on disks, and in what pyarrow or fsspec opens (s3://, gs://, hdfs:// ...).

An address is given to pyarrow first and to fsspec where pyarrow does not know its kind. Settings
such as a region or an endpoint go behind the address, as pyarrow has them: s3://bucket/folder
?endpoint_override=..., or into the environment. What lies there keeps its plain path, so names that
would have to be escaped in an address do no harm.
"""

import re
import string
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from mien.errors import MienError

_ADDRESS = re.compile(r"[A-Za-z][\w+.-]+:/")
_SAFE = string.punctuation  # as it was given; others, such as spaces, may not stand in an address
_SECRET = re.compile(r"//[^/@]*@|\?.*")


class FetchError(MienError):
    """A file cannot be had from where it lies, now: it may be whole, and be there another time."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of an archive.

    Attributes:
        name: the path as `mien read` has it, or an address without user, password and settings.
        root: address as it was given; "" for this machine's own disks.
        path: within the root's file system.
        stamp: that is another once the file changed, as of `mien.output.resuming.stamp_of`.
    """

    name: str
    root: str
    path: str
    stamp: str = ""

    def read(self) -> bytes:
        """Its content.

        Raises:
            FetchError: it cannot be had.
        """
        with self._readable(), file_system(self.root)[0].open_input_stream(self.path) as stream:
            return stream.readall()

    def copy_to(self, path: Path) -> None:
        """Its content into a file, piece by piece.

        Raises:
            FetchError: it cannot be had.
            OSError: the file cannot be written.
        """
        with path.open("wb") as file:
            for piece in self._pieces():
                file.write(piece)

    @property
    def copy_name(self) -> str:
        """A name for `copy_to`, of the same ending."""
        return f"copy{PurePosixPath(self.path).suffix}"

    def _pieces(self) -> Iterator[bytes]:
        with self._readable(), file_system(self.root)[0].open_input_stream(self.path) as stream:
            while piece := stream.read(1 << 20):
                yield piece

    @contextmanager
    def _readable(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise FetchError(f"{self.name}: cannot be fetched: {error}") from error


def is_address(place: str) -> bool:
    """Whether a place is not a path of this machine; also where `Path` made one slash of two."""
    return bool(_ADDRESS.match(place))


def whole_address(place: str | Path) -> str:
    """A place as it was given: `Path` makes s3:/bucket of s3://bucket."""
    told = str(place)
    return re.sub(r":/+", "://", told, count=1) if is_address(told) else told


@cache
def file_system(root: str) -> tuple[Any, str]:
    """A `pyarrow.fs.FileSystem`, and the path of the root in it.

    Raises:
        MienError: the address is of a kind that neither pyarrow nor fsspec opens.
    """
    import pyarrow
    from pyarrow import fs

    if not is_address(root):
        return fs.LocalFileSystem(), str(Path(root).absolute())
    try:
        return fs.FileSystem.from_uri(quote(root, safe=_SAFE, errors="surrogateescape"))
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError) as first:
        try:
            from fsspec.core import url_to_fs

            system, path = url_to_fs(root)
        except (ImportError, ValueError) as second:
            raise MienError(
                f"{_told(root)}: cannot be opened: {first}; {second}. Expected a folder, or an "
                "address that pyarrow or an installed fsspec package knows, such as s3://, gs://."
            ) from second
        return fs.PyFileSystem(fs.FSSpecHandler(system)), path


def find_files(root: str, endings: Collection[str]) -> list[File]:
    """The files below an address, sorted, hidden ones left out; or the file itself.

    Args:
        root: the address.
        endings: of the files that are wanted, in lower case, with their dots; a file that is named
            itself may have any.

    Raises:
        MienError: nothing is there, or the address cannot be opened.
        OSError: it cannot be reached.
    """
    from pyarrow import fs

    system, base = file_system(root)
    scheme = root.partition("://")[0]

    def file(info: Any) -> File:
        stamp = f"{info.size} {info.mtime_ns}"
        return File(f"{scheme}://{info.path}", root, info.path, stamp)

    info = system.get_file_info(base)
    if info.type == fs.FileType.File:
        return [file(info)]
    if info.type == fs.FileType.NotFound:
        raise MienError(f"{_told(root)}: no such file, folder or prefix.")
    inside = system.get_file_info(fs.FileSelector(base, recursive=True))
    files = (entry for entry in inside if entry.type == fs.FileType.File)
    wanted = (entry for entry in files if _wanted(entry.path, base, endings))
    return [file(entry) for entry in sorted(wanted, key=lambda entry: entry.path)]


def unique(files: Iterable[tuple[str, File]]) -> list[tuple[str, File]]:
    """Files with their sources, each once: in the first source that has it."""
    found: dict[str, tuple[str, File]] = {}
    for source, file in files:
        found.setdefault(file.name, (source, file))
    return list(found.values())


def source_of(root: str) -> str:
    """How a place is named: a path as it is, an address without secrets, settings and escapes."""
    if not is_address(root):
        return root
    return unquote(_told(root)).rstrip("/")


def _told(root: str) -> str:
    return _SECRET.sub(lambda found: "//" if found[0].startswith("//") else "", root)


def _wanted(path: str, base: str, endings: Collection[str]) -> bool:
    inside = PurePosixPath(path.removeprefix(base).lstrip("/"))
    hidden = any(part.startswith(".") for part in inside.parts)
    return not hidden and inside.suffix.lower() in endings
