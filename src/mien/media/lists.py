"""Text files in the encodings of shells and Windows: lists of files, one a line, and settings."""

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
    """Read the names in a list, without empty ones.

    The encoding is UTF-8, or that of the byte order mark; UTF-16 is also recognised without a mark.
    Names in quotation marks, as Windows copies paths, lose them unless such a file exists.

    Args:
        name: name of the file, or `STANDARD_INPUT`.
        null: whether names end with a null character, as from `find -print0`.

    Raises:
        MienError: the list cannot be read, or is not text.
    """
    shown = "standard input" if name == STANDARD_INPUT else name
    try:
        content = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise MienError(
            f"{shown}: cannot be read as a list of pictures: {reason_of(error)}. Expected a text "
            "file with the name of a picture or folder on each line."
        ) from error
    text = _marked(content, shown)
    if text is None and not null:
        text = _unmarked(content)
    if text is None:
        try:
            text = os.fsdecode(content)
        except UnicodeDecodeError as error:  # on Windows
            raise MienError(f"{shown}: is not UTF-8. Save the list as UTF-8.") from error
    if null:
        return [name for name in text.split("\0") if name]
    if "\0" in text:
        raise MienError(
            f"{shown}: expected a list with one name a line, found null characters. If they "
            "separate the names, add --null; else save the list as UTF-8."
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [_unquoted(line) for line in lines if line]


def read_text(path: Path, what: str) -> str:
    """Read a text file in UTF-8, or in the encoding of its byte order mark.

    Args:
        path: path of the file.
        what: what the file is, for the error.

    Raises:
        MienError: it cannot be read, or is not text.
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
    """Remove quotation marks around a name, unless a file has them in its name."""
    is_quoted = len(name) > 2 and name[0] == name[-1] == '"'
    return name[1:-1] if is_quoted and not os.path.lexists(name) else name


def _unmarked(content: bytes) -> str | None:
    """Decode UTF-16 without a mark: half of all second bytes or more are 0, and no others."""
    for zero, coding in ((1, "utf-16-le"), (0, "utf-16-be")):
        often = content[zero::2].count(0) * 2 >= len(content[zero::2]) > 1
        if often and not content[1 - zero :: 2].count(0):
            try:
                return content.decode(coding)
            except UnicodeDecodeError:
                return None
    return None


def _marked(content: bytes, shown: str) -> str | None:
    """Decode text that begins with a byte order mark; None without a mark."""
    coding = next((coding for mark, coding in _MARKS if content.startswith(mark)), None)
    if coding is None:
        return None
    try:
        return content.decode(coding)
    except UnicodeDecodeError as error:
        name = coding.removesuffix("-sig").upper()
        raise MienError(f"{shown}: begins as {name}, but is not. Save it as UTF-8.") from error
