"""Files that are written whole or not at all."""

import errno
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """Yield a path to write to, which replaces the file at the end, unless an error occurs.

    The path is FILE.new beside the file; after an error it is removed. Of a link the target is
    replaced, not the link. Devices and pipes are written directly.

    Raises:
        OSError: the file cannot be written; the error names it.
    """
    if path.is_symlink():
        path = path.resolve()
    with _named(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            yield path
            return
        new = path.with_name(path.name + ".new")
        try:
            yield new
            new.replace(path)
        finally:
            with suppress(OSError):  # the first error counts
                new.unlink(missing_ok=True)


@contextmanager
def _named(path: Path) -> Generator[None]:
    """Let errors of writing name the file; the system names it only in errors of opening."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; text as UTF-8.

    Raises:
        OSError: the file cannot be written; an earlier file of that name stays.
    """
    with whole_file(path) as new:
        new.write_bytes(content.encode() if isinstance(content, str) else content)


def check_writable(path: Path) -> None:
    """Check before long work that a file can be written; nothing of the check stays.

    Raises:
        OSError: it cannot be written.
    """
    if path.is_dir():
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if path.exists() and not path.is_file():
        return
    trial = path.resolve().with_name(f".mien-{os.getpid()}.new")
    with _named(path):
        try:
            trial.touch()
        finally:
            with suppress(OSError):
                trial.unlink(missing_ok=True)


def write_new(content: bytes, names: Iterable[Path]) -> Path:
    """Write a file whole or not at all, under the first name that is free.

    Args:
        content: content of the file.
        names: paths to try, endless, all in one folder.

    Returns:
        The path of the file.

    Raises:
        OSError: the file cannot be written; nothing of it stays.
    """
    names = iter(names)
    path = next(names)
    new = path.with_name(f".mien-{os.getpid()}.new")
    try:
        new.write_bytes(content)
        while not _moved(new, path):
            path = next(names)
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)
    return path


def _moved(new: Path, path: Path) -> bool:
    """Rename a file, and return True; return False where the name is taken."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if path.exists():
            return False
        new.rename(path)
    return True
