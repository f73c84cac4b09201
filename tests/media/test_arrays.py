"""Pictures in memory, of any kind, as RGB arrays."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from small_pictures import save

from mien.errors import ImageError
from mien.media.picture import as_rgb

Picture = NDArray[np.uint8]


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
