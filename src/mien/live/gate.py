"""How many connections there may be, of one client and in all.

Where there are too many, room is made by cutting off the one that has said nothing for longest. The
number follows from how many files the system lets the process open, since each connection is one,
and a server that has none left can take no one, nor read its own files.
"""

import asyncio
import time
from collections import OrderedDict, defaultdict
from typing import Final

from mien.live.logs import warn_once

MOST: Final = 1024
"""Connections of all clients together, where the system gives as many files."""

BESIDES: Final = 32
"""Connections of one client besides its pages: for their files, and for pictures."""

BACKLOG: Final = 32
"""Connections that the system keeps until they are taken; so many may come at once."""

BARRED: Final = 5.0
"""Seconds for which a client that flooded a connection gets no new one."""

_REMEMBERED: Final = 4096  # clients that are barred
_SHARE: Final = 0.75  # of the files that the process may open; the rest is for all else


def most_connections() -> int:
    """Connections that the process has files for, `MOST` at most."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return MOST
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return MOST
    # Those that just came are open, too, until they are refused.
    return max(4, min(MOST, int(_SHARE * files), files - 4 * BACKLOG))


class Gate:
    """The connections that are open, by client."""

    def __init__(self, most: int, most_a_client: int) -> None:
        """Begin with none.

        Args:
            most: in all.
            most_a_client: of each client but those that are proxies.
        """
        self._most = most
        self._most_a_client = most_a_client
        self._barred: OrderedDict[str, float] = OrderedDict()
        self._client: dict[asyncio.Transport, str] = {}
        self._quiet: OrderedDict[asyncio.Transport, None] = OrderedDict()
        self._of: defaultdict[str, OrderedDict[asyncio.Transport, bool]] = defaultdict(OrderedDict)

    def __len__(self) -> int:
        return len(self._client)

    def enter(self, transport: asyncio.Transport, client: str, *, is_proxy: bool = False) -> bool:
        """Whether a new connection may stay; it counts as quiet at first."""
        if not is_proxy and self._is_barred(client):
            return False
        own = self._of[client]
        if len(own) >= self._most_a_client and not is_proxy:
            quiet = next((one for one in own if own[one]), None)
            if not self._make_room(quiet, client, "too many connections of this client"):
                return False
        if len(self._client) >= self._most:
            quiet = next(iter(self._quiet), None)
            if not self._make_room(quiet, client, "too many connections"):
                return False
        self._client[transport] = client
        self._of[client][transport] = True
        self._quiet[transport] = None
        return True

    def bar(self, client: str) -> None:
        """Let a client have no new connection for a while, unless it is a proxy."""
        self._barred.pop(client, None)
        self._barred[client] = time.monotonic() + BARRED
        if len(self._barred) > _REMEMBERED:
            self._barred.popitem(last=False)

    def mark(self, transport: asyncio.Transport, *, quiet: bool) -> None:
        """Tell whether a connection waits for its client to ask for something."""
        client = self._client.get(transport)
        if client is None:
            return
        self._of[client][transport] = quiet
        if quiet:
            self._of[client].move_to_end(transport)
            self._quiet[transport] = None
            self._quiet.move_to_end(transport)
        else:
            self._quiet.pop(transport, None)

    def leave(self, transport: asyncio.Transport) -> None:
        """Forget a connection that is closed."""
        client = self._client.pop(transport, None)
        self._quiet.pop(transport, None)
        if client is not None:
            del self._of[client][transport]
            if not self._of[client]:
                del self._of[client]

    def _is_barred(self, client: str) -> bool:
        until = self._barred.get(client)
        if until is not None and until < time.monotonic():
            del self._barred[client]
            until = None
        return until is not None

    def _make_room(self, quiet: asyncio.Transport | None, client: str, reason: str) -> bool:
        """Cut a quiet connection off."""
        warn_once(
            "connection refused", client if quiet is None else self._client[quiet], reason=reason
        )
        if quiet is None:
            if not self._of[client]:
                del self._of[client]
            return False
        self.leave(quiet)
        quiet.abort()
        return True
