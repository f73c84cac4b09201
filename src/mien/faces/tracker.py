"""Readings over time: which face is which. What is shown of each is `mien.faces.smoothing`'s.

Faces are matched by place (relative to the picture, with constant velocity) and look, the best pair
first. A face that is elsewhere all at once, such as a tile of a call that was moved, keeps its
number where its look is its own; a face that takes another's place and looks otherwise is new.
Times are seconds and may come at any distance, and the picture may change its size.

Looks tell apart who is beside whom, never who somebody is; they are kept in memory only while a
face is followed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.faces.appearance import Look
from mien.faces.smoothing import PATIENCE, SMOOTHING, Steady
from mien.media.arrays import check_rgb
from mien.types import Reading

MEMORY: Final = 1.0
"""Seconds for which a face that is not seen is remembered; or `MEMORY_READINGS`, if longer."""

MEMORY_READINGS: Final = 3
"""Readings for which a face that is not seen is remembered, but for `LONGEST_MEMORY` at most."""

LONGEST_MEMORY: Final = 10.0
"""Seconds after which a face that was not seen is forgotten, however few readings there were."""

_FARTHEST: Final = 0.6  # widths of a face between where it is expected and found, at once ...
_WANDERING: Final = 1.2  # ... and so many more for each second that it was not seen ...
_WANDERED: Final = 3.0  # ... up to so many
_GROWTH: Final = 1.8  # times that a face may become larger or smaller
_UNLIKE: Final = 0.13  # difference of looks (`Look.unlike`) where a face is expected, at once ...
_CHANGING: Final = 0.34  # ... and so much more for each second ...
_CHANGED: Final = 0.33  # ... up to so much
_CERTAIN: Final = 0.15  # difference of looks below which a face may be anywhere ...
_ITS_OWN: Final = 0.6  # ... if nobody else's is below this much of the next most alike one's
_ELSEWHERE: Final = 0.02  # what being elsewhere counts, as a difference of looks
_AWAY: Final = 0.1  # what the farthest allowed place counts
_TURNED: Final = 1.0  # widths that a face may be off where the picture's shape changes
_REFRAMED: Final = 2.5  # times that it may become larger or smaller then, and in other tiles
_CROWDED: Final = 1.5  # widths to the next face below which looks mix ...
_MIXED: Final = 1.0  # ... and tell nothing of faces that were seen so few seconds ago
_CUT: Final = 3  # faces in place of others at once that make a cut, not people who move
_COAST: Final = 0.4  # seconds for which an unseen face is expected to move on
_LOOKS: Final = 5  # that are kept of a face
_INNER: Final = 0.8  # of the box, the face alone
_NEW_LOOK: Final = 0.06  # difference from the others from which a look is kept

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Sighting:
    """One face in one frame; places are relative to the picture, see `_sightings`."""

    reading: Reading
    centre: Vector
    width: float
    look: Look
    inner: Look  # of the face alone
    crowded: bool  # another face is so near that looks mix


@dataclass(slots=True, eq=False)
class _Track:
    """One face over time."""

    number: int
    time: float
    centre: Vector
    velocity: Vector  # a second
    width: float
    looks: list[Look]  # the newest last
    inner: Look  # of the face alone, the newest
    steady: Steady
    missed: int = 0  # readings since it was seen


@dataclass(frozen=True, slots=True)
class _Pair:
    """A track and a sighting that may be one face."""

    sighting: int
    track: int
    unlike: float
    away: float  # 0 where it is expected to 1 as far as it may be; infinite beyond


class Tracker:
    """Follows the faces of one film or camera. For one thread at a time."""

    def __init__(
        self, *, memory: float = MEMORY, smoothing: float = SMOOTHING, patience: float = PATIENCE
    ) -> None:
        """Start without any face.

        Args:
            memory: seconds for which a face that is not seen is remembered; where readings come
                seldom, it is remembered for three of them.
            smoothing: longest time constant of the votes in seconds; 0 leaves them as they are.
            patience: seconds before a change between seen well and badly is shown.
        """
        self._memory = memory
        self._smoothing = smoothing
        self._patience = patience
        self._tracks: list[_Track] = []
        self._last_number = 0
        self._time = -math.inf
        self._shape = 1.0  # width by height of the last picture

    def update(
        self, image: NDArray[np.uint8], readings: Sequence[Reading], time: float
    ) -> list[Reading]:
        """Take in a frame.

        Args:
            image: RGB uint8 (H, W, 3), the frame; its size may change.
            readings: of its faces.
            time: of the frame, in seconds; a time before the last frame's starts anew.

        Returns:
            The readings in the same order, with `track` (numbers from 1, never used twice), `time`,
            smoothed `votes` and `movements`, and steady `clear` and `why`.

        Raises:
            ImageError: the image is of another kind.
        """
        check_rgb(image)
        if time < self._time:
            self._tracks.clear()
        self._time = time
        self._tracks = [track for track in self._tracks if self._is_remembered(track, time)]
        shape = image.shape[1] / image.shape[0]
        is_turned = bool(self._tracks) and abs(math.log(shape / self._shape)) > 0.02
        self._shape = shape
        sightings = _sightings(image, readings)
        tracks = self._match(sightings, time, is_turned)
        for track in self._tracks:
            track.missed += 1
        for index, sighting in enumerate(sightings):
            track = tracks.get(index)
            if track is None:
                tracks[index] = self._begin(sighting, time)
            else:
                track.steady.add(sighting.reading, time)
                _move(track, sighting, time, is_turned)
        return [
            replace(tracks[index].steady.apply(reading), track=tracks[index].number, time=time)
            for index, reading in enumerate(readings)
        ]

    def _is_remembered(self, track: _Track, time: float) -> bool:
        gap = time - track.time
        seldom = track.missed < MEMORY_READINGS and gap <= LONGEST_MEMORY
        return gap <= self._memory or (seldom and self._memory > 0)

    def _match(
        self, sightings: Sequence[_Sighting], time: float, is_turned: bool
    ) -> dict[int, _Track]:
        """Which sighting, by index, belongs to which track; the likeliest pairs first."""
        pairs = [
            _Pair(
                index,
                number,
                _unlike(track, sighting, is_turned),
                _away(track, sighting, time, is_turned),
            )
            for index, sighting in enumerate(sightings)
            for number, track in enumerate(self._tracks)
        ]
        near = [pair for pair in pairs if pair.away <= 1]
        here = [pair for pair in near if self._is_alike(pair, sightings, time)]
        known = {pair.sighting for pair in here}
        strangers = {pair.sighting for pair in near} - known
        if len(strangers) >= _CUT and len(strangers) > len(known):
            # The view was cut or its tiles rearranged: only looks can tell.
            here = [pair for pair in here if self._is_own(pair, pairs, sightings)]
        elsewhere = [
            pair for pair in pairs if pair.away > 1 and self._is_own(pair, pairs, sightings)
        ]
        ranked = sorted(
            [(pair.unlike + _AWAY * pair.away, pair.sighting, pair.track) for pair in here]
            + [(pair.unlike + _ELSEWHERE, pair.sighting, pair.track) for pair in elsewhere]
        )
        matches: dict[int, _Track] = {}
        taken: set[int] = set()
        for _, index, number in ranked:
            if index not in matches and number not in taken:
                matches[index] = self._tracks[number]
                taken.add(number)
        return matches

    def _is_alike(self, pair: _Pair, sightings: Sequence[_Sighting], time: float) -> bool:
        """Whether a face where it is expected looks as it did, for the time that has passed."""
        gap = time - self._tracks[pair.track].time
        if sightings[pair.sighting].crowded and gap <= _MIXED:
            return True
        return pair.unlike <= min(_UNLIKE + _CHANGING * gap, _CHANGED)

    def _is_own(self, pair: _Pair, pairs: Sequence[_Pair], sightings: Sequence[_Sighting]) -> bool:
        """Whether a face looks as this one did, wherever it is, and nobody else does."""
        if pair.unlike > _CERTAIN or sightings[pair.sighting].crowded:
            return False
        track, sighting = self._tracks[pair.track], sightings[pair.sighting]
        if not 1 / _REFRAMED <= sighting.width / track.width <= _REFRAMED:
            return False
        rivals = [
            other.unlike
            for other in pairs
            if (other.track == pair.track) != (other.sighting == pair.sighting)
        ]
        return pair.unlike < _ITS_OWN * min(rivals, default=math.inf)

    def _begin(self, sighting: _Sighting, time: float) -> _Track:
        self._last_number += 1
        track = _Track(
            number=self._last_number,
            time=time,
            centre=sighting.centre,
            velocity=np.zeros(2),
            width=sighting.width,
            looks=[sighting.look],
            inner=sighting.inner,
            steady=Steady(sighting.reading, time, self._smoothing, self._patience),
        )
        self._tracks.append(track)
        return track


def _move(track: _Track, sighting: _Sighting, time: float, is_turned: bool) -> None:
    gap = time - track.time
    if gap > 0:
        # Faces are found to within some pixels: a speed from the last step alone would jump.
        speed = (sighting.centre - track.centre) / gap
        is_step = np.hypot(*(sighting.centre - track.centre)) > _WANDERED * track.width
        share = 1 - math.exp(-gap / _COAST)
        track.velocity += share * (speed - track.velocity)
        if is_turned or is_step:
            track.velocity = np.zeros(2)
    track.time, track.centre, track.width = time, sighting.centre, sighting.width
    track.missed, track.inner = 0, sighting.inner
    if sighting.crowded:
        return
    newest = track.looks.pop()
    if all(newest.unlike(look) >= _NEW_LOOK for look in (*track.looks, sighting.look)):
        track.looks.append(newest)
    track.looks = [*track.looks[-_LOOKS + 1 :], sighting.look]


def _unlike(track: _Track, sighting: _Sighting, is_turned: bool) -> float:
    """How much a face differs from what was seen of it; beside a turned one there may be bars."""
    unlike = min(sighting.look.unlike(look) for look in track.looks)
    return min(unlike, sighting.inner.unlike(track.inner)) if is_turned else unlike


def _away(track: _Track, sighting: _Sighting, time: float, is_turned: bool) -> float:
    """How far a face is from where it is expected, 1 at most where it can be the same."""
    gap = time - track.time
    expected = track.centre + track.velocity * min(gap, _COAST)
    wide, narrow = max(track.width, sighting.width), min(track.width, sighting.width)
    distance = float(np.hypot(*(sighting.centre - expected))) / wide
    farthest = min(_FARTHEST + _WANDERING * gap, _WANDERED) + _TURNED * is_turned
    growth = _REFRAMED if is_turned else _GROWTH
    return distance / farthest if wide <= growth * narrow else math.inf


def _sightings(image: NDArray[np.uint8], readings: Sequence[Reading]) -> list[_Sighting]:
    """Faces with places from the picture's middle, in units of its size, so that scale is nothing.

    The size is the root of the area: a picture that is turned shows a face as large as before.
    """
    height, width = image.shape[:2]
    size = math.sqrt(width * height)
    boxes = np.array([reading.box for reading in readings], np.float64).reshape(-1, 4) / size
    middle = np.array((width, height)) / 2 / size
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 - middle
    widths = np.maximum(boxes[:, 2] - boxes[:, 0], 1 / size)
    apart = np.hypot(*(centres[:, None] - centres).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    crowded = (apart < _CROWDED * np.maximum(widths[:, None], widths)).any(axis=1)
    return [
        _Sighting(
            reading,
            centre,
            float(width),
            Look.of(image, reading.box),
            Look.of(image, reading.box, _INNER),
            bool(close),
        )
        for reading, centre, width, close in zip(readings, centres, widths, crowded, strict=True)
    ]
