"""Limits for each client: allowances over time, and numbers at once."""

import time
from collections import Counter, OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_network
from typing import Final, TypeVar

from starlette.types import Scope

from mien.live.host_names import parse_address

GUESSES: Final = 10.0
"""Number of wrong tokens in a row after which a client's further ones are refused unseen; it may
try one more every six seconds."""

REQUESTS_A_SECOND: Final = 50.0
"""Number of HTTP requests of one client a second, on average, or twice its pictures if those are
more; four times that at once. A page asks for about 40 when it opens."""

CONNECTS_A_SECOND: Final = 2.0
"""Number of sessions that one client may begin a second, on average; at once twice as many as it
may hold."""

_REMEMBERED: Final = 4096  # clients; the one seen longest ago is forgotten


Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(OrderedDict[Key, Value]):
    """Mapping that keeps only the items that were set last."""

    def __init__(self, most: int) -> None:
        """Begin empty; `most` is the largest number of items."""
        super().__init__()
        self._most = most

    def __setitem__(self, key: Key, value: Value) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > self._most:
            self.popitem(last=False)


class TokenBucket:
    """Allowance of some tokens a second on average, and of a burst at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._time = time.monotonic()

    def take(self, amount: float = 1) -> bool:
        """Take tokens and return True; if fewer are left, take none and return False."""
        left = self._refilled()
        if left < amount:
            return False
        self._left -= amount
        return True

    @property
    def is_empty(self) -> bool:
        """Whether not even one token is left."""
        return self._refilled() < 1

    def _refilled(self) -> float:
        now = time.monotonic()
        self._left = min(self._burst, self._left + self._rate * (now - self._time))
        self._time = now
        return self._left


class Buckets:
    """Bucket for each client; those of the clients seen longest ago are forgotten."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._of: Recent[str, TokenBucket] = Recent(_REMEMBERED)

    def take(self, client: str) -> bool:
        """Take a token of a client; return False if none is left."""
        return self._bucket(client).take()

    def is_empty(self, client: str) -> bool:
        """Whether no token of a client is left."""
        return self._bucket(client).is_empty

    def _bucket(self, client: str) -> TokenBucket:
        bucket = self._of.get(client) or TokenBucket(self._rate, self._burst)
        self._of[client] = bucket
        return bucket


class Clients:
    """Allowances of all clients, by address.

    Attributes:
        pictures: pictures by POST /v1/read.
        requests: requests by HTTP.
        connects: beginnings of sessions.
        guesses: wrong tokens; a client that has none left is refused unseen.
    """

    def __init__(self, sessions: int, pictures_a_second: float) -> None:
        requests = max(REQUESTS_A_SECOND, 2 * pictures_a_second)
        self.pictures = Buckets(pictures_a_second, burst=2 * pictures_a_second)
        self.requests = Buckets(requests, burst=4 * requests)
        self.connects = Buckets(CONNECTS_A_SECOND, burst=max(8, 2 * sessions))
        self.guesses = Buckets(1 / 6, burst=GUESSES)
        self._sessions = sessions
        self._open: Counter[str] = Counter()

    @contextmanager
    def session(self, client: str) -> Generator[bool]:
        """Count a session until the context ends, and give whether the client may have it."""
        self._open[client] += 1
        try:
            yield self._open[client] <= self._sessions
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]


def client_of(scope: Scope) -> str:
    """Return the key by which limits count the client of a request: see `client_named`.

    Behind a proxy of the settings, the client is the one that the proxy names.
    """
    client = scope.get("client")
    return client_named(str(client[0])) if client else "unknown"


def client_named(address: str) -> str:
    """Return the key by which limits count a client: its IPv4 address or IPv6 network (64 bits).

    Whoever has one IPv6 address usually has its whole network. Anything that is no address becomes
    "unknown", however long it is.
    """
    found = parse_address(address.partition("%")[0])
    if found is None:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        if not found.is_loopback:
            return str(ip_network((found, 64), strict=False))
    return str(found)
