"""Mistakes of newcomers: each error says what to give or call instead."""

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import mien

Picture = NDArray[np.uint8]

UNTYPED: Any = mien
"""For calls that a type checker would refuse."""


class Tensor:
    """The part of a PyTorch tensor that mien uses; the quick tests run without PyTorch."""

    __module__ = "torch"

    def __init__(self, values: NDArray[Any]) -> None:
        self._values = values
        self.shape, self.ndim, self.dtype = values.shape, values.ndim, f"torch.{values.dtype}"

    def numel(self) -> int:
        return self._values.size

    def max(self) -> float:
        return float(self._values.max())


@pytest.fixture
def folder(astronaut: Picture, tmp_path: Path) -> Path:
    Image.fromarray(astronaut).save(tmp_path / "photo.png")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        (["a.jpg", "b.jpg"], r"got list\. Several files are read by mien\.read_files"),
        (("a.jpg",), r"got tuple\. .*read_files"),
        ([[[1, 2, 3]]], r"numpy\.array\(image, numpy\.uint8\)"),
        ("", "an empty one"),
        ("holiday/*.jpg", r"mien\.read_files"),
        ("https://example.org/a.jpg", r"^https://example\.org/a\.jpg: an address.*download"),
        ("rtsp://example.org/live", r"mien\.watch"),
        ("file:///tmp/a%20b.jpg", r"path of a file: /tmp/a b\.jpg"),
        ("missing.jpg", r"^missing\.jpg: no such file"),
        (0, r"Cameras are read by mien\.watch"),
        (None, r"cv2\.imread.*give its path"),
        (io.BytesIO(b"..."), r"file\.getvalue\(\)"),
        (bytearray(b"..."), r"bytes\(image\)"),
        (b"", "empty"),
        (np.zeros((9, 9, 3)), r"got float64 \(9, 9, 3\)\. .*255 \* image"),
        (np.full((9, 9, 3), 200.0), r"image\.clip\(0, 255\)"),
        (np.zeros((9, 9, 3), bool), r"255 \* image"),
        (np.zeros((9, 9), np.uint16), r"image // 257"),
        (np.zeros((9, 9), np.int64), r"image\.astype\(numpy\.uint8\)"),
        (np.zeros((3, 9, 9), np.uint8), r"transpose\(1, 2, 0\)"),
        (np.zeros((1, 9, 9, 3), np.uint8), r"image\[0\]"),
        (np.zeros((2, 9, 9, 3), np.uint8), "read_many"),
        (mien.Frame(np.zeros((9, 9, 3), np.uint8), 0.0, 0), r"frame\.image"),
        (Tensor(np.zeros((9, 9, 3), np.uint8)), r"Give tensor\.cpu\(\)\.numpy\(\)"),
        (Tensor(np.zeros((3, 9, 9))), r"\(255 \* tensor\)\.byte\(\)\.permute\(1, 2, 0\)"),
        (Tensor(np.full((1, 3, 9, 9), 9.0)), r"tensor\[0\]\.byte\(\)\.permute"),
    ],
    ids=lambda given: given if isinstance(given, str) else type(given).__name__,
)
def test_read_says_what_to_give_instead(given: Any, instead: str) -> None:
    with pytest.raises(mien.ImageError, match=instead):
        mien.read(given)


def test_what_read_advises_works(astronaut: Picture) -> None:
    for image in (
        (255 * (astronaut / 255)).astype(np.uint8),
        astronaut.astype(np.float32).clip(0, 255).astype(np.uint8),
        (astronaut.astype(np.uint16) * 257 // 257).astype(np.uint8),
        astronaut.transpose(2, 0, 1).transpose(1, 2, 0),
        mien.read(astronaut).image,
    ):
        assert [reading.emotion for reading in mien.read(image)] == ["happy"]


def test_errors_about_folders_and_films_say_what_reads_them(folder: Path) -> None:
    with pytest.raises(mien.ImageError, match=r"a folder\. .*mien\.read_files"):
        mien.read(folder)
    (folder / "film.jpg").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(99))
    with pytest.raises(mien.ImageError, match=r"a film\. .*mien\.watch"):
        mien.read(folder / "film.jpg")
    with pytest.raises(mien.VideoError, match=r"not a film.*Pictures are read by .*mien\.read\."):
        next(mien.watch(folder / "photo.png"))


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        (["film.mp4"], r"mien\.watch for each film"),
        (b"...", "Write the film to a file"),
        (np.zeros((9, 9, 3)), r"ndarray of shape \(9, 9, 3\)\. Pictures are read by mien\.read"),
        (Image.new("RGB", (9, 9)), r"mien\.read"),
        (cv2.VideoCapture(), "what it was opened with"),
    ],
    ids=lambda given: given if isinstance(given, str) else type(given).__name__,
)
def test_watch_says_what_to_call_instead(given: Any, instead: str) -> None:
    with pytest.raises(mien.VideoError, match=instead):
        next(mien.watch(given))


