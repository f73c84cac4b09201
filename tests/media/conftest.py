"""Fixtures shared by the tests of pictures and films."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import face, write_film

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def portrait(astronaut: Picture) -> Picture:
    """Part of the astronaut, higher than wide, that differs from its mirror images."""
    return np.ascontiguousarray(astronaut[40:200, 150:280])


@pytest.fixture(scope="module")
def picture(astronaut: Picture) -> Picture:
    """RGB uint8 (96, 64, 3), without symmetry, so that turns are visible."""
    return np.ascontiguousarray(face(astronaut, 96)[:, :64])


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, picture: Picture) -> Path:
    """A film of two seconds, with sound and the index in front."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    noise = np.random.default_rng(0).integers(-20, 20, (50, *picture.shape))
    pictures = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return write_film(path, pictures, sound="aac", options={"movflags": "+faststart"})
