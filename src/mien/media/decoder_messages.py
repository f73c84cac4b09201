"""Suppression of the messages of Pillow and libtiff while pictures are read.

mien's own errors say enough. Messages and warnings of other threads are not suppressed.
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
# Arguments: module, format, and C's list of arguments, which is a pointer on these systems.


class Quiet:
    """Suppresses messages of this thread while it reads a picture; a call is a context manager.

    `warnings.catch_warnings` would silence all threads. Here a filter that matches only in the
    reading threads precedes all others while any thread reads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers = 0
        self._changes = ExitStack()
        self._filter = ("ignore", _InThread(), Warning, None, 0)

    @contextmanager
    def __call__(self) -> Generator[None]:
        """Suppress messages of this thread in the block."""
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
        """Move the filter before filters that were set in the meantime.

        The list itself is changed, without clearing Python's cache of decisions. The cache stays
        right, since Python does not remember ignored warnings.
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
    """Pattern of a filter that matches every warning of a thread that reads a picture."""

    def match(self, _: str) -> bool:
        return bool(_depth())


_reading = threading.local()


def _depth() -> int:
    return getattr(_reading, "depth", 0)


def _silence_libtiff(setter: Any) -> Any:
    """Set a handler that passes only messages of other threads to the previous one; return that.

    Handlers are kept forever (`_handlers`): libtiff may still call one in a thread that began
    before it was removed.
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
    """Return libtiff's functions that set a message handler and return the previous one.

    Pillow does not offer them, but its module is linked to libtiff and gives access to them. If the
    module contains libtiff, as on Windows, they are hidden, and libtiff still prints.
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
