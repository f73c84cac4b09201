from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import mien
from mien.errors import MienError
from mien.faces.batch import read_sources
from mien.faces.classifier import PACKAGED_MODEL
from mien.faces.detector import Detector
from mien.faces.reader import Reader

Picture = NDArray[np.uint8]


@pytest.fixture
def folder(tmp_path: Path, astronaut: Picture) -> Path:
    """Twenty pictures with no face, one or two; every fifth is broken."""
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


@pytest.mark.parametrize("workers", [0, -3, "4"])
def test_impossible_numbers_of_workers_are_refused(folder: Path, workers: int) -> None:
    with pytest.raises(MienError, match="Expected workers"):
        mien.read_files(folder, workers=workers)
    with pytest.raises(MienError, match="Expected workers"):
        mien.Reader().read_many([], workers=workers)


def test_what_is_left_out_is_warned_of(folder: Path) -> None:
    (folder / "raw.cr2").touch()
    with pytest.warns(UserWarning, match=r"1 picture of a kind that mien does not read \(1 .cr2\)"):
        assert len(list(mien.read_files(folder))) == 20


def test_one_picture_that_breaks_the_reader_costs_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detect = Detector.detect

    def breaking(self: Detector, image: Picture, *rest: Any) -> Any:
        if image.shape == (106, 256, 3):
            raise RuntimeError("out of luck")
        return detect(self, image, *rest)

    monkeypatch.setattr(Detector, "detect", breaking)
    results = list(mien.read_files(folder))
    told = [result for result in results if result.error and "out of luck" in result.error]
    assert len(results) == 20
    assert [Path(result.image).name for result in told] == [
        "01.jpg",
        "07.jpg",
        "10.jpg",
        "13.jpg",
        "16.jpg",
    ]
    assert sum(result.error is None for result in results) == 20 - 4 - 5


def test_a_model_may_be_a_path_in_words(tmp_path: Path) -> None:
    assert mien.Reader(model=str(PACKAGED_MODEL)).classifier.metadata
    with pytest.raises(mien.ModelError, match="nowhere"):
        mien.Reader(model=str(tmp_path / "nowhere"))
