"""Usual faces over time: when they are known, what they say, and when they are forgotten."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from made_readings import reading
from numpy.typing import NDArray

from mien.answers import Reason
from mien.faces.reader import Reader
from mien.faces.stream import Follower
from mien.faces.usual_face import usual_face
from mien.faces.usual_faces import BY_HAND, CALM, ENOUGH, FORGOTTEN, UsualFaces
from mien.frames import Frame
from mien.media.film import Video
from mien.types import Reading

Picture = NDArray[np.uint8]
CALM_FACE = replace(reading(happy=0.02, sad=0.05), track=1)
SMILE = replace(reading(happy=0.9), track=1)


class Stream:
    """Successive readings at a rate."""

    def __init__(self, rate: float = 10.0, *, learn: bool = True) -> None:
        self.faces = UsualFaces(learn=learn)
        self.time = 0.0
        self._step = 1 / rate

    def hold(self, *held: Reading, seconds: float) -> list[Reading]:
        """Return the first reading of each frame."""
        told: list[Reading] = []
        for _ in range(round(seconds / self._step)):
            self.time += self._step
            told += self.faces.update(held, self.time)[:1]
        return told


def known_after(told: list[Reading], rate: float) -> float:
    return next(i for i, each in enumerate(told) if each.compared) / rate


@pytest.mark.parametrize("rate", [0.5, 2.0, 10.0, 25.0])
def test_it_is_known_after_enough_calm_seconds_at_any_rate(rate: float) -> None:
    stream = Stream(rate)
    told = stream.hold(CALM_FACE, seconds=20)
    assert known_after(told, rate) == pytest.approx(ENOUGH + CALM, abs=2 / rate)
    assert all(each.change is None for each in told)
    usual = stream.faces.of(1)
    assert usual is not None
    assert usual.log_odds == pytest.approx(dict(usual_face([CALM_FACE]).log_odds))
    assert usual.since == pytest.approx(CALM, abs=2 / rate)  # since when


@pytest.mark.parametrize(
    "other",
    [
        SMILE,
        replace(CALM_FACE, reason=Reason.TOO_DARK),
        replace(CALM_FACE, quality=replace(CALM_FACE.quality, yaw=0.6)),
    ],
)
def test_only_clear_frontal_neutral_stretches_count(other: Reading) -> None:
    assert not any(each.compared for each in Stream().hold(other, seconds=30))


def test_moments_between_expressions_do_not_count() -> None:
    stream = Stream()
    for _ in range(30):
        told = stream.hold(CALM_FACE, seconds=0.8) + stream.hold(SMILE, seconds=0.4)
        assert not any(each.compared for each in told)


def test_a_smile_is_a_change_and_goes_when_it_goes() -> None:
    stream = Stream()
    stream.hold(CALM_FACE, seconds=12)
    told = stream.hold(SMILE, seconds=3)
    assert told[0].change is None
    assert told[-1].change is not None
    assert told[-1].change_words() == "smiling, unlike usual"
    assert all(each.votes is SMILE.votes for each in told)
    gone = stream.hold(CALM_FACE, seconds=6)
    assert gone[0].change is not None  # it does not flicker
    assert gone[-1].change is None
    assert gone[-1].change_words() == "as usual"
    shown = [each.change is not None for each in told + gone]
    assert sum(a != b for a, b in pairwise(shown)) == 2


def test_short_movements_of_the_mouth_are_no_change() -> None:
    stream = Stream()
    stream.hold(CALM_FACE, seconds=12)
    surprise = replace(reading(surprise=0.6), track=1)
    for _ in range(20):
        told = stream.hold(surprise, seconds=0.2) + stream.hold(CALM_FACE, seconds=0.4)
        assert all(each.change is None for each in told)


def test_it_follows_slowly() -> None:
    stream = Stream()
    stream.hold(CALM_FACE, seconds=12)
    first = stream.faces.of(1)
    lasting = replace(reading(happy=0.2, sad=0.05), track=1)
    stream.hold(lasting, seconds=5)
    soon = stream.faces.of(1)
    stream.hold(lasting, seconds=240)
    late = stream.faces.of(1)
    assert first is not None
    assert soon is not None
    assert late is not None
    assert abs(soon.log_odds["happy"] - first.log_odds["happy"]) < 0.15
    assert late.log_odds["happy"] == pytest.approx(usual_face([lasting]).log_odds["happy"])
    assert late.since == first.since


def test_people_keep_their_own_and_are_forgotten_when_they_leave() -> None:
    other = replace(reading(happy=0.4), track=2)
    stream = Stream()
    stream.hold(CALM_FACE, other, seconds=12)
    mine, theirs = stream.faces.of(1), stream.faces.of(2)
    assert mine is not None
    assert theirs is not None
    assert theirs.log_odds["happy"] > mine.log_odds["happy"] + 2
    stream.hold(CALM_FACE, seconds=FORGOTTEN - 1)
    assert stream.faces.of(2) is not None
    stream.hold(CALM_FACE, seconds=2)
    assert stream.faces.of(2) is None
    assert stream.faces.of(1) is not None
    stream.faces.forget(1)
    assert stream.faces.of(1) is None
    stream.hold(CALM_FACE, other, seconds=12)
    stream.time = 0  # another film: a clock that is set back starts again
    assert not stream.hold(CALM_FACE, seconds=0.1)[0].compared


def test_slow_readings_do_not_make_strangers() -> None:
    stream = Stream(rate=0.2)  # every five seconds
    stream.faces.put(1, usual_face([CALM_FACE]))
    stream.hold(CALM_FACE, seconds=5)
    stream.hold(seconds=10)  # missed twice
    assert stream.hold(CALM_FACE, seconds=5)[0].compared


def test_by_hand_it_is_taken_of_the_last_seconds_and_stays() -> None:
    stream = Stream()
    assert stream.faces.take(1) is None
    half = replace(reading(happy=0.5), track=1)
    stream.hold(CALM_FACE, seconds=5)
    stream.hold(half, seconds=BY_HAND)
    usual = stream.faces.take(1)
    assert usual is not None
    assert usual.log_odds == pytest.approx(dict(usual_face([half]).log_odds))
    assert usual.since == pytest.approx(5.0, abs=0.2)
    assert all(each.change is None for each in stream.hold(half, seconds=3))
    stream.hold(CALM_FACE, seconds=60)
    assert stream.faces.of(1) == usual
    assert stream.faces.take(2) is None


def test_by_hand_takes_nothing_of_a_face_that_cannot_be_seen() -> None:
    stream = Stream(learn=False)
    stream.hold(CALM_FACE, seconds=3)
    stream.hold(replace(CALM_FACE, reason=Reason.TOO_DARK), seconds=BY_HAND + 0.5)
    assert stream.faces.take(1) is None


def test_without_learning_only_what_is_given_is_compared_with() -> None:
    stream = Stream(learn=False)
    assert not any(each.compared for each in stream.hold(CALM_FACE, seconds=30))
    stream.faces.put(1, usual_face([SMILE]))
    assert stream.hold(SMILE, seconds=1)[-1].compared


def test_it_pickles_with_the_follower_and_continues() -> None:
    stream = Stream()
    stream.hold(CALM_FACE, seconds=6)
    again = Stream()
    again.faces, again.time = pickle.loads(pickle.dumps(stream.faces)), stream.time
    rest = [(each.compared, each.change) for each in stream.hold(CALM_FACE, seconds=6)]
    assert [(each.compared, each.change) for each in again.hold(CALM_FACE, seconds=6)] == rest
    assert rest[-1] == (True, None)


@pytest.fixture
def held(astronaut: Picture) -> Callable[[float], list[list[Reading]]]:
    """Reads the astronaut's picture for some seconds with a follower."""
    reader = Reader()
    image = np.ascontiguousarray(astronaut[:300, 100:400])

    def read(seconds: float) -> list[list[Reading]]:
        follower = Follower()
        return [
            follower.read(reader, Frame(image, index / 2, index))
            for index in range(round(seconds * 2))
        ]

    return read


def test_a_real_smile_is_never_learnt_as_usual(
    held: Callable[[float], list[list[Reading]]],
) -> None:
    readings = held(14)
    assert all(not face.compared for faces in readings for face in faces)


def test_real_films_are_read_as_without_usual_faces(shared_data: Path) -> None:
    """The calm beginning of a film, back and forth until the usual face is known, and its smile."""
    reader = Reader()
    with Video(shared_data / "clips" / "d9.mp4") as film:
        frames = [frame for frame in film.frames(0.5) if frame.time < 12]
    calm = [frame for frame in frames if frame.time < 4.5]
    with_them, without = Follower(), Follower()
    without.usual_faces = UsualFaces(learn=False)
    known = False
    for number, frame in enumerate([*calm, *calm[::-1], *frames]):
        readings = with_them.read(reader, replace(frame, time=number * 0.5))
        plain = without.read(reader, replace(frame, time=number * 0.5))
        assert [r.votes for r in plain] == [r.votes for r in readings]
        assert [r.clear for r in plain] == [r.clear for r in readings]
        known |= any(face.compared for face in readings)
    assert known
