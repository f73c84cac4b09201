import io
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
import torch
from kornia.augmentation import RandomAffine
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import affine_transform

from mien.training.data import augment
from mien.training.data.augment import augment_batch, rescale
from mien.training.engine.config import Augmentation

NONE = Augmentation(
    rotation_range=0, shear_range=0, zoom_range=0, shift_range=0, horizontal_flip=False
)


@pytest.fixture(scope="module")
def faces(astronaut: NDArray[np.uint8]) -> torch.Tensor:
    """float32 (64, 1, 48, 48): the same face 64 times."""
    grey = astronaut[70:214:3, 150:294:3].mean(axis=2).astype(np.uint8)
    return rescale(torch.from_numpy(np.repeat(grey[None], 64, axis=0)))


def test_rescales_to_the_unit_range() -> None:
    images = torch.tensor([[[0, 51], [204, 255]]], dtype=torch.uint8)
    expected = torch.tensor([[[[0.0, 0.2], [0.8, 1.0]]]])
    torch.testing.assert_close(rescale(images), expected)


def test_without_ranges_nothing_happens(faces: torch.Tensor) -> None:
    torch.testing.assert_close(augment_batch(faces, NONE, 0), faces, atol=1e-5, rtol=0)


def test_the_seed_decides_and_the_global_generator_is_untouched(faces: torch.Tensor) -> None:
    torch.manual_seed(5)
    expected_next = torch.rand(1)
    torch.manual_seed(5)
    first = augment_batch(faces, Augmentation(), 1)
    assert torch.rand(1) == expected_next
    assert torch.equal(first, augment_batch(faces, Augmentation(), 1))
    assert not torch.equal(first, augment_batch(faces, Augmentation(), 2))


def test_every_image_draws_its_own_and_stays_in_range(faces: torch.Tensor) -> None:
    result = augment_batch(faces, Augmentation(rotation_range=30, shift_range=0.1), 0)
    assert result.shape == faces.shape
    assert result.dtype == torch.float32
    assert result.min() >= 0
    assert result.max() <= 1
    assert len(torch.unique(result.flatten(1), dim=0)) == 64


def test_the_flip_mirrors_about_half(faces: torch.Tensor) -> None:
    result = augment_batch(faces, replace(NONE, horizontal_flip=True), 0)
    mirrored = (result - faces.flip(3)).abs().amax(dim=(1, 2, 3)) < 1e-4
    same = (result - faces).abs().amax(dim=(1, 2, 3)) < 1e-4
    assert (mirrored ^ same).all()
    assert 16 < mirrored.sum() < 48


def test_zooming_out_fills_with_the_nearest_pixel() -> None:
    images = torch.zeros(32, 1, 48, 48)
    images[:, :, :, :24] = 1.0
    result = augment_batch(images, replace(NONE, zoom_range=0.3), 0)
    assert (result[:, :, :, 0] > 0.999).all()  # the edge's value beyond the edge, not black
    assert (result[:, :, :, -1] < 0.001).all()


@pytest.mark.parametrize(
    ("fill_mode", "corner"), [("nearest", 1.0), ("reflect", 1.0), ("constant", 0.0)]
)
def test_fill_mode_decides_what_stands_beyond_the_edge(
    fill_mode: Literal["nearest", "reflect", "constant"], corner: float
) -> None:
    images = torch.ones(32, 1, 48, 48)
    images[:, :, 20:28, 20:28] = 0.5  # far from the edges: a reflection shows none of it
    shrunk = augment_batch(images, replace(NONE, zoom_range=0.3, fill_mode=fill_mode), 0)
    smallest = shrunk[int((shrunk[:, 0] == 0.5).sum(dim=(1, 2)).argmin())]
    assert smallest[0, 0, 0] == corner


def test_reflection_and_the_nearest_pixel_differ() -> None:
    images = torch.linspace(0, 1, 48).repeat(32, 1, 48, 1)
    modes = ("nearest", "reflect")
    one, other = (
        augment_batch(images, replace(NONE, zoom_range=0.3, fill_mode=mode), 0) for mode in modes
    )
    assert (one - other).abs().max() > 0.05


@pytest.mark.parametrize("fill_mode", ["nearest", "reflect", "constant"])
def test_beyond_the_edge_stand_the_pixels_that_keras_puts_there(
    faces: torch.Tensor,
    monkeypatch: pytest.MonkeyPatch,
    fill_mode: Literal["nearest", "reflect", "constant"],
) -> None:
    def smaller(**options: Any) -> RandomAffine:
        mode = options["padding_mode"]
        return RandomAffine(degrees=(0.0, 0.0), scale=(0.4, 0.4), padding_mode=mode, p=1.0)

    monkeypatch.setattr(augment, "RandomAffine", smaller)
    found = augment_batch(faces[:1], replace(NONE, fill_mode=fill_mode), 0)[0, 0].numpy()
    face, middle = faces[0, 0].numpy(), 23.5
    # What Keras' `apply_affine_transform` calls, with the same words for the modes.
    expected = affine_transform(
        face, np.eye(2) / 0.4, middle - middle / 0.4, order=1, mode=fill_mode, cval=0.0
    )
    places = middle + (np.arange(48) - middle) / 0.4
    clear = (np.abs(places) > 1) & (np.abs(places - 47) > 1)  # the edge itself is blended
    assert (places < -24).any()
    np.testing.assert_allclose(
        found[np.ix_(clear, clear)], expected[np.ix_(clear, clear)], atol=1e-4
    )


