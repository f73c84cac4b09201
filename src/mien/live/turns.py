"""Turns at the readers, fair by time: whoever used the least of it comes first.

A session whose frames take longer is read less often, and the others are not slowed by it. Whoever
was away has no claim to what it did not use. A turn that was begun is not interrupted: so of
several readers one is always left to those that cost little, and a single one rests from the rest.
"""

import asyncio
import heapq
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from typing import Final

from mien.live.costs import Costs

COSTLY: Final = 0.1
"""Seconds a reading above which a session may be kept from having all readers at once."""

_FAR_ABOVE: Final = 5.0  # times the cheapest session's cost, above which it is
_REST: Final = 3.0  # times a costly turn's length that a single reader is left to the others
_ACTIVE: Final = 1.0  # seconds after which those that cost little are taken to be gone


class Turns:
    """A number of turns at the same time, and those who wait for one."""

    def __init__(self, at_once: int, costs: Costs | None = None) -> None:
        """Begin with all turns free.

        Args:
            at_once: turns at the same time.
            costs: by which those are told whose turns take long.
        """
        self._costs = costs
        self._at_once = at_once
        self._running = 0
        self._costly: set[object] = set()  # of those that have a turn
        self._rest_until = self._cheap_at = float("-inf")
        self._used: dict[object, float] = {}
        self._now = 0.0  # what whoever had the last turn had used before
        self._number = count()
        self._waiting: list[tuple[float, int, object, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def turn(self, who: object) -> AsyncGenerator[None]:
        """Wait for a turn and hold it."""
        own = max(self._used.get(who, 0.0), self._now)
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (own, next(self._number), who, granted))
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():  # it came at the same moment
                self._end(who)
            raise
        began = time.monotonic()
        try:
            yield
        finally:
            took = time.monotonic() - began
            self._used[who] = own + took
            if who not in self._costly:
                self._cheap_at = began + took
            elif self._at_once == 1 and began - self._cheap_at < _ACTIVE:
                self._rest_until = began + took + _REST * took
                asyncio.get_running_loop().call_later(_REST * took, self._grant)
            self._end(who)

    def forget(self, who: object) -> None:
        """Forget who will not ask again."""
        self._used.pop(who, None)

    def _grant(self) -> None:
        put_off: list[tuple[float, int, object, asyncio.Future[None]]] = []
        while self._running < self._at_once and self._waiting:
            first = heapq.heappop(self._waiting)
            own, _, who, granted = first
            if granted.done():  # whoever asked is gone
                continue
            if self._is_costly(who) and self._must_wait():
                put_off.append(first)
                continue
            self._running += 1
            if self._is_costly(who):
                self._costly.add(who)
            self._now = max(self._now, own)
            granted.set_result(None)
        for one in put_off:
            heapq.heappush(self._waiting, one)

    def _end(self, who: object) -> None:
        self._running -= 1
        self._costly.discard(who)
        # Only then, so that whoever had this turn may ask for the next one among the others.
        asyncio.get_running_loop().call_soon(self._grant)

    def _must_wait(self) -> bool:
        """Whether no costly turn may begin now."""
        if len(self._costly) >= max(1, self._at_once - 1):
            return True
        return time.monotonic() < self._rest_until

    def _is_costly(self, who: object) -> bool:
        return self._costs is not None and self._costs.of(who) > max(
            COSTLY, _FAR_ABOVE * self._costs.least
        )
