"""The `Host` that a request names, parsed strictly: it decides who is answered."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

_NAME: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(
    rf"(?:\[(?P<v6>[0-9a-f:.]{{2,45}})\]|(?P<name>{_NAME}(?:\.{_NAME})*))(?::(?P<port>[0-9]{{1,5}}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Host:
    """A host and a port.

    Attributes:
        name: in lower case; of an IPv6 address without brackets.
        netloc: as a browser writes it in `Origin`, behind the scheme.
    """

    name: str
    netloc: str


def parse_host(text: str) -> Host | None:
    """The host of a `Host` header; None where it is malformed."""
    found = _HOST.fullmatch(text.lower()) if len(text) <= 259 else None
    if found is None or int(found["port"] or 0) > 65535:
        return None
    name = found["v6"] or found["name"]
    try:
        if found["v6"] is not None:
            ipaddress.IPv6Address(name)
        elif name.rpartition(".")[2].isdecimal():
            ipaddress.IPv4Address(name)
    except ValueError:
        return None
    return Host(name, text.lower())
