"""The usual face of everybody who is followed: learnt over time, or taken by hand; for any stream.

By itself it is learnt only from stretches in which a face is clear, frontal, not talking and mostly
neutral, and is not used before there were enough of them. Then it follows slowly. The votes are
never altered: it informs, as `Reading.change`. What is kept are some twenty numbers a person and,
of the last seconds, as many a reading; in memory only, and forgotten with the person.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from mien.faces.usual_face import UsualFace, usual_face
from mien.public import public
from mien.types import Reading

ENOUGH: Final = 8.0
"""Seconds of calm stretches after which a usual face is known."""

CALM: Final = 1.0
"""Seconds for which a face must have been calm before what it shows counts as usual."""

FRONTAL: Final = 0.35
"""Turn of the head (`Quality.yaw`) up to which a face counts as frontal."""

FOLLOWS: Final = 0.02
"""Nats a second, and a tenth of it for movements, by which a usual face that was learnt follows a
lasting difference: 0.9 nats take 45 seconds of calm stretches."""

BY_HAND: Final = 2.0
"""Seconds of which `UsualFaces.take` makes a usual face."""

SHOWN_FROM: Final = 2.0
"""Nats from which a change is shown over time. It is more than for a picture, since one usual face
must hold for long, in other light and pose."""

SHOWN_TO: Final = 0.9
"""Nats below which a change is no longer shown over time."""

FORGOTTEN: Final = 5.0
"""Seconds, and three readings of others or of none, after which who is not seen is forgotten."""

SMOOTHED: Final = 1.5
"""Time constant in seconds with which differences are smoothed before they are shown. Mouths that
speak would make changes otherwise: see docs/films.md for what was measured."""

_EVERY: Final = 0.4  # seconds between the readings of which a usual face is learnt
_GAP: Final = 2.5  # seconds between two readings beyond which they are not one stretch
_READINGS: Final = 3


@dataclass(slots=True)
class _Person:
    """What is known of one track."""

    seen: float  # when it was seen last
    missed: int = 0  # updates since
    calm_since: float | None = None
    calm: float = 0.0  # seconds of calm stretches so far
    recent: deque[Reading] = field(default_factory=deque[Reading])
    learning: list[Reading] = field(default_factory=list[Reading])
    usual: UsualFace | None = None
    by_hand: bool = False
    smooth: dict[str, float] = field(default_factory=dict[str, float])  # differences from usual
    shown: str | None = None  # the emotion of the change that is shown


@public
class UsualFaces:
    """The usual face of everybody in one film, by track. For one thread at a time.

    Examples:
        >>> import mien
        >>> usual_faces = mien.UsualFaces()
        >>> for frame, readings in mien.watch("film.mp4"):
        ...     readings = usual_faces.update(readings, frame.time)
        >>> usual = usual_faces.take(track=1)  # she looks as usual now
        >>> usual.readings
        6
    """

    def __init__(self, *, learn: bool = True) -> None:
        """Start without anybody.

        Args:
            learn: whether usual faces are learnt from calm stretches; if not, only those of `take`
                and `put` are known.
        """
        self._learn = learn
        self._people: dict[int, _Person] = {}
        self._time = -math.inf

    def update(self, readings: Sequence[Reading], time: float) -> list[Reading]:
        """Take in a frame's readings.

        Args:
            readings: with tracks, as `mien.watch` and `mien.Follower` give them.
            time: of the frame, in seconds; a time before the last frame's starts anew.

        Returns:
            The same in the same order; those of people whose usual face is known have `compared`
            and, where they differ from it, `change`. Votes are as they were.
        """
        if time < self._time:
            self._people.clear()
        self._time = time
        here = {reading.track for reading in readings}
        for track in [track for track in self._people if track not in here]:
            person = self._people[track]
            person.missed += 1
            if time - person.seen > FORGOTTEN and person.missed >= _READINGS:
                del self._people[track]
        return [self._updated(reading, time) for reading in readings]

    def of(self, track: int) -> UsualFace | None:
        """Usual face of a track; None while it is not known. Its `since` says since when."""
        person = self._people.get(track)
        return person.usual if person else None

    def take(self, track: int) -> UsualFace | None:
        """Make the last seconds of a track its usual face, because somebody says that they are.

        It then stays as it is, until the next `take`, `forget`, or until the person is forgotten.

        Returns:
            The usual face; None where the face was not seen well in the last two seconds.
        """
        person = self._people.get(track)
        if person is None:
            return None
        last = [reading for reading in person.recent if self._time - _time(reading) <= BY_HAND]
        if not last:
            return None
        person.usual, person.by_hand, person.shown = usual_face(last), True, None
        return person.usual

    def put(self, track: int, usual: UsualFace) -> None:
        """Give a track a usual face that was kept elsewhere; it stays as it is."""
        person = self._people.setdefault(track, _Person(self._time))
        person.usual, person.by_hand, person.shown = usual, True, None

    def forget(self, track: int | None = None) -> None:
        """Forget what is known of a track, or of everybody; learning begins anew."""
        if track is None:
            self._people.clear()
        else:
            self._people.pop(track, None)

    def _updated(self, reading: Reading, time: float) -> Reading:
        if reading.track is None:
            return reading
        person = self._people.setdefault(reading.track, _Person(time))
        gap, person.seen, person.missed = time - person.seen, time, 0
        if reading.can_be_seen:
            person.recent.append(replace(reading, time=time))
        while person.recent and time - _time(person.recent[0]) > BY_HAND:
            person.recent.popleft()
        # Compared before it is learnt from: a reading is not measured by itself.
        compared = _compared(person, reading, gap)
        if self._learn and not person.by_hand:
            _learn(person, reading, time, gap)
        return compared


def is_calm(reading: Reading) -> bool:
    """Whether a reading may be of a usual face: clear, frontal, silent, mostly neutral."""
    frontal = reading.quality.yaw <= FRONTAL
    neutral = reading.top(1)[0][0] == "neutral"
    return reading.clear and frontal and neutral and not reading.talking


def _learn(person: _Person, reading: Reading, time: float, gap: float) -> None:
    if not is_calm(reading) or gap > _GAP:
        person.calm_since = None
        return
    if person.calm_since is None:
        person.calm_since = time
    if time - person.calm_since < CALM:
        return
    person.calm += gap
    if person.usual is not None:
        person.usual = _followed(person.usual, reading, FOLLOWS * gap)
        return
    if not person.learning or time - _time(person.learning[-1]) >= _EVERY:
        person.learning.append(replace(reading, time=time))
    if person.calm >= ENOUGH:
        person.usual = usual_face(person.learning)
        person.learning.clear()  # from here on its twenty numbers are all that is kept


def _followed(usual: UsualFace, reading: Reading, step: float) -> UsualFace:
    """The usual face, each number at most a step nearer to the reading, as a running median."""
    now = usual_face([reading])
    return replace(
        usual,
        log_odds={
            name: value + min(max(now.log_odds[name] - value, -step), step)
            for name, value in usual.log_odds.items()
        },
        movements={
            name: value + min(max(now.movements.get(name, value) - value, -step / 10), step / 10)
            for name, value in usual.movements.items()
        },
        readings=usual.readings + 1,
    )


def _compared(person: _Person, reading: Reading, gap: float) -> Reading:
    """The reading with its change, which comes above `SHOWN_FROM` and goes below `SHOWN_TO`."""
    if person.usual is None:
        return reading
    if not reading.can_be_seen or reading.talking:  # speech has mouths of surprise and of joy
        return replace(reading, change=None, compared=True)
    share = 1 - math.exp(-gap / SMOOTHED)
    now = person.usual.counted(reading)
    smooth = {name: (1 - share) * person.smooth.get(name, 0.0) + share * now[name] for name in now}
    person.smooth = smooth
    if person.shown is not None and smooth[person.shown] < SHOWN_TO:
        person.shown = None
    emotion = max(smooth, key=lambda name: smooth[name])
    other = 0.0 if person.shown is None else smooth[person.shown]
    if smooth[emotion] > max(SHOWN_FROM, other + SHOWN_FROM - SHOWN_TO):
        person.shown = emotion
    change = None
    if person.shown is not None:
        change = replace(person.usual.change(reading, person.shown), by=smooth[person.shown])
    return replace(reading, change=change, compared=True)


def _time(reading: Reading) -> float:
    return -math.inf if reading.time is None else reading.time
