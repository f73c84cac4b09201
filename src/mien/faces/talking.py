"""Whether somebody talks, from the mouth's movement; and votes of a face that talks.

Speech opens and closes the mouth again and again; a smile or a grimace moves it one way and, later,
back. So what counts is the way that the movement "mouth open" goes to and fro: all that it goes in
`WINDOW` seconds, less the distance between its smallest and its largest value.

Mouths of speech look like surprise, joy and fear for a fraction of a second. While somebody talks,
a share of these counts only as far as it stays, and votes are smoothed over `TALKING_SMOOTHING`.

The constants were chosen on ../shared/data/clips by benchmarks/over_time.py.
"""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.emotions import VOTE_NAMES

WINDOW: Final = 1.5
"""Seconds of the mouth's movement that are looked at."""

TALKS_FROM: Final = 0.018
"""Movement to and fro, as a mean a step of 0.1 s, from which somebody talks."""

TALKS_TO: Final = 0.012
"""Movement, counted the same way, below which somebody no longer talks"""

PAUSE: Final = 0.6
"""Seconds for which the movement must be below `TALKS_TO` before somebody no longer talks."""

KNOWN: Final = 0.8
"""Seconds for which a face must have been seen before it is known whether it talks."""

TALKING_SMOOTHING: Final = 2.0
"""Time constant in seconds of the votes of somebody who talks."""

STAYING: Final = 0.25
"""Share of the last `WINDOW` in which an answer of `SPEECH` may be smaller than what counts of it.
"""

SPEECH: Final = ("happy", "surprise", "fear")
"""Answers that mouths of speech look like."""

_MOUTH: Final = "mouth open"
_STEP: Final = 0.09  # seconds; readings that come faster are one step, as their mean
_FEWEST: Final = 5  # steps in the window: with less, going to and fro is not seen
_PLACES: Final = [VOTE_NAMES.index(name) for name in SPEECH]

Votes = NDArray[np.float64]


class Talking:
    """Whether one face talks; it is None where that cannot be known."""

    def __init__(self) -> None:
        """Begin without any reading."""
        self.now: bool | None = None
        """Whether the face talks; None before enough was seen, and where readings come seldom."""
        self._steps: list[tuple[float, float, int]] = []  # time, sum, and how many readings
        self._moved = -math.inf  # when the mouth last moved as in speech

    def add(self, movements: Mapping[str, float], time: float) -> None:
        """Take in the next reading of a face that is seen well.

        Args:
            movements: of the face, see `Reading.movements`; not smoothed.
            time: in seconds, not before the last one's.
        """
        mouth = movements.get(_MOUTH)
        if mouth is None:
            self.forget()
            return
        if self._steps and time - self._steps[-1][0] < _STEP:
            since, total, count = self._steps.pop()
            self._steps.append((since, total + mouth, count + 1))
        else:
            self._steps.append((time, mouth, 1))
        while time - self._steps[0][0] > WINDOW + 1e-6:
            self._steps.pop(0)
        if len(self._steps) < _FEWEST or time - self._steps[0][0] < KNOWN:
            self.now = None
            return
        moves = self._to_and_fro()
        if moves >= (TALKS_TO if self.now else TALKS_FROM):
            self.now, self._moved = True, time
        elif not self.now or time - self._moved >= PAUSE:
            self.now = False

    def forget(self) -> None:
        """Begin anew, because the face cannot be seen well."""
        self._steps.clear()
        self.now = None

    def _to_and_fro(self) -> float:
        mouth = [total / count for _, total, count in self._steps]
        way = sum(abs(b - a) for a, b in pairwise(mouth))
        return (way - (max(mouth) - min(mouth))) / (len(mouth) - 1)


class SpokenVotes:
    """Smoothed votes of somebody who talks."""

    def __init__(self) -> None:
        """Begin without any votes."""
        self._recent: list[tuple[float, Votes]] = []
        self._sums: Votes | None = None  # smoothed; they add up to less than 1 where some is left

    def add(self, votes: Votes, time: float) -> None:
        """Take in the votes of the next reading, whether the face talks or not."""
        recent = [(at, old) for at, old in self._recent if time - at <= WINDOW + 1e-6]
        self._recent = [*recent, (time, votes)]

    def begin(self) -> None:
        """Forget what was smoothed, because the face does not talk."""
        self._sums = None

    def smoothed(self, gap: float) -> Votes:
        """The votes to show after a gap of so many seconds: float64 (8,), sum 1, read-only."""
        window = np.stack([votes for _, votes in self._recent])
        counted = window.copy()
        staying = np.quantile(window[:, _PLACES], STAYING, axis=0)
        counted[:, _PLACES] = np.minimum(counted[:, _PLACES], staying)
        before = counted.mean(axis=0) if self._sums is None else self._sums
        share = 1 - math.exp(-gap / TALKING_SMOOTHING)
        sums = before + share * (counted[-1] - before)
        self._sums = sums
        total = float(sums.sum())
        # Where nothing stays at all, what is seen is all that there is.
        votes = sums / total if total > 0 else window[-1].copy()
        votes.flags.writeable = False
        return votes
