"""The server that people start: an address, the application on it, and a clean end."""

import asyncio
import os
import socket
import sys
import threading
import webbrowser
from typing import Any, Final, cast

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from mien.errors import MienError
from mien.live.app import create_app
from mien.live.logs import set_up, tell
from mien.live.protocol import MAX_BYTES
from mien.live.settings import Settings

CONNECTIONS: Final = 1024
"""Connections of all clients together, beyond which requests are refused (503)."""

REQUEST_SECONDS: Final = 10.0
"""Seconds in which a client must have sent a whole request's head, or it is cut off."""

LAST_SECONDS: Final = 10
"""Seconds that the server takes, at its end, for what it holds."""


class _PatientProtocol(H11Protocol):
    """HTTP that cuts off clients which connect and then say nothing, or one letter at a time."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._deadline is not None:
            self._deadline.cancel()

    def _watch(self) -> None:
        """Start the clock where a request's head is awaited, stop it where it has come."""
        if not self._is_waiting():
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._cut_off)

    def _is_waiting(self) -> bool:
        # A WebSocket's handshake hands the transport to another protocol.
        is_ours = self.transport.get_protocol() is self
        cycle = cast(Any, self.cycle)
        return is_ours and (cycle is None or cycle.response_complete)

    def _cut_off(self) -> None:
        self._deadline = None
        if self._is_waiting() and not self.transport.is_closing():
            self.transport.abort() if self.conn.our_state is h11.ERROR else self.transport.close()


class _Server(uvicorn.Server):
    """Finishes what it holds when it is told to end, by SIGTERM or Ctrl-C."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connections, answer the frames that are here, then end."""
        tell("ending", sessions=len(self._app.state.sessions))
        for server in self.servers:
            server.close()
        loop = asyncio.get_running_loop()
        end = loop.time() + LAST_SECONDS
        await self._app.state.sessions.finish(LAST_SECONDS)
        self.config.timeout_graceful_shutdown = max(0, round(end - loop.time()))
        await super().shutdown(sockets)
        self._app.state.readers.stop()  # a second Ctrl-C skips the application's own end


def server_of(app: FastAPI) -> uvicorn.Server:
    """The server of an application, with all limits; it runs on sockets that listen already."""
    config = uvicorn.Config(
        app,
        http=_PatientProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=LAST_SECONDS,
        # Somewhat above the limit, so that a frame just too large gets a clear answer.
        ws_max_size=2 * MAX_BYTES,
        ws_per_message_deflate=False,  # JPEGs do not get smaller, and no message can unfold
    )
    return _Server(config, app)


def serve(settings: Settings | None = None, *, open_browser: bool = True) -> None:
    """Serve the live page until Ctrl-C or SIGTERM.

    Args:
        settings: by default those of `mien live`.
        open_browser: whether to open the page in the person's browser.

    Raises:
        MienError: others than this computer could reach the server and no token is set, or the
            port cannot be had.
    """
    settings = settings or Settings()
    settings.check()
    listener = _listen(settings.host, settings.port)
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{shown}:{listener.getsockname()[1]}"
    app = create_app(settings=settings)
    set_up(settings.log)
    asks = " It asks for the token: open /?token=… once." if settings.token else ""
    print(f"mien is at {address} (Ctrl-C ends it){asks}", flush=True)
    if open_browser and not settings.token:  # all users of the computer see a program's arguments
        # Connections wait in the listener until the server takes them. A thread, because some
        # browsers return only when they are closed.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    try:
        server_of(app).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
    if (readers := getattr(app.state, "readers", None)) and readers.has_given_up:
        # Python would wait for the threads that hang.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise MienError(f"Expected a port from 0 to 65535, got {port}. mien's own is 8765.")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        # The error's own text, from Python 3.11 on, repeats the address.
        reason = os.strerror(error.errno) if error.errno else error
        other = 8765 if port != 8765 else 8766
        raise MienError(
            f"Port {port} on {host} cannot be had ({reason}). If mien already runs there, "
            f"open its page; else choose another port: mien live --port {other}"
        ) from error
