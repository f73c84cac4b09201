"""Measure the cost of decoding the costliest pictures of each format that `POST /v1/read` takes.

    python benchmarks/load/decoding.py --only PNG

Prints a Markdown table: size, and seconds of the processor. Takes about a minute.
"""

import io
import struct
import time
import zlib
from collections.abc import Callable
from typing import Any, Final

import cyclopts
import numpy as np
from bombs import many_scans
from numpy.typing import NDArray
from PIL import Image

from mien.live.pictures import check
from mien.media.picture import load_image

MEGAPIXELS: Final = 50
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 6: 4}
_PASSES: Final = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)


def noise(width: int, height: int) -> NDArray[np.uint8]:
    """Make a picture of noise, RGB uint8 (H, W, 3)."""
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def blank(width: int, height: int) -> NDArray[np.uint8]:
    """Make a grey picture, RGB uint8 (H, W, 3)."""
    return np.full((height, width, 3), 128, np.uint8)


def encoded(picture: NDArray[np.uint8], kind: str, **options: Any) -> bytes:
    """Encode a picture by Pillow."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, **options)
    return file.getvalue()


def png(
    width: int, height: int, depth: int, colours: int, *, filtered: int = 0, woven: bool = False
) -> bytes:
    """Make a PNG of zeros, row by row.

    Args:
        width: pixels.
        height: pixels.
        depth: bits a channel.
        colours: PNG's number of the kind: 0 grey, 2 RGB, 3 palette, 6 RGBA.
        filtered: number of the filter of all rows; 4, Paeth's, takes longest.
        woven: whether it is interlaced.
    """

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    packer = zlib.compressobj()
    parts: list[bytes] = []
    for left, top, right, down in _PASSES if woven else ((0, 0, 1, 1),):
        across, high = -(-(width - left) // right), -(-(height - top) // down)
        row = bytes([filtered]) + bytes(-(-across * _CHANNELS[colours] * depth // 8))
        together = max(1, (1 << 20) // len(row))
        for first in range(0, high, together):
            parts.append(packer.compress(row * min(together, high - first)))
    parts.append(packer.flush())
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, woven)
    palette = chunk(b"PLTE", bytes(768)) if colours == 3 else b""
    content = chunk(b"IHDR", header) + palette + chunk(b"IDAT", b"".join(parts))
    return b"\x89PNG\r\n\x1a\n" + content + chunk(b"IEND", b"")


PICTURES: Final[dict[str, Callable[[], bytes]]] = {
    "JPEG, 50 megapixels, 15 empty scans": lambda: many_scans(7071, 7071, 15),
    "JPEG, 12 megapixels, 63 empty scans": lambda: many_scans(3500, 3500, 63),
    "JPEG, 50 megapixels of noise": lambda: encoded(noise(8160, 6120), "JPEG", quality=20),
    "JPEG, progressive, noise": lambda: encoded(noise(4000, 3000), "JPEG", progressive=True),
    "PNG, RGBA, 50 megapixels, Paeth": lambda: png(7071, 7071, 8, 6, filtered=4),
    "PNG, RGBA of 16 bits, 25 megapixels, interlaced": (
        lambda: png(5000, 5000, 16, 6, filtered=4, woven=True)
    ),
    "PNG, RGB, 50 megapixels, interlaced": lambda: png(7071, 7071, 8, 2, filtered=4, woven=True),
    "PNG of a palette, 1×50,000,000": lambda: png(1, 50_000_000, 8, 3),
    "PNG, 50,000,000×1": lambda: png(50_000_000, 1, 8, 2),
    "WebP, 50 megapixels of one colour": lambda: encoded(blank(16383, 3051), "WEBP", method=0),
    "WebP without loss, the same": (
        lambda: encoded(blank(16383, 3051), "WEBP", lossless=True, quality=0, method=0)
    ),
    "WebP of noise, 25 megapixels": (
        lambda: encoded(noise(5000, 5000), "WEBP", quality=60, method=0)
    ),
}


def main(*, only: str = "") -> None:
    """Measure and print.

    Args:
        only: beginning of the names of the pictures to measure.
    """
    print("| picture | MB | seconds |\n|---|--:|--:|")
    for name, make in PICTURES.items():
        if name.startswith(only):
            content = make()
            start = time.process_time()
            check(content, MEGAPIXELS)
            load_image(content, limit_megapixels=MEGAPIXELS)
            took = time.process_time() - start
            print(f"| {name} | {len(content) / 1e6:.2f} | {took:.1f} |", flush=True)


if __name__ == "__main__":
    cyclopts.run(main)
