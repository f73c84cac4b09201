"""Waiting that Ctrl-C can end, for what stalls in native code: cameras, networks.

A call that stalls there cannot be ended, but it can be left to a thread that nobody waits for.
"""

import atexit
import os
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Event, Thread, current_thread, main_thread
from typing import Any, Final, TypeVar

Result = TypeVar("Result")

STEP: Final = 0.2
"""Seconds between two looks for Ctrl-C, which some systems do not tell while a thread waits."""

_LAST: Final = 0.5  # seconds that a thread gets to end by itself
_left: list[Thread] = []


def patiently(
    call: Callable[[], Result],
    undo: Callable[[Result], object],
    stop: Callable[[], object] | None = None,
) -> Result:
    """What a call returns that may stall; Ctrl-C ends the waiting.

    Args:
        call: done in a thread of its own.
        undo: done with the result if nobody waits for it any more.
        stop: called then, so that it need not stall any longer.

    Raises:
        BaseException: whatever `call` raises.
    """
    results: list[Result] = []
    failures: list[BaseException] = []
    done, given_up = Event(), Event()

    def run() -> None:
        try:
            result = call()
        except BaseException as error:
            failures.append(error)
        else:
            results.append(result)
            if given_up.is_set():
                undo(result)
        done.set()

    thread = Thread(target=run, name="mien-open", daemon=True)
    thread.start()
    try:
        while not done.wait(STEP):
            pass
    except BaseException:
        given_up.set()
        if stop is not None:
            stop()
        leave(thread)
        raise
    if failures:
        raise failures[0]
    return results[0]


def leave(thread: Thread) -> bool:
    """End the waiting for a daemon thread that should end by itself; whether it has ended."""
    thread.join(_LAST)
    if thread.is_alive():
        _left.append(thread)
        return False
    return True


@contextmanager
def undisturbed() -> Generator[None]:
    """Hold off one more Ctrl-C: people press it again while what was read is being kept."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def hold_off(*_: object) -> None:
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hold_off)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is hold_off:
            signal.signal(signal.SIGINT, before)


def end_without(code: int) -> None:
    """Let the process end although threads were left that stall.

    Python's own end would wait for nothing either, but a thread that comes back while it is under
    way finds no interpreter, which in C++ (OpenCV's) ends the process with a crash.

    Args:
        code: exit code of the process.
    """
    if any(thread.is_alive() for thread in _left):
        atexit.register(_end, code)


def _end(code: int) -> None:
    if not any(thread.is_alive() for thread in _left):
        return
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        with suppress(AttributeError, OSError, ValueError):  # closed, or none
            stream.flush()
    os._exit(code)
