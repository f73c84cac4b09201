"""Who may speak to the server: this computer's own page, or whoever has the token.

Any web site can make a browser send requests to 127.0.0.1, and by DNS rebinding a site's own name
can come to mean 127.0.0.1. The `Host` header gives away the second, `Origin` the first. A server
that is open to other computers asks everybody for its token besides. docs/security.md has it all.
"""

import hmac
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mien.live.logs import tell
from mien.live.settings import Settings, is_address, is_loopback

COOKIE: Final = "mien-token"
"""That keeps the token in a browser which opened /?token=… once."""

_WITHOUT_TOKEN: Final = frozenset({"/health", "/ready"})  # they tell nothing but that mien runs


def host_of(netloc: str) -> str | None:
    """The host in "host:port" or "[host]:port", without brackets; None where it is malformed."""
    try:
        return urlsplit(f"//{netloc}").hostname
    except ValueError:
        return None


class Guard:
    """ASGI middleware: refuses strangers by host, origin and token; adds the security headers."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._settings = settings
        self._names = {name.lower() for name in settings.allow_host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it: 421 foreign host, 403 foreign origin, 401 no token."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        netloc = headers.get("host", "")
        refusal = self._refusal(scope, headers, netloc)
        if refusal is not None:
            if refusal.status_code >= 400:
                tell("request refused", status=refusal.status_code, client=client_of(scope))
            await refusal(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure = scope["scheme"] in {"https", "wss"}
                MutableHeaders(scope=message).update(security_headers(netloc, secure))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers, netloc: str) -> Response | None:
        host = host_of(netloc)
        if host is None or not self._is_own(host):
            where = "this server's own names" if self._settings.is_open else "localhost"
            text = f"mien answers to {where}, not to {netloc!r}. --allow-host NAME adds a name."
            return PlainTextResponse(text, 421)
        # A page of another port of this computer is another program's page, hence the whole netloc.
        # Browsers leave Origin out of a plain GET, never out of a WebSocket's handshake.
        origin = headers.get("origin")
        own = {f"http://{netloc}"} | ({f"https://{netloc}"} if self._settings.is_open else set())
        if origin not in own and (origin is not None or scope["type"] == "websocket"):
            text = f"mien answers to its own page http://{netloc}, not to {origin!r}."
            return PlainTextResponse(text, 403)
        if self._settings.token is None or scope["path"] in _WITHOUT_TOKEN:
            return None
        return self._ask_for_token(scope, headers, self._settings.token)

    def _is_own(self, host: str) -> bool:
        # An address cannot be rebound: that takes a name.
        own = is_address(host) or host in self._names
        return is_loopback(host) or (self._settings.is_open and own)

    def _ask_for_token(self, scope: Scope, headers: Headers, token: str) -> Response | None:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if (kind.lower() == "bearer" and _same(given.strip(), token)) or _same(
            _cookie(headers), token
        ):
            return None
        query = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if scope["type"] == "http" and scope["path"] == "/" and _same(query, token):
            response = RedirectResponse("/", 303)  # the token leaves the address bar
            response.headers["Cache-Control"] = "no-store"
            response.headers["Referrer-Policy"] = "no-referrer"
            secure = scope["scheme"] == "https"
            response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure)
            return response
        text = (
            "mien asks for its token here. In a browser open this address once with /?token=… "
            'behind it; a program sends the header "Authorization: Bearer …".'
        )
        return PlainTextResponse(text, 401, {"WWW-Authenticate": "Bearer"})


def client_of(scope: Scope) -> str:
    """The address that a request comes from; of a proxy on this computer, what that tells."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _same(given: str, token: str) -> bool:
    """Whether they are the same, in a time that does not tell how much of it is."""
    return hmac.compare_digest(given.encode(), token.encode())


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def security_headers(netloc: str, secure: bool = False) -> dict[str, str]:
    """Headers of every answer.

    Args:
        netloc: the checked host and port that the page came from.
        secure: whether it came by TLS.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": "blob:",  # a video that the person opens in the page
        # 'self' covers WebSockets in today's browsers, not in those a few years old.
        "connect-src": f"'self' {'wss' if secure else 'ws'}://{netloc}",
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
