"""How much of a thing one client may have: an allowance over time, and a number at once."""

import time
from collections import Counter, OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

_REMEMBERED: Final = 4096  # clients; whoever came longest ago is forgotten, with a full allowance


class Allowance:
    """So many a second on average, and a burst of some at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._time = time.monotonic()

    def take(self) -> bool:
        """Use one up; False where none is left."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + self._rate * (now - self._time))
        self._time = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Clients:
    """What each client, by its address, may have."""

    def __init__(self, sessions: int, pictures_a_second: float) -> None:
        self._sessions = sessions
        self._rate = pictures_a_second
        self._open: Counter[str] = Counter()
        self._allowances: OrderedDict[str, Allowance] = OrderedDict()

    @contextmanager
    def session(self, client: str) -> Generator[bool]:
        """Whether the client may have this session too; counted until the end."""
        self._open[client] += 1
        try:
            yield self._open[client] <= self._sessions
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

    def picture(self, client: str) -> bool:
        """Whether the client may have one more picture read now."""
        allowance = self._allowances.pop(client, None)
        allowance = allowance or Allowance(self._rate, burst=2 * self._rate)
        self._allowances[client] = allowance
        if len(self._allowances) > _REMEMBERED:
            self._allowances.popitem(last=False)
        return allowance.take()
