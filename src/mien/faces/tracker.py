"""Tracking: which face is which over time. `mien.faces.smoothing` decides what is shown of each.

Faces are matched by place (relative to the picture, with constant velocity) and look, the best pair
first. A face that jumps elsewhere, such as a moved tile of a call, keeps its number if its look is
unique; a face that takes another's place and looks different is new. Frames may have any distance
in time, and the picture may change its size.

Looks distinguish faces in one picture and never identify anybody. They are kept only in memory
while a face is followed.
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
"""Seconds for which an unseen face is remembered; `MEMORY_READINGS` if that is longer."""

MEMORY_READINGS: Final = 3
"""Number of readings for which an unseen face is remembered, up to `LONGEST_MEMORY`."""

LONGEST_MEMORY: Final = 10.0
"""Seconds after which an unseen face is forgotten, however few readings there were."""

_FARTHEST: Final = 0.6  # largest distance from the expected place, in widths of the face ...
_WANDERING: Final = 1.2  # ... plus this for each second unseen ...
_WANDERED: Final = 3.0  # ... up to this
_GROWTH: Final = 1.8  # largest ratio of a face's widths
_UNLIKE: Final = 0.13  # largest difference of looks (`Look.unlike`) at the expected place ...
_CHANGING: Final = 0.34  # ... plus this for each second unseen ...
_CHANGED: Final = 0.33  # ... up to this
_CERTAIN: Final = 0.15  # largest difference of looks at any place ...
_ITS_OWN: Final = 0.6  # ... and in relation to the most similar other face
_ELSEWHERE: Final = 0.02  # cost of another place, as a difference of looks
_AWAY: Final = 0.1  # cost of the farthest allowed place
_TURNED: Final = 1.0  # additional distance in widths if the shape of the picture changes
_REFRAMED: Final = 2.5  # largest ratio of widths in that case, and at any place
_CROWDED: Final = 1.5  # distance to the next face, in widths, below which looks mix ...
_MIXED: Final = 1.0  # ... and are ignored for faces that were seen in the last seconds
_CUT: Final = 3  # number of faces that replace others in a cut
_COAST: Final = 0.4  # seconds for which an unseen face is expected to keep moving
_LOOKS: Final = 5  # number of looks that are kept of a face
_INNER: Final = 0.8  # side of a look without surroundings, in sides of the box
_NEW_LOOK: Final = 0.06  # difference from the other looks from which a look is kept

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Sighting:
    """One face in one frame; places are relative to the picture, see `_sightings`."""

    reading: Reading
    centre: Vector
    width: float
    look: Look
    inner: Look  # without surroundings
    crowded: bool  # whether another face is so near that looks mix


@dataclass(slots=True, eq=False)
class _Track:
    """One face over time."""

    number: int
    time: float
    centre: Vector
    velocity: Vector  # change of place in a second
    width: float
    looks: list[Look]  # the newest last
    inner: Look  # the newest without surroundings
    steady: Steady
    missed: int = 0  # readings since it was last seen


@dataclass(frozen=True, slots=True)
class _Pair:
    """A track and a sighting that may be the same face, by their indices."""

    sighting: int
    track: int
    unlike: float
    away: float  # 0 at the expected place, 1 at the farthest allowed; infinite if sizes differ


class Tracker:
    """Follows the faces of one film or camera. For one thread at a time."""

    def __init__(
        self, *, memory: float = MEMORY, smoothing: float = SMOOTHING, patience: float = PATIENCE
    ) -> None:
        """Start without any face.

        Args:
            memory: seconds for which an unseen face is remembered; if readings are rare, it is
                remembered for three of them.
            smoothing: longest time constant of the votes in seconds; 0 leaves them as they are.
            patience: seconds before a change between easy and hard to see is shown.
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
        """Add the next frame.

        Args:
            image: the frame, RGB uint8 (H, W, 3); its size may change.
            readings: readings of its faces.
            time: time of the frame in seconds. A time before the last frame forgets all tracks.

        Returns:
            The readings in the same order, with `track` (numbers from 1, never used twice), `time`,
            smoothed `votes` and `movements`, and a steady `reason`.

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
        """Return the track of each sighting, by the sighting's index; the best pairs come first."""
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
            # The film was cut or the tiles were rearranged: only looks count.
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
        """Return whether a face at the expected place looks similar, for the time unseen."""
        gap = time - self._tracks[pair.track].time
        if sightings[pair.sighting].crowded and gap <= _MIXED:
            return True
        return pair.unlike <= min(_UNLIKE + _CHANGING * gap, _CHANGED)

    def _is_own(self, pair: _Pair, pairs: Sequence[_Pair], sightings: Sequence[_Sighting]) -> bool:
        """Return whether a face, wherever it is, looks like a track and no other pair does."""
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
        # Places are uncertain by some pixels, so the speed is averaged over several steps.
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
    """Return how much a sighting differs from a track; a turned picture may have new bars."""
    unlike = min(sighting.look.unlike(look) for look in track.looks)
    return min(unlike, sighting.inner.unlike(track.inner)) if is_turned else unlike


def _away(track: _Track, sighting: _Sighting, time: float, is_turned: bool) -> float:
    """Return the distance from the expected place, at most 1 if it may be the same face."""
    gap = time - track.time
    expected = track.centre + track.velocity * min(gap, _COAST)
    wide, narrow = max(track.width, sighting.width), min(track.width, sighting.width)
    distance = float(np.hypot(*(sighting.centre - expected))) / wide
    farthest = min(_FARTHEST + _WANDERING * gap, _WANDERED) + _TURNED * is_turned
    growth = _REFRAMED if is_turned else _GROWTH
    return distance / farthest if wide <= growth * narrow else math.inf


def _sightings(image: NDArray[np.uint8], readings: Sequence[Reading]) -> list[_Sighting]:
    """Measure the faces of a frame, with places from its middle in units of its size.

    So scale does not matter. The size is the root of the area: if a picture is turned, faces keep
    their size.
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
