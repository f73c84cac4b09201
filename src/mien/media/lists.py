"""Lists of files, one a line, as shells and Windows write them; settings in text files."""

import codecs
import os
import sys
from pathlib import Path
from typing import Final

from mien.errors import MienError, reason_of

STANDARD_INPUT: Final = "-"

_MARKS: Final = (  # the longer first: UTF-32's begins like UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_list(name: str, *, null: bool = False) -> list[str]:
    """The names in a list, without empty ones; UTF-8, or what its byte order mark says.

    UTF-16 is known without a mark, too. Names in quotation marks, as Windows copies paths, lose
    them where no file has them.

    Args:
        name: of the file, or `STANDARD_INPUT`.
        null: names end with a null character, as of `find -print0`, and hold any other.

    Raises:
        MienError: the list cannot be read, or is no text.
    """
    shown = "standard input" if name == STANDARD_INPUT else name
    try:
        content = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise MienError(
            f"{shown}: cannot be read as a list of pictures: {reason_of(error)}. Expected a text "
            "file that names a picture or folder a line."
        ) from error
    text = _marked(content, shown)
    if text is None and not null:
        text = _unmarked(content)
    if null:
        if text is not None:
            return [part for part in text.split("\0") if part]
        return [os.fsdecode(part) for part in content.split(b"\0") if part]
    if text is not None:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return [_unquoted(line) for line in lines if line]
    if b"\0" in content:
        raise MienError(
            f"{shown}: expected a list with a name a line, found null characters. If they separate "
            "the names, add --null; else save the list as UTF-8."
        )
    try:
        return [_unquoted(os.fsdecode(line)) for line in content.splitlines() if line]
    except UnicodeDecodeError as error:  # on Windows
        raise MienError(f"{shown}: is not UTF-8. Save the list as UTF-8.") from error


def read_text(path: Path, what: str) -> str:
    """A text file, UTF-8 or what its byte order mark says.

    Args:
        path: of the file.
        what: the file is, for the error.

    Raises:
        MienError: it cannot be read, or is no text.
    """
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise MienError(f"{path}: {what} cannot be read: {reason_of(error)}.") from error
    text = _marked(content, str(path))
    if text is not None:
        return text
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise MienError(f"{path}: {what} is not UTF-8. Save it as UTF-8.") from error


def _unquoted(name: str) -> str:
    """A name without its quotation marks, where no file has them in its name."""
    is_quoted = len(name) > 2 and name[0] == name[-1] == '"'
    return name[1:-1] if is_quoted and not os.path.lexists(name) else name


def _unmarked(content: bytes) -> str | None:
    """UTF-16 without a mark: of most characters every second byte is 0, and none of the others."""
    for zero, coding in ((1, "utf-16-le"), (0, "utf-16-be")):
        often = content[zero::2].count(0) * 2 >= len(content[zero::2]) > 1
        if often and not content[1 - zero :: 2].count(0):
            try:
                return content.decode(coding)
            except UnicodeDecodeError:
                return None
    return None


def _marked(content: bytes, shown: str) -> str | None:
    """The text of what begins with a byte order mark; None of what has none."""
    coding = next((coding for mark, coding in _MARKS if content.startswith(mark)), None)
    if coding is None:
        return None
    try:
        return content.decode(coding)
    except UnicodeDecodeError as error:
        name = coding.removesuffix("-sig").upper()
        raise MienError(f"{shown}: begins as {name}, but is not. Save it as UTF-8.") from error
