"""What a reading costs a reader: of each session, and of an ordinary one."""

import time
from typing import Final

FIRST_GUESS: Final = 0.02
"""Seconds a reading, before any was measured: four and a half places a reader."""

QUIET: Final = 2.0
"""Seconds without a reading after which what was learnt begins to be forgotten."""

HEALING: Final = 5.0
"""Seconds in which half of it is, after that."""

_STEADINESS: Final = 50  # readings over which a session's cost is smoothed
_OUTLIER: Final = 4.0  # times its session's cost a reading counts at most
_UNUSUAL: Final = 3.0  # times the cheapest session's cost that a session counts at most
_LEAST: Final = 0.001  # seconds


class _Estimate:
    """A mean that forgets."""

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
    """The mean cost of each session's readings, in seconds; for one thread.

    A single reading that takes long, because the computer slept or was busy, hardly counts, and
    what was learnt is forgotten when nothing is read.
    """

    def __init__(self) -> None:
        self._own: dict[object, _Estimate] = {}
        self._before = _Estimate(FIRST_GUESS)

    def took(self, who: object, seconds: float) -> None:
        """Take in what one reading of a session cost."""
        if who not in self._own:
            self._own[who] = _Estimate(self.ordinary)
        self._own[who].take(seconds)

    def of(self, who: object) -> float:
        """The cost of a session's readings; of one that was not read yet, the ordinary one."""
        return self._own[who].mean if who in self._own else self.ordinary

    @property
    def least(self) -> float:
        """The cost of the cheapest session's readings."""
        means = [one.mean for one in self._own.values()]
        return max(_LEAST, min(means, default=self._before.mean))

    @property
    def ordinary(self) -> float:
        """The mean over all sessions; of those that cost far more than the cheapest, a part."""
        if not self._own:
            return self._before.mean
        most = _UNUSUAL * self.least
        return sum(min(one.mean, most) for one in self._own.values()) / len(self._own)

    def forget(self, who: object) -> None:
        """Forget a session that ended."""
        if who in self._own and len(self._own) == 1:
            self._before = _Estimate(self.ordinary)
        self._own.pop(who, None)
