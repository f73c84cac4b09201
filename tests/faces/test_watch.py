from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import RATE, cut, face, placed, write_film

import mien
from mien.errors import VideoError
from mien.faces.detector import Detector
from mien.faces.reader import Reader
from mien.faces.stream import FULL_SEARCH_INTERVAL, Follower
from mien.faces.tracker import Tracker
from mien.faces.watch import watch
from mien.frames import Box, Face, Frame
from mien.media.film import Video
from mien.types import Reading

Picture = NDArray[np.uint8]


class Counting(Detector):
    """Records for each search whether it covered the whole frame."""

    def __init__(self) -> None:
        super().__init__()
        self.whole: list[bool] = []

    def detect(self, image: Picture, regions: Sequence[Box] | None = None) -> list[Face]:
        self.whole.append(regions is None)
        return super().detect(image, regions)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, astronaut: Picture) -> Path:
    """A film of one second: the astronaut sways."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return write_film(path, swaying(astronaut), options={"movflags": "+faststart"})


def swaying(astronaut: Picture) -> list[Picture]:
    head = face(astronaut)
    return [placed(head, 60 + round(30 * np.sin(index / 4))) for index in range(25)]


def test_a_face_is_followed(film: Path, reader: Reader) -> None:
    seen = list(watch(film, reader=reader))
    assert [frame.index for frame, _ in seen] == list(range(25))
    for frame, readings in seen:
        (reading,) = readings
        assert isinstance(frame, Frame)
        assert (reading.track, reading.time, reading.answers) == (1, frame.time, ("happy",))
        assert reading.clear


def test_mien_watch_needs_no_more_than_a_film(film: Path) -> None:
    frame, readings = next(mien.watch(str(film)))
    assert frame.image.shape == (240, 480, 3)
    assert readings[0].emotion == "happy"


def test_frames_come_as_they_are_asked_for(film: Path, reader: Reader) -> None:
    video = Video(film)
    seen = watch(video, reader=reader)
    assert next(seen)[0].index == 0
    seen.close()
    assert list(seen) == []
    with pytest.raises(VideoError, match="Open it again"):
        next(video.frames())


def test_every_so_many_seconds(film: Path, reader: Reader) -> None:
    seen = list(watch(film, reader=reader, every=0.4))
    assert [frame.index for frame, _ in seen] == [0, 10, 20]
    assert [[reading.track for reading in readings] for _, readings in seen] == [[1]] * 3


def test_the_whole_frame_is_searched_no_more_than_it_must(film: Path) -> None:
    detector = Counting()
    list(watch(film, reader=Reader(detector=detector)))
    assert [index for index, whole in enumerate(detector.whole) if whole] == [0, 5, 10, 15, 20]


def test_searching_around_faces_changes_next_to_nothing(astronaut: Picture, reader: Reader) -> None:
    tracker, follower = Tracker(), Follower()
    moved: list[float] = []
    # Not a film: FFmpeg's pictures differ by a grey level with their place in memory.
    for index, picture in enumerate(swaying(astronaut)):
        time = index / RATE
        (expected,) = tracker.update(picture, reader.read(picture), time)
        (reading,) = follower.read(reader, Frame(picture, time, index))
        moved.append(float(np.abs(np.subtract(reading.box, expected.box)).max()))
        np.testing.assert_allclose(reading.votes, expected.votes, atol=0.05)
    assert max(moved) < 1


def test_a_face_that_jumps_is_found_at_once(
    tmp_path: Path, astronaut: Picture, reader: Reader
) -> None:
    head = face(astronaut, 160)
    pictures = [placed(head, 0)] * 7 + [placed(head, 320, 80)] * 3
    film = write_film(tmp_path / "film.mp4", pictures)
    seen = [readings for _, readings in watch(film, reader=reader)]
    assert [len(readings) for readings in seen] == [1] * 10
    assert seen[6][0].box[0] < 160
    assert seen[7][0].box[0] > 320


def test_a_second_face_is_found_in_time(tmp_path: Path, astronaut: Picture, reader: Reader) -> None:
    head = face(astronaut)
    one, two = placed(head, 0), placed(head, 240)
    two[:, :240] = head
    film = write_film(tmp_path / "film.mp4", [one] * 6 + [two] * 8 + [one] * 6)
    counts = [len(readings) for _, readings in watch(film, reader=reader)]
    late = round(FULL_SEARCH_INTERVAL * RATE)
    assert counts[:6] == [1] * 6
    assert counts[6 + late - 1 : 14] == [2] * (14 - 6 - late + 1)
    assert counts[14:] == [1] * 6  # the face is gone and not seen any more


def test_of_a_broken_film_all_that_is_whole_comes(film: Path, reader: Reader) -> None:
    seen: list[list[Reading]] = []
    broken = watch(cut(film, 0.6, "cut.mp4"), reader=reader)
    with pytest.raises(VideoError, match="cut short"):
        seen.extend(readings for _, readings in broken)
    assert len(seen) >= 5
    assert all(len(readings) == 1 for readings in seen)


def test_a_face_that_enters_is_found_in_time(reader: Reader, shared_data: Path) -> None:
    film = shared_data / "clips" / "noface_face.mov"  # the face comes at frame 96
    first = next((frame, r) for frame, r in watch(film, reader=reader) if r)
    assert 96 <= first[0].index <= 96 + FULL_SEARCH_INTERVAL * 27 + 1


def test_a_face_that_leaves_goes(reader: Reader, shared_data: Path) -> None:
    film = shared_data / "clips" / "face_noface.mov"  # the face leaves after frame 71
    seen = [(frame.index, len(readings)) for frame, readings in watch(film, reader=reader)]
    assert all(count == 1 for index, count in seen if index <= 71)
    assert all(count == 0 for index, count in seen if index > 72)