def test_zoom_goes_both_ways() -> None:
    images = torch.zeros(64, 1, 48, 48)
    images[:, :, 16:32, 16:32] = 1.0
    areas = augment_batch(images, replace(NONE, zoom_range=0.3), 0).sum(dim=(1, 2, 3)) / 256
    assert areas.min() < 0.65
    assert areas.max() > 1.45
    assert areas.min() > 0.45
    assert areas.max() < 1.75


def test_rotation_is_in_degrees() -> None:
    images = torch.zeros(64, 1, 48, 48)
    images[:, :, 23:25, :] = 1.0  # a horizontal bar
    result = augment_batch(images, replace(NONE, rotation_range=20), 0)
    ys = (result * torch.arange(48.0)[:, None]).sum(dim=2) / result.sum(dim=2)
    slopes = (ys[:, 0, 36] - ys[:, 0, 12]) / 24
    angles = torch.rad2deg(torch.atan(slopes)).abs()
    assert 15 < angles.max() < 20.5


def test_light_lens_and_sensor_change_what_they_should(faces: torch.Tensor) -> None:
    def spread(values: torch.Tensor) -> float:
        return float(values.max() - values.min())

    means = augment_batch(faces, replace(NONE, brightness_range=0.3), 0).mean(dim=(1, 2, 3))
    assert 0.3 < spread(means / faces.mean()) < 0.6
    deviations = augment_batch(faces, replace(NONE, contrast_range=0.5), 0).std(dim=(1, 2, 3))
    assert 0.5 < spread(deviations / faces[0].std()) < 1.0
    blurred = augment_batch(faces, replace(NONE, blur=1.5), 0)
    edges = blurred.diff(dim=3).abs().mean(dim=(1, 2, 3)) / faces.diff(dim=3).abs().mean()
    assert 0.4 < edges.min() < 0.8
    assert 16 < (edges > 0.99).sum() < 48  # the others are left as they are
    noise = (augment_batch(faces, replace(NONE, noise=20), 0) - faces).std(dim=(1, 2, 3)) * 255
    assert 10 < noise.max() <= 21
    assert 16 < (noise < 0.1).sum() < 48


def test_compression_takes_detail_away_and_erasing_a_part(faces: torch.Tensor) -> None:
    compressed = augment_batch(faces, replace(NONE, jpeg=10), 0)
    change = (compressed - faces).std(dim=(1, 2, 3)) * 255
    assert 16 < (change < 0.1).sum() < 48  # the others are left as they are
    # The same quality by Pillow's encoder changes as much, at the worst and at the best.
    worst, best = (
        np.std(jpeg(faces[0, 0].numpy() * 255, quality) - faces[0, 0].numpy() * 255)
        for quality in (10, 90)
    )
    assert float(change.max()) == pytest.approx(worst, rel=0.25)
    assert float(change[change > 0.1].min()) < best < worst
    erased = augment_batch(faces, replace(NONE, erasing=1.0), 0)
    shares = ((erased - faces).abs() > 0.01).float().mean(dim=(1, 2, 3))
    assert shares.min() > 0.01
    assert shares.max() < 0.25


def jpeg(image: NDArray[np.float32], quality: int) -> NDArray[np.float32]:
    content = io.BytesIO()
    Image.fromarray(image.round().astype(np.uint8)).save(content, "JPEG", quality=quality)
    return np.asarray(Image.open(content), np.float32)


def test_a_bad_camera_leaves_images_in_range_and_follows_the_seed(faces: torch.Tensor) -> None:
    bad = Augmentation(
        brightness_range=0.9, contrast_range=0.9, blur=2, noise=80, jpeg=5, erasing=0.5
    )
    result = augment_batch(faces, bad, 3)
    assert result.min() >= 0
    assert result.max() <= 1
    assert torch.equal(result, augment_batch(faces, bad, 3))


def test_equalization_spreads_the_grey_values_of_a_dark_face(faces: torch.Tensor) -> None:
    dark = faces * 0.3
    equal = augment_batch(dark, replace(NONE, equalization=1.0), 0)
    moved = (equal - dark).abs().amax(dim=(1, 2, 3)) > 1e-3
    assert 16 < moved.sum() < 48  # about half of the images
    assert equal.mean() > dark.mean() + 0.05
    # The order of an image's pixels stays: what was darker is not lighter now.
    before, after = dark.flatten(1), equal.flatten(1)
    assert (after.gather(1, before.argsort(dim=1)).diff(dim=1) > -0.05).all()
