"""Files of an archive: on disks, or where pyarrow or fsspec can read (s3://, gs://, hdfs:// ...).

pyarrow opens an address, or fsspec if pyarrow does not know its kind. Settings such as a region or
an endpoint follow the address, as in pyarrow: s3://bucket/folder?endpoint_override=... They may
also be in the environment. Files keep their plain paths, so names that an address would escape do
no harm.
"""

import re
import string
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, unquote

from mien.errors import MienError

_ADDRESS = re.compile(r"[A-Za-z][\w+.-]+:/")
_SAFE = string.punctuation  # stays as it is; others, such as spaces, are escaped in an address
_SECRET = re.compile(r"//[^/@]*@|\?.*")


class FetchError(MienError):
    """A file could not be fetched; a later attempt may succeed."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of an archive.

    Attributes:
        name: path as in `mien read`, or address without user, password and settings.
        root: address that was given; "" for this machine's own disks.
        path: path in the root's file system.
        stamp: text that differs once the file changed; see `mien.output.resuming.stamp_of`.
        source: name of the folder, or address, in which the file was found.
    """

    name: str
    root: str
    path: str
    stamp: str = ""
    source: str = ""

    def read(self) -> bytes:
        """Return the file's content.

        Raises:
            FetchError: the content cannot be fetched.
        """
        return b"".join(self._pieces())

    def copy_to(self, path: Path) -> None:
        """Copy the file's content into a file of this machine, piece by piece.

        Raises:
            FetchError: the content cannot be fetched.
            OSError: the copy cannot be written.
        """
        with path.open("wb") as copy:
            for piece in self._pieces():
                copy.write(piece)

    @property
    def copy_name(self) -> str:
        """Name for a copy, with the file's own ending."""
        return f"copy{PurePosixPath(self.path).suffix}"

    def _pieces(self) -> Iterator[bytes]:
        try:
            with file_system(self.root)[0].open_input_stream(self.path) as stream:
                while piece := stream.read(1 << 20):
                    yield piece
        except OSError as error:
            raise FetchError(f"{self.name}: cannot be fetched: {error}") from error


def is_address(place: str) -> bool:
    """Whether a place is an address, also one of whose two slashes `Path` made one."""
    return bool(_ADDRESS.match(place))


def whole_address(place: str | Path) -> str:
    """Return a place as it was given: `Path` turns s3://bucket into s3:/bucket."""
    text = str(place)
    return re.sub(r":/+", "://", text, count=1) if is_address(text) else text


@cache
def file_system(root: str) -> tuple[Any, str]:
    """Return a `pyarrow.fs.FileSystem`, and the root's path in it.

    Raises:
        MienError: neither pyarrow nor fsspec can open addresses of this kind.
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
                f"{_without_secrets(root)}: cannot be opened: {first}; {second}. Expected a "
                "folder, or an address that pyarrow or an installed fsspec package knows, such as "
                "s3://, gs://."
            ) from second
        return fs.PyFileSystem(fs.FSSpecHandler(system)), path


def find_files(root: str, endings: Collection[str]) -> list[File]:
    """List the files below an address, sorted and without hidden ones; or the file itself.

    Args:
        root: address of a folder or a file.
        endings: endings of wanted files, in lower case, with their dots. A file that is named
            itself may have any ending.

    Raises:
        MienError: nothing is there, or the address cannot be opened.
        OSError: the address cannot be reached.
    """
    from pyarrow import fs

    system, base = file_system(root)
    scheme, source = root.partition("://")[0], source_of(root)

    def file(info: Any) -> File:
        name, stamp = f"{scheme}://{info.path}", f"{info.size} {info.mtime_ns}"
        folder = source if name != source else source.rpartition("/")[0]
        return File(name, root, info.path, stamp, folder)

    info = system.get_file_info(base)
    if info.type == fs.FileType.File:
        return [file(info)]
    if info.type == fs.FileType.NotFound:
        raise MienError(f"{_without_secrets(root)}: no such file, folder or prefix.")
    inside = system.get_file_info(fs.FileSelector(base, recursive=True))
    files = (entry for entry in inside if entry.type == fs.FileType.File)
    wanted = (entry for entry in files if _wanted(entry.path, base, endings))
    return [file(entry) for entry in sorted(wanted, key=lambda entry: entry.path)]


def unique(files: Iterable[File]) -> list[File]:
    """Keep each file once: from the first source that has it."""
    found: dict[str, File] = {}
    for file in files:
        found.setdefault(file.name, file)
    return list(found.values())


def source_of(root: str) -> str:
    """Return a place's name: a path as it is, an address without secrets, settings and escapes."""
    if not is_address(root):
        return root
    return unquote(_without_secrets(root)).rstrip("/")


def _without_secrets(root: str) -> str:
    return _SECRET.sub(lambda found: "//" if found[0].startswith("//") else "", root)


def _wanted(path: str, base: str, endings: Collection[str]) -> bool:
    inside = PurePosixPath(path.removeprefix(base).lstrip("/"))
    hidden = any(part.startswith(".") for part in inside.parts)
    return not hidden and inside.suffix.lower() in endings
