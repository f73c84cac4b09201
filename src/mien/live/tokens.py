"""Who has shown the token: codes that open a browser once, and what a browser keeps after that.

The cookie is a random name of a session, not the token: it ends by itself, or when it is ended, and
tells nobody the token.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from typing import Final

CODE_SECONDS: Final = 120.0
"""Seconds in which a code must be used; browsers may be slow to start."""

IDLE_SECONDS: Final = 12 * 3600.0
"""Seconds without a request after which a session ends."""

LONGEST_SECONDS: Final = 7 * 24 * 3600.0
"""Seconds after which a session ends in any case."""

MOST: Final = 1000
"""Sessions at the same time; the one that was used longest ago ends."""


class SignIns:
    """The sessions of browsers that showed the token, in memory: they end with the server."""

    def __init__(self) -> None:
        self._codes: dict[str, float] = {}
        self._sessions: OrderedDict[str, tuple[float, float]] = OrderedDict()  # began, used

    def new_code(self) -> str:
        """A code that opens one browser, once."""
        code = secrets.token_urlsafe()
        self._codes[_hashed(code)] = time.monotonic() + CODE_SECONDS
        return code

    def redeem(self, code: str) -> bool:
        """Use a code up; False where it was used, is too old or none."""
        return self._codes.pop(_hashed(code), 0.0) > time.monotonic()

    def begin(self) -> str:
        """A new session's name, for the cookie."""
        name, now = secrets.token_urlsafe(), time.monotonic()
        self._sessions[_hashed(name)] = now, now
        if len(self._sessions) > MOST:
            self._sessions.popitem(last=False)
        return name

    def holds(self, name: str) -> bool:
        """Whether a session of that name goes on; it counts as used."""
        key, now = _hashed(name), time.monotonic()
        found = self._sessions.pop(key, None)
        if found is None:
            return False
        began, used = found
        if now - used > IDLE_SECONDS or now - began > LONGEST_SECONDS:
            return False
        self._sessions[key] = began, now
        return True

    def end(self, name: str) -> None:
        """End a session."""
        self._sessions.pop(_hashed(name), None)


def _hashed(name: str) -> str:
    # Found by the hash, so that the time it takes tells nothing of the names that there are.
    return hashlib.sha256(name.encode()).hexdigest()
