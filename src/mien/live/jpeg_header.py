"""Kind, size and scans of a JPEG, read from its markers without decoding.

A progressive JPEG may have any number of scans, each of which covers the whole picture: a few
hundred kilobytes can take a decoder minutes. Scans are counted as libjpeg finds them.
"""

import struct
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

MOST_SEGMENTS: Final = 1000
"""Largest number of parts before and between scans. Photographs with depth and previews have about
300. More take Pillow seconds, since it reads them in Python."""

_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_KINDS: Final = {
    0xC3: "lossless",
    **dict.fromkeys((0xC5, 0xC6, 0xC7), "hierarchical"),
    **dict.fromkeys((0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF), "arithmetic"),
}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_WINDOWS: Final = (1 << 12, 1 << 16)  # bytes that are searched at once, first and later


class JpegError(ValueError):
    """A JPEG is not decoded; the text gives the reason."""


class RareJpegError(JpegError):
    """A JPEG is of a kind that hardly any program writes."""


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """Header of a JPEG.

    Attributes:
        width: width in pixels.
        height: height in pixels.
        components: number of colours; 1 for grey.
        is_baseline: whether it is of the simplest kind, which browsers make from a canvas.
        is_progressive: whether its scans refine each other.
        first_scan: offset of the first scan's segment in bytes.
    """

    width: int
    height: int
    components: int
    is_baseline: bool
    is_progressive: bool
    first_scan: int


def read_header(jpeg: bytes) -> JpegHeader:
    """Read the header of a JPEG, up to its first scan.

    Raises:
        RareJpegError: hardly any program writes JPEGs of this kind.
        JpegError: the file is no JPEG, or damaged.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        raise JpegError("it is no JPEG")
    header: JpegHeader | None = None
    position = 2
    for _ in range(MOST_SEGMENTS):
        marker, position = _marker_at(jpeg, position)
        if marker == _START_OF_SCAN:
            if header is None:
                raise JpegError("it is damaged: a scan comes before the picture's size")
            return replace(header, first_scan=position - 2)
        if marker in _WITHOUT_LENGTH:
            continue
        if marker == _END_OF_IMAGE:
            raise JpegError("it is damaged: it holds no picture")
        if marker in _KINDS:
            raise RareJpegError(f"it is a JPEG of a rare kind ({_KINDS[marker]})")
        length = _length_at(jpeg, position)
        if marker in {_BASELINE, _EXTENDED, _PROGRESSIVE}:
            if header is not None:
                raise JpegError("it is damaged: it gives its size twice")
            header = _frame_header(marker, jpeg[position : position + length])
        position += length
    raise JpegError(f"it has more than {MOST_SEGMENTS} segments")


def count_scans(jpeg: bytes, header: JpegHeader, most: int) -> int:
    """Count the scans of a JPEG, up to a limit.

    Args:
        jpeg: content of the file.
        header: header that `read_header` found.
        most: number after which counting ends.

    Returns:
        Number of scans, or `most` + 1 if there are more.

    Raises:
        JpegError: the file is damaged, or has too many segments.
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
        if marker not in _WITHOUT_LENGTH:
            position += _length_at(jpeg, position)
    raise JpegError(f"it has more than {MOST_SEGMENTS} segments")


def _marker_at(jpeg: bytes, position: int) -> tuple[int, int]:
    """Return the marker that begins at a position, and the position after it."""
    end = position + 1
    if jpeg[position:end] != b"\xff":
        raise JpegError("it is damaged: a segment is missing")
    while jpeg[end : end + 1] == b"\xff" and end - position < 16:  # fill bytes
        end += 1
    if end >= len(jpeg):
        raise JpegError("it was cut short")
    return jpeg[end], end + 1


def _next_marker(jpeg: bytes, position: int) -> int:
    """Return the position after the next marker in a scan's data; 0 if none is left.

    In a scan's data FF begins a marker unless 00 or a restart's number follows. NumPy searches,
    since a file may consist of FF 00: a regular expression would hold Python's lock for a second.
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


def _frame_header(marker: int, segment: bytes) -> JpegHeader:
    """Read the segment that gives the picture's size; `first_scan` is not known yet."""
    if len(segment) < 8 or segment[2] != 8:
        raise RareJpegError("it is a JPEG of a rare kind (not 8 bits a colour)")
    height, width, components = struct.unpack_from(">HHB", segment, 3)
    if not width or not height or not components or len(segment) != 8 + 3 * components:
        raise JpegError("it is damaged: its size makes no sense")
    return JpegHeader(width, height, components, marker == _BASELINE, marker == _PROGRESSIVE, 0)
