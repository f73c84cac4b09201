"""Who is read at the moment, and who waits in line for a place.

A page gets a place with its first frame and keeps it while frames come. There are as many places as
pages can be read ten times a second each, by what a reading costs at the moment: a further page
waits, and is told so, instead of slowing all. Whoever sends nothing for a while gives its place up
once somebody waits for it; so does one of a client that holds more than whoever waits.
"""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from mien.live.costs import Costs

RATE: Final = 10
"""Readings a second that everyone with a place shall get."""

USABLE: Final = 0.9
"""Share of the readers' time that is given away; the rest is for bursts (benchmarks/load)."""

IDLE: Final = 10.0
"""Seconds without a frame after which a place may go to another."""


@dataclass(slots=True)
class _Place:
    client: str
    asked: float


class Admission:
    """A number of places, and a line of those who wait; for one thread."""

    def __init__(
        self, readers: int, limit: int | None = None, *, costs: Costs | None = None
    ) -> None:
        """Begin with all places free.

        Args:
            readers: pictures that are read at the same time.
            limit: number of places; None for as many as the readers manage.
            costs: by which they manage so many; the holders' readings are told to it.
        """
        self.costs = costs or Costs()
        self._readers = readers
        self._limit = limit
        self._held: dict[object, _Place] = {}
        self._line: dict[object, str] = {}

    @property
    def capacity(self) -> int:
        """Number of places now; never less than readers, since each has time for one page."""
        if self._limit is not None:
            return self._limit
        return max(self._readers, int(self._readers * USABLE / (RATE * self.costs.ordinary)))

    @property
    def held(self) -> int:
        """How many places are held."""
        return len(self._held)

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._line)

    def take(self, who: object, client: str = "") -> bool:
        """A place for who has a frame to be read; False where all are held.

        Who gets none stands in line and asks again now and then. First in line are pages of clients
        that hold the fewest places, of those whoever came first.

        Args:
            who: a page.
            client: whose page it is.
        """
        now = time.monotonic()
        if who in self._held:
            self._held[who].asked = now
            return True
        self._line.setdefault(who, client)
        if len(self._held) >= self.capacity:
            self._give_up_idle(now)
        pages = Counter(place.client for place in self._held.values())
        if min(self._line, key=lambda one: pages[self._line[one]]) is not who:
            return False
        if len(self._held) >= self.capacity and not self._give_up_surplus(pages, client):
            return False
        del self._line[who]
        self._held[who] = _Place(client, now)
        return True

    def has(self, who: object) -> bool:
        """Whether somebody holds a place."""
        return who in self._held

    def leave(self, who: object) -> None:
        """Give the place, or the place in line, up."""
        self._held.pop(who, None)
        self._line.pop(who, None)
        self.costs.forget(who)

    def _give_up_idle(self, now: float) -> None:
        longest = min(self._held, key=lambda who: self._held[who].asked, default=None)
        if longest is not None and now - self._held[longest].asked > IDLE:
            del self._held[longest]

    def _give_up_surplus(self, pages: Counter[str], client: str) -> bool:
        """Whether a place became free that a client with more pages than `client` held."""
        if not pages:
            return False
        most, number = pages.most_common(1)[0]
        if number <= pages[client] + 1:
            return False
        of_most = [who for who, place in self._held.items() if place.client == most]
        del self._held[max(of_most, key=self.costs.of)]
        return True
