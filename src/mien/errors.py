"""mien's errors: each message names the thing, what was expected, what came and how to mend it."""

import errno
import os
from typing import Final

from mien.public import public


@public
class MienError(Exception):
    """Base of every error that mien raises on purpose.

    Examples:
        >>> import mien
        >>> try:
        ...     mien.read("missing.jpg")
        ... except mien.MienError as error:
        ...     print(error)
        missing.jpg: no such file. Expected a picture.
    """


@public
class ImageError(MienError):
    """A picture cannot be read, or is of a kind that mien refuses.

    Examples:
        >>> import mien
        >>> try:
        ...     mien.read(None)
        ... except mien.ImageError as error:
        ...     print("not a picture")
        not a picture
    """


@public
class VideoError(MienError):
    """A film cannot be read, or cannot be read to its end.

    Examples:
        >>> import mien
        >>> try:
        ...     frames = list(mien.watch("missing.mp4"))
        ... except mien.VideoError as error:
        ...     print(error)
        missing.mp4: no such file. Expected a film, such as MP4, MOV, MKV, WebM or AVI.
    """


@public
class ModelError(MienError):
    """A model file is missing, damaged, or not what its place demands.

    Examples:
        >>> import mien
        >>> try:
        ...     reader = mien.Reader(model="photo.jpg")
        ... except mien.ModelError as error:
        ...     print("not a network of mien's")
        not a network of mien's
    """


@public
class DataError(MienError):
    """Data are missing, damaged, or do not fit what is asked of them.

    Examples:
        >>> import mien
        >>> try:
        ...     mien.UsualFace.load("missing.json")
        ... except mien.DataError as error:
        ...     print("no usual face is kept there")
        no usual face is kept there
    """


@public
class TrainingError(MienError):
    """A training run cannot start, continue or be exported; raised by commands alone.

    Examples:
        >>> import mien
        >>> issubclass(mien.TrainingError, mien.MienError)
        True
    """


@public
class MissingPackageError(MienError):
    """A package that mien does not install by itself is needed here, and is missing.

    Examples:
        >>> import mien
        >>> try:
        ...     table = mien.to_polars(mien.read("photo.jpg"))
        ... except mien.MissingPackageError as error:
        ...     print(error)  # it says what to install
    """


_MENDS: Final = {
    errno.ENOENT: "no such file or folder",
    errno.EACCES: "permission denied. Allow it, or run mien as somebody who may",
    errno.EPERM: "the system does not permit it",
    errno.ENOSPC: "no space is left on its disk. Make room, and run the same command again",
    errno.EDQUOT: "your share of its disk is used up. Make room, and run the same command again",
    errno.EISDIR: "a folder. Expected a file",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.EEXIST: "is there already, and is no folder",
    errno.EROFS: "on a disk that can only be read. Name another place",
    errno.ENAMETOOLONG: "this name is too long",
    errno.EMFILE: "too many files are open. Allow more (ulimit -n), or end other programs",
    errno.EIO: "its disk or drive does not answer as it should (input/output error)",
}


def reason_of(error: BaseException) -> str:
    """Why something failed, in words: without the system's number and the file's name."""
    if isinstance(error, OSError) and error.errno in _MENDS:
        return _MENDS[error.errno]
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error) or type(error).__name__).rstrip(".")


def told(error: OSError) -> str:
    """The file that the system refuses, where it is known, and why."""
    name = error.filename if error.filename is not None else error.filename2
    place = f"{os.fsdecode(name)}: " if isinstance(name, (str, bytes, os.PathLike)) else ""
    return f"{place}{reason_of(error)}."
