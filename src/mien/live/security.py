"""Access to the server: this computer's own page has it, and whoever has the token.

Any web site can make a browser send requests to 127.0.0.1, and by DNS rebinding a site's own name
can come to mean 127.0.0.1. The `Origin` header shows the first, `Host` the second. A server that is
open to other computers also demands its token. docs/security.md describes all threats.
"""

import asyncio
import hmac
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mien.live.host_names import Host, is_loopback, parse_address, parse_host
from mien.live.limits import Clients, client_of
from mien.live.logs import log_event, warn_once
from mien.live.settings import Settings
from mien.live.tokens import LONGEST_SECONDS, SignIns

COOKIE: Final = "mien-session"
"""Name of the cookie that signs in a browser. The port follows it, since browsers share cookies
between all ports of a host."""

SESSION: Final = "mien.session"
"""Key of a request's scope with the session that its cookie names."""

REFUSAL_SECONDS: Final = 1.0
"""Seconds that a client which asks too often waits for the refusal."""

WRONG_SECONDS: Final = 0.25
"""Seconds that an answer to a wrong token takes."""

_WITHOUT_TOKEN: Final = frozenset({"/health", "/ready"})  # these say only whether mien runs


class Guard:
    """ASGI middleware that refuses strangers by host, origin and token, and adds headers."""

    def __init__(
        self, app: ASGIApp, settings: Settings, clients: Clients, sign_ins: SignIns
    ) -> None:
        self.app = app
        self._settings = settings
        self._clients = clients
        self._sign_ins = sign_ins
        self._names = {name.lower() for name in settings.allow_host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it.

        The status is 400 for two lengths of a body, 421 for a foreign host, 403 for a foreign
        origin, 401 without a token, 429 for too many requests or guesses.
        """
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = parse_host(headers.get("host", ""))
        secure = scope["scheme"] in {"https", "wss"}

        async def send_with_headers(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                MutableHeaders(scope=message).update(security_headers(named, secure))
            await send(message)

        if not self._settings.proxy and "x-forwarded-for" in headers:
            warn_once("a proxy is not named by --proxy", client_of(scope))
        named = host.netloc if host is not None and self._is_own(host.name) else None
        refusal = await self._refusal(scope, headers, host if named else None)
        if refusal is None:
            await self.app(scope, receive, send_with_headers)
            return
        if refusal.status_code == 401:  # no fault of the client, unless its token was wrong
            log_event("request refused", client=client_of(scope), reason=401)
        elif refusal.status_code >= 400:
            warn_once("request refused", client_of(scope), reason=refusal.status_code)
        await refusal(scope, receive, send_with_headers)

    async def _refusal(self, scope: Scope, headers: Headers, host: Host | None) -> Response | None:
        if not self._clients.requests.take(client_of(scope)):
            await asyncio.sleep(REFUSAL_SECONDS)
            return _too_many("Too many requests.")
        if "transfer-encoding" in headers and "content-length" in headers:
            # A proxy could go by the one and mien by the other, and another request could hide in
            # between. So nothing more of this connection is read.
            text = "Expected Transfer-Encoding or Content-Length, not both."
            return PlainTextResponse(text, 400, {"Connection": "close"})
        return await self._refusal_of_strangers(scope, headers, host)

    async def _refusal_of_strangers(
        self, scope: Scope, headers: Headers, host: Host | None
    ) -> Response | None:
        if host is None:
            where = "this server's own names" if self._settings.is_open else "localhost"
            given = headers.get("host", "")[:100]
            text = f"mien answers to {where}, not to {given!r}. --allow-host NAME adds a name."
            return PlainTextResponse(text, 421)
        # The port counts, too: on another port of this computer is another program's page.
        # Browsers may leave Origin out of a plain GET, but never out of a WebSocket's handshake.
        origin = headers.get("origin")
        schemes = ("http", "https") if self._settings.is_open else ("http",)
        own = {f"{scheme}://{host.netloc}" for scheme in schemes}
        if origin not in own and (origin is not None or scope["type"] == "websocket"):
            text = f"mien answers to its own page http://{host.netloc}, not to {origin!r:.200}."
            return PlainTextResponse(text, 403)
        if scope["type"] == "websocket" and not self._clients.connects.take(client_of(scope)):
            return _too_many("Too many connections in a short time.")
        if self._settings.token is None or scope["path"] in _WITHOUT_TOKEN:
            return None
        return await self._ask_for_token(scope, headers, host, self._settings.token)

    def _is_own(self, host: str) -> bool:
        # Only names can be rebound, not addresses.
        own = parse_address(host) is not None or host in self._names
        return is_loopback(host) or (self._settings.is_open and own)

    async def _ask_for_token(
        self, scope: Scope, headers: Headers, host: Host, token: str
    ) -> Response | None:
        name = cookie_name(host)
        shown, code = _shown(scope)
        for given in _cookies(headers, name):
            if self._sign_ins.holds(given):
                scope[SESSION] = given
                # A token leaves the address bar in any case.
                return RedirectResponse("/", 303) if shown or code else None
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        bearer = bearer.strip() if kind.lower() == "bearer" else ""
        client = client_of(scope)
        if bearer or shown or code:
            if self._clients.guesses.is_empty(client):
                await asyncio.sleep(REFUSAL_SECONDS)
                return _too_many("Too many wrong tokens; wait a minute.", "60")
            if bearer and _same(bearer, token):
                return None
            if (shown and _same(shown, token)) or (code and self._sign_ins.redeem(code)):
                return self._welcome(scope, name)
            self._clients.guesses.take(client)
            warn_once("wrong token", client)
            await asyncio.sleep(WRONG_SECONDS)
        text = (
            "mien asks for its token here. In a browser, open this address once with /?token=… at "
            'its end; a program sends the header "Authorization: Bearer …".'
        )
        return PlainTextResponse(text, 401, {"WWW-Authenticate": "Bearer"})

    def _welcome(self, scope: Scope, name: str) -> Response:
        response = RedirectResponse("/", 303)  # the token leaves the address bar
        response.set_cookie(
            name,
            self._sign_ins.begin(),
            max_age=int(LONGEST_SECONDS),
            httponly=True,
            samesite="strict",
            secure=scope["scheme"] == "https",
        )
        return response


def cookie_name(host: Host) -> str:
    """Return the name of a server's cookie; servers on other ports have their own."""
    port = host.netloc.removeprefix(f"[{host.name}]").rpartition(":")[2]
    return f"{COOKIE}-{port}" if port.isdecimal() and ":" in host.netloc else COOKIE


def _shown(scope: Scope) -> tuple[str, str]:
    """Return the token and the code in the page's address, each "" if missing."""
    if scope["type"] != "http" or scope["path"] != "/":
        return "", ""
    try:
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
    except ValueError:
        return "", ""
    return query.get("token", [""])[0], query.get("code", [""])[0]


def _too_many(text: str, again: str = "1") -> Response:
    return PlainTextResponse(text, 429, {"Retry-After": again, "Connection": "close"})


def _same(given: str, token: str) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return hmac.compare_digest(given.encode(), token.encode())


def _cookies(headers: Headers, name: str) -> list[str]:
    """Return the values of cookies of a name, however odd the cookies beside them are."""
    pairs = (
        part.strip().partition("=")
        for line in headers.getlist("cookie")
        for part in line.split(";")[:100]
    )
    return [value for key, _, value in pairs if key == name and value][:4]


def security_headers(netloc: str | None, secure: bool = False) -> dict[str, str]:
    """Return the headers of every answer.

    Args:
        netloc: host and port that the page came from, if they are this server's; else None.
        secure: whether the page came by TLS.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": "blob:",  # a video that the person opens in the page
        # 'self' covers WebSockets in today's browsers, but not in those a few years old.
        "connect-src": f"'self' {'wss' if secure else 'ws'}://{netloc}" if netloc else "'none'",
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
