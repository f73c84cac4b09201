"""Errors of mien: each message names the thing, what was expected, what came, and the remedy."""

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
    """A picture cannot be read, or is not of an accepted kind.

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
    """A film cannot be opened, or cannot be read to its end.

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
    """A model file is missing, damaged, or of the wrong kind.

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
    """Data are missing, damaged, or do not fit the request.

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
    """A training run cannot start, continue or be exported. Only commands raise it.

    Examples:
        >>> import mien
        >>> issubclass(mien.TrainingError, mien.MienError)
        True
    """


@public
class MissingPackageError(MienError):
    """An optional package is missing; the message says how to install it.

    Examples:
        >>> import mien
        >>> try:
        ...     table = mien.to_polars(mien.read("photo.jpg"))
        ... except mien.MissingPackageError as error:
        ...     print(error)  # says what to install
    """


_REASONS: Final = {
    errno.ENOENT: "no such file or folder",
    errno.EACCES: "permission denied. Allow it, or run mien as somebody who may",
    errno.EPERM: "the system does not permit it",
    errno.ENOSPC: "no space is left on its disk. Make room, and run the same command again",
    errno.EDQUOT: "your share of its disk is used up. Make room, and run the same command again",
    errno.EISDIR: "a folder. Expected a file",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.EEXIST: "is there already, and is not a folder",
    errno.EROFS: "on a read-only disk. Name another place",
    errno.ENAMETOOLONG: "this name is too long",
    errno.EMFILE: "too many files are open. Allow more (ulimit -n), or end other programs",
    errno.EIO: "its disk or drive does not work properly (input/output error)",
}


def reason_of(error: BaseException) -> str:
    """Return why something failed, without the system's error number and the file's name."""
    if isinstance(error, OSError) and error.errno in _REASONS:
        return _REASONS[error.errno]
    words = error.strerror if isinstance(error, OSError) else None
    return (words or str(error) or type(error).__name__).rstrip(".")


def os_error_message(error: OSError) -> str:
    """Return the file that the system refuses, if it is known, and the reason."""
    name = error.filename if error.filename is not None else error.filename2
    place = f"{os.fsdecode(name)}: " if isinstance(name, (str, bytes, os.PathLike)) else ""
    return f"{place}{reason_of(error)}."
