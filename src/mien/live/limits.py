"""How much of a thing one client may have: an allowance over time, and a number at once."""

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from starlette.types import Scope

GUESSES: Final = 10.0
"""Wrong tokens of one client in a row, before more are refused unseen; one comes back every six
seconds."""

REQUESTS_A_SECOND: Final = 50.0
"""Requests of one client by HTTP, on average, or twice the pictures where those are more; four
times that at once. A page asks for about 40 when it opens."""

CONNECTS_A_SECOND: Final = 2.0
"""Sessions that one client may begin, on average; twice those that it may hold at once."""

_REMEMBERED: Final = 4096  # clients; whoever came longest ago is forgotten, with a full allowance


class TokenBucket:
    """So many a second on average, and a burst of some at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._time = time.monotonic()

    def take(self, amount: float = 1) -> bool:
        """Use some up; False where less is left, and then none is used."""
        left = self._refilled()
        if left < amount:
            return False
        self._left -= amount
        return True

    @property
    def is_empty(self) -> bool:
        """Whether not even one is left."""
        return self._refilled() < 1

    def _refilled(self) -> float:
        now = time.monotonic()
        self._left = min(self._burst, self._left + self._rate * (now - self._time))
        self._time = now
        return self._left


class Buckets:
    """A bucket for each client; those of clients that came longest ago are forgotten."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._of: OrderedDict[str, TokenBucket] = OrderedDict()

    def of(self, client: str) -> TokenBucket:
        """The client's bucket, full where it is new."""
        bucket = self._of.pop(client, None) or TokenBucket(self._rate, self._burst)
        self._of[client] = bucket
        if len(self._of) > _REMEMBERED:
            self._of.popitem(last=False)
        return bucket


class Clients:
    """What each client, by its address, may have."""

    def __init__(self, sessions: int, pictures_a_second: float) -> None:
        self._sessions = sessions
        self._open: Counter[str] = Counter()
        self._pictures = Buckets(pictures_a_second, burst=2 * pictures_a_second)
        requests = max(REQUESTS_A_SECOND, 2 * pictures_a_second)
        self._requests = Buckets(requests, burst=4 * requests)
        self._connects = Buckets(CONNECTS_A_SECOND, burst=max(8, 2 * sessions))
        self._guesses = Buckets(1 / 6, burst=GUESSES)

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
        return self._pictures.of(client).take()

    def request(self, client: str) -> bool:
        """Whether the client may ask for something more now."""
        return self._requests.of(client).take()

    def connect(self, client: str) -> bool:
        """Whether the client may begin one more session now."""
        return self._connects.of(client).take()

    def may_guess(self, client: str) -> bool:
        """Whether a token that the client gives is looked at."""
        return not self._guesses.of(client).is_empty

    def guessed_wrong(self, client: str) -> None:
        """Count a wrong token."""
        self._guesses.of(client).take()


def client_of(scope: Scope) -> str:
    """The client of a request, as `client_named`; of a proxy that was named, what that says."""
    client = scope.get("client")
    return client_named(str(client[0])) if client else "unknown"


def client_named(address: str) -> str:
    """What a client is counted by: its IPv4 address, or its IPv6 network of 64 bits.

    Who has one IPv6 address has all of its network. What is no address becomes "unknown", however
    long it is.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        if not found.is_loopback:
            return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
