"""Make small files that are far costlier to decode than they look."""

import io
import struct
import zlib
from typing import Final

from PIL import Image

_START: Final = b"\xff\xd8"
_END: Final = b"\xff\xd9"


def _segment(marker: int, content: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + (len(content) + 2).to_bytes(2, "big") + content


def many_scans(width: int, height: int, scans: int) -> bytes:
    """Make a valid grey progressive JPEG: a scan for the mean of each block, then empty scans.

    An empty scan has some 12 bytes and says of up to 32,767 blocks at once that nothing follows,
    but the decoder visits every block.
    """
    blocks = -(-width // 8) * -(-height // 8)
    runs = ("0" + "1" * 14) * -(-blocks // 32767)  # the only code, and a length of 14 bits
    runs += "1" * (-len(runs) % 8)
    empty = bytes(int(runs[i : i + 8], 2) for i in range(0, len(runs), 8))
    one_code = bytes([1] + [0] * 15)
    parts = [
        _START,
        _segment(0xDB, b"\x00" + bytes([1] * 64)),
        _segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"),
        _segment(0xC4, b"\x00" + one_code + b"\x00"),
        _segment(0xC4, b"\x10" + one_code + b"\xe0"),
        _segment(0xDA, b"\x01\x01\x00\x00\x00\x00") + bytes(-(-blocks // 8)),
    ]
    scan = _segment(0xDA, b"\x01\x01\x00\x01\x3f\x00") + empty.replace(b"\xff", b"\xff\x00")
    return b"".join([*parts, scan * scans, _END])


def many_segments(jpeg: bytes, number: int) -> bytes:
    """Put a number of empty comments before a JPEG's picture."""
    return jpeg[:2] + _segment(0xFE, b"") * number + jpeg[2:]


def png(width: int, height: int, *, depth: int = 8, colours: int = 2, chunks: int = 0) -> bytes:
    """Make a PNG of one colour.

    Args:
        width: pixels.
        height: pixels.
        depth: bits a channel.
        colours: PNG's number of the kind: 0 grey, 2 RGB, 6 RGBA.
        chunks: number of empty private chunks before the picture.
    """

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    bits = {0: 1, 2: 3, 6: 4}[colours] * depth
    rows = zlib.compress(bytes((width * bits // 8 + 1) * height), 1)
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"miEn", b"") * chunks, chunk(b"IDAT", rows)]
    return b"\x89PNG\r\n\x1a\n" + b"".join([*parts, chunk(b"IEND", b"")])


def jpeg_2000(side: int) -> bytes:
    """Make a JPEG 2000 of one colour; with a side of 7000 pixels it has about a kilobyte."""
    file = io.BytesIO()
    Image.new("L", (side, side), 128).save(file, "JPEG2000")
    return file.getvalue()
