"""Who is read at the moment, and who waits in line for a place.

A page gets a place with its first frame and keeps it while frames come. There are as many places as
pages can be read ten times a second each, by what a reading costs at the moment: a further page
waits, and is told so, instead of slowing all. Whoever sends nothing for a while gives its place up
once somebody waits for it.
"""

import time
from typing import Final

RATE: Final = 10
"""Readings a second that everyone with a place shall get."""

USABLE: Final = 0.9
"""Share of the readers' time that is given away; the rest is for bursts (benchmarks/load)."""

IDLE: Final = 10.0
"""Seconds without a frame after which a place may go to another."""

_FIRST_GUESS: Final = (
    0.02  # seconds a reading, before any was measured: four and a half places a reader
)
_STEADINESS: Final = 50  # readings over which the cost is smoothed


class Places:
    """A number of places, and a line of those who wait; for one thread."""

    def __init__(self, readers: int, limit: int | None = None) -> None:
        """Begin with all places free.

        Args:
            readers: pictures that are read at the same time.
            limit: number of places; None for as many as the readers manage.
        """
        self._readers = readers
        self._limit = limit
        self._cost = _FIRST_GUESS
        self._held: dict[object, float] = {}
        self._line: dict[object, None] = {}

    @property
    def capacity(self) -> int:
        """Number of places now; never less than readers, since each has time for one page."""
        if self._limit is not None:
            return self._limit
        return max(self._readers, int(self._readers * USABLE / (RATE * self._cost)))

    @property
    def held(self) -> int:
        """How many places are held."""
        return len(self._held)

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._line)

    def measured(self, seconds: float) -> None:
        """Take in what one reading cost a reader."""
        self._cost += (seconds - self._cost) / _STEADINESS

    def take(self, who: object) -> bool:
        """A place for who has a frame to be read; False where all are held.

        Who gets none stands in line and asks again now and then; the first in line comes first.
        """
        now = time.monotonic()
        if who in self._held:
            self._held[who] = now
            return True
        self._line.setdefault(who)
        if len(self._held) >= self.capacity:
            self._give_up_idle(now)
        if len(self._held) >= self.capacity or next(iter(self._line)) is not who:
            return False
        del self._line[who]
        self._held[who] = now
        return True

    def has(self, who: object) -> bool:
        """Whether somebody holds a place."""
        return who in self._held

    def leave(self, who: object) -> None:
        """Give the place, or the place in line, up."""
        self._held.pop(who, None)
        self._line.pop(who, None)

    def _give_up_idle(self, now: float) -> None:
        longest = min(self._held, key=self._held.__getitem__, default=None)
        if longest is not None and now - self._held[longest] > IDLE:
            del self._held[longest]
