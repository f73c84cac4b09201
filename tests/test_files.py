from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import mien
from mien.files import read_sources
from mien.reader import Reader

Picture = NDArray[np.uint8]


@pytest.fixture
def folder(tmp_path: Path, astronaut: Picture) -> Path:
    """Twenty pictures with one face, two or none, of which every fifth is broken."""
    for number in range(20):
        picture = (astronaut, astronaut[300:], np.hstack([astronaut, astronaut]))[number % 3]
        path = tmp_path / f"{number:02}.jpg"
        Image.fromarray(picture[::2, ::2]).save(path)
        if number % 5 == 4:
            path.write_bytes(path.read_bytes()[:600])
    return tmp_path


@pytest.mark.parametrize("workers", [1, 3])
def test_every_picture_gives_a_result_in_its_place(folder: Path, workers: int) -> None:
    results = list(mien.read_files(folder, workers=workers))
    assert [result.image for result in results] == [f"{folder}/{n:02}.jpg" for n in range(20)]
    for number, result in enumerate(results):
        if number % 5 == 4:
            assert result.error is not None
            assert result.error.startswith(f"{folder}/{number:02}.jpg: ")
            assert result.to_dict() == {"image": result.image, "error": result.error}
        else:
            assert len(result.readings) == (1, 0, 2)[number % 3]
            assert (result.width, result.height) == ((256, 256), (256, 106), (512, 256))[number % 3]
            alone = [reading.to_dict() for reading in mien.read(result.image)]
            assert result.to_dict()["faces"] == alone


def test_files_patterns_and_missing_ones(folder: Path) -> None:
    results = list(mien.read_files([folder / "none.jpg", f"{folder}/0[01].jpg"]))
    assert [result.summary() for result in results] == [
        f"{folder}/none.jpg: no such file. Expected a picture.",
        "1 face",
        "no face",
    ]


def test_what_else_is_made_comes_beside_the_result(folder: Path) -> None:
    sources = [(path.name, path) for path in sorted(folder.iterdir())[3:6]]
    pairs = list(read_sources(sources, Reader(), 2, lambda image, _: image.shape))
    assert [shape for _, shape in pairs] == [(256, 256, 3), None, (256, 512, 3)]
    assert pairs[1][0].error is not None
    assert "04.jpg: " in pairs[1][0].error
