"""Which frames are read, and the readings of the frames between."""

import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import face, placed

from mien.faces.reader import Reader
from mien.faces.spacing import LEAST_GAP, Followed, SpacedFollower
from mien.faces.stream import Follower
from mien.faces.timings import Timings
from mien.frames import Box, Frame
from mien.types import Reading

Picture = NDArray[np.uint8]


class Counting:
    """A reader that records which pictures it read."""

    def __init__(self) -> None:
        self._reader = Reader()
        self.pictures: list[Picture] = []

    def read_timed(
        self, image: Picture, *, regions: Sequence[Box] | None = None
    ) -> tuple[list[Reading], Timings]:
        if not any(image is one for one in self.pictures):
            self.pictures.append(image)
        return self._reader.read_timed(image, regions=regions)


@pytest.fixture
def reader() -> Counting:
    return Counting()


def film(pictures: Sequence[Picture], rate: float) -> list[Frame]:
    return [Frame(picture, index / rate, index) for index, picture in enumerate(pictures)]


def moving(astronaut: Picture, count: int = 13, step: int = 3) -> list[Picture]:
    return [placed(face(astronaut), 60 + step * index) for index in range(count)]


def follow(
    reader: Counting, frames: Sequence[Frame], least_gap: float = LEAST_GAP
) -> list[Followed]:
    spaced = SpacedFollower(least_gap=least_gap)
    done = [one for frame in frames for one in spaced.take(reader, frame)]
    return [*done, *spaced.finish(reader)]


def read(reader: Counting, frames: Sequence[Frame]) -> list[int]:
    return [f.index for f in frames if any(f.image is one for one in reader.pictures)]


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        (60, [0, 4, 8, 12]),
        (30, [0, 2, 4, 6, 8, 10, 12]),
        (25, [0, 2, 4, 6, 8, 10, 12]),
        (24, [0, 2, 4, 6, 8, 10, 12]),
        (15, list(range(13))),
        (5, list(range(13))),
    ],
)
def test_what_comes_fast_is_read_every_so_often(
    reader: Counting, astronaut: Picture, rate: float, expected: list[int]
) -> None:
    frames = film(moving(astronaut), rate)
    followed = follow(reader, frames)
    assert read(reader, frames) == expected
    assert [frame.index for frame, _ in followed] == list(range(13))
    for frame, readings in followed:
        (reading,) = readings
        assert (reading.track, reading.time) == (1, frame.time)


def test_no_gap_reads_all(reader: Counting, astronaut: Picture) -> None:
    frames = film(moving(astronaut), 60)
    follow(reader, frames, least_gap=0)
    assert read(reader, frames) == list(range(13))


def test_places_between_are_where_the_faces_are(reader: Counting, astronaut: Picture) -> None:
    frames = film(moving(astronaut), 30)
    follower = Follower()
    for frame, readings in follow(reader, frames):
        (expected,) = follower.read(reader, frame)
        (reading,) = readings
        np.testing.assert_allclose(reading.box, expected.box, atol=2)
        np.testing.assert_allclose(reading.landmarks, expected.landmarks, atol=2)
        assert reading.landmarks.dtype == np.float32
        assert abs(reading.score - expected.score) < 0.02


def test_what_is_shown_between_is_what_was_shown_before(
    reader: Counting, astronaut: Picture
) -> None:
    followed = follow(reader, film(moving(astronaut), 30))
    for (_, before), (_, between) in zip(followed[:-1:2], followed[1::2], strict=True):
        assert between[0].votes == before[0].votes
        assert between[0].answers == before[0].answers


def test_around_a_cut_all_is_read(reader: Counting, astronaut: Picture) -> None:
    pictures = [*moving(astronaut, 4), *moving(astronaut[:, ::-1], 4, 9)]
    pictures[4:] = [255 - picture for picture in pictures[4:]]
    frames = film(pictures, 30)
    followed = follow(reader, frames)
    assert {3, 4} <= set(read(reader, frames))  # the last before, the first after
    assert [len(readings) for _, readings in followed[:4]] == [1] * 4


def test_who_comes_or_goes_is_not_shown_in_between(reader: Counting, astronaut: Picture) -> None:
    one = placed(face(astronaut, 120), 0)
    two = one.copy()
    two[60:180, 300:420] = face(astronaut, 120)
    frames = film([one] * 9 + [two] * 9, 30)
    counts = [len(readings) for _, readings in follow(reader, frames)]
    assert counts[:9] == [1] * 9
    assert counts[-1] == 2
    assert counts == sorted(counts)


def test_a_film_that_ends_between_readings_ends_with_one(
    reader: Counting, astronaut: Picture
) -> None:
    frames = film(moving(astronaut, 4), 30)
    followed = follow(reader, frames)
    assert read(reader, frames) == [0, 2, 3]
    assert [frame.index for frame, _ in followed] == [0, 1, 2, 3]


def test_a_pickled_follower_continues(reader: Counting, astronaut: Picture) -> None:
    frames = film(moving(astronaut), 30)
    first = SpacedFollower()
    done = [one for frame in frames[:7] for one in first.take(reader, frame)]
    assert not first.waits
    second: SpacedFollower = pickle.loads(pickle.dumps(first))
    done += [one for frame in frames[7:] for one in second.take(reader, frame)]
    for (_, (reading,)), (_, (expected,)) in zip(done, follow(reader, frames), strict=True):
        assert reading.track == 1
        assert reading.box == expected.box


def test_frames_of_one_time_do_no_harm(reader: Counting, astronaut: Picture) -> None:
    frames = [Frame(picture, 1.0, index) for index, picture in enumerate(moving(astronaut, 4))]
    assert [frame.index for frame, _ in follow(reader, frames)] == [0, 1, 2, 3]
