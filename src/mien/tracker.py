"""Readings over time: which face is which, and what is shown of it, steady and yet quick.

Faces are matched by place (constant velocity) and look, nearest first; votes are smoothed; the
first answer and "clear" change with hysteresis. Times are seconds and may come at any distance;
nothing here counts frames. The look is a thumbnail of a few pixels, which tells apart who is beside
whom, never who somebody is, and is kept in memory only while a face is followed.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mien._images import check_rgb
from mien.emotions import VOTE_NAMES
from mien.reader import disagree
from mien.types import Reading
from mien.wording import DISAGREE

MEMORY: Final = 1.0
"""Seconds for which a face that is not seen is remembered."""

SMOOTHING: Final = 0.45
"""Longest time constant in seconds of the exponential smoothing of votes. It holds for small
differences and falls in proportion to 0 for a total change, so that noise is smoothed and a real
change shows (the idea of the 1€ filter, Casiez, Roussel & Vogel 2012)."""

LEAD: Final = 0.15
"""Share by which another answer must be ahead before it is shown first."""

PATIENCE: Final = 0.3
"""Seconds for which a face must be clear, or unclear for one reason, before that is shown."""

_FARTHEST: Final = 0.6  # widths of a face between where it is expected and found, at once ...
_WANDERING: Final = 1.2  # ... and so many more for each second that it was not seen
_GROWTH: Final = 1.8  # times that a face may become larger or smaller
_UNLIKE: Final = 0.1  # difference of looks between two frames ...
_CHANGING: Final = 0.1  # ... and so much more for each second
# Between frames 0.1 s apart looks of one face differ by 0.08 at most in six films (0.21 a second
# apart); those of 24 people photographed alike, before one ground, by 0.08 and more in 99 % of
# the pairs.
_CROWDED: Final = 1.5  # widths to the next face below which looks mix
_CUT: Final = 3  # faces in place of others at once that make a cut, not people who move
_LOOK_WEIGHT: Final = 4.0  # widths that a difference of 1 counts for
_COAST: Final = 0.4  # seconds for which an unseen face is expected to move on
_THUMBNAIL: Final = 8  # pixels a side
_AROUND: Final = 1.5  # of the box: hair and ground tell more than the face

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Sighting:
    """One face in one frame."""

    reading: Reading
    centre: Vector
    width: float
    look: NDArray[np.float32]
    crowded: bool  # another face is so near that looks mix


@dataclass(slots=True, eq=False)
class _Track:
    """One face over time."""

    number: int
    time: float
    centre: Vector
    velocity: Vector  # pixels a second
    width: float
    look: NDArray[np.float32]
    votes: Vector
    movements: Mapping[str, float]
    shown: int
    why: str | None
    next_why: str | None  # what `why` becomes ...
    next_since: float  # ... if it stays so for a while from here


class Tracker:
    """Follows the faces of one film or camera. For one thread at a time."""

    def __init__(
        self, *, memory: float = MEMORY, smoothing: float = SMOOTHING, patience: float = PATIENCE
    ) -> None:
        """Start without any face.

        Args:
            memory: seconds for which a face that is not seen is remembered.
            smoothing: longest time constant of the votes in seconds; 0 leaves them as they are.
            patience: seconds before a change between clear and unclear is shown.
        """
        self._memory = memory
        self._smoothing = smoothing
        self._patience = patience
        self._tracks: list[_Track] = []
        self._last_number = 0
        self._time = -math.inf

    def update(
        self, image: NDArray[np.uint8], readings: Sequence[Reading], time: float
    ) -> list[Reading]:
        """Take in a frame.

        Args:
            image: RGB uint8 (H, W, 3), the frame.
            readings: of its faces.
            time: of the frame, in seconds; a time before the last frame's starts anew.

        Returns:
            The readings in the same order, with `track` (numbers from 1, never used twice), `time`,
            smoothed `votes` and `movements`, steady `clear` and `why`, and `shown`.

        Raises:
            ImageError: the image is of another kind.
        """
        check_rgb(image)
        if time < self._time:
            self._tracks.clear()
        self._time = time
        self._tracks = [track for track in self._tracks if time - track.time <= self._memory]
        sightings = _sightings(image, readings)
        tracks = self._match(sightings, time)
        for index, sighting in enumerate(sightings):
            track = tracks.get(index)
            if track is None:
                tracks[index] = self._begin(sighting, time)
            else:
                self._smooth(track, sighting.reading, time)
                _move(track, sighting, time)
        return [_shown(reading, tracks[index]) for index, reading in enumerate(readings)]

    def _match(self, sightings: Sequence[_Sighting], time: float) -> dict[int, _Track]:
        """Which sighting, by index, belongs to which track; the nearest and most alike first."""
        near = [
            (distance, unlike, index, number)
            for index, sighting in enumerate(sightings)
            for number, track in enumerate(self._tracks)
            if (distance := _distance(track, sighting, time)) is not None
            for unlike in (1 - float(sighting.look @ track.look),)
        ]
        alike = [
            (distance + _LOOK_WEIGHT * unlike, index, number)
            for distance, unlike, index, number in near
            if sightings[index].crowded
            or unlike <= _UNLIKE + _CHANGING * (time - self._tracks[number].time)
        ]
        known = {index for _, index, _ in alike}
        strangers = {index for _, _, index, _ in near if index not in known}
        if len(strangers) >= _CUT and len(strangers) > len(known):
            self._tracks.clear()  # the view was cut or its tiles rearranged: nobody is certain
            return {}
        matches: dict[int, _Track] = {}
        taken: set[int] = set()
        for _, index, number in sorted(alike):
            if index not in matches and number not in taken:
                matches[index] = self._tracks[number]
                taken.add(number)
        return matches

    def _begin(self, sighting: _Sighting, time: float) -> _Track:
        reading = sighting.reading
        self._last_number += 1
        track = _Track(
            number=self._last_number,
            time=time,
            centre=sighting.centre,
            velocity=np.zeros(2),
            width=sighting.width,
            look=sighting.look,
            votes=reading.votes,
            movements=dict(reading.movements),
            shown=int(reading.votes.argmax()),
            why=reading.why,
            next_why=reading.why,
            next_since=time,
        )
        self._tracks.append(track)
        return track

    def _smooth(self, track: _Track, reading: Reading, time: float) -> None:
        """Let new votes, movements, first answer and `why` through, each in its time."""
        gap = time - track.time
        change = reading.votes - track.votes
        track.votes = track.votes + self._share(float(np.abs(change).sum()) / 2, gap) * change
        track.movements = {
            name: before + self._share(abs(value - before), gap) * (value - before)
            for name, value in reading.movements.items()
            for before in (track.movements.get(name, value),)
        }
        top = int(track.votes.argmax())
        if track.votes[top] >= track.votes[track.shown] + LEAD:
            track.shown = top
        why = reading.why
        if why is None or why == DISAGREE:
            # Whether people would disagree is a matter of the votes that are shown.
            why = DISAGREE if disagree(track.votes) else None
        if why != track.next_why:
            track.next_why, track.next_since = why, time
        if time - track.next_since >= self._patience:
            track.why = why

    def _share(self, change: float, gap: float) -> float:
        """The share of a change, itself 0 to 1, that shows after a gap in seconds."""
        constant = self._smoothing * max(0.0, 1 - change)
        return 1 - math.exp(-gap / constant) if constant > 0 else 1.0


def _move(track: _Track, sighting: _Sighting, time: float) -> None:
    gap = time - track.time
    if gap > 0:
        # Faces are found to within some pixels: a speed from the last step alone would jump.
        speed = (sighting.centre - track.centre) / gap
        track.velocity += (1 - math.exp(-gap / _COAST)) * (speed - track.velocity)
    track.time, track.centre, track.width = time, sighting.centre, sighting.width
    if not sighting.crowded:
        track.look = sighting.look


def _shown(reading: Reading, track: _Track) -> Reading:
    return replace(
        reading,
        votes=track.votes,
        movements=track.movements,
        clear=track.why is None,
        why=track.why,
        track=track.number,
        time=track.time,
        shown=VOTE_NAMES[track.shown],
    )


def _distance(track: _Track, sighting: _Sighting, time: float) -> float | None:
    """Widths between where a face is expected and found; None where it cannot be the same."""
    gap = time - track.time
    expected = track.centre + track.velocity * min(gap, _COAST)
    wide, narrow = max(track.width, sighting.width), min(track.width, sighting.width)
    distance = float(np.hypot(*(sighting.centre - expected))) / wide
    near = distance <= _FARTHEST + _WANDERING * gap and wide <= _GROWTH * narrow
    return distance if near else None


def _sightings(image: NDArray[np.uint8], readings: Sequence[Reading]) -> list[_Sighting]:
    boxes = np.array([reading.box for reading in readings], np.float64).reshape(-1, 4)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    widths = np.maximum(boxes[:, 2] - boxes[:, 0], 1)
    apart = np.hypot(*(centres[:, None] - centres).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    crowded = (apart < _CROWDED * np.maximum(widths[:, None], widths)).any(axis=1)
    return [
        _Sighting(reading, centre, float(width), _look(image, reading), bool(close))
        for reading, centre, width, close in zip(readings, centres, widths, crowded, strict=True)
    ]


def _look(image: NDArray[np.uint8], reading: Reading) -> NDArray[np.float32]:
    """float32 (192,): a tiny thumbnail of mean 0 and length 1, so that light does not count."""
    x1, y1, x2, y2 = reading.box
    half = _AROUND * max(x2 - x1, y2 - y1) / 2
    height, width = image.shape[:2]
    left, right = _range((x1 + x2) / 2, half, width)
    top, bottom = _range((y1 + y2) / 2, half, height)
    small = cv2.resize(
        image[top:bottom, left:right], (_THUMBNAIL, _THUMBNAIL), interpolation=cv2.INTER_AREA
    )
    values = np.asarray(small, np.float32).ravel()
    values -= values.mean()
    length = float(np.linalg.norm(values))
    return values / length if length > 1 else np.full_like(values, len(values) ** -0.5)


def _range(centre: float, half: float, size: int) -> tuple[int, int]:
    """The pixels from centre - half to centre + half within 0 to size; at least one."""
    first = min(max(int(centre - half), 0), size - 1)
    return first, min(max(int(centre + half) + 1, first + 1), size)
