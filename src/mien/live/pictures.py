"""Checks of a stranger's picture before it is decoded: its format, pixels and scans.

Pillow reads many formats. In some of them a kilobyte keeps a processor busy for minutes, or blocks
the whole process meanwhile. Only formats are taken whose header shows the cost of decoding.
"""

import struct
from typing import Final

from mien.errors import ImageError
from mien.live.jpeg_header import JpegError, count_scans, read_header

MOST_SCANS: Final = 64
"""Largest number of scans in a JPEG; programs that make progressive ones write about ten."""

MOST_SCANNED: Final = 16
"""Largest number of scans in a picture of the largest size; smaller ones may have more, up to
`MOST_SCANS`."""

MOST_CHUNKS: Final = 10_000
"""Largest number of parts in a PNG; one of 20 MB usually has 2,500."""

PIXEL_BYTES: Final = 4
"""Bytes to which each pixel of a PNG of the largest size may expand; in smaller ones eight."""

_OTHERS: Final = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    *((b"P%d" % number, "PPM") for number in range(1, 8)),
)
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def check(content: bytes, limit_megapixels: float) -> None:
    """Refuse a picture whose decoding would cost too much, or an unknown amount.

    Args:
        content: content of the file.
        limit_megapixels: size of the largest picture.

    Raises:
        ImageError: it has too many pixels or scans, is damaged, or has another format.
    """
    if content.startswith(b"\xff\xd8"):
        try:
            _check_jpeg(content, limit_megapixels)
        except JpegError as error:
            raise ImageError(f"Not read: {error}. Save it again as a usual JPEG.") from error
    elif content.startswith(_PNG):
        _check_png(content, limit_megapixels)
    elif content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        _check_size(*_webp_size(content), limit_megapixels)
    else:
        raise _unknown(content)


def _check_jpeg(content: bytes, limit: float) -> None:
    header = read_header(content)
    megapixels = _check_size(header.width, header.height, limit)
    most = max(header.components, min(MOST_SCANS, int(MOST_SCANNED * limit / megapixels)))
    if count_scans(content, header, most) > most:
        raise ImageError(
            f"Too many scans: expected at most {most} in a JPEG of {megapixels:.1f} megapixels. "
            "Save it again as a usual JPEG."
        )


def _check_png(content: bytes, limit: float) -> None:
    try:
        width, height, depth, colours = struct.unpack_from(">IIBB", content, 16)
        channels = _PNG_CHANNELS[colours]
    except (struct.error, KeyError) as error:
        raise ImageError("The PNG was cut short or damaged.") from error
    _check_size(width, height, limit)
    if width * height * channels * depth / 8e6 > PIXEL_BYTES * limit:
        raise ImageError(
            f"Too large: {width}×{height} pixels of {channels} × {depth} bits expand to more than "
            f"{PIXEL_BYTES * limit:g} MB. Scale it down, or save it with 8 bits a colour."
        )
    position = len(_PNG)
    for _ in range(MOST_CHUNKS):
        if position + 8 > len(content):
            return
        (length,) = struct.unpack_from(">I", content, position)
        position += 12 + length
    raise ImageError(f"The PNG has more than {MOST_CHUNKS} chunks. Save it again.")


def _webp_size(content: bytes) -> tuple[int, int]:
    """Return width and height of a WebP's canvas, or of its only picture if it names no canvas."""
    kind, head = content[12:16], content[20:30]
    if len(head) == 10:
        if kind == b"VP8X":
            sides = int.from_bytes(head[4:7], "little"), int.from_bytes(head[7:10], "little")
            return sides[0] + 1, sides[1] + 1
        if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
            sides = struct.unpack("<HH", head[6:10])
            return sides[0] & 0x3FFF, sides[1] & 0x3FFF
        if kind == b"VP8L" and head[0] == 0x2F:
            bits = int.from_bytes(head[1:5], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise ImageError("The WebP was cut short or damaged.")


def _check_size(width: int, height: int, limit: float) -> float:
    """Refuse too large a picture, and return its megapixels."""
    megapixels = width * height / 1e6
    if megapixels > limit:
        raise ImageError(
            f"Too large: expected at most {limit:g} megapixels, got {width}×{height}. "
            "Scale it down."
        )
    return max(megapixels, 1e-6)


def _unknown(content: bytes) -> ImageError:
    name = next((name for start, name in _OTHERS if content.startswith(start)), None)
    if name is None and content[4:8] == b"ftyp":
        name = "AVIF or HEIF"
    if name is None:
        return ImageError("Not a picture. Expected a JPEG, PNG or WebP.")
    return ImageError(
        f"Expected a JPEG, PNG or WebP, got {name}, whose cost of decoding is not known "
        "beforehand. Save it as JPEG or PNG; `mien read` takes more formats."
    )
