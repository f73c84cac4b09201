import numpy as np
import pytest
from numpy.typing import NDArray

from mien.training.data.near_duplicates import duplicate_groups, find_near_duplicates


@pytest.fixture(scope="module")
def images(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    grey = astronaut.mean(axis=2).astype(np.uint8)
    rng = np.random.default_rng(0)
    pieces = [grey[y : y + 48, x : x + 48] for x, y in rng.integers(0, 464, (60, 2))]
    noisy = np.clip(pieces[3] + rng.normal(0, 3, (48, 48)), 0, 255).astype(np.uint8)
    return np.stack([*pieces, pieces[7], noisy])


def test_finds_what_comparing_every_pair_finds(images: NDArray[np.uint8]) -> None:
    difference = images[:, None].astype(float) - images[None]
    distance = np.sqrt((difference**2).mean(axis=(2, 3)))
    for threshold in (1.0, 5.0, 40.0):
        expected = np.argwhere(np.triu(distance < threshold, 1))
        np.testing.assert_array_equal(find_near_duplicates(images, threshold), expected)
    assert [7, 60] in find_near_duplicates(images).tolist()
    assert [3, 61] in find_near_duplicates(images).tolist()


def test_groups_join_duplicates_of_duplicates() -> None:
    pairs = np.array([[1, 4], [4, 5], [2, 3]])
    assert duplicate_groups(pairs, 7).tolist() == [0, 1, 2, 2, 1, 1, 6]
    assert duplicate_groups(np.empty((0, 2), dtype=np.int64), 3).tolist() == [0, 1, 2]
