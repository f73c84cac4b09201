"""Turns at the readers, fair by time: whoever used the least time comes first.

A session whose frames take longer is read less often, so it does not slow the others. Time that a
session did not use gives it no claim. A turn is never interrupted: so one of several readers is
always left to cheap sessions, and a single reader pauses after costly turns.
"""

import asyncio
import heapq
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from typing import Final, NamedTuple

from mien.live.costs import Costs

COSTLY: Final = 0.1
"""Seconds of a reading above which a session may be kept from having all readers at once."""

_FAR_ABOVE: Final = 5.0  # the same, as a multiple of the cheapest session's cost
_REST: Final = 3.0  # pause of a single reader after a costly turn, as a multiple of its length
_ACTIVE: Final = 1.0  # seconds after which cheap sessions count as gone


class _Request(NamedTuple):
    """Request for a turn; the smallest one is granted first."""

    used: float  # seconds that count as used by whoever asks
    number: int
    who: object
    granted: asyncio.Future[None]


class Turns:
    """Turns of which some may be held at the same time, and requests for them."""

    def __init__(self, at_once: int, costs: Costs | None = None) -> None:
        """Begin with all turns free.

        Args:
            at_once: number of turns at the same time.
            costs: costs of the sessions' turns; None if all cost alike.
        """
        self._costs = costs
        self._at_once = at_once
        self._running = 0
        self._costly: set[object] = set()  # costly sessions that hold a turn
        self._rest_until = self._cheap_at = float("-inf")
        self._used: dict[object, float] = {}
        self._now = 0.0  # seconds that the holder of the last turn had used before
        self._number = count()
        self._waiting: list[_Request] = []

    @asynccontextmanager
    async def turn(self, who: object) -> AsyncGenerator[None]:
        """Wait for a turn and hold it."""
        own = max(self._used.get(who, 0.0), self._now)
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, _Request(own, next(self._number), who, granted))
        self._grant()
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():  # it was granted at the same moment
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
        """Forget a session that will not ask again."""
        self._used.pop(who, None)

    def _grant(self) -> None:
        put_off: list[_Request] = []
        while self._running < self._at_once and self._waiting:
            first = heapq.heappop(self._waiting)
            if first.granted.done():  # whoever asked is gone
                continue
            is_costly = self._is_costly(first.who)
            if is_costly and self._must_wait():
                put_off.append(first)
                continue
            self._running += 1
            if is_costly:
                self._costly.add(first.who)
            self._now = max(self._now, first.used)
            first.granted.set_result(None)
        for one in put_off:
            heapq.heappush(self._waiting, one)

    def _end(self, who: object) -> None:
        self._running -= 1
        self._costly.discard(who)
        # Soon and not now, so that the holder of this turn can ask for the next one as well.
        asyncio.get_running_loop().call_soon(self._grant)

    def _must_wait(self) -> bool:
        """Whether a costly turn may not begin now."""
        if len(self._costly) >= max(1, self._at_once - 1):
            return True
        return time.monotonic() < self._rest_until

    def _is_costly(self, who: object) -> bool:
        return self._costs is not None and self._costs.of(who) > max(
            COSTLY, _FAR_ABOVE * self._costs.least
        )
