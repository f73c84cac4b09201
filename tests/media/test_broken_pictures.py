"""Truncated, damaged, huge and other files that are not pictures."""

import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFile, PngImagePlugin
from small_pictures import save

from mien.errors import ImageError
from mien.media.picture import load_image

Picture = NDArray[np.uint8]


def png_header(width: int, height: int) -> bytes:
    """A PNG with one byte of data that claims a size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        length = struct.pack(">I", len(content))
        return length + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("ending", ["jpg", "png", "gif", "bmp", "tif", "webp", "jp2"])
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.9])
def test_truncated(portrait: Picture, tmp_path: Path, ending: str, kept: float) -> None:
    path = save(portrait, tmp_path / f"cut.{ending}")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(ImageError, match=rf"cut\.{ending}: "):
        load_image(path)


@pytest.mark.parametrize("lost", [1, 2, 20])
@pytest.mark.parametrize("turn", [1, 6])
def test_a_jpeg_without_its_end_is_read(portrait: Picture, lost: int, turn: int) -> None:
    """Cameras and downloads omit the end marker; every viewer shows such pictures."""
    exif = Image.Exif()
    exif[0x0112] = turn
    stored = Image.fromarray(portrait)
    if turn == 6:
        stored = stored.transpose(Image.Transpose.ROTATE_90)
    buffer = io.BytesIO()
    stored.save(buffer, "JPEG", quality=95, exif=exif)
    content = buffer.getvalue()
    whole = load_image(content)
    read = load_image(content[:-lost])
    changed = (np.abs(read.astype(int) - whole) > 8).any(axis=2)
    assert changed.mean() < 0.02
    for cut in (0.5, 0.8):  # with EXIF orientation the missing part would lie at a side
        with pytest.raises(ImageError, match="truncated"):
            load_image(content[: int(len(content) * cut)])


def test_a_damaged_picture_is_not_decoded_again_and_again(
    portrait: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    info = PngImagePlugin.PngInfo()
    info.add_text("a", "b")
    exif = Image.Exif()
    exif[0x0112] = 1
    Image.fromarray(portrait).save(buffer, "PNG", pnginfo=info, exif=exif, gamma=0.5)
    damaged = buffer.getvalue()[:-200]
    decoded: list[int] = []
    load = ImageFile.ImageFile.load

    def counted(image: ImageFile.ImageFile) -> Any:
        decoded.append(1)
        return load(image)

    monkeypatch.setattr(ImageFile.ImageFile, "load", counted)
    megapixels = portrait.shape[0] * portrait.shape[1] / 1e6
    for limit, most in ((megapixels, 1), (1.9 * megapixels, 2), (100, 5)):
        decoded.clear()
        with pytest.raises(ImageError, match="cannot be read as a picture"):
            load_image(damaged, limit_megapixels=limit)
        assert 1 <= len(decoded) <= most


def test_too_large_is_refused_before_decoding() -> None:
    for width, height in ((10_001, 10_000), (12_000, 12_000), (100_000, 100_000)):
        with pytest.raises(ImageError, match="too large: expected at most 100 megapixels"):
            load_image(png_header(width, height))
    # Just below the limit the size is allowed (Pillow would warn), but the content is damaged.
    with pytest.raises(ImageError, match="cannot be read as a picture"):
        load_image(png_header(9_999, 9_999))


def test_the_limit_can_be_set(portrait: Picture, tmp_path: Path) -> None:
    path = save(portrait, tmp_path / "a.png")
    assert load_image(path, limit_megapixels=0.0208).shape == portrait.shape
    with pytest.raises(ImageError, match=r"a\.png: .*at most 0\.02 megapixels, got 130×160"):
        load_image(path, limit_megapixels=0.02)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "program.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n")
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, reason in {
        "empty.jpg": "empty",
        "text.jpg": "not a picture",
        "folder.jpg": "a folder",
        "program.eps": "not a picture",
        "pipe.jpg": "not a regular file",
        "missing.jpg": "no such file",
    }.items():
        with pytest.raises(ImageError, match=f"{name}: {reason}"):
            load_image(tmp_path / name)
    with pytest.raises(ImageError, match="in memory: empty"):
        load_image(b"")
    with pytest.raises(ImageError, match="13 bytes in memory: not a picture"):
        load_image(b"not a picture")
    with pytest.raises(ImageError, match=r"no such file|null"):
        load_image("a\0b.jpg")


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_files_are_read_or_refused(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP"]))
    buffer = io.BytesIO()
    Image.fromarray(np.arange(48 * 48 * 3, dtype=np.uint8).reshape(48, 48, 3)).save(buffer, kind)
    content = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        image = load_image(bytes(content), limit_megapixels=1)
    except ImageError:
        return
    assert image.ndim == 3
    assert image.shape[2] == 3
    assert image.dtype == np.uint8


def bomb(kind: str) -> bytes:
    """A small file with a picture slightly larger than the limit."""
    content = io.BytesIO()
    compressed = {"TIFF": {"compression": "tiff_lzw"}, "PNG": {"compress_level": 1}}
    Image.new("L", (10_001, 10_001)).save(content, kind, **compressed.get(kind, {}))
    return content.getvalue()


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux how much memory was used")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_bombs_are_refused_before_they_are_decoded(kind: str, tmp_path: Path) -> None:
    (tmp_path / "bomb").write_bytes(bomb(kind))
    Image.new("L", (20, 20)).save(tmp_path / "small", kind)
    program = (
        "import sys; from mien.media.picture import load_image; from mien.errors import *\n"
        "def most():\n"
        "    lines = open('/proc/self/status').read().splitlines()\n"
        "    return int(next(l.split()[1] for l in lines if l.startswith('VmHWM')))\n"
        "load_image(sys.argv[1]); before = most()\n"
        "try: load_image(sys.argv[2])\n"
        "except ImageError as error: print(error)\n"
        "print(most() - before)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "small"), str(tmp_path / "bomb")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told, grown = done.stdout.splitlines()
    assert told.startswith(f"{tmp_path}/bomb: too large: expected at most 100 megapixels, got ")
    assert int(grown) < 20_000  # kB; decoded it takes 100,000
