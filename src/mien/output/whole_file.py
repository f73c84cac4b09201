"""Files that are there whole or not at all."""

import errno
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """A path to write to, which becomes the file when all went well, in place of what was there.

    Until then it is FILE.new beside it; where something goes wrong, that is removed. What a link
    leads to is replaced, not the link. Devices and pipes are written themselves.

    Raises:
        OSError: it cannot be written; it names the file.
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
            with suppress(OSError):  # what went wrong before counts
                new.unlink(missing_ok=True)


@contextmanager
def _named(path: Path) -> Generator[None]:
    """Let errors of writing name the file: the system names it only where it cannot be opened."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, all or nothing; text as UTF-8.

    Raises:
        OSError: it cannot be written; what was there before is there still.
    """
    with whole_file(path) as new:
        new.write_bytes(content.encode() if isinstance(content, str) else content)


def check_writable(path: Path) -> None:
    """Find out before long work whether a file can be written there; nothing of it stays.

    Raises:
        OSError: it cannot.
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
    """Write a file under the first name that is free, all or nothing.

    Args:
        content: of the file.
        names: paths to try, all in one folder and without end.

    Returns:
        The name that it got.

    Raises:
        OSError: it cannot be written; then nothing of it stays.
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
    """Give a file its name; False where that is taken."""
    try:
        path.hardlink_to(new)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if path.exists():
            return False
        new.rename(path)
    return True
