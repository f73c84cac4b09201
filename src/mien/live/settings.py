"""Every setting of the server, with its default: what `mien live` takes by flag, variable or file.

No web code is imported here, so that the command line can show the settings at once.
"""

import ipaddress
from dataclasses import dataclass, field
from typing import Annotated, Literal

from cyclopts import Group, Parameter, types, validators

from mien.errors import MienError
from mien.parallel import cores

_LIMITS = Group("Limits", sort_key=1)
_POSITIVE = validators.Number(gte=1)

SHORTEST_TOKEN = 16
"""Characters of a token at least; `python -c "import secrets; print(secrets.token_urlsafe())"`
makes one of 43."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the server runs.

    Attributes:
        host: the address to listen on. One beyond this computer demands a token.
        port: to listen on; 0 takes any free one.
        allow_host: names by which people reach the server from beyond this computer, such as
            mien.example.org. IP addresses need not be named.
        proxy: addresses or networks of servers before this one, such as 127.0.0.1, whose
            X-Forwarded-For and X-Forwarded-Proto are believed: limits are counted by client then.
        token: that everybody must give, by opening /?token=… once or as "Authorization: Bearer …".
            Better in MIEN_LIVE_TOKEN than as a flag, which other users of the computer can see.
        log: "text" tells people what goes wrong; "json" tells programs all that happens, an object
            a line. Both on standard error, and neither ever holds a picture.
        readers: pictures read at the same time, each by one thread; by default one a core.
        sessions: pages that are read at the same time; by default as many as get ten readings a
            second each, by what a reading costs at the moment. Further ones wait in line.
        sessions_a_client: connections that one address may hold, read or waiting.
        pictures_a_second: that one address may have read by POST /v1/read, on average.
        picture_megabytes: largest body of POST /v1/read.
        picture_megapixels: largest picture of POST /v1/read.
    """

    host: str = "127.0.0.1"
    port: types.Port = 8765
    allow_host: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    proxy: Annotated[tuple[str, ...], Parameter(negative=(), consume_multiple=False)] = ()
    token: Annotated[str | None, Parameter(show_default=False)] = field(default=None, repr=False)
    log: Literal["text", "json"] = "text"
    readers: Annotated[int | None, Parameter(group=_LIMITS, validator=_POSITIVE)] = None
    sessions: Annotated[int | None, Parameter(group=_LIMITS, validator=_POSITIVE)] = None
    sessions_a_client: Annotated[int, Parameter(group=_LIMITS, validator=_POSITIVE)] = 32
    pictures_a_second: Annotated[int, Parameter(group=_LIMITS, validator=_POSITIVE)] = 20
    picture_megabytes: Annotated[int, Parameter(group=_LIMITS, validator=_POSITIVE)] = 20
    picture_megapixels: Annotated[int, Parameter(group=_LIMITS, validator=_POSITIVE)] = 50

    @property
    def threads(self) -> int:
        """Pictures read at the same time."""
        return cores() if self.readers is None else self.readers

    @property
    def is_open(self) -> bool:
        """Whether the server may be reached from beyond this computer."""
        return not is_loopback(self.host) or any(not is_loopback(name) for name in self.allow_host)

    def is_proxy(self, address: str) -> bool:
        """Whether an address is that of a proxy that was named."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in ipaddress.ip_network(one) for one in self.proxy)

    def check(self) -> None:
        """Refuse what would leave the server open to everybody, or makes no sense.

        Raises:
            MienError: a token is missing or too short, or a proxy is no address.
        """
        for one in self.proxy:
            try:
                ipaddress.ip_network(one)
            except ValueError as error:
                raise MienError(
                    f"Expected the address of a proxy, such as 127.0.0.1, or a network, such as "
                    f"10.0.0.0/8, got {one!r}."
                ) from error
        if self.token is not None and len(self.token) < SHORTEST_TOKEN:
            raise MienError(
                f"Expected a token of {SHORTEST_TOKEN} characters or more, got {len(self.token)}. "
                f"{_MAKE_ONE}"
            )
        if self.is_open and self.token is None:
            beyond = self.host if not is_loopback(self.host) else ", ".join(self.allow_host)
            raise MienError(
                f"By {beyond!r} others than this computer could reach mien; that needs a token. "
                f"{_MAKE_ONE} Or use 127.0.0.1, ::1 or localhost, for this computer alone. "
                "Browsers give cameras only to pages that come encrypted: put a server with TLS in "
                "front, see docs/security.md."
            )


_MAKE_ONE = (
    "Make one and set it as MIEN_LIVE_TOKEN: "
    "export MIEN_LIVE_TOKEN=$(python3 -c 'import secrets; print(secrets.token_urlsafe())')"
)


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without port or brackets, means this computer alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_address(host: str) -> bool:
    """Whether a host is an IP address, without brackets, and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
