"""Admission of pages: which ones are read at the moment, and which wait in line for a place.

A page gets a place with its first frame, and keeps it while frames come. There are as many places
as pages can be read ten times a second each, at the present cost of a reading. A further page is
asked to wait, instead of slowing all others. A page that sends nothing for a while loses its place
once another waits for it. So does a page of a client that holds more places than the one waiting.
"""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from mien.live.costs import Costs

RATE: Final = 10
"""Number of readings a second that each page with a place should get."""

USABLE: Final = 0.9
"""Share of the readers' time that places use; the rest is for bursts (benchmarks/load)."""

IDLE: Final = 10.0
"""Seconds without a frame after which a place may go to another page."""


@dataclass(slots=True)
class _Place:
    client: str
    asked: float


class Admission:
    """Places, and a line of pages that wait for one; for a single thread."""

    def __init__(
        self, readers: int, limit: int | None = None, *, costs: Costs | None = None
    ) -> None:
        """Begin with all places free.

        Args:
            readers: number of pictures that are read at the same time.
            limit: number of places; None for as many as the readers manage.
            costs: costs of readings, from which that number follows.
        """
        self.costs = costs or Costs()
        self._readers = readers
        self._limit = limit
        self._held: dict[object, _Place] = {}
        self._line: dict[object, str] = {}

    @property
    def capacity(self) -> int:
        """Number of places now; at least one for each reader, which has time for one page."""
        if self._limit is not None:
            return self._limit
        return max(self._readers, int(self._readers * USABLE / (RATE * self.costs.ordinary)))

    @property
    def held(self) -> int:
        """Number of places that are held."""
        return len(self._held)

    @property
    def waiting(self) -> int:
        """Number of pages in line."""
        return len(self._line)

    def take(self, who: object, client: str = "") -> bool:
        """Give a place to a page that has a frame to be read; return False if it must wait.

        A page without a place stands in line, and asks again now and then. The line is ordered by
        how many places the page's client holds, then by arrival.

        Args:
            who: page that asks.
            client: client of the page.
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
        """Whether a page holds a place."""
        return who in self._held

    def leave(self, who: object) -> None:
        """Give up a page's place, or its place in line."""
        self._held.pop(who, None)
        self._line.pop(who, None)
        self.costs.forget(who)

    def _give_up_idle(self, now: float) -> None:
        longest = min(self._held, key=lambda who: self._held[who].asked, default=None)
        if longest is not None and now - self._held[longest].asked > IDLE:
            del self._held[longest]

    def _give_up_surplus(self, pages: Counter[str], client: str) -> bool:
        """Free a place of a client that holds more than `client`; False if there is none."""
        if not pages:
            return False
        most, number = pages.most_common(1)[0]
        if number <= pages[client] + 1:
            return False
        of_most = [who for who, place in self._held.items() if place.client == most]
        del self._held[max(of_most, key=self.costs.of)]
        return True