@pytest.mark.parametrize(
    "given", ["a.jpg", Path("a.jpg"), b"...", np.zeros((9, 9, 3), np.uint8), 7], ids=repr
)
def test_one_picture_is_not_read_as_many(given: Any) -> None:
    for read in (mien.Reader().read_many, mien.Reader().read_batch):
        with pytest.raises(mien.ImageError, match=r"Expected several pictures.*mien\.read\."):
            read(given)


def test_a_batch_of_arrays_is_read(astronaut: Picture) -> None:
    several = list(mien.Reader().read_many(np.stack([astronaut, astronaut])))
    assert [len(readings) for readings in several] == [1, 1]


@pytest.mark.parametrize("given", [np.zeros((2, 9, 9, 3), np.uint8), [b"..."], 7, None], ids=repr)
def test_what_is_no_file_is_refused_at_once(given: Any) -> None:
    with pytest.raises(mien.ImageError, match=r"Expected files.*mien\.Reader\(\)\.read_many"):
        mien.read_files(given)


def test_faces_of_another_kind(astronaut: Picture) -> None:
    (reading,) = readings = mien.read(astronaut)
    with pytest.raises(mien.ImageError, match=r"A single box goes into a list: \[\(180, 63, "):
        UNTYPED.read(astronaut, faces=(180, 63, 268, 176))
    for one in (reading, reading.face):
        with pytest.raises(mien.ImageError, match=r"A single face goes into a list: \[<"):
            UNTYPED.read(astronaut, faces=one)
    with pytest.raises(mien.ImageError, match=r"make \(x, y, x \+ width, y \+ height\)"):
        mien.read(astronaut, faces=[(180, 63, 88, 113)])
    assert mien.read(astronaut, faces=readings)[0].votes == reading.votes


def test_other_mistakes_are_explained(astronaut: Picture) -> None:
    (reading,) = readings = mien.read(astronaut)
    with pytest.raises(IndexError, match="the picture: 1 face; there is no reading 3"):
        readings[3]
    with pytest.raises(KeyError, match="they are: angry"):
        reading.votes["joy"]
    with pytest.raises(ValueError, match=r"'en' or 'de'.*got 'fr'"):
        UNTYPED.Reading.sentence(reading, "fr")
    with pytest.raises(mien.DataError, match=r"mien\.read\(picture\)"):
        UNTYPED.usual_face(["a.jpg"])
    with pytest.raises(mien.DataError, match="got a NoneType among them"):
        UNTYPED.usual_face(None)
    usual: Any = mien.usual_face(readings)
    for compare in (usual.compare, usual.compared, usual.differences):
        with pytest.raises(mien.DataError, match=r"mien\.read\(picture\)\[0\]; got Readings"):
            compare(readings)
    with pytest.raises(mien.ImageError, match="load_image"):
        UNTYPED.draw_readings("a.jpg", readings)
    with pytest.raises(mien.DataError, match="got a str among them"):
        UNTYPED.to_pandas("a.jpg")
    with pytest.raises(mien.DataError, match=r"^Expected results of .*; got NoneType\.$"):
        UNTYPED.to_pandas(None)
    for picture in (astronaut, Image.fromarray(astronaut)):
        with pytest.raises(mien.ImageError, match=r"a picture already\. Give it to mien\.read"):
            UNTYPED.load_image(picture)
    with pytest.raises(mien.ImageError, match=r"mien\.Frame\(image, .*; got ndarray"):
        UNTYPED.Follower().read(mien.Reader(), astronaut)
    with pytest.raises(mien.VideoError, match="camera 0: there is none"):
        UNTYPED.Camera("0")
    for width in ("32", -1, float("nan")):
        with pytest.raises(mien.MienError, match="Expected smallest_face in pixels, 0 or more"):
            UNTYPED.Reader(smallest_face=width)
    with pytest.raises(mien.ModelError, match=r"mien\.Detector"):
        UNTYPED.Reader(detector="yunet")


def test_a_film_that_is_not_open_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(mien.VideoError, match=r"mien\.Video\(path\); got 'film\.mp4'"):
        UNTYPED.AnnotatedVideo(tmp_path / "annotated.mp4", "film.mp4")
    assert not [*tmp_path.iterdir()]


def test_a_reading_stands_for_a_list_of_one(astronaut: Picture) -> None:
    (reading,) = readings = mien.read(astronaut)
    assert mien.usual_face(reading) == mien.usual_face(readings)
    assert np.array_equal(mien.draw_readings(astronaut, reading), readings.draw())
    assert len(mien.to_pandas(reading)) == 1


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -0.1])
def test_votes_are_shares_of_0_and_more(wrong: float) -> None:
    with pytest.raises(ValueError, match=r"Expected shares of 0 and more, got \["):
        mien.Votes([0, 0, 0, 1, 0, 0, 0, wrong])
