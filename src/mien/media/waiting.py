"""Waiting that Ctrl-C can end, for calls that stall in native code: cameras, networks.

Such a call cannot be ended, but it can run in a thread that is abandoned.
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
"""Seconds between two checks for Ctrl-C, which does not interrupt a wait on some systems."""

_LAST: Final = 0.5  # seconds that a thread has to end by itself
_left: list[Thread] = []


def patiently(
    call: Callable[[], Result],
    undo: Callable[[Result], object],
    stop: Callable[[], object] | None = None,
) -> Result:
    """Return the result of a call that may stall; Ctrl-C ends the waiting.

    Args:
        call: function that runs in its own thread.
        undo: called with the result if it arrives after the waiting has ended.
        stop: called when the waiting ends, to end the stalled call.

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
    """Wait briefly for a daemon thread, then abandon it; return whether it has ended."""
    thread.join(_LAST)
    if thread.is_alive():
        _left.append(thread)
        return False
    return True


@contextmanager
def undisturbed() -> Generator[None]:
    """Ignore one more Ctrl-C: people press it again while results are being saved."""
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
    """End the process with `os._exit` if abandoned threads are still running.

    Python's own exit would not wait for them either, but a thread that returns during it finds no
    interpreter. In C++ code, such as OpenCV, that crashes the process.

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
        with suppress(AttributeError, OSError, ValueError):  # closed or missing
            stream.flush()
    os._exit(code)
