"""Standard streams that may be missing, closed or full, and text that is safe to print on them."""

import os
import sys
import unicodedata
from typing import Final

_NAMES: Final = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
_UNSAFE: Final = frozenset(
    {"Cc", "Zl", "Zp"}
)  # Unicode categories: control characters, ends of lines
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def open_streams() -> None:
    """Replace each standard stream that is closed or missing by an empty one.

    Otherwise `print` to a missing standard error would go to standard output, and a file opened
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
    """Flush standard output, and return the error if that fails.

    After an error standard output leads nowhere, as Python would complain again when it ends.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        drop_output()
        return error
    return None


def drop_output() -> None:
    """Discard standard output, and what is still to be flushed."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def safe(text: str) -> str:
    """Return text with all characters escaped that would move or disguise it on a terminal."""
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    if unicodedata.category(character) in _UNSAFE or character in _DIRECTIONS:
        return character.encode("unicode_escape").decode()
    return character


def tell(text: str) -> None:
    """Print a line on standard error, for people."""
    print(safe(text), file=sys.stderr)
