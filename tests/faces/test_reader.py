import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from small_models import write_model

import mien
from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, VOTE_NAMES
from mien.errors import ImageError, ModelError
from mien.faces.detector import Detector
from mien.faces.reader import Reader
from mien.frames import Box, Face
from mien.types import Reading

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Reader with default settings."""
    return Reader()


class Found(Detector):
    """A face detector that finds the given faces."""

    def __init__(self, *faces: Face) -> None:
        super().__init__()
        self.faces = list(faces)

    def detect(self, image: Picture, regions: Sequence[Box] | None = None) -> list[Face]:
        return self.faces


def assert_same(given: Sequence[Reading], expected: Sequence[Reading]) -> None:
    assert [reading.to_dict() for reading in given] == [reading.to_dict() for reading in expected]


def test_the_astronaut_looks_happy(reader: Reader, astronaut: Picture) -> None:
    (reading,) = reader.read(astronaut)
    name, share = reading.top(1)[0]
    assert name == "happy"
    assert share > 0.5
    assert reading.clear
    assert reading.reason is None
    assert reading.votes.shares.shape == (8,)
    assert reading.votes.shares.sum() == pytest.approx(1)
    x1, y1, x2, y2 = reading.box
    assert x1 < 224 < x2  # the nose tip in this photograph
    assert y1 < 122 < y2


def test_file_content_and_array_read_alike(
    reader: Reader, astronaut: Picture, tmp_path: Path
) -> None:
    path = tmp_path / "astronaut.png"
    Image.fromarray(astronaut).save(path)
    expected = reader.read(astronaut)
    assert len(expected) == 1
    for image in (path, str(path), path.read_bytes()):
        assert_same(reader.read(image), expected)
    assert_same(mien.read(path), expected)


def test_most_neutral_portraits_look_neutral(reader: Reader, shared_data: Path) -> None:
    portraits = sorted((shared_data / "photos").glob("neutral-*.jpg"))
    readings = [reader.read(portrait) for portrait in portraits]
    assert [len(faces) for faces in readings] == [1] * 24
    neutral = sum(faces[0].top(1)[0][0] == "neutral" for faces in readings)
    assert neutral >= 20


def test_pictures_without_a_face_give_no_reading(reader: Reader, shared_data: Path) -> None:
    pictures = sorted((shared_data / "photos").glob("no-face-*.jpg"))
    assert len(pictures) == 4
    for picture in pictures:
        assert reader.read(picture) == []


def test_the_largest_face_comes_first(reader: Reader, astronaut: Picture) -> None:
    canvas = np.full((512, 800, 3), 200, np.uint8)
    canvas[100:356, :256] = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    canvas[:, 288:] = astronaut
    first, second = reader.read(canvas)
    assert first.box[0] > 288 > second.box[2]
    assert first.face.width > 1.5 * second.face.width
    assert first.top(1)[0][0] == second.top(1)[0][0] == "happy"


def test_timings_say_where_the_time_went(reader: Reader, astronaut: Picture) -> None:
    readings, timings = reader.read_timed(astronaut)
    assert_same(readings, reader.read(astronaut))
    assert min(timings.detector, timings.alignment, timings.network) > 0
    assert timings.total == timings.detector + timings.alignment + timings.network
    none, timings = reader.read_timed(np.zeros((64, 64, 3), np.uint8))
    assert none == []
    assert timings.detector > 0


def darker(image: Picture) -> Picture:
    return (image * 0.15).astype(np.uint8)


def blurred(image: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 5), np.uint8)


def smaller(image: Picture) -> Picture:
    return np.asarray(cv2.resize(image, (110, 110), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize(
    ("spoil", "why"), [(darker, "too dark"), (blurred, "blurred"), (smaller, "too small")]
)
def test_a_face_hard_to_see_is_unclear(
    reader: Reader, astronaut: Picture, spoil: Callable[[Picture], Picture], why: str
) -> None:
    (reading,) = reader.read(spoil(astronaut))
    assert not reading.clear
    assert reading.reason == why


def test_the_smallest_face_can_be_chosen(astronaut: Picture) -> None:
    (reading,) = Reader(smallest_face=400).read(astronaut)
    assert reading.reason == "too small"


def test_a_head_turned_away_is_unclear(reader: Reader, astronaut: Picture) -> None:
    face = reader.detector.detect(astronaut)[0]
    marks = face.landmarks.copy()
    marks[2, 0] = marks[1, 0] + 4  # the nose tip beyond the right eye
    turned = Reader(detector=Found(Face(face.box, marks, face.score)))
    assert [reading.reason for reading in turned.read(astronaut)] == ["turned away"]


@pytest.mark.parametrize(
    "shares",
    [
        dict.fromkeys(FERPLUS_NAMES, 1 / 9) | {"NF": 0.0},
        {name: 0.84 if name == "unknown" else 0.02 for name in FERPLUS_NAMES} | {"NF": 0.0},
    ],
    ids=["even", "unknown"],
)
def test_where_people_would_disagree_it_is_unclear(
    astronaut: Picture, tmp_path: Path, shares: dict[str, float]
) -> None:
    model = write_model(tmp_path, votes=shares)
    (reading,) = Reader(model=model).read(astronaut)
    assert reading.reason == "people would disagree"


def test_what_people_would_not_call_a_face_is_left_out(astronaut: Picture, tmp_path: Path) -> None:
    shares = {name: 0.91 if name == "NF" else 0.01 for name in FERPLUS_NAMES}
    reader = Reader(model=write_model(tmp_path, votes=shares))
    assert reader.read(astronaut) == []
    # The network cannot judge what is hard to see.
    assert [reading.reason for reading in reader.read(blurred(astronaut))] == ["blurred"]


def test_the_given_model_is_used(astronaut: Picture, tmp_path: Path) -> None:
    shares = {name: 0.7 if name == "disgust" else 0.05 for name in EMOTION_NAMES}
    (reading,) = Reader(model=write_model(tmp_path, label=shares)).read(astronaut)
    assert reading.top(1)[0][0] == "disgust"
    with pytest.raises(ModelError, match="nowhere"):
        Reader(model=tmp_path / "nowhere.onnx")


def test_a_face_without_extent_does_not_cost_the_others(reader: Reader, astronaut: Picture) -> None:
    face = reader.detector.detect(astronaut)[0]
    point = Face((5, 5, 50, 50), np.full((5, 2), 7, np.float32), 0.9)
    assert_same(Reader(detector=Found(point, face)).read(astronaut), reader.read(astronaut))


def test_threads_read_alike(reader: Reader, astronaut: Picture) -> None:
    pictures = [astronaut, np.ascontiguousarray(astronaut[:, ::-1]), darker(astronaut)] * 4
    expected = [reader.read(picture) for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        for given, alone in zip(pool.map(reader.read, pictures), expected, strict=True):
            assert_same(given, alone)


def test_a_reading_names_every_answer(reader: Reader, astronaut: Picture) -> None:
    content = reader.read(astronaut)[0].to_dict()
    assert tuple(content["votes"]) == VOTE_NAMES
    assert set(content) == {
        *("box", "score", "landmarks", "votes", "top", "movements", "state", "clear", "why")
    }


def test_movements_of_the_network_are_in_the_reading(
    reader: Reader, astronaut: Picture, tmp_path: Path
) -> None:
    model = write_model(tmp_path, movements={"eyes closed": 0.12345, "mouth open": 0.0})
    (moving,) = Reader(model=model).read(astronaut)
    assert list(moving.movements) == ["mouth open", "eyes closed"]  # from the mouth up
    assert moving.movements["eyes closed"] == pytest.approx(0.12345, abs=1e-6)
    assert 0 < moving.movements["mouth open"] < 1
    told = moving.to_dict()["movements"]
    assert told == {name: round(value, 4) for name, value in moving.movements.items()}
    (batch,), (own,) = (
        Reader(model=model).read_batch([astronaut]),
        [Reader(model=model).read(astronaut, faces=[moving.face])],
    )
    assert_same([*batch, *own], [moving, moving])
    assert_same(pickle.loads(pickle.dumps([moving])), [moving])
    with pytest.raises(TypeError):
        moving.movements["mouth open"] = 1.0  # type: ignore[index]


def test_a_network_without_movements_tells_none(astronaut: Picture, tmp_path: Path) -> None:
    (reading,) = Reader(model=write_model(tmp_path)).read(astronaut)
    assert dict(reading.movements) == reading.to_dict()["movements"] == {}


def test_pictures_in_memory_of_every_kind_read_alike(reader: Reader, astronaut: Picture) -> None:
    expected = reader.read(astronaut)
    opaque = np.dstack([astronaut, np.full(astronaut.shape[:2], 255, np.uint8)])
    mirrored = np.ascontiguousarray(astronaut[:, ::-1])[:, ::-1]
    for image in (Image.fromarray(astronaut), opaque, mirrored, np.asfortranarray(astronaut)):
        assert_same(reader.read(image), expected)
    bgr = np.ascontiguousarray(astronaut[..., ::-1])
    assert_same(reader.read(bgr, order="BGR"), expected)
    assert_same(mien.read(bgr, order="BGR"), expected)
    grey = np.asarray(cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY), np.uint8)
    (reading,) = reader.read(grey)
    assert reading.top(1)[0][0] == "happy"
    assert_same(reader.read(grey[..., None]), [reading])
    assert_same(reader.read(Image.fromarray(grey)), [reading])


@pytest.mark.parametrize("as_array", [False, True])
def test_own_boxes_are_read_in_their_order(
    reader: Reader, astronaut: Picture, as_array: bool
) -> None:
    (found,) = reader.read(astronaut)
    boxes = [(300.0, 300.0, 400.0, 420.0), found.box]
    suit, face = reader.read(astronaut, faces=np.array(boxes) if as_array else boxes)
    assert suit.box == boxes[0]
    assert face.box == pytest.approx(found.box)
    assert face.top(1)[0][0] == "happy"
    assert face.score == 1
    assert face.landmarks.shape == (0, 2)
    assert face.to_dict()["landmarks"] == []
    assert reader.read(astronaut, faces=[]) == []


def test_own_faces_with_landmarks_read_as_the_finder_s(reader: Reader, astronaut: Picture) -> None:
    assert_same(
        reader.read(astronaut, faces=reader.detector.detect(astronaut)), reader.read(astronaut)
    )


def test_own_faces_that_are_none_are_unclear(astronaut: Picture, tmp_path: Path) -> None:
    shares = {name: 0.91 if name == "NF" else 0.01 for name in FERPLUS_NAMES}
    reader = Reader(model=write_model(tmp_path, votes=shares))
    (reading,) = reader.read(astronaut, faces=[(10, 10, 200, 200)])
    assert (reading.clear, reading.reason) == (False, "not a face")


@pytest.mark.parametrize(
    "face",
    [
        (1, 2, 3),
        (5, 5, 5, 9),
        (0, 0, float("nan"), 4),
        "abcd",
        7,
        Face((0, 0, 9, 9), np.zeros((3, 2), np.float32), 1),
        Face((0, 0, 9, 9), np.zeros((5, 2), np.float32), 1),
    ],
)
def test_own_faces_of_another_kind_are_refused(
    reader: Reader, astronaut: Picture, face: Any
) -> None:
    with pytest.raises(ImageError, match="Expected "):
        reader.read(astronaut, faces=[face])
    with pytest.raises(ImageError, match="Expected "):
        reader.read(astronaut, faces=face)


@pytest.mark.parametrize("workers", [1, 2, None])
def test_many_pictures_read_as_one_by_one(
    reader: Reader, astronaut: Picture, workers: int | None
) -> None:
    pictures = [astronaut, astronaut[300:], np.hstack([astronaut, astronaut])] * 9
    expected = [reader.read(picture) for picture in pictures[:3]] * 9
    given = reader.read_many(iter(pictures), workers=workers)
    for readings, alone in zip(given, expected, strict=True):
        assert_same(readings, alone)


def test_pictures_without_end_are_read_lazily(reader: Reader, astronaut: Picture) -> None:
    readings = reader.read_many(cycle([astronaut[::2, ::2]]), workers=2)
    assert [len(faces) for faces in islice(readings, 3)] == [1, 1, 1]
    readings.close()


def test_a_broken_picture_ends_many(reader: Reader, astronaut: Picture) -> None:
    readings = reader.read_many([astronaut] * 8 + [b"none"])
    assert len(list(islice(readings, 8))) == 8
    with pytest.raises(ImageError, match="4 bytes"):
        next(readings)


def test_readers_and_readings_pickle(reader: Reader, astronaut: Picture, tmp_path: Path) -> None:
    readings = reader.read(astronaut)
    assert_same(pickle.loads(pickle.dumps(readings)), readings)
    shares = {name: 0.7 if name == "disgust" else 0.05 for name in EMOTION_NAMES}
    other = Reader(
        model=write_model(tmp_path, label=shares), detector=Detector(score=0.6), smallest_face=400
    )
    copy = pickle.loads(pickle.dumps(other))
    (reading,) = copy.read(astronaut)
    assert (reading.top(1)[0][0], reading.reason) == ("disgust", "too small")


def test_readings_are_equal_by_value(reader: Reader, astronaut: Picture) -> None:
    readings = reader.read(astronaut)
    again = pickle.loads(pickle.dumps(readings))
    assert again == readings
    assert again[0] == readings[0]
    assert hash(again[0]) == hash(readings[0])
    assert again[0] in {*readings}
    moved = replace(readings[0].face, landmarks=readings[0].landmarks + 1)
    others: list[dict[str, Any]] = [
        {"votes": mien.Votes(readings[0].votes.shares[::-1])},
        *({"movements": {}}, {"face": moved}, {"track": 1}),
    ]
    for other in others:
        assert replace(readings[0], **other) != readings[0]
    assert readings[0].face != readings[0].face.box
    result = mien.PictureResult("a.jpg", 512, 512, tuple(readings))
    assert pickle.loads(pickle.dumps(result)) == result


def test_a_spawned_process_reads_alike(reader: Reader, astronaut: Picture) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert_same(pool.submit(reader.read, astronaut).result(60), reader.read(astronaut))


def test_readings_cannot_be_changed(reader: Reader, astronaut: Picture) -> None:
    (reading,) = reader.read(astronaut)
    with pytest.raises(ValueError, match="read-only"):
        reading.votes.shares[0] = 1
    with pytest.raises(AttributeError):
        reading.reason = None  # type: ignore[misc]


def test_a_reading_in_words_and_in_a_notebook(reader: Reader, astronaut: Picture) -> None:
    (reading,) = reader.read(astronaut)
    assert "of 10 people would say happy" in reading.sentence()
    assert reading.sentence() in reading._repr_html_()  # pyright: ignore[reportPrivateUsage]
