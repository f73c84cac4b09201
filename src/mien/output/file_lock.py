"""One writer at a time: a lock on an open file, which the system frees with the process."""

import errno
import os
import sys
from pathlib import Path
from typing import IO, Final

from mien.errors import MienError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_HELD: Final = {errno.EAGAIN, errno.EACCES}
_FAR: Final = 0x7FFF_FFFF
# On Windows a locked byte cannot be read through another handle. The last one that can be named is
# behind all that mien writes into such a file: 2 GiB are the rows of millions of faces.


def lock(descriptor: int) -> bool:
    """Lock an open file until it is closed, or its process ends in whatever way.

    Args:
        descriptor: of a file that is open for writing; on Windows its position is moved.

    Returns:
        Whether nobody else holds it; also where the file system cannot tell.
    """
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _HELD
    return True


def open_alone(path: Path, told: Path) -> IO[bytes]:
    """Open or make a file for reading and writing, and let no other run of mien do so meanwhile.

    Args:
        path: of the file.
        told: what is named where another run has it.

    Raises:
        MienError: another run has it.
        OSError: it cannot be opened.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        if not lock(descriptor):
            file.close()
            raise MienError(
                f"{told}: is being written by another run of mien. Wait for its end, or name "
                "another with --out."
            )
        if _is_there(path, descriptor):
            file.seek(0)
            return file
        file.close()  # the other run had ended, and removed it, between the opening and the lock


def _is_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
