"""Pictures of every kind."""

import os
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFile
from small_pictures import difference, save

from mien.errors import ImageError
from mien.media.picture import as_rgb, load_image

Picture = NDArray[np.uint8]


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
    # From the upright picture to that of the camera, by the EXIF standard.
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
    assert b"Adobe" in adobe.read_bytes()  # stores CMYK inverted
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
    assert capfd.readouterr().err != ""  # nothing has changed for others


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
