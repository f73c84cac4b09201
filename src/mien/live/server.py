"""The server that people start: an address, the application on it, and a clean end."""

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
from mien.live.logs import flush, set_up, tell
from mien.live.protocol import MAX_BYTES
from mien.live.settings import Settings
from mien.live.wire import Config, HttpProtocol, Sweeper, WebSocketProtocol

LAST_SECONDS: Final = 10
"""Seconds that the server takes, at its end, for what it holds."""

ANSWERS_WITHIN: Final = 2.0
"""Seconds within which a mien that runs already tells that it is one."""


class _Server(uvicorn.Server):
    """Finishes what it holds when it is told to end, by SIGTERM or Ctrl-C."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app
        self._sweeper = Sweeper()

    async def on_tick(self, counter: int) -> bool:
        """What uvicorn does ten times a second, and a sweep each second."""
        if counter % 10 == 0:
            now = asyncio.get_running_loop().time()
            self._sweeper.sweep(set(self.server_state.connections), now)
        return await super().on_tick(counter)

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
        flush()


def server_of(app: FastAPI) -> uvicorn.Server:
    """The server of an application, with all limits; it runs on sockets that listen already."""
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
        # Somewhat above the limit, so that a frame just too large gets a clear answer.
        ws_max_size=2 * MAX_BYTES,
        ws_per_message_deflate=False,  # JPEGs do not get smaller, and no message can unfold
    )
    config.gate = Gate(most, min(most, settings.sessions_a_client + BESIDES))
    config.settings = settings
    return _Server(config, app)


def serve(settings: Settings | None = None, *, open_browser: bool = True) -> None:
    """Serve the live page until Ctrl-C or SIGTERM.

    Where mien runs at that address already, its page is opened instead.

    Args:
        settings: by default those of `mien live`.
        open_browser: whether to open the page in the person's browser.

    Raises:
        MienError: others than this computer could reach the server and no token is set, or the
            port cannot be had.
    """
    settings = settings or Settings()
    settings.check()
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    try:
        listener = _listen(settings.host, settings.port)
    except MienError:
        address = f"http://{shown}:{settings.port}"
        if not open_browser or settings.token or not is_mien(address):
            raise
        print(f"mien runs already at {address}; its page is opened.", flush=True)
        webbrowser.open(address)
        return
    address = f"http://{shown}:{listener.getsockname()[1]}"
    app = create_app(settings=settings)
    set_up(settings.log)
    asks = " It asks for the token: open /?token=… once." if settings.token else ""
    print(f"mien is at {address} (Ctrl-C ends it){asks}", flush=True)
    if open_browser:
        # All users of the computer see a program's arguments: so a code that opens one browser.
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
        # Python would wait for the threads that hang.
        sys.stdout.flush()
        flush()
        sys.stderr.flush()
        os._exit(0)


def is_mien(address: str) -> bool:
    """Whether mien answers at an address such as "http://127.0.0.1:8765", within two seconds."""
    # Without a proxy: the address is this computer's.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}/v1/openapi.json", timeout=ANSWERS_WITHIN) as answer:
            content = json.loads(answer.read(1 << 20))
    except (OSError, ValueError, http.client.HTTPException):
        return False
    info = content.get("info") if isinstance(content, dict) else None
    return isinstance(info, dict) and info.get("title") == "mien"


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
