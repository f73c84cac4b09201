"""Fixtures shared by all tests."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

LANES = {"playwright": "browser", "ray": "ray"}
"""The lane of a test, by a fixture that it uses."""
FOLDERS = {"scale": "ray", "training": "training"}
"""The lane of a test, by its folder below `tests`."""

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put each test into its lanes: see `markers` in pyproject.toml."""
    for item in items:
        for fixture, lane in LANES.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(lane)
        if lane := FOLDERS.get(item.path.parent.name):
            item.add_marker(lane)


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
