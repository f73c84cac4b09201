"""Fixtures shared by all tests."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """`../shared/data`: photos, clips and FER2013 on the development machines."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"{SHARED_DATA} is not on this machine (photos, clips and FER2013)")
    return SHARED_DATA


@pytest.fixture(scope="session")
def astronaut() -> NDArray[np.uint8]:
    """RGB uint8 (512, 512, 3): Eileen Collins, smiling (NASA, public domain). Read-only."""
    image = np.array(data.astronaut(), dtype=np.uint8)
    image.flags.writeable = False
    return image
