"""Pictures of every kind, and every kind of broken picture."""

import io
import os
import struct
import subprocess
import sys
import threading
import warnings
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFile, PngImagePlugin

from mien.errors import ImageError
from mien.media.picture import as_rgb, load_image
from mien.media.search import find_images

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def portrait(astronaut: Picture) -> Picture:
    """A part of the astronaut that is unlike its mirror images; higher than wide."""
    return np.ascontiguousarray(astronaut[40:200, 150:280])


def save(picture: NDArray[Any] | Image.Image, path: Path, **options: Any) -> Path:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(path, **options)
    return path


def difference(a: Picture, b: Picture) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(float) - b).mean())


def png_header(width: int, height: int) -> bytes:
    """A PNG of one byte of data that claims a size."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        length = struct.pack(">I", len(content))
        return length + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0"))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("ending", ["png", "bmp", "ppm", "tif", "webp"])
def test_lossless_formats(portrait: Picture, tmp_path: Path, ending: str) -> None:
    path = save(portrait, tmp_path / f"a.{ending}", lossless=True)
    for source in (path, str(path), path.read_bytes()):
        image = load_image(source)
        np.testing.assert_array_equal(image, portrait)
        assert image.dtype == np.uint8
        assert image.flags.writeable
        assert image.flags.c_contiguous


def test_jpeg(portrait: Picture, tmp_path: Path) -> None:
    image = load_image(save(portrait, tmp_path / "a.jpg", quality=95))
    assert difference(image, portrait) < 4


@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation(portrait: Picture, tmp_path: Path, ending: str, orientation: int) -> None:
    # How the camera's picture comes from the upright one, by the EXIF standard.
    stored: dict[int, Callable[[Picture], Picture]] = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: np.transpose(a, (1, 0, 2)),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(np.transpose(a, (1, 0, 2)), 2),
        8: lambda a: np.rot90(a, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = np.ascontiguousarray(stored[orientation](portrait))
    path = save(picture, tmp_path / f"a.{ending}", exif=exif, quality=95)
    assert difference(load_image(path), portrait) < 5


def test_damaged_exif_is_no_reason_to_refuse(portrait: Picture, tmp_path: Path) -> None:
    path = save(portrait, tmp_path / "a.jpg", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12\0\x03")
    assert load_image(path).shape == portrait.shape


def test_cmyk(portrait: Picture, tmp_path: Path) -> None:
    cmyk = Image.fromarray(portrait).convert("CMYK")
    adobe = save(cmyk, tmp_path / "a.jpg", quality=95)
    assert b"Adobe" in adobe.read_bytes()  # whose CMYK is stored inverted
    assert difference(load_image(adobe), portrait) < 5
    assert difference(load_image(save(cmyk, tmp_path / "a.tif")), portrait) < 1


def test_grey(portrait: Picture, tmp_path: Path) -> None:
    grey = portrait[..., 1]
    for path in (
        save(np.ascontiguousarray(grey), tmp_path / "8.png"),
        save(grey.astype(np.uint16) * 257, tmp_path / "16.png"),
        save(grey.astype(np.uint16) * 257, tmp_path / "16.tif"),
        save(Image.fromarray(grey.astype(np.int32) * 257), tmp_path / "32.tif"),
        save(Image.fromarray(grey.astype(np.float32) / 255), tmp_path / "float.tif"),
    ):
        image = load_image(path)
        assert difference(image, np.repeat(grey[..., None], 3, axis=2)) < 0.01, path.name


def test_numbers_without_an_agreed_range_are_stretched(tmp_path: Path) -> None:
    ramp = np.linspace(-1e6, 3e6, 48 * 48).reshape(48, 48)
    for values in (ramp.astype(np.int32), ramp.astype(np.float32)):
        image = load_image(save(Image.fromarray(values), tmp_path / "a.tif"))
        assert image[0, 0, 0] == 0
        assert image[-1, -1, 0] == 255
        assert int(image[24, 0, 0]) == pytest.approx(127, abs=1)
    flat = np.full((8, 8), -7.0, np.float32)
    assert load_image(save(Image.fromarray(flat), tmp_path / "b.tif")).max() == 0


def test_two_colours(tmp_path: Path) -> None:
    bits = Image.fromarray(np.eye(20, dtype=np.uint8) * 255).convert("1")
    image = load_image(save(bits, tmp_path / "a.png"))
    np.testing.assert_array_equal(image[..., 0], np.eye(20, dtype=np.uint8) * 255)


def test_transparency_becomes_white(portrait: Picture, tmp_path: Path) -> None:
    alpha = np.full(portrait.shape[:2], 255, np.uint8)
    alpha[:50] = 0
    alpha[50:100] = 128
    rgba = np.dstack((portrait, alpha))
    image = load_image(save(rgba, tmp_path / "rgba.png"))
    assert (image[:50] == 255).all()
    np.testing.assert_allclose(image[50:100], portrait[50:100] * 0.5 + 127.5, atol=2)
    np.testing.assert_array_equal(image[100:], portrait[100:])

    grey = Image.fromarray(np.dstack((portrait[..., 0], alpha)), "LA")
    image = load_image(save(grey, tmp_path / "la.png"))
    assert (image[:50] == 255).all()
    np.testing.assert_array_equal(image[100:, :, 2], portrait[100:, :, 0])


def test_palette_with_transparency(portrait: Picture, tmp_path: Path) -> None:
    palette = Image.fromarray(portrait).quantize(64)
    expected = np.array(palette.convert("RGB"))
    np.testing.assert_array_equal(load_image(save(palette, tmp_path / "a.png")), expected)
    index = np.array(palette)
    gone = int(index[0, 0])
    for transparency in (gone, bytes([255] * gone + [0])):
        path = save(palette, tmp_path / "b.png", transparency=transparency)
        image = load_image(path)
        assert (image[index == gone] == 255).all()
        np.testing.assert_array_equal(image[index != gone], expected[index != gone])


@pytest.mark.parametrize("ending", ["gif", "webp", "png", "tif"])
def test_first_frame_of_an_animation(portrait: Picture, tmp_path: Path, ending: str) -> None:
    frames = [Image.fromarray(portrait), Image.new("RGB", (130, 160), "red")]
    path = tmp_path / f"a.{ending}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert difference(load_image(path), portrait) < 8


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
    """Cameras and downloads leave the mark of the end out; every viewer shows such pictures."""
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
    for cut in (0.5, 0.8):  # with EXIF data the missing part would lie at a side
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
    # Just below the limit, the size is no objection (Pillow alone would warn), but the content is.
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


@pytest.mark.parametrize("kind", ["RGB", "RGBA", "P", "LA", "CMYK"])
def test_large_pictures_are_like_small_ones(portrait: Picture, kind: str) -> None:
    image = Image.fromarray(portrait).resize((1500, 1301))
    if kind in {"RGBA", "LA"}:
        image.putalpha(Image.radial_gradient("L").resize(image.size))
    image = image.quantize(64) if kind == "P" else image.convert(kind)
    if kind == "P":
        image.info["transparency"] = bytes(range(0, 256, 4))
    whole = as_rgb(image)
    for top in (0, 600, 1100):
        part = image.crop((0, top, 1500, top + 201))
        np.testing.assert_array_equal(whole[top : top + 201], as_rgb(part))


@pytest.mark.skipif(os.name == "nt", reason="Pillow hides libtiff on Windows, and it goes on")
def test_libtiff_says_nothing_of_its_own(
    portrait: Picture, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = save(portrait, tmp_path / "a.tif", compression="tiff_lzw")
    content = bytearray(path.read_bytes())
    content[60:90] = b"\x55" * 30
    path.write_bytes(content)
    with pytest.raises(ImageError, match=r"a\.tif: cannot be read as a picture: it was cut short"):
        load_image(path)
    assert capfd.readouterr().err == ""
    with pytest.raises(OSError, match="decoder error"):
        Image.open(path).load()
    assert capfd.readouterr().err != ""  # for others nothing has changed


def bomb(kind: str) -> bytes:
    """A small file of a picture a little above the limit."""
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


def test_nothing_global_is_changed(portrait: Picture, tmp_path: Path) -> None:
    path = save(Image.fromarray(portrait).quantize(8), tmp_path / "a.png", transparency=b"\0\xff")
    before = list(warnings.filters)
    inside: list[object] = []
    barrier = threading.Barrier(4, timeout=10)

    def read(_: int) -> None:
        barrier.wait()
        for _ in range(20):
            inside.append(load_image(path))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, range(4)))
    assert len(inside) == 80
    assert list(warnings.filters) == before
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
    assert Image.MAX_IMAGE_PIXELS == 89_478_485


def test_find_images(tmp_path: Path) -> None:
    for name in (
        *("b.jpg", "a.PNG", "notes.txt", "sub/deep/c.webp", "sub/d.tiff"),
        *(".hidden.jpg", ".cache/e.jpg", "._b.jpg"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.jpg").mkdir()
    inside = [tmp_path / name for name in ("a.PNG", "b.jpg", "sub/d.tiff", "sub/deep/c.webp")]
    assert find_images([tmp_path]) == inside
    assert find_images([str(tmp_path), tmp_path / "b.jpg"]) == inside
    named = [tmp_path / "notes.txt", tmp_path / "missing", tmp_path / ".hidden.jpg"]
    assert find_images([named[0], str(named[1]), named[2], tmp_path]) == named + inside
    assert find_images([]) == []
    assert find_images([tmp_path / "folder.jpg"]) == []


def test_patterns_stand_for_what_they_match(portrait: Picture, tmp_path: Path) -> None:
    for name in ("a1.png", "a2.png", "b.png", "in/c.png", "in/deep/a3.png", ".hidden.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        save(portrait, tmp_path / name)
    (tmp_path / "a[1].png").write_bytes(b"")

    def found(*patterns: str) -> list[str]:
        paths = find_images(str(tmp_path / pattern) for pattern in patterns)
        return [path.relative_to(tmp_path).as_posix() for path in paths]

    assert found("a?.png") == ["a1.png", "a2.png"]
    assert found("a2.png", "*.png") == ["a2.png", "a1.png", "a[1].png", "b.png"]
    assert found("**/a*.png") == ["a1.png", "a2.png", "a[1].png", "in/deep/a3.png"]
    assert found("i*") == ["in/c.png", "in/deep/a3.png"]
    assert found("a[1].png") == ["a[1].png"]  # it is there: no pattern
    assert found("a[12].png") == ["a1.png", "a2.png"]
    assert found("z*.png") == ["z*.png"]


def test_arrays_and_pil_images_become_rgb(portrait: Picture) -> None:
    assert as_rgb(portrait) is portrait
    grey = np.ascontiguousarray(portrait[..., 0])
    np.testing.assert_array_equal(as_rgb(grey), np.dstack([grey] * 3))
    np.testing.assert_array_equal(as_rgb(portrait[..., ::-1], order="BGR"), portrait)
    clear = np.dstack([portrait, np.zeros(portrait.shape[:2], np.uint8)])
    clear[:50, :, 3] = 255
    for image in (as_rgb(clear), as_rgb(Image.fromarray(clear))):
        np.testing.assert_array_equal(image[:50], portrait[:50])
        assert (image[50:] == 255).all()
    reversed_ = clear[..., (2, 1, 0, 3)]
    np.testing.assert_array_equal(as_rgb(reversed_, order="BGR"), as_rgb(clear))
    for mode in ("1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F"):
        image = as_rgb(Image.fromarray(portrait).convert(mode))
        assert (image.shape, image.dtype) == (portrait.shape, np.uint8), mode


def test_an_exif_turn_of_a_pil_image_counts(portrait: Picture, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save(np.ascontiguousarray(np.rot90(portrait)), tmp_path / "a.png", exif=exif)
    with Image.open(path) as image:
        np.testing.assert_array_equal(as_rgb(image), portrait)


@pytest.mark.parametrize(
    ("image", "told"),
    [
        (np.zeros((9, 9, 3)), r"got float64 \(9, 9, 3\).*255 \* image"),
        (np.zeros((3, 9, 9), np.uint8), r"got uint8 \(3, 9, 9\).*transpose"),
        (np.zeros((2, 9, 9, 3), np.uint8), r"got uint8 \(2, 9, 9, 3\).*read_many"),
        (np.zeros((9, 9, 2), np.uint8), r"got uint8 \(9, 9, 2\)"),
        (np.zeros((9, 9), np.int64), r"got int64 \(9, 9\)"),
        (np.zeros((0, 9), np.uint8), r"at least one pixel.*\(0, 9\)"),
        ([[1, 2], [3]], "got list"),
        (None, "got NoneType"),
        (Image.new("1", (20_000, 20_000)), "too large.*20000×20000"),
        (Image.new("RGB", (0, 5)), "at least one pixel"),
    ],
    ids=lambda given: given if isinstance(given, str) else type(given).__name__,
)
def test_other_pictures_in_memory_are_refused(image: Any, told: str) -> None:
    with pytest.raises(ImageError, match=told):
        as_rgb(image)


def test_another_order_is_refused(portrait: Picture) -> None:
    with pytest.raises(ImageError, match=r"'RGB' or 'BGR'.*got 'GBR'"):
        as_rgb(portrait, order="GBR")  # pyright: ignore[reportArgumentType]
