"""Who is who in real films, in calls made from them, and in pictures that change their size."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mien.answers import Votes
from mien.faces.alignment import crop_face, measure_quality
from mien.faces.detector import Detector
from mien.faces.stream import Follower
from mien.faces.timings import Timings
from mien.faces.tracker import Tracker
from mien.frames import Box, Frame
from mien.media.film import Video
from mien.types import Reading

Picture = NDArray[np.uint8]
SIX = ("d6.mp4", "d9.mp4", "d10.mp4", "d14.mp4", "d19.mp4", "single_face.mp4")
TILE = (320, 240)


class Finder:
    """Finds faces, and gives all the same votes: who is who does not depend on votes."""

    def __init__(self) -> None:
        self.detector = Detector()
        self.regions: list[Sequence[Box] | None] = []

    def read_timed(
        self, image: Picture, *, regions: Sequence[Box] | None = None
    ) -> tuple[list[Reading], Timings]:
        self.regions.append(regions)
        return self.readings(image), Timings(0.0, 0.0, 0.0)

    def readings(self, image: Picture) -> list[Reading]:
        votes = np.array([0, 0, 0, 0.2, 0, 0, 0.8, 0])
        return [
            Reading(face, Votes(votes), measure_quality(crop_face(image, face), face))
            for face in self.detector.detect(image)
        ]


@pytest.fixture(scope="module")
def finder() -> Finder:
    return Finder()


def frames(path: Path, every: float, until: float, side: int = 320) -> Iterator[Frame]:
    """Return the frames of the beginning of a film, scaled down."""
    with Video(path) as film:
        for frame in film.frames(every):
            if frame.time > until:
                return
            shrink = min(1, side / max(frame.image.shape[:2]))
            size = [round(shrink * length) for length in frame.image.shape[1::-1]]
            small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
            yield Frame(np.asarray(small, np.uint8), frame.time, frame.index)


@pytest.mark.parametrize("every", [0.5, 1, 1.1, 2])
@pytest.mark.parametrize("name", ["single_face.mp4", "talking/talk-6.mp4", "d9.mp4"])
def test_one_person_is_one_however_seldom_frames_are_read(
    finder: Finder, shared_data: Path, name: str, every: float
) -> None:
    follower = Follower()
    numbers = {
        reading.track
        for frame in frames(shared_data / "clips" / name, every, 5)
        for reading in follower.read(finder, frame)
    }
    assert numbers == {1}


@pytest.fixture(scope="module")
def tiles(shared_data: Path) -> list[list[Picture]]:
    """Six people in tiles of 320×240, each for six moments 0.55 s apart."""
    people: list[list[Picture]] = []
    for name in SIX:
        pictures: list[Picture] = []
        for frame in frames(shared_data / "clips" / name, 0.55, 3.3):
            height, width = frame.image.shape[:2]
            scale = min(TILE[0] / width, TILE[1] / height)
            small = cv2.resize(frame.image, None, fx=scale, fy=scale)
            tile = np.zeros((TILE[1], TILE[0], 3), np.uint8)
            left = (TILE[0] - small.shape[1]) // 2
            tile[: small.shape[0], left : left + small.shape[1]] = small
            pictures.append(tile)
        people.append(pictures)
    assert min(map(len, people)) >= 4
    return people


@pytest.mark.parametrize("every", [1, 2])
def test_six_people_stay_six_and_tiles_take_their_numbers_along(
    finder: Finder, tiles: list[list[Picture]], every: int
) -> None:
    tracker = Tracker()
    owners: dict[int | None, int] = {}
    orders = [[0, 1, 2, 3, 4, 5]] * 3 + [[4, 1, 2, 3, 0, 5]]  # two change places at the end
    for moment, order in enumerate(orders):
        rows = [np.hstack([tiles[p][moment] for p in order[first : first + 3]]) for first in (0, 3)]
        call = np.vstack(rows)
        found = tracker.update(call, finder.readings(call), 0.55 * every * moment)
        assert len(found) == 6
        for reading in found:
            x, y = (reading.box[0] + reading.box[2]) / 2, (reading.box[1] + reading.box[3]) / 2
            person = order[int(x // TILE[0]) + 3 * int(y // TILE[1])]
            assert owners.setdefault(reading.track, person) == person
    assert (
        len(owners) <= 7
    )  # a moved tile keeps its number or gets a new one, never that of another


@pytest.mark.parametrize("name", ["size-changes-halved.ts", "size-changes-turned.ts"])
def test_a_film_that_changes_its_size_keeps_its_person(
    finder: Finder, shared_data: Path, name: str
) -> None:
    tracker, sizes = Tracker(), set[tuple[int, ...]]()
    numbers: set[int | None] = set()
    with av.open(str(shared_data / "cases" / name)) as film:
        for index, frame in enumerate(film.decode(video=0)):
            if index % 10 == 0:
                image = np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                sizes.add(image.shape[:2])
                found = tracker.update(image, finder.readings(image), float(frame.time or 0))
                numbers |= {reading.track for reading in found}
    assert len(sizes) == 2
    assert numbers == {1}


def test_boxes_of_another_size_are_not_searched_around(finder: Finder, astronaut: Picture) -> None:
    """A live connection sends 640×480 and then, over a slow network, 320×240."""
    large = np.asarray(cv2.resize(astronaut, (640, 480)), np.uint8)
    small = np.asarray(cv2.resize(astronaut, (320, 240)), np.uint8)
    follower, before = Follower(), len(finder.regions)
    for index, image in enumerate((large, large, small, small, large)):
        (found,) = follower.read(finder, Frame(image, 0.05 * index, index))
        assert found.track == 1
    assert [near is None for near in finder.regions[before:]] == [True, False, True, False, True]
