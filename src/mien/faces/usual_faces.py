"""The usual faces of all people who are followed, learnt over time or set by hand.

A usual face is learnt only from stretches in which the face is clear, frontal, silent and mostly
neutral, and is not used before there were enough of them. Then it changes slowly. It never alters
votes, but gives `Reading.change`. It consists of about twenty numbers a person, and as many a
reading of the last seconds. They are kept only in memory, and forgotten with the person.
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
"""Seconds for which a face must have been calm before its looks count as usual."""

FRONTAL: Final = 0.35
"""Largest turn of the head (`Quality.yaw`) of a frontal face."""

FOLLOWS: Final = 0.02
"""Nats a second by which a learnt usual face follows a lasting difference; a tenth for movements.

0.9 nats take 45 seconds of calm stretches.
"""

BY_HAND: Final = 2.0
"""Seconds from which `UsualFaces.take` creates a usual face."""

SHOWN_FROM: Final = 2.0
"""Nats from which a change is shown over time.

It is more than for a picture, since one usual face must serve for long, in other light and pose.
"""

SHOWN_TO: Final = 0.9
"""Nats below which a change is no longer shown over time."""

FORGOTTEN: Final = 5.0
"""Seconds, together with three updates, after which a person who is not seen is forgotten."""

SMOOTHED: Final = 1.5
"""Time constant in seconds by which differences are smoothed before they are shown.

Otherwise mouths that speak would cause changes; docs/films.md says what was measured.
"""

_EVERY: Final = 0.4  # seconds between the readings from which a usual face is learnt
_GAP: Final = 2.5  # seconds between two readings above which a stretch ends
_READINGS: Final = 3


@dataclass(slots=True)
class _Person:
    """What is known about one track."""

    seen: float  # when it was last seen
    missed: int = 0  # updates since then
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
    """The usual faces of all people in one film, by track. For one thread at a time.

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
            learn: whether to learn usual faces from calm stretches. If not, only those from `take`
                and `put` are known.
        """
        self._learn = learn
        self._people: dict[int, _Person] = {}
        self._time = -math.inf

    def update(self, readings: Sequence[Reading], time: float) -> list[Reading]:
        """Add the readings of the next frame, and compare them.

        Args:
            readings: readings with tracks, as from `mien.watch` and `mien.Follower`.
            time: time of the frame in seconds. A time before the last frame forgets everybody.

        Returns:
            The readings in the same order. If a person's usual face is known, they have `compared`
            and, if they differ from it, `change`. Votes are not altered.
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
        """Return the usual face of a track; None if it is not known yet."""
        person = self._people.get(track)
        return person.usual if person else None

    def take(self, track: int) -> UsualFace | None:
        """Make the last two seconds of a track its usual face.

        It does not change until the next `take` or `forget`, or until the person is forgotten.

        Returns:
            The usual face; None if the face could not be seen well in that time.
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
        """Set the usual face of a track, for example a saved one; it does not change."""
        person = self._people.setdefault(track, _Person(self._time))
        person.usual, person.by_hand, person.shown = usual, True, None

    def forget(self, track: int | None = None) -> None:
        """Forget what is known about a track, or about everybody; learning starts again."""
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
        # Comparing comes before learning: a reading is not compared with itself.
        compared = _compared(person, reading, gap)
        if self._learn and not person.by_hand:
            _learn(person, reading, time, gap)
        return compared


def _is_calm(reading: Reading) -> bool:
    """Return whether a reading may show a usual face: clear, frontal, silent, mostly neutral."""
    frontal = reading.quality.yaw <= FRONTAL
    neutral = reading.top(1)[0][0] == "neutral"
    return reading.clear and frontal and neutral and not reading.talking


def _learn(person: _Person, reading: Reading, time: float, gap: float) -> None:
    if not _is_calm(reading) or gap > _GAP:
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
        person.learning.clear()  # from now on, only the twenty numbers are kept


def _followed(usual: UsualFace, reading: Reading, step: float) -> UsualFace:
    """Move each number of a usual face at most a step towards a reading, as a running median."""
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
    """Set the change of a reading; it appears at `SHOWN_FROM` and disappears at `SHOWN_TO`."""
    if person.usual is None:
        return reading
    if not reading.can_be_seen or reading.talking:  # a mouth that speaks looks surprised or happy
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
