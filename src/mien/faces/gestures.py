"""Nods and shakes of the head, from landmarks relative to the size of the face.

A nod moves the eyes down and up, at least twice, and little sideways. A shake turns the nose back
and forth between the eyes. Each swing must be quick and at least as large as `NODS` or `SHAKES`. A
head that sways slowly, comes nearer, or looks aside once does neither. People who talk also move
the head, so no gesture is reported while they talk.

The constants were chosen on ../shared/data/clips and on portraits that are moved, by
benchmarks/over_time.py.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mien.types import Gesture

WINDOW: Final = 1.6
"""Seconds in which a nod or a shake is searched for."""

NODS: Final = 0.1
"""Smallest up or down movement of the eyes in a swing of a nod, in distances between the eyes."""

SHAKES: Final = 0.07
"""Smallest sideways movement of the nose in a swing of a shake, in distances between the eyes."""

SWINGS: Final = 4
"""Smallest number of swings, alternately one way and the other, of a nod or a shake."""

QUICK: Final = 0.55
"""Longest time of a swing in seconds."""

SHOWN: Final = 1.5
"""Seconds for which a gesture is reported after its last swing."""

_FEWEST: Final = 9  # readings in the window; with fewer, swings are missed
_STEADIER: Final = 0.7  # largest extent across the gesture, as a share of that along it
_ALIKE: Final = 3.0  # largest ratio of the sizes of two swings


class Point(NamedTuple):
    """A value at a time."""

    time: float  # in seconds
    value: float


class _Pose(NamedTuple):
    """Where the head is in one reading."""

    time: float  # in seconds
    x: float  # place of the middle between the eyes, in pixels
    y: float
    apart: float  # distance between the eyes, in pixels
    turn: float  # sideways place of the nose between the eyes, in distances between the eyes


class Gestures:
    """Whether one face has just nodded or shaken the head."""

    def __init__(self) -> None:
        """Start without any reading."""
        self.now: Gesture | None = None
        """The gesture of a moment ago, if there was one."""
        self._poses: list[_Pose] = []
        self._until = 0.0

    def add(self, landmarks: NDArray[np.float32], time: float, talking: bool | None = None) -> None:
        """Add the next reading.

        Args:
            landmarks: (5, 2) in pixels, see `mien.Face`; other shapes are ignored.
            time: time in seconds, not before that of the last reading.
            talking: whether the face talks; then no gesture is reported.
        """
        if self.now and time >= self._until:
            self.now = None
        if landmarks.shape != (5, 2):
            return
        points: list[list[float]] = landmarks.tolist()
        (x1, y1), (x2, y2), (nose_x, nose_y) = points[:3]
        across, down = x2 - x1, y2 - y1
        apart = max((across**2 + down**2) ** 0.5, 1e-6)
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        turn = ((nose_x - x) * across + (nose_y - y) * down) / apart**2
        self._poses.append(_Pose(time, x, y, apart, turn))
        while time - self._poses[0].time > WINDOW + 1e-6:
            self._poses.pop(0)
        if len(self._poses) < _FEWEST:
            return
        found = self._found()
        if found and not talking:
            self.now, self._until = found, time + SHOWN

    def _found(self) -> Gesture | None:
        """Return the gesture that ends with the newest reading, or ended a moment before."""
        poses = self._poses
        size = sorted(pose.apart for pose in poses)[len(poses) // 2]
        turns = [Point(pose.time, pose.turn) for pose in poses]
        if _is_gesture(turns, SHAKES):
            return "shake"
        ups = [Point(pose.time, pose.y / size) for pose in poses]
        if not _is_gesture(ups, NODS):
            return None
        sideways = [Point(pose.time, pose.x / size) for pose in poses]
        across = max(_extent(sideways), _extent(turns))
        return None if across > _STEADIER * _extent(ups) else "nod"


def _is_gesture(series: Sequence[Point], least: float) -> bool:
    """Return whether a series ends with `SWINGS` quick swings of similar size.

    Args:
        series: points in order of time.
        least: smallest size of a swing.
    """
    last = swings(series, least)[-SWINGS:]
    if len(last) < SWINGS or series[-1].time - last[-1].end > QUICK:
        return False
    sizes = [swing.size for swing in last]
    quick = all(swing.end - swing.start <= QUICK for swing in last)
    return quick and max(sizes) <= _ALIKE * min(sizes)


class Swing(NamedTuple):
    """One direction of a movement back and forth."""

    start: float  # in seconds
    end: float
    size: float  # in the unit of the series


def swings(series: Sequence[Point], least: float) -> list[Swing]:
    """Return the swings of a series, alternately one way and the other.

    Args:
        series: points in order of time.
        least: smallest size of a swing; smaller ones are part of the next larger one.
    """
    ends = [series[0]]  # where swings begin and end; the last may still move
    for point in series[1:]:
        if len(ends) < 2:
            if abs(point.value - ends[0].value) >= least:
                ends.append(point)
            continue
        swing = ends[-1].value - ends[-2].value
        step = point.value - ends[-1].value
        if step * swing > 0:
            ends[-1] = point
        elif abs(step) >= least:
            ends.append(point)
    return [Swing(a.time, b.time, abs(b.value - a.value)) for a, b in pairwise(ends)]


def _extent(series: Sequence[Point]) -> float:
    """Return the largest difference between two values."""
    values = [point.value for point in series]
    return max(values) - min(values)
