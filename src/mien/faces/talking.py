"""Whether somebody talks, from the movement of the mouth; and the votes of a face that talks.

Speech opens and closes the mouth again and again; a smile or a grimace moves it one way and, later,
back. So the measure is how far "mouth open" moves back and forth: the sum of its changes in
`WINDOW` seconds, less the difference between its highest and lowest value.

A mouth that speaks looks like surprise, joy or fear for a fraction of a second. While somebody
talks, the shares of these count only as far as they stay, and votes are smoothed over
`TALKING_SMOOTHING`.

The constants were chosen on ../shared/data/clips by benchmarks/over_time.py.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.emotions import VOTE_NAMES

WINDOW: Final = 1.5
"""Seconds of movement of the mouth that are measured."""

TALKS_FROM: Final = 0.018
"""Movement back and forth from which somebody talks, as the mean of steps of 0.1 s."""

TALKS_TO: Final = 0.012
"""Movement, measured the same way, below which somebody no longer talks."""

PAUSE: Final = 0.6
"""Seconds for which the movement must be below `TALKS_TO` before somebody no longer talks."""

KNOWN: Final = 0.8
"""Seconds for which a face must have been seen before it is known whether it talks."""

TALKING_SMOOTHING: Final = 2.0
"""Time constant of the votes of somebody who talks, in seconds."""

STAYING: Final = 0.25
"""Quantile over the last `WINDOW` up to which a share of `SPEECH` counts."""

SPEECH: Final = ("happy", "surprise", "fear")
"""Answers that a mouth that speaks looks like."""

_MOUTH: Final = "mouth open"
_STEP: Final = 0.09  # seconds; faster readings are averaged to one step
_FEWEST: Final = 5  # steps in the window; with fewer, movement back and forth is not visible
_PLACES: Final = [VOTE_NAMES.index(name) for name in SPEECH]

Votes = NDArray[np.float64]


@dataclass(slots=True)
class _Step:
    """Readings in quick succession.

    Attributes:
        time: time of the first in seconds.
        total: sum of their values.
        count: number of readings.
    """

    time: float
    total: float
    count: int = 1


class Talking:
    """Whether one face talks."""

    def __init__(self) -> None:
        """Start without any reading."""
        self.now: bool | None = None
        """Whether the face talks; None before that is known, and if readings are too rare."""
        self._steps: list[_Step] = []
        self._moved = -math.inf  # when the mouth last moved as in speech

    def add(self, movements: Mapping[str, float], time: float) -> None:
        """Add the next reading of a face that is easy to see.

        Args:
            movements: movements of the face, see `Reading.movements`; not smoothed.
            time: time in seconds, not before that of the last reading.
        """
        mouth = movements.get(_MOUTH)
        if mouth is None:
            self.forget()
            return
        if self._steps and time - self._steps[-1].time < _STEP:
            self._steps[-1].total += mouth
            self._steps[-1].count += 1
        else:
            self._steps.append(_Step(time, mouth))
        while time - self._steps[0].time > WINDOW + 1e-6:
            self._steps.pop(0)
        if len(self._steps) < _FEWEST or time - self._steps[0].time < KNOWN:
            self.now = None
            return
        moves = self._back_and_forth()
        if moves >= (TALKS_TO if self.now else TALKS_FROM):
            self.now, self._moved = True, time
        elif not self.now or time - self._moved >= PAUSE:
            self.now = False

    def forget(self) -> None:
        """Start again, because the face is hard to see."""
        self._steps.clear()
        self.now = None

    def _back_and_forth(self) -> float:
        mouth = [step.total / step.count for step in self._steps]
        changes = sum(abs(b - a) for a, b in pairwise(mouth))
        return (changes - (max(mouth) - min(mouth))) / (len(mouth) - 1)


class SpokenVotes:
    """Smoothed votes of somebody who talks."""

    def __init__(self) -> None:
        """Start without any votes."""
        self._recent: list[tuple[float, Votes]] = []
        self._sums: Votes | None = None  # smoothed; the sum is less than 1 if some do not count

    def add(self, votes: Votes, time: float) -> None:
        """Add the votes of the next reading, whether the face talks or not."""
        recent = [(at, old) for at, old in self._recent if time - at <= WINDOW + 1e-6]
        self._recent = [*recent, (time, votes)]

    def begin(self) -> None:
        """Forget the smoothed votes, because the face does not talk."""
        self._sums = None

    def smoothed(self, gap: float) -> Votes:
        """Return the votes to show: float64 (8,), sum 1, read-only.

        Args:
            gap: seconds since the last reading.
        """
        window = np.stack([votes for _, votes in self._recent])
        counted = window.copy()
        staying = np.quantile(window[:, _PLACES], STAYING, axis=0)
        counted[:, _PLACES] = np.minimum(counted[:, _PLACES], staying)
        before = counted.mean(axis=0) if self._sums is None else self._sums
        share = 1 - math.exp(-gap / TALKING_SMOOTHING)
        sums = before + share * (counted[-1] - before)
        self._sums = sums
        total = float(sums.sum())
        # If nothing stays, the last votes are all there is.
        votes = sums / total if total > 0 else window[-1].copy()
        votes.flags.writeable = False
        return votes
