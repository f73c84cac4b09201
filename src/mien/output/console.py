"""Standard streams that may be missing, closed or full, and words that are safe to show on them."""

import os
import sys
import unicodedata
from typing import Final

_NAMES: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
_UNSAFE: Final = frozenset({"Cc", "Zl", "Zp"})  # of Unicode: control characters, ends of lines
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def open_streams() -> None:
    """Give each standard stream that is closed, or that never was, one that is empty.

    Else `print` to a missing standard error would go to standard output, and a file that is opened
    later would take the number of a closed stream, and get whatever C libraries print on it.
    """
    for number, (name, mode) in enumerate(_NAMES):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere == number:
                os.set_inheritable(number, True)
            else:
                os.dup2(nowhere, number)
                os.close(nowhere)
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def flush_output() -> OSError | None:
    """Write out what waits for standard output; why it could not be, if so.

    Then nothing more is tried: Python would complain when it ends.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        drop_output()
        return error
    return None


def drop_output() -> None:
    """Send standard output, and what waits for it, nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def safe(words: str) -> str:
    """The words with everything escaped that would move or disguise them on a terminal."""
    if words.isprintable():
        return words
    return "".join(_escaped(c) if not c.isprintable() else c for c in words)


def _escaped(character: str) -> str:
    if unicodedata.category(character) in _UNSAFE or character in _DIRECTIONS:
        return character.encode("unicode_escape").decode()
    return character


def tell(words: str) -> None:
    """A line on standard error, for people."""
    print(safe(words), file=sys.stderr)
