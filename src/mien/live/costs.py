"""Costs of readings, in seconds of a reader: of each session, and on average."""

import time
from typing import Final

FIRST_GUESS: Final = 0.02
"""Seconds of a reading before any was measured: four and a half places for each reader."""

QUIET: Final = 2.0
"""Seconds without a reading after which an estimate begins to return to the first guess."""

HEALING: Final = 5.0
"""Seconds in which it returns half of the way."""

_STEADINESS: Final = 50  # readings over which a session's cost is smoothed
_OUTLIER: Final = 4.0  # most that a reading counts, as a multiple of its session's cost
_UNUSUAL: Final = 3.0  # most that a session counts, as a multiple of the cheapest session's cost
_LEAST: Final = 0.001  # seconds


class _Estimate:
    """Mean that returns to the first guess when nothing is measured."""

    def __init__(self, mean: float) -> None:
        self._mean = mean
        self._time = time.monotonic()

    @property
    def mean(self) -> float:
        quiet = time.monotonic() - self._time - QUIET
        share = 0.5 ** (max(0.0, quiet) / HEALING)
        return FIRST_GUESS + (self._mean - FIRST_GUESS) * share

    def take(self, seconds: float) -> None:
        mean = self.mean
        self._mean = mean + (min(seconds, _OUTLIER * mean) - mean) / _STEADINESS
        self._time = time.monotonic()


class Costs:
    """Mean cost of each session's readings, in seconds; for a single thread.

    A single reading that takes long, because the computer slept or was busy, hardly counts.
    Estimates return to the first guess when nothing is read.
    """

    def __init__(self) -> None:
        self._own: dict[object, _Estimate] = {}
        self._before = _Estimate(FIRST_GUESS)

    def took(self, who: object, seconds: float) -> None:
        """Add what one reading of a session cost."""
        if who not in self._own:
            self._own[who] = _Estimate(self.ordinary)
        self._own[who].take(seconds)

    def of(self, who: object) -> float:
        """Cost of a session's readings; the ordinary cost if it was not read yet."""
        return self._own[who].mean if who in self._own else self.ordinary

    @property
    def least(self) -> float:
        """Cost of the cheapest session's readings."""
        means = [one.mean for one in self._own.values()]
        return max(_LEAST, min(means, default=self._before.mean))

    @property
    def ordinary(self) -> float:
        """Mean over all sessions; those far above the cheapest one count in part."""
        if not self._own:
            return self._before.mean
        most = _UNUSUAL * self.least
        return sum(min(one.mean, most) for one in self._own.values()) / len(self._own)

    def forget(self, who: object) -> None:
        """Forget a session that ended."""
        if who in self._own and len(self._own) == 1:
            self._before = _Estimate(self.ordinary)
        self._own.pop(who, None)
