"""uvicorn's HTTP and WebSocket protocols, with limits to what a client can make them do.

By itself uvicorn counts neither pings nor parts of messages, and waits forever for clients that
take no answers. Here every frame counts, unsent answers are limited, and such clients are cut off.
"""
# ruff: noqa: D102 -- methods that asyncio or uvicorn call

import asyncio
from typing import Any, Final, cast

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from mien.live import connection
from mien.live.gate import Gate
from mien.live.limits import TokenBucket, client_named
from mien.live.logs import warn_once
from mien.live.security import security_headers
from mien.live.settings import Settings

REQUEST_SECONDS: Final = 10.0
"""Seconds in which a client must send the whole head of a request, or it is cut off."""

CLOSING_SECONDS: Final = 10.0
"""Seconds in which a client must take what is left of a closed connection, or it is cut off."""

MOST_PIECES: Final = 480.0
"""Largest number of WebSocket frames a second on average, with pings and parts of messages."""

MOST_BYTES: Final = 24_000_000.0
"""Largest number of WebSocket bytes a second on average: 60 frames of pure noise have 16 MB."""

MOST_PARTS: Final = 256
"""Largest number of frames in one message; browsers send one for 64 KB or more."""

MOST_UNWANTED: Final = 64_000_000
"""Largest number of bytes of a body after its answer: a client may have sent them already."""

_AT_ONCE: Final = 4096  # bytes that are parsed before their frames are counted


class Config(uvicorn.Config):
    """uvicorn's configuration, with the gate and mien's settings."""

    gate: Gate
    settings: Settings


class _Impatient(asyncio.Protocol):
    """Protocol that cuts off a client which does not take its answers."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    client: tuple[str, int] | None
    config: uvicorn.Config
    _unread: asyncio.TimerHandle | None = None

    @property
    def gate(self) -> Gate:
        return cast(Config, self.config).gate

    @property
    def who(self) -> str:
        """Address by which the connection is counted; behind a proxy, the proxy's own."""
        return client_named(self.client[0]) if self.client else "unknown"

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._unread is None:
            self._unread = self.loop.call_later(
                connection.SLOWEST, self.cut_off, "answers were not taken"
            )

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_waiting()
        self.gate.leave(self.transport)

    def cut_off(self, reason: str) -> None:
        """End the connection at once, without sending what waits."""
        warn_once("connection cut off", self.who, reason=reason)
        self.transport.abort()

    def _stop_waiting(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None


class HttpProtocol(_Impatient, H11Protocol):
    """HTTP that cuts off clients which say nothing after they connect, or one letter at a time."""

    _deadline: asyncio.TimerHandle | None = None
    _unwanted = 0  # bytes of a body since its answer

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        is_proxy = cast(Config, self.config).settings.is_proxy(host)
        if self.gate.enter(transport, self.who, is_proxy=is_proxy):
            self._watch()
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        is_unwanted = self._is_waiting() and self.conn.their_state is h11.SEND_BODY
        self._unwanted = self._unwanted + len(data) if is_unwanted else 0
        if self._unwanted > MOST_UNWANTED:
            self.cut_off("a body continued after its answer")
            return
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._deadline is not None:
            self._deadline.cancel()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, with mien's security headers."""
        head = [
            (name.lower().encode(), value.encode())
            for name, value in security_headers(None).items()
        ]
        head += [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        for event in (
            h11.Response(status_code=400, headers=head, reason=b"Bad Request"),
            h11.Data(data=msg.encode("ascii")),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _watch(self) -> None:
        """Start the clock while a request's head is awaited; stop it when the head has come."""
        is_waiting = self._is_waiting()
        if self.transport.get_protocol() is self:
            self.gate.mark(self.transport, quiet=is_waiting)
        if not is_waiting:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._give_up)

    def _is_waiting(self) -> bool:
        # A WebSocket's handshake hands the transport to another protocol.
        is_ours = self.transport.get_protocol() is self
        cycle = cast(Any, self.cycle)
        return is_ours and (cycle is None or cycle.response_complete)

    def _give_up(self) -> None:
        self._deadline = None
        if self._is_waiting() and not self.transport.is_closing():
            self.transport.abort() if self.conn.our_state is h11.ERROR else self.transport.close()


class WebSocketProtocol(_Impatient, WebSocketsSansIOProtocol):
    """WebSockets whose frames and bytes are limited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pieces = TokenBucket(MOST_PIECES, burst=2 * MOST_PIECES)
        self._bytes = TokenBucket(MOST_BYTES, burst=2 * MOST_BYTES)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.gate.mark(self.transport, quiet=False)

    def data_received(self, data: bytes) -> None:
        if not self._bytes.take(len(data)):
            self._flooded("too many bytes")
            return
        for start in range(0, len(data), _AT_ONCE):
            if self.transport.is_closing():
                return
            super().data_received(data[start : start + _AT_ONCE])

    def handle_text(self, event: Frame) -> None:
        if self._counts():
            super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        if self._counts():
            super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        if len(self.frames) >= MOST_PARTS:
            self._flooded("a message of too many parts")
        elif self._counts():
            super().handle_cont(event)

    def handle_ping(self) -> None:
        if not self._counts():
            return
        if self.writable.is_set():
            super().handle_ping()
        else:  # a client that takes no answers gets no more of them
            self.conn.data_to_send()

    def handle_pong(self, event: Frame) -> None:
        if self._counts():
            super().handle_pong(event)

    def keepalive_timeout(self) -> None:
        """Cut off a client that does not answer a ping: it may take no closing message either."""
        self.pong_timer = None
        self.cut_off("pings were not answered")

    def _counts(self) -> bool:
        """Count a frame; if that is one too many, cut the connection off and return False."""
        if self.transport.is_closing():
            return False
        if self._pieces.take():
            return True
        self._flooded("too many frames")
        return False

    def _flooded(self, reason: str) -> None:
        self.gate.bar(self.who)
        self.cut_off(reason)


class Sweeper:
    """Cuts off closed connections whose client does not take what is left of them."""

    def __init__(self) -> None:
        self._since: dict[Any, float] = {}

    def sweep(self, protocols: set[Any], now: float) -> None:
        """Check all connections; to be called now and then.

        Args:
            protocols: uvicorn's protocols of all open connections.
            now: the event loop's time in seconds.
        """
        closing = [one for one in protocols if one.transport and one.transport.is_closing()]
        self._since = {one: self._since.get(one, now) for one in closing}
        for one, since in self._since.items():
            if now - since > CLOSING_SECONDS:
                one.transport.abort()
