"""Parsing of addresses and of the `Host` header, which decides whether a request is answered."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

_NAME: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(
    rf"(?:\[(?P<v6>[0-9a-f:.]{{2,45}})\]|(?P<name>{_NAME}(?:\.{_NAME})*))(?::(?P<port>[0-9]{{1,5}}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Host:
    """Host and port of a request.

    Attributes:
        name: name or address in lower case; an IPv6 address has no brackets.
        netloc: host and port as a browser writes them in `Origin`, after the scheme.
    """

    name: str
    netloc: str


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an IP address without brackets; return None if it is none."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches a host: a name or address without port or brackets."""
    address = parse_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def parse_host(text: str) -> Host | None:
    """Parse a `Host` header; return None if it is malformed."""
    found = _HOST.fullmatch(text.lower()) if len(text) <= 259 else None
    if found is None or int(found["port"] or 0) > 65535:
        return None
    name = found["v6"] or found["name"]
    try:
        if found["v6"] is not None:
            IPv6Address(name)
        elif name.rpartition(".")[2].isdecimal():
            IPv4Address(name)
    except ValueError:
        return None
    return Host(name, text.lower())
