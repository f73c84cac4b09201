"""Limits of the number of connections, of one client and in all.

Where there are too many, the one that has been quiet for longest is cut off. The limit follows from
the number of files that the process may open: each connection is one, and a server that has none
left can neither take connections nor read its own files.
"""

import asyncio
import time
from collections import OrderedDict, defaultdict
from typing import Final

from mien.live.limits import Recent
from mien.live.logs import warn_once

MOST: Final = 1024
"""Largest number of connections in all, if the system allows as many files."""

BESIDES: Final = 32
"""Number of connections of one client besides its pages: for their files, and for pictures."""

BACKLOG: Final = 32
"""Number of connections that the system keeps until the server takes them."""

BARRED: Final = 5.0
"""Seconds for which a client that flooded a connection gets no new one."""

_REMEMBERED: Final = 4096  # barred clients
_SHARE: Final = 0.75  # of the files that the process may open, for connections


def most_connections() -> int:
    """Return the number of connections that the process has files for, `MOST` at most."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return MOST
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if files == resource.RLIM_INFINITY:
        return MOST
    # New connections take a file, too, until they are refused.
    return max(4, min(MOST, int(_SHARE * files), files - 4 * BACKLOG))


class Gate:
    """Open connections, by client."""

    def __init__(self, most: int, most_a_client: int) -> None:
        """Begin without connections.

        Args:
            most: limit for all clients together.
            most_a_client: limit for each client that is not a proxy.
        """
        self._most = most
        self._most_a_client = most_a_client
        self._barred: Recent[str, float] = Recent(_REMEMBERED)  # until when
        self._client: dict[asyncio.Transport, str] = {}
        self._quiet: OrderedDict[asyncio.Transport, None] = OrderedDict()
        self._of: defaultdict[str, OrderedDict[asyncio.Transport, bool]] = defaultdict(OrderedDict)

    def __len__(self) -> int:
        return len(self._client)

    def enter(self, transport: asyncio.Transport, client: str, *, is_proxy: bool = False) -> bool:
        """Add a new connection, as a quiet one; return False if it must be refused."""
        if not is_proxy and self._barred.get(client, 0.0) >= time.monotonic():
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
        """Refuse new connections of a client for a while, unless it is a proxy."""
        self._barred[client] = time.monotonic() + BARRED

    def mark(self, transport: asyncio.Transport, *, quiet: bool) -> None:
        """Note whether a connection is quiet: it waits for its client to ask for something."""
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
        """Remove a connection that is closed."""
        client = self._client.pop(transport, None)
        self._quiet.pop(transport, None)
        if client is not None:
            del self._of[client][transport]
            if not self._of[client]:
                del self._of[client]

    def _make_room(self, quiet: asyncio.Transport | None, client: str, reason: str) -> bool:
        """Cut off a quiet connection; return False if there is none."""
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
