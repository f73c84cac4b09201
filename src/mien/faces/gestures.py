"""Nods and shakes of the head, from landmarks relative to the face's size.

A nod moves the eyes down and up, at least twice, and little sideways; a shake turns the nose to and
fro between the eyes. Each swing must be quick and as large as `NODS` or `SHAKES`; the head that
sways slowly, comes nearer, or looks aside and back once is neither. Who talks moves the head,
too, so gestures are told only of people who do not talk.

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
"""Seconds in which a nod or a shake is looked for."""

NODS: Final = 0.1
"""Distance by which the eyes go up or down at least in a swing of a nod, in distances of the eyes.
"""

SHAKES: Final = 0.07
"""Distance by which the nose goes sideways between the eyes at least in a swing of a shake, in
distances of the eyes."""

SWINGS: Final = 4
"""Swings, one way and then the other, of a nod or a shake at least."""

QUICK: Final = 0.55
"""Seconds that a swing takes at most."""

SHOWN: Final = 1.5
"""Seconds for which a gesture is told after its last swing."""

_FEWEST: Final = 9  # readings in the window: with less, swings are missed
_STEADIER: Final = 0.7  # of the way along the gesture, that the other way may have
_ALIKE: Final = 3.0  # times that the largest of the swings may have the smallest

Series = Sequence[tuple[float, float]]
"""Times in seconds and values."""


class Gestures:
    """Whether one face has nodded or shaken the head a moment ago."""

    def __init__(self) -> None:
        """Begin without any reading."""
        self.now: Gesture | None = None
        """The gesture of a moment ago, if there was one."""
        self._seen: list[tuple[float, float, float, float, float]] = []
        self._until = 0.0

    def add(self, landmarks: NDArray[np.float32], time: float, talking: bool | None = None) -> None:
        """Take in the next reading.

        Args:
            landmarks: (5, 2) in pixels, see `mien.Face`; of other shapes nothing is told.
            time: in seconds, not before the last one's.
            talking: whether the face talks: then nothing is told.
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
        self._seen.append((time, x, y, apart, turn))
        while time - self._seen[0][0] > WINDOW + 1e-6:
            self._seen.pop(0)
        if len(self._seen) < _FEWEST:
            return
        found = self._found()
        if found and not talking:
            self.now, self._until = found, time + SHOWN

    def _found(self) -> Gesture | None:
        """The gesture that ends with the newest reading, or ended a moment before."""
        size = sorted(apart for *_, apart, _ in self._seen)[len(self._seen) // 2]
        turns = [(time, turn) for time, *_, turn in self._seen]
        if is_gesture(turns, SHAKES):
            return "shake"
        ups = [(time, y / size) for time, _, y, *_ in self._seen]
        if not is_gesture(ups, NODS):
            return None
        sideways = [(time, x / size) for time, x, *_ in self._seen]
        if _way(sideways) > _STEADIER * _way(ups) or _way(turns) > _STEADIER * _way(ups):
            return None
        return "nod"


def is_gesture(series: Series, least: float) -> bool:
    """Whether a series ends with `SWINGS` quick swings of about the same size.

    Args:
        series: in order of time.
        least: size of a swing at least.
    """
    last = swings(series, least)[-SWINGS:]
    if len(last) < SWINGS or series[-1][0] - last[-1].end > QUICK:
        return False
    sizes = [swing.size for swing in last]
    quick = all(swing.end - swing.start <= QUICK for swing in last)
    return quick and max(sizes) <= _ALIKE * min(sizes)


class Swing(NamedTuple):
    """One way of a movement to and fro.

    Attributes:
        start: its start, in seconds.
        end: its end, in seconds.
        size: how far it goes, in the series' unit.
    """

    start: float
    end: float
    size: float


def swings(series: Series, least: float) -> list[Swing]:
    """The swings of a series, one way and then the other.

    Args:
        series: in order of time.
        least: size of a swing at least; smaller ones are part of the next larger one.
    """
    turns: list[tuple[float, float]] = [series[0]]  # where the ways turn; the last may yet move
    for point in series[1:]:
        if len(turns) < 2:
            if abs(point[1] - turns[0][1]) >= least:
                turns.append(point)
            continue
        way = turns[-1][1] - turns[-2][1]
        step = point[1] - turns[-1][1]
        if step * way > 0:
            turns[-1] = point
        elif abs(step) >= least:
            turns.append(point)
    return [Swing(a[0], b[0], abs(b[1] - a[1])) for a, b in pairwise(turns)]


def _way(series: Series) -> float:
    """The longest distance between two of the values."""
    values = [value for _, value in series]
    return max(values) - min(values)
