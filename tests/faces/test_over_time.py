"""Talking, nods and shakes, and lasting changes, on real films and portraits that are moved."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import moving_heads as heads
import numpy as np
import pytest
from made_readings import reading
from numpy.typing import NDArray
from over_time import Film, begun, changes_a_minute, followed

from mien.answers import Reason
from mien.emotions import VOTE_NAMES
from mien.faces.detector import Detector
from mien.faces.gestures import Gestures, Point, swings
from mien.faces.just_now import LASTING, MARKED, JustNow
from mien.faces.reader import Reader
from mien.faces.smoothing import PATIENCE, SMOOTHING, Steady
from mien.faces.talking import SPEECH, SpokenVotes, Talking
from mien.media.picture import load_image
from mien.types import Reading


@pytest.fixture(scope="module")
def talker(shared_data: Path) -> Film:
    path = shared_data / "clips" / "talking" / "talk-8.mp4"
    return followed(Reader(threads=1), path, 0.1)


@pytest.mark.slow
def test_talking_is_recognised_and_shown_steadily(talker: Film) -> None:
    told = [reading.talking for _, reading in talker]
    assert told[:5] == [None] * 5
    assert told[15:].count(True) >= 0.9 * len(told[15:])
    assert changes_a_minute([talker]) <= 6


def test_a_smile_that_comes_is_no_talking(shared_data: Path) -> None:
    film = followed(Reader(threads=1), shared_data / "clips" / "single_face.mp4", 0.1)
    assert {reading.talking for _, reading in film} == {None, False}
    assert film[-1][1].emotion == "happy"


def steady(share: float, every: float, seconds: float) -> list[Reading]:
    """Steady answers for a face with a share of happy, and the rest spread over other answers."""
    rest = (1 - share) / 4
    held = reading(happy=share, surprise=rest, sad=rest, angry=rest)
    shown = [Steady(held, 0.0, SMOOTHING, PATIENCE)]
    told = [shown[0].apply(held)]
    for index in range(1, round(seconds / every) + 1):
        shown[0].add(held, index * every)
        told.append(shown[0].apply(held))
    return told


def test_before_talking_can_be_known_few_who_agree_are_unclear() -> None:
    told = steady(0.5, 0.1, 3)
    assert {each.reason for each in told[:8]} == {Reason.DISAGREE}
    assert all(each.clear for each in told[15:])
    assert all(each.clear for each in steady(0.6, 0.1, 1))


def test_where_readings_come_seldom_the_second_is_clear() -> None:
    assert [each.clear for each in steady(0.5, 2.0, 6)] == [False, True, True, True]


def test_a_change_arrives_and_does_not_creep() -> None:
    """Four fifths of a smile that 45 % more people see are shown after half a second."""
    calm, smile = reading(happy=0.1), reading(happy=0.55)
    shown = Steady(calm, 0.0, SMOOTHING, PATIENCE)
    for index in range(1, 36):
        shown.add(calm if index <= 30 else smile, index / 10)
    assert shown.apply(smile).votes["happy"] > 0.1 + 0.8 * 0.45


def mouth(values: Sequence[float], every: float = 0.1) -> list[bool | None]:
    """Report whether a mouth that opens so far talks."""
    talking, told = Talking(), list[bool | None]()
    for index, value in enumerate(values):
        talking.add({"mouth open": value}, index * every)
        told.append(talking.now)
    return told


def test_a_mouth_that_opens_and_stays_open_does_not_talk() -> None:
    assert mouth([0.02] * 10 + [0.1, 0.3, 0.5] + [0.6] * 20)[10:] == [False] * 23


@pytest.mark.parametrize("every", [0.033, 0.1, 0.2])
def test_a_mouth_that_opens_and_closes_talks_until_it_stops(every: float) -> None:
    times = np.arange(0, 6, every)
    values = np.where(times < 3, 0.1 + 0.08 * np.sin(2 * np.pi * 1.7 * times), 0.1)
    told = mouth(values.tolist(), every)
    assert told[int(2 / every)] is True
    assert told[-1] is False


def test_talking_is_not_known_where_readings_come_seldom_or_tell_no_mouth() -> None:
    assert set(mouth([0.1, 0.4] * 10, every=0.5)) == {None}
    talking = Talking()
    for index in range(30):
        talking.add({}, index / 10)
    assert talking.now is None


def test_mouths_of_speech_do_not_count_as_joy_surprise_or_fear() -> None:
    neutral, spoken = np.zeros(len(VOTE_NAMES)), SpokenVotes()
    shown = neutral
    neutral[VOTE_NAMES.index("neutral")] = 1
    for index in range(40):
        votes = neutral.copy()
        if index % 3 == 0:
            votes = np.zeros(len(VOTE_NAMES))
            votes[VOTE_NAMES.index(SPEECH[index % 2])] = 1
        spoken.add(votes, index / 10)
        if index >= 15:  # talking is recognised only after a while
            shown = spoken.smoothed(0.1)
    assert shown[VOTE_NAMES.index("neutral")] > 0.95
    assert shown.sum() == pytest.approx(1)


def moved(shared_data: Path, moves: Callable[[float], heads.Angles]) -> list[str | None]:
    """Return the gestures of a portrait that is moved."""
    picture = load_image(shared_data / "photos" / "neutral-020f.jpg")
    small = cv2.resize(picture, None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA)
    picture = np.ascontiguousarray(small, np.uint8)
    detector, gestures = Detector(), Gestures()
    told: list[str | None] = []
    for time, frame in heads.film(picture, detector.detect(picture)[0], moves, 10):
        gestures.add(detector.detect(frame)[0].landmarks, time)
        told.append(gestures.now)
    return told


def test_a_nod_is_reported_for_a_moment(shared_data: Path) -> None:
    told = moved(shared_data, heads.nod)
    assert set(told) == {None, "nod"}


def test_a_shake_is_reported(shared_data: Path) -> None:
    assert set(moved(shared_data, heads.shake)) == {None, "shake"}


@pytest.mark.parametrize("moves", [heads.sway, heads.look_aside, heads.look_down])
def test_who_sways_or_looks_elsewhere_neither_nods_nor_shakes(
    shared_data: Path, moves: Callable[[float], heads.Angles]
) -> None:
    assert set(moved(shared_data, moves)) == {None}


def test_faces_without_landmarks_have_no_gesture() -> None:
    gestures, none = Gestures(), np.zeros((0, 2), np.float32)
    for index in range(30):
        gestures.add(none, index / 10)
    assert gestures.now is None


def test_swings_are_the_ways_between_turns() -> None:
    values: NDArray[np.float64] = np.array([0, 0.5, 1, 0.98, 1.02, 0.4, 0, 0.7])
    found = swings(list(map(Point, range(8), values.tolist())), 0.2)
    assert [round(size, 2) for *_, size in found] == [1.02, 1.02, 0.7]


def test_a_lasting_change_is_marked_once_for_a_few_seconds() -> None:
    just_now, told = JustNow(), list[bool]()
    for index in range(200):
        time = index / 10
        answers = ("neutral",) if time < 5 else () if time < 6 else ("happy",)
        just_now.add(answers, time)
        told.append(just_now.now)
    begins = told.index(True)
    assert begins / 10 == pytest.approx(6 + LASTING, abs=0.11)
    assert told.count(True) / 10 == pytest.approx(MARKED, abs=0.11)
    assert told[0] is told[-1] is False


def test_a_change_that_does_not_stay_is_not_marked() -> None:
    just_now = JustNow()
    for index in range(200):
        just_now.add(("happy",) if 50 <= index < 65 else ("neutral",), index / 10)
        assert not just_now.now


def test_unclear_for_a_while_is_no_change() -> None:
    just_now = JustNow()
    for index in range(200):
        just_now.add(() if 50 <= index < 90 else ("neutral",), index / 10)
        assert not just_now.now


def test_what_a_face_does_is_in_json_and_words(talker: Film) -> None:
    reading = talker[-1][1]
    assert reading.to_dict()["talking"] is True
    assert {"gesture", "just_now"} <= set(reading.to_dict())
    assert reading.over_time_words() == "talking"
    assert reading.over_time_words("de") == "spricht"
    assert begun(talker, lambda one: one.talking)
