"""What Pillow and libtiff would print while pictures are read, kept in: errors say it all.

Only the threads that read are silenced; other threads' warnings and messages come as ever.
"""

import ctypes
import threading
import warnings
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, Final

_HANDLERS: Final = ("TIFFSetErrorHandler", "TIFFSetWarningHandler")
_HANDLER: Final = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)
# Module, format and C's list of arguments, which is a pointer where Pillow shows libtiff.


class Quiet:
    """Keeps them in while this thread reads a picture; called, a context manager.

    `warnings.catch_warnings` would silence all threads: here a filter that matches in the reading
    threads alone stands before all others while any thread reads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers = 0
        self._changes = ExitStack()
        self._filter = ("ignore", _InThread(), Warning, None, 0)

    @contextmanager
    def __call__(self) -> Generator[None]:
        """Keep messages in while pictures are read in the block, of this thread alone."""
        with self._lock:
            self._readers += 1
            if self._readers == 1:
                for setter in _setters():
                    self._changes.callback(setter, _silence_libtiff(setter))
            self._stand_first()
        _reading.depth = _depth() + 1
        try:
            yield
        finally:
            _reading.depth -= 1
            with self._lock:
                self._readers -= 1
                if not self._readers:
                    self._leave()
                    self._changes.close()

    def _stand_first(self) -> None:
        """Put the filter before those that others have set meanwhile.

        The list itself is changed: what Python remembers of earlier decisions stays right, since it
        remembers nothing of what was ignored.
        """
        filters: list[Any] = warnings.filters  # pyright: ignore[reportAssignmentType]
        if not filters or filters[0] is not self._filter:
            self._leave()
            filters.insert(0, self._filter)

    def _leave(self) -> None:
        filters: list[Any] = warnings.filters  # pyright: ignore[reportAssignmentType]
        for place in range(len(filters) - 1, -1, -1):
            if filters[place] is self._filter:
                del filters[place]


class _InThread:
    """Stands for a filter's pattern: matches every warning of a thread that reads a picture."""

    def match(self, _: str) -> bool:
        return bool(_depth())


_reading = threading.local()


def _depth() -> int:
    return getattr(_reading, "depth", 0)


def _silence_libtiff(setter: Any) -> Any:
    """Set a handler that tells the one before of what other threads do; returns that one.

    It is kept for good (`_handlers`): libtiff may call it in a thread that began before the change
    was taken back.
    """
    before = setter(None)
    others = ctypes.cast(before, _HANDLER) if before else None

    def handle(module: Any, words: Any, arguments: Any) -> None:
        if others is not None and not _depth():
            others(module, words, arguments)

    kept = _handlers.setdefault((id(setter), before), _HANDLER(handle))
    setter(ctypes.cast(kept, ctypes.c_void_p))
    return before


_handlers: dict[tuple[int, int | None], Any] = {}


@cache
def _setters() -> list[Any]:
    """Libtiff's functions that set who is told its messages, and return who was told before.

    Pillow does not offer them, but its module is linked to libtiff, where its functions are found.
    Where it holds libtiff itself, as on Windows, they are hidden: then libtiff goes on printing.
    """
    from PIL import _imaging

    try:
        library = ctypes.CDLL(_imaging.__file__)
        setters: list[Any] = [getattr(library, name) for name in _HANDLERS]
    except (OSError, AttributeError):
        return []
    for setter in setters:
        setter.argtypes, setter.restype = [ctypes.c_void_p], ctypes.c_void_p
    return setters
