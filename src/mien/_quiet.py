"""What Pillow and libtiff would print while pictures are read, kept in: errors say it all."""

import ctypes
import threading
import warnings
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, Final

_HANDLERS: Final = ("TIFFSetErrorHandler", "TIFFSetWarningHandler")


class Quiet:
    """Keeps them in while any thread reads a picture; called, a context manager.

    `warnings.catch_warnings` alone would leave the filters changed where threads overlap: here the
    first to come changes them, the last to go puts them back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers = 0
        self._changes = ExitStack()

    @contextmanager
    def __call__(self) -> Generator[None]:
        with self._lock:
            self._readers += 1
            if self._readers == 1:
                self._changes.enter_context(warnings.catch_warnings())
                warnings.simplefilter("ignore")
                for setter in _setters():
                    self._changes.callback(setter, setter(None))
        try:
            yield
        finally:
            with self._lock:
                self._readers -= 1
                if not self._readers:
                    self._changes.close()


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
