"""What a JPEG says of itself, read from its markers without decoding: its kind, size and scans.

A progressive JPEG may have any number of scans, each of which goes over the whole picture: some
hundred kilobytes can take a decoder minutes. Here they are counted as libjpeg would find them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

MOST_SEGMENTS: Final = 1000
"""Parts of a file before and between its scans; photographs with depth and previews have some 300.
More cost Pillow, which goes through them in Python, seconds."""

_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_KINDS: Final = {
    0xC3: "lossless",
    **dict.fromkeys((0xC5, 0xC6, 0xC7), "hierarchical"),
    **dict.fromkeys((0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF), "arithmetic"),
}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length
_WINDOWS: Final = (1 << 12, 1 << 16)  # bytes that are searched at once, first and then


class JpegError(ValueError):
    """A JPEG that is not decoded, and why."""


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What a JPEG says of itself.

    Attributes:
        width: pixels.
        height: pixels.
        components: colours; 1 for grey.
        is_baseline: whether it is of the plainest kind, which browsers make of a canvas.
        is_progressive: whether its scans refine each other.
        first_scan: where the first scan's segment begins, in bytes.
    """

    width: int
    height: int
    components: int
    is_baseline: bool
    is_progressive: bool
    first_scan: int


def read_header(jpeg: bytes) -> JpegHeader:
    """The header of a JPEG, up to its first scan.

    Raises:
        JpegError: it is no JPEG, damaged, or of a kind that hardly any program writes.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        raise JpegError("it is no JPEG")
    found: tuple[int, int, int, int] | None = None
    position = 2
    for _ in range(MOST_SEGMENTS):
        marker, position = _marker_at(jpeg, position)
        if marker == _START_OF_SCAN:
            if found is None:
                raise JpegError("it is damaged: a scan comes before the picture's size")
            kind, width, height, components = found
            is_baseline, is_progressive = kind == _BASELINE, kind == _PROGRESSIVE
            start = position - 2
            return JpegHeader(width, height, components, is_baseline, is_progressive, start)
        if marker in _ALONE:
            continue
        if marker == _END_OF_IMAGE:
            raise JpegError("it is damaged: it holds no picture")
        if marker in _KINDS:
            raise JpegError(f"it is a JPEG of a rare kind ({_KINDS[marker]})")
        length = _length_at(jpeg, position)
        if marker in {_BASELINE, _EXTENDED, _PROGRESSIVE}:
            if found is not None:
                raise JpegError("it is damaged: it tells its size twice")
            found = marker, *_size_at(jpeg, position, length)
        position += length
    raise JpegError(f"it has more than {MOST_SEGMENTS} segments")


def count_scans(jpeg: bytes, header: JpegHeader, most: int) -> int:
    """How many scans a JPEG has, as far as they need be counted.

    Args:
        jpeg: the file's content.
        header: as of `read_header`.
        most: after which counting ends.

    Returns:
        The number, or `most` + 1 where there are more.

    Raises:
        JpegError: damaged, or too many segments.
    """
    scans = 0
    position = header.first_scan
    for _ in range(MOST_SEGMENTS):
        position = _next_marker(jpeg, position)
        if not position:  # cut short
            return scans
        marker = jpeg[position - 1]
        if marker == _END_OF_IMAGE:
            return scans
        if marker == _START_OF_SCAN:
            scans += 1
            if scans > most:
                return scans
        if marker not in _ALONE:
            position += _length_at(jpeg, position)
    raise JpegError(f"it has more than {MOST_SEGMENTS} segments")


def _marker_at(jpeg: bytes, position: int) -> tuple[int, int]:
    """The marker that begins here, and where it ends."""
    end = position + 1
    if jpeg[position:end] != b"\xff":
        raise JpegError("it is damaged: a segment is missing")
    while jpeg[end : end + 1] == b"\xff" and end - position < 16:  # fill bytes
        end += 1
    if end >= len(jpeg):
        raise JpegError("it was cut short")
    return jpeg[end], end + 1


def _next_marker(jpeg: bytes, position: int) -> int:
    """Where the next marker ends in what a scan holds; 0 where none is left.

    There FF is followed by 00 or a restart's number, else a marker begins. NumPy looks for it,
    since a file may consist of FF 00: regular expressions would hold Python's lock for a second.
    """
    window = _WINDOWS[0]
    while position + 1 < len(jpeg):
        count = min(window, len(jpeg) - position)
        values = np.frombuffer(jpeg, np.uint8, count, position)
        after = values[1:]
        is_marker = (
            (values[:-1] == 0xFF) & (after != 0) & (after != 0xFF) & ((after & 0xF8) != 0xD0)
        )
        first = int(is_marker.argmax()) if is_marker.size else 0
        if is_marker.size and is_marker[first]:
            return position + first + 2
        position += count - 1
        window = _WINDOWS[1]
    return 0


def _length_at(jpeg: bytes, position: int) -> int:
    length = int.from_bytes(jpeg[position : position + 2], "big")
    if length < 2 or position + length > len(jpeg):
        raise JpegError("it was cut short or damaged")
    return length


def _size_at(jpeg: bytes, position: int, length: int) -> tuple[int, int, int]:
    if length < 8 or jpeg[position + 2] != 8:
        raise JpegError("it is a JPEG of a rare kind (not 8 bits a colour)")
    height = int.from_bytes(jpeg[position + 3 : position + 5], "big")
    width = int.from_bytes(jpeg[position + 5 : position + 7], "big")
    components = jpeg[position + 7]
    if not width or not height or not components or length != 8 + 3 * components:
        raise JpegError("it is damaged: its size makes no sense")
    return width, height, components
