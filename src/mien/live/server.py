"""The server that `mien live` starts: a socket, the application on it, and a clean end."""

import asyncio
import http.client
import json
import os
import socket
import sys
import threading
import urllib.request
import webbrowser
from typing import Final

import uvicorn
from fastapi import FastAPI

from mien.errors import MienError
from mien.live.app import create_app
from mien.live.gate import BACKLOG, BESIDES, Gate, most_connections
from mien.live.logs import flush, log_event, set_up
from mien.live.protocol import MAX_BYTES
from mien.live.settings import Settings
from mien.live.wire import Config, HttpProtocol, Sweeper, WebSocketProtocol

LAST_SECONDS: Final = 10
"""Seconds that the server takes at its end to answer the frames it holds."""

ANSWERS_WITHIN: Final = 2.0
"""Seconds within which a mien that runs already must answer that it is one."""


class _Server(uvicorn.Server):
    """Server that answers the frames it holds before SIGTERM or Ctrl-C ends it."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._sweeper = Sweeper()

    async def on_tick(self, counter: int) -> bool:
        """Do what uvicorn does ten times a second, and sweep once a second."""
        if counter % 10 == 0:
            now = asyncio.get_running_loop().time()
            self._sweeper.sweep(set(self.server_state.connections), now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Refuse new connections, answer the frames that have come, then end."""
        log_event("ending", sessions=len(self._app.state.connections))
        for server in self.servers:
            server.close()
        loop = asyncio.get_running_loop()
        end = loop.time() + LAST_SECONDS
        await self._app.state.connections.finish(LAST_SECONDS)
        self.config.timeout_graceful_shutdown = max(0, round(end - loop.time()))
        await super().shutdown(sockets)
        self._app.state.readers.stop()  # a second Ctrl-C skips the application's own end
        flush()


def server_of(app: FastAPI) -> uvicorn.Server:
    """Make the server of an application, with all limits, for sockets that listen already."""
    settings: Settings = app.state.settings
    most = most_connections()
    config = Config(
        app,
        http=HttpProtocol,
        ws=WebSocketProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=LAST_SECONDS,
        proxy_headers=bool(settings.proxy),
        forwarded_allow_ips=list(settings.proxy),
        # Above the limit, so that a frame that is a little too large gets a clear answer.
        ws_max_size=2 * MAX_BYTES,
        ws_per_message_deflate=False,  # JPEGs do not get smaller, and no message can expand
    )
    config.gate = Gate(most, min(most, settings.sessions_a_client + BESIDES))
    config.settings = settings
    return _Server(config, app)


def serve(settings: Settings | None = None, *, open_browser: bool = True) -> None:
    """Serve the live page until Ctrl-C or SIGTERM.

    If mien runs at that address already, its page is opened instead.

    Args:
        settings: settings of the server; by default those of `mien live`.
        open_browser: whether to open the page in the person's browser.

    Raises:
        MienError: other computers could reach the server and no token is set, or the port is not
            free.
    """
    settings = settings or Settings()
    settings.check()
    try:
        listener = listen(settings)
    except MienError:
        address = settings.address(settings.port)
        if not open_browser or settings.token or not is_mien(address):
            raise
        print(f"mien runs already at {address}; its page is opened.", flush=True)
        webbrowser.open(address)
        return
    address = settings.address(listener.getsockname()[1])
    app = create_app(settings=settings)
    set_up(settings.log)
    asks = " It asks for the token: open /?token=… once." if settings.token else ""
    print(f"mien is at {address} (Ctrl-C ends it){asks}", flush=True)
    if open_browser:
        # All users of the computer can see a program's arguments, hence a code that works once.
        code = f"/?code={app.state.sign_ins.new_code()}" if settings.token else ""
        # Connections wait in the listener until the server takes them. A thread, because some
        # browsers return only when they are closed.
        threading.Thread(target=webbrowser.open, args=(address + code,), daemon=True).start()
    try:
        server_of(app).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
    if (readers := getattr(app.state, "readers", None)) and readers.has_given_up:
        # Python would wait for threads that hang.
        sys.stdout.flush()
        flush()
        sys.stderr.flush()
        os._exit(0)


def is_mien(address: str) -> bool:
    """Whether mien answers within two seconds at an address such as "http://127.0.0.1:8765"."""
    # Without a proxy, since the address is this computer's.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/v1/openapi.json", timeout=ANSWERS_WITHIN) as answer:
            content = json.loads(answer.read(1 << 20))
    except (OSError, ValueError, http.client.HTTPException):
        return False
    info = content.get("info") if isinstance(content, dict) else None
    return isinstance(info, dict) and info.get("title") == "mien"


def listen(settings: Settings) -> socket.socket:
    """Open the socket that the settings name.

    Raises:
        MienError: the port is out of range, or not free.
    """
    host, port = settings.host, settings.port
    if not 0 <= port <= 65535:
        raise MienError(f"Expected a port from 0 to 65535, got {port}. mien's own is 8765.")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error  # without the address
        other = 8765 if port != 8765 else 8766
        raise MienError(
            f"Port {port} on {host} cannot be used ({reason}). If mien already runs there, open "
            f"its page; otherwise choose another port: mien live --port {other}"
        ) from error
