"""File locks: one run of mien writes a file, until it closes the file or its process ends."""

import json
import os
import platform
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Final

from filelock import lock_descriptor

from mien.errors import MienError

RUN_START: Final = b'{"run": '
"""Beginning of a line of `run_line`."""


def open_locked(path: Path, named: Path) -> IO[bytes]:
    """Open or make a file, and lock it, so that no other run of mien can open it.

    It can be read anywhere, and is written at its end. On Windows nobody else can read its
    beginning while it is locked. A file system without locks opens it unlocked.

    Args:
        path: path of the file.
        named: file or folder that an error names.

    Raises:
        MienError: another run has locked it.
        OSError: it cannot be opened.
    """
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o666)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        if not _is_locked(descriptor):
            file.close()
            raise MienError(
                f"{named}: is being written by another run of mien{_holder(path)}. Wait for its "
                "end, or name another --out."
            )
        if _is_there(path, descriptor):
            return file
        file.close()  # another run ended, and removed it, between the opening and the lock


def run_line(**about: Any) -> bytes:
    """Return a line for a locked file that says which run has it.

    Args:
        about: what else the line says of the run.
    """
    run = {"process": os.getpid(), "computer": platform.node(), **about}
    return json.dumps({"run": run}).encode() + b"\n"


def run_of(line: bytes) -> dict[str, Any] | None:
    """Return what a line of `run_line` says; None for another line."""
    if not line.startswith(RUN_START):
        return None
    with suppress(ValueError):
        run = json.loads(line)["run"]
        return run if isinstance(run, dict) else None
    return None


def _is_locked(descriptor: int) -> bool:
    try:
        return lock_descriptor(descriptor, blocking=False)
    except OSError:
        return True  # a file system without locks


def _holder(path: Path) -> str:
    """Return which process has the file, by its last line of a run."""
    run: dict[str, Any] | None = None
    with suppress(OSError), path.open("rb") as file:  # Windows does not let others read it
        for line in file:
            run = run_of(line) or run
    return f" (process {run['process']} on {run['computer']})" if run else ""


def _is_there(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
