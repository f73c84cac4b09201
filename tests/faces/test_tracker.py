"""Faces over time: who is who, and steady answers; with faces of real people that are moved."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from mien.answers import Reason, State, Votes
from mien.emotions import VOTE_NAMES
from mien.faces.detector import Detector
from mien.faces.reader import Reader
from mien.faces.reasons import FEWEST_AGREEING
from mien.faces.tracker import Tracker
from mien.frames import Face, Quality
from mien.media.picture import load_image
from mien.types import Reading

Picture = NDArray[np.uint8]
Place = tuple[float, float]

SIDE = 120
QUALITY = Quality(size=SIDE, brightness=0.5, contrast=0.2, sharpness=1.0, yaw=0.0)


def votes(**shares: float) -> NDArray[np.float64]:
    """The given shares, and the rest for neutral."""
    rest = 1 - sum(shares.values())
    return np.array([shares.get(name, rest * (name == "neutral")) for name in VOTE_NAMES])


def reading(
    place: Place, shares: NDArray[np.float64] | None = None, why: str | None = None
) -> Reading:
    """Reading of a face of 120 pixels around a place."""
    x, y = place
    box = (x - SIDE / 2, y - SIDE / 2, x + SIDE / 2, y + SIDE / 2)
    face = Face(box=box, landmarks=np.zeros((5, 2), np.float32), score=0.9)
    return Reading(
        face,
        Votes(votes() if shares is None else shares),
        QUALITY,
        Reason(why) if why else None,
    )


def hold(tracker: Tracker, image: Picture, held: Reading, times: NDArray[np.float64]) -> Reading:
    """Track one reading at several times, and return the last result."""
    return [tracker.update(image, [held], float(time))[0] for time in times][-1]


@pytest.fixture(scope="module")
def people(shared_data: Path) -> list[Picture]:
    """The heads of nine people, 180×180, their faces 120 wide in the middle."""
    detector = Detector()
    heads: list[Picture] = []
    for path in sorted((shared_data / "photos").glob("neutral-*.jpg"))[:9]:
        image = load_image(path)
        (face,) = detector.detect(image)
        x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
        half = 0.75 * face.width
        part = image[int(y - half) : int(y + half), int(x - half) : int(x + half)]
        heads.append(np.asarray(cv2.resize(part, (180, 180)), np.uint8))
    return heads


def frame(people: list[Picture], places: Mapping[int, Place]) -> Picture:
    """A picture of people, by number, at places before a gradient; later ones are in front."""
    image = np.repeat(np.linspace(40, 160, 900, dtype=np.uint8)[None, :, None], 700, 0)
    image = np.repeat(image, 3, 2)
    for number, (x, y) in places.items():
        image[int(y) - 90 : int(y) + 90, int(x) - 90 : int(x) + 90] = people[number]
    return image


def tracks(readings: list[Reading]) -> list[int | None]:
    return [reading.track for reading in readings]


def test_movements_are_smoothed_but_less_than_votes(people: list[Picture]) -> None:
    tracker, image = Tracker(), frame(people, {0: (400, 300)})
    for time, value in ((0.0, 0.2), (0.1, 0.4), (0.2, 0.4)):
        moved = replace(
            reading((400, 300), votes(happy=value)),
            movements={"mouth open": value, "chin raised": 1},
        )
        (found,) = tracker.update(image, [moved], time)
        assert found.movements["chin raised"] == 1
    assert 0.25 < found.movements["mouth open"] < 0.4
    assert 0.2 < found.votes["happy"] < found.movements["mouth open"]
    (sudden,) = tracker.update(
        image, [replace(moved, movements={"mouth open": 1.0, "chin raised": 0.0})], 0.3
    )
    assert sudden.movements["chin raised"] == 0  # a total change is shown at once
    assert 0.8 * found.movements["mouth open"] < sudden.movements["mouth open"] < 1


def test_a_moving_face_keeps_its_number_at_irregular_times(people: list[Picture]) -> None:
    tracker = Tracker()
    times = np.cumsum([0, 0.03, 0.5, 0.04, 0.04, 0.3, 0.9, 0.05, 0.2, 0.1])
    for time in times:
        place = (150 + 180 * time, 350 + 60 * np.sin(2 * time))  # one and a half widths a second
        (found,) = tracker.update(frame(people, {0: place}), [reading(place)], float(time))
        assert found.track == 1
        assert found.time == time


@pytest.mark.parametrize(
    ("every", "missed", "remembered"),
    [
        *((0.1, 8, True), (0.1, 10, False)),  # a second
        *((0.5, 2, True), (0.5, 3, False), (2, 2, True), (2, 3, False)),  # three readings
        (11, 0, False),  # ten seconds are too long
    ],
)
def test_who_leaves_is_remembered_for_a_second_or_three_readings(
    people: list[Picture], every: float, missed: int, remembered: bool
) -> None:
    tracker = Tracker()
    here, empty = frame(people, {3: (400, 300)}), frame(people, {})
    assert tracks(tracker.update(here, [reading((400, 300))], 10)) == [1]
    for number in range(missed):
        assert tracker.update(empty, [], 10 + every * (number + 1)) == []
    back = tracker.update(here, [reading((410, 300))], 10 + every * (missed + 1))
    assert tracks(back) == ([1] if remembered else [2])


@pytest.mark.parametrize("every", [0.1, 1, 2])
def test_who_takes_anothers_place_is_new(people: list[Picture], every: float) -> None:
    tracker = Tracker()
    for step, person in enumerate((1, 1, 1, 6, 6, 6)):  # as at a cut
        image = frame(people, {person: (400, 300)})
        (found,) = tracker.update(image, [reading((400, 300))], step * every)
        assert found.track == (1 if person == 1 else 2)


@pytest.mark.parametrize("scale", [0.5, 2])
def test_a_picture_that_changes_its_size_keeps_its_people(
    people: list[Picture], scale: float
) -> None:
    tracker, places = Tracker(), {0: (200.0, 300.0), 1: (500.0, 320.0), 2: (700.0, 310.0)}
    image = frame(people, places)
    other = np.asarray(cv2.resize(image, None, fx=scale, fy=scale), np.uint8)
    for step in range(8):
        readings = [reading(place) for place in places.values()]
        if step % 4 > 1:
            readings = [resized(each, scale) for each in readings]
        found = tracker.update(other if step % 4 > 1 else image, readings, 0.3 * step)
        assert tracks(found) == [1, 2, 3]


def test_a_picture_that_is_turned_keeps_its_people(people: list[Picture]) -> None:
    """A phone shows the same room with more at the sides and less above and below."""
    tracker, image = Tracker(), frame(people, {0: (350, 330), 1: (550, 350)})
    upright, across = image[:, 150:750], image[50:650, :]  # 600×700 and 900×600
    for step in range(6):
        left, top = ((150, 0), (0, 50))[step % 2]
        view = (upright, across)[step % 2]
        shown = [reading((x - left, y - top)) for x, y in ((350, 330), (550, 350))]
        assert tracks(tracker.update(view, shown, 0.5 * step)) == [1, 2]


def resized(given: Reading, scale: float) -> Reading:
    x1, y1, x2, y2 = (scale * value for value in given.box)
    return replace(given, face=replace(given.face, box=(x1, y1, x2, y2)))


@pytest.mark.parametrize("rate", [5, 12, 30])
def test_two_who_cross_keep_their_numbers(people: list[Picture], rate: int) -> None:
    tracker = Tracker()
    names: dict[int | None, int] = {}
    for step in range(3 * rate + 1):
        time = step / rate
        left, right = (200 + 150 * time, 330), (650 - 150 * time, 350)
        places = {0: left, 1: right}  # 1 passes in front of 0
        seen = {1: reading(right)}
        if abs(left[0] - right[0]) > 80:  # otherwise the other hides this face
            seen[0] = reading(left)
        readings = tracker.update(frame(people, places), list(seen.values()), time)
        found = dict(zip(seen, tracks(readings), strict=True))
        names = names or {number: person for person, number in found.items()}
        assert {person: names[number] for person, number in found.items()} == {
            person: person for person in seen
        }


def test_nine_tiles_and_their_rearrangement(people: list[Picture]) -> None:
    grid = [(150 + 300 * column, 120 + 220 * row) for row in range(3) for column in range(3)]
    tracker = Tracker()
    for time in (0.0, 0.1, 0.25, 1.0):
        readings = tracker.update(
            frame(people, dict(enumerate(grid))), [reading(place) for place in grid], time
        )
        assert tracks(readings) == list(range(1, 10))
    # Everybody gets another tile, and takes the number along.
    moved = {person: grid[(person + 4) % 9] for person in range(9)}
    image = frame(people, moved)
    readings = tracker.update(image, [reading(place) for place in moved.values()], 1.1)
    assert tracks(readings) == list(range(1, 10))
    # Two change places; then others, one of whom is new to the call.
    moved[3], moved[7] = moved[7], moved[3]
    readings = tracker.update(
        frame(people, moved), [reading(place) for place in moved.values()], 1.2
    )
    assert tracks(readings) == list(range(1, 10))


def test_who_comes_in_while_tiles_are_rearranged_is_new(people: list[Picture]) -> None:
    grid: list[Place] = [(150 + 300 * x, 120 + 220 * y) for y in range(2) for x in range(3)]
    tracker = Tracker()
    before = dict(zip(range(6), grid, strict=True))
    tracker.update(frame(people, before), [reading(place) for place in grid], 0)
    after: dict[int, Place] = dict(
        zip((7, 0, 1, 2, 3, 4), grid, strict=True)
    )  # 5 left, and 7 is first now
    readings = tracker.update(frame(people, after), [reading(place) for place in grid], 0.2)
    assert tracks(readings) == [7, 1, 2, 3, 4, 5]


def test_no_face_takes_two_readings(people: list[Picture]) -> None:
    tracker = Tracker()
    image = frame(people, {0: (400, 300)})
    tracker.update(image, [reading((400, 300))], 0)
    both = tracker.update(image, [reading((410, 300)), reading((402, 300))], 0.1)
    assert tracks(both) == [2, 1]


def test_a_film_that_starts_again_has_new_tracks(people: list[Picture]) -> None:
    tracker = Tracker()
    image = frame(people, {0: (400, 300)})
    assert tracks(tracker.update(image, [reading((400, 300))], 5)) == [1]
    assert tracks(tracker.update(image, [reading((400, 300))], 0)) == [2]


def test_faces_at_the_edge_and_in_the_dark_are_followed() -> None:
    tracker = Tracker()
    dark = np.zeros((100, 100, 3), np.uint8)
    for time in (0.0, 0.1):
        readings = [reading((0, 0)), reading((250, 90))]  # the second beyond the picture
        assert tracks(tracker.update(dark, readings, time)) == [1, 2]


@pytest.mark.slow
def test_close_answers_do_not_flicker_and_a_change_shows_at_once(people: list[Picture]) -> None:
    rng = np.random.default_rng(0)
    tracker = Tracker()
    image = frame(people, {0: (400, 300)})
    shown: list[tuple[str, ...]] = []
    for time in np.arange(0, 30, 0.08):
        sad = 0.48 + rng.normal(0, 0.06)  # neutral 0.52: almost a coin toss at each frame
        (found,) = tracker.update(image, [reading((400, 300), votes(sad=sad))], float(time))
        shown.append(tuple(sorted(found.answers)))
        assert found.votes.shares.sum() == pytest.approx(1)
        assert found.emotion == found.top(1)[0][0] == VOTE_NAMES[int(found.votes.shares.argmax())]
    assert shown == [("neutral", "sad")] * len(shown)
    changed = [
        tracker.update(image, [reading((400, 300), votes(happy=0.8))], 30 + lag)[0].answers
        for lag in (0.0, 0.1, 0.2, 0.3, 0.4)
    ]
    assert changed[-1] == ("happy",)


def test_one_odd_reading_does_not_show(people: list[Picture]) -> None:
    tracker, image = Tracker(), frame(people, {0: (400, 300)})
    for step in range(60):
        odd = votes(surprise=0.9) if step % 20 == 10 else votes(happy=0.1)
        (found,) = tracker.update(image, [reading((400, 300), odd)], 0.1 * step)
        assert found.answers == ("neutral",)


def test_mixed_comes_and_goes_late_but_never_against_the_votes(people: list[Picture]) -> None:
    tracker, image = Tracker(), frame(people, {0: (400, 300)})
    states: list[State] = []
    for time in np.arange(0, 12, 0.1):
        happy = 0.5 + 0.45 * np.sin(2 * np.pi * time / 6)  # slowly back and forth
        (found,) = tracker.update(image, [reading((400, 300), votes(happy=happy))], float(time))
        (first, most), (second, less) = found.top(2)
        assert found.answers == ((first, second) if found.state == State.MIXED else (first,))
        assert found.state == State.CLEAR or most - less <= 0.2
        states.append(found.state)
    changes = sum(a != b for a, b in pairwise(states))
    assert State.MIXED in states
    assert changes <= 8


@pytest.mark.slow
def test_under_the_limit_nothing_is_called_clear(people: list[Picture]) -> None:
    rng, tracker = np.random.default_rng(1), Tracker()
    image = frame(people, {0: (400, 300)})
    seen: set[bool] = set()
    for time in np.arange(0, 60, 0.1):
        shares = np.array((0.36, 0.3, 0.2)) + rng.normal(0, 0.05, 3)
        sad, fear, angry = shares / max(1, shares.sum())
        split = reading((400, 300), votes(sad=sad, fear=fear, angry=angry))
        (found,) = tracker.update(image, [split], float(time))
        assert not found.clear or found.top(1)[0][1] >= FEWEST_AGREEING
        assert found.clear == (found.reason is None)
        seen.add(found.clear)
    assert False in seen


def test_where_readings_come_seldom_what_is_seen_badly_shows_at_once(
    people: list[Picture],
) -> None:
    tracker, image = Tracker(), frame(people, {0: (400, 300)})
    for step, why in enumerate((None, "too dark", None, "blurred")):
        (found,) = tracker.update(image, [reading((400, 300), why=why)], 1.0 * step)
        assert found.reason == why


def test_smoothing_hardly_depends_on_the_rate(people: list[Picture]) -> None:
    image = frame(people, {0: (400, 300)})
    happy: list[float] = []
    for step in (0.02, 0.1, 0.25):
        tracker = Tracker()
        tracker.update(image, [reading((400, 300))], 0)
        times = np.arange(step, 0.5 + step / 2, step)
        found = hold(tracker, image, reading((400, 300), votes(happy=0.3)), times)
        happy.append(float(found.votes["happy"]))
    assert 0.15 < min(happy) < max(happy) < 0.23


def test_a_moment_of_blur_does_not_show_and_a_lasting_one_does(people: list[Picture]) -> None:
    tracker = Tracker()
    image = frame(people, {0: (400, 300)})
    whys: list[str | None] = []
    for index, why in enumerate([None, "blurred", None, *["blurred"] * 5, None, *[None] * 4]):
        (found,) = tracker.update(image, [reading((400, 300), why=why)], 0.1 * index)
        assert found.clear == (found.reason is None)
        whys.append(found.reason)
    assert whys[:6] == [None] * 6
    assert whys[6:11] == ["blurred"] * 5
    assert whys[11:] == [None] * 2


def test_people_who_come_to_disagree_make_a_face_unclear(people: list[Picture]) -> None:
    tracker = Tracker()
    image = frame(people, {0: (400, 300)})
    split = reading((400, 300), votes(sad=0.3, fear=0.3, angry=0.2), "people would disagree")
    assert hold(tracker, image, split, np.arange(0, 2, 0.1)).reason == "people would disagree"
    happy = reading((400, 300), votes(happy=0.9))
    assert hold(tracker, image, happy, np.arange(2, 4, 0.1)).clear


@pytest.mark.slow
def test_a_neutral_face_held_for_30_seconds_changes_its_answer_at_most_once(
    shared_data: Path,
) -> None:
    """A real face sways, comes nearer and leaves, with noise of a camera, 10 readings a second."""
    reader, rng = Reader(), np.random.default_rng(1)
    for name in ("neutral-003f.jpg", "neutral-095m.jpg"):
        image = load_image(shared_data / "photos" / name)
        tracker, shown = Tracker(), list[str]()
        for time in np.arange(0, 30, 0.1):
            turn = cv2.getRotationMatrix2D(
                (image.shape[1] / 2, image.shape[0] / 2),
                4 * np.sin(1.3 * time),
                0.35 + 0.03 * np.sin(0.7 * time),
            )
            turn[:, 2] += np.array((160, 120)) - np.array(image.shape[1::-1]) / 2
            turn[:, 2] += 8 * np.sin([0.9 * time, 1.7 * time])
            view = cv2.warpAffine(image, turn, (320, 240), flags=cv2.INTER_AREA)
            noisy = view.astype(np.float32) + rng.normal(0, 4, view.shape)
            picture = np.clip(noisy, 0, 255).astype(np.uint8)
            (found,) = tracker.update(picture, reader.read(picture), float(time))
            assert found.track == 1
            shown.append(found.top(1)[0][0])
        changes = sum(a != b for a, b in pairwise(shown))
        assert changes <= 1, (name, changes)
