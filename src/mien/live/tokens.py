"""Sign-ins of browsers: codes that work once, and sessions that a cookie names.

The cookie holds a random name of a session instead of the token. So it can end, and reveals nothing
of the token.
"""

import hashlib
import secrets
import time
from typing import Final, NamedTuple

from mien.live.limits import Recent

CODE_SECONDS: Final = 120.0
"""Seconds in which a code must be used; browsers may be slow to start."""

IDLE_SECONDS: Final = 12 * 3600.0
"""Seconds without a request after which a session ends."""

LONGEST_SECONDS: Final = 7 * 24 * 3600.0
"""Seconds after which a session ends in any case."""

MOST: Final = 1000
"""Largest number of sessions; beyond it, the one that was used longest ago ends."""


class _Session(NamedTuple):
    began: float
    used: float


class SignIns:
    """Sessions of browsers that showed the token, in memory: they end with the server."""

    def __init__(self) -> None:
        self._codes: dict[str, float] = {}
        self._sessions: Recent[str, _Session] = Recent(MOST)

    def new_code(self) -> str:
        """Make a code that signs in one browser, once."""
        code = secrets.token_urlsafe()
        self._codes[_hashed(code)] = time.monotonic() + CODE_SECONDS
        return code

    def redeem(self, code: str) -> bool:
        """Use up a code; return False if it is none, too old, or was used before."""
        return self._codes.pop(_hashed(code), 0.0) > time.monotonic()

    def begin(self) -> str:
        """Begin a session, and return its name for the cookie."""
        name, now = secrets.token_urlsafe(), time.monotonic()
        self._sessions[_hashed(name)] = _Session(now, now)
        return name

    def holds(self, name: str) -> bool:
        """Whether a session of that name exists; this counts as use."""
        key, now = _hashed(name), time.monotonic()
        found = self._sessions.pop(key, None)
        if found is None:
            return False
        if now - found.used > IDLE_SECONDS or now - found.began > LONGEST_SECONDS:
            return False
        self._sessions[key] = _Session(found.began, now)
        return True

    def end(self, name: str) -> None:
        """End a session."""
        self._sessions.pop(_hashed(name), None)


def _hashed(name: str) -> str:
    # Looked up by hash, so that the time of a look-up reveals nothing of the names.
    return hashlib.sha256(name.encode()).hexdigest()
