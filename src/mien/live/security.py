"""Only this computer's own page may speak to the server, and only the server to the page.

Any web site can make a browser send requests to 127.0.0.1, and by DNS rebinding a site's own name
can come to mean 127.0.0.1. The `Host` header gives away the second, `Origin` the first.
"""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without port or brackets, means this computer alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(netloc: str) -> str | None:
    """The host in "host:port" or "[host]:port", without brackets; None where it is malformed."""
    try:
        return urlsplit(f"//{netloc}").hostname
    except ValueError:
        return None


class LocalOnly:
    """ASGI middleware: refuses a foreign `Host` or `Origin`, adds the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with 421 (foreign host) or 403 (foreign origin)."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        netloc = headers.get("host", "")
        host = host_of(netloc)
        if host is None or not is_loopback(host):
            text = f"mien answers to localhost, not to {netloc!r}."
            await PlainTextResponse(text, 421)(scope, receive, send)
            return
        # A page of another port of this computer is another program's page, hence the whole netloc.
        # Browsers leave Origin out of a plain GET, never out of a WebSocket's handshake.
        origin = headers.get("origin")
        own = origin == f"http://{netloc}"
        if not own and (origin is not None or scope["type"] == "websocket"):
            text = f"mien answers to its own page http://{netloc}, not to {origin!r}."
            await PlainTextResponse(text, 403)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(security_headers(netloc))
            await send(message)

        await self.app(scope, receive, send_with_headers)


def security_headers(netloc: str) -> dict[str, str]:
    """Headers of every answer; `netloc` is the checked host and port that the page came from."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": "blob:",  # a video that the person opens in the page
        # 'self' covers WebSockets in today's browsers, not in those a few years old.
        "connect-src": f"'self' ws://{netloc}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Permissions-Policy": "camera=(self), display-capture=(self), microphone=()",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
