"""Settings of the server and their defaults: the options, variables and file keys of `mien live`.

No web code is imported here, so that the command line can show the settings at once.
"""

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Annotated, Literal

from cyclopts import Group, Parameter, types, validators

from mien.errors import MienError
from mien.live.host_names import is_loopback, parse_address
from mien.parallel import cores

_LIMITS = Group("Limits", sort_key=1)
_POSITIVE = validators.Number(gte=1)

SHORTEST_TOKEN = 16
"""Smallest number of characters of a token. `python -c "import secrets;
print(secrets.token_urlsafe())"` makes one of 43."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the server.

    Attributes:
        host: address to listen on. An address that other computers can reach demands a token.
        port: port to listen on; 0 takes any free one.
        allow_host: names by which people on other computers reach the server, such as
            mien.example.org. IP addresses need not be named.
        proxy: addresses or networks of proxies before this server, such as 127.0.0.1. Their
            X-Forwarded-For and X-Forwarded-Proto are believed, so that limits count by client.
        token: token that everybody must give, by opening /?token=… once or as "Authorization:
            Bearer …". Set it in MIEN_LIVE_TOKEN: other users of the computer can see options.
        log: "text" writes warnings and errors for people; "json" writes all events for programs,
            one object on a line. Both go to standard error, and neither ever holds a picture.
        readers: number of pictures read at the same time, each by one thread; by default one per
            core.
        sessions: number of pages read at the same time; by default as many as can get ten readings
            a second each at the moment. Further pages wait in line.
        sessions_a_client: number of connections that one address may hold, read or waiting.
        pictures_a_second: number of pictures that one address may send to POST /v1/read per
            second, on average.
        picture_megabytes: size of the largest body of POST /v1/read.
        picture_megapixels: size of the largest picture of POST /v1/read.
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
        """Number of pictures read at the same time."""
        return cores() if self.readers is None else self.readers

    @property
    def is_open(self) -> bool:
        """Whether other computers may reach the server."""
        return not is_loopback(self.host) or any(not is_loopback(name) for name in self.allow_host)

    def address(self, port: int) -> str:
        """URL of the server on a port, such as "http://127.0.0.1:8765"."""
        return f"http://[{self.host}]:{port}" if ":" in self.host else f"http://{self.host}:{port}"

    def is_proxy(self, address: str) -> bool:
        """Whether an address is that of a proxy in `proxy`."""
        found = parse_address(address)
        return found is not None and any(found in ip_network(one) for one in self.proxy)

    def check(self) -> None:
        """Refuse settings that make no sense, or would leave the server open to everybody.

        Raises:
            MienError: a token is missing or too short, or a proxy is no address.
        """
        for one in self.proxy:
            try:
                ip_network(one)
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
                f"With {beyond!r} other computers could reach mien; that needs a token. "
                f"{_MAKE_ONE} Or use 127.0.0.1, ::1 or localhost, which only this computer "
                "reaches. Browsers give cameras only to encrypted pages: put a server with TLS in "
                "front, see docs/security.md."
            )


_MAKE_ONE = (
    "Make one and set it as MIEN_LIVE_TOKEN: "
    "export MIEN_LIVE_TOKEN=$(python3 -c 'import secrets; print(secrets.token_urlsafe())')"
)
