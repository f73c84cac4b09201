"""FER2013-like data for the tests: real pixels, cut out of a public-domain photograph."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.training.data.prepare import prepare

if "PYTEST_XDIST_WORKER" in os.environ:  # PyTorch's threads of several workers slow each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def cut(astronaut: NDArray[np.uint8], number: int) -> Image.Image:
    """The `number`th grey 48×48 piece of the photograph; no two are alike."""
    rng = np.random.default_rng(number)
    side = int(rng.integers(60, 200))
    x, y = rng.integers(0, 512 - side, 2)
    picture = Image.fromarray(astronaut).convert("L")
    return picture.crop((x, y, x + side, y + side)).resize((48, 48), Image.Resampling.BOX)


@pytest.fixture(scope="session")
def kaggle_folder(tmp_path_factory: pytest.TempPathFactory, astronaut: NDArray[np.uint8]) -> Path:
    """Kaggle's layout: 15 training and 3 public images an emotion, and 2 private ones."""
    root = tmp_path_factory.mktemp("kaggle")
    number = 0
    for emotion in EMOTION_NAMES:
        for part, prefix, count in (
            ("train", "Training", 15),
            ("test", "PublicTest", 3),
            ("test", "PrivateTest", 2),
        ):
            folder = root / part / emotion
            folder.mkdir(parents=True, exist_ok=True)
            for _ in range(count):
                number += 1
                cut(astronaut, number).save(
                    folder / f"{prefix}_{90000000 + number}.jpg", quality=95
                )
    return root


@pytest.fixture(scope="session")
def dataset_file(kaggle_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared data set file of `kaggle_folder`, without votes."""
    out = tmp_path_factory.mktemp("dataset") / "small.npy"
    prepare(kaggle_folder, out)
    return out


@pytest.fixture(scope="session")
def ferplus(shared_data: Path) -> dict[str, NDArray[np.uint8]]:
    """FER+'s votes by usage, (N, 10)."""
    found: dict[str, list[list[int]]] = {}
    with (shared_data / "fer2013new.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            numbers = [int(row[name]) for name in FERPLUS_NAMES]
            found.setdefault(row["Usage"], []).append(numbers)
    return {usage: np.array(rows, dtype=np.uint8) for usage, rows in found.items()}
