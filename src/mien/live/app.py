"""The server of the live page: `create_app` for tests and other servers, `serve` for people.

The page is there at once; the models load in the background meanwhile. No frame is stored or
logged: a frame lives in memory until it is read.
"""

import asyncio
import logging
import os
import socket
import threading
import webbrowser
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, WebSocket
from fastapi.staticfiles import StaticFiles

from mien.errors import MienError
from mien.live.connection import Connection, FrameReader
from mien.live.protocol import MAX_BYTES
from mien.live.security import LocalOnly, is_loopback

PAGE = Path(__file__).parent / "page"

logger = logging.getLogger("mien.live")


def default_reader() -> FrameReader:
    """The reader with the weights that ship.

    One thread a frame: the browser on the same computer needs the others, and a second page is read
    beside the first.
    """
    from mien.reader import Reader

    return Reader(threads=1)


def create_app(reader_factory: Callable[[], FrameReader] = default_reader) -> FastAPI:
    """The application: the page under /, the WebSocket of `mien.live.protocol` under /live.

    Args:
        reader_factory: makes the reader that all pages share; called once, in a thread, when the
            application starts. Where it raises, the page shows the error's text.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        executor = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="mien-reader")
        app.state.executor = executor
        loading = asyncio.get_running_loop().run_in_executor(executor, reader_factory)
        loading.add_done_callback(_log_failure)
        app.state.reader = loading
        yield
        executor.shutdown(wait=False, cancel_futures=True)

    # FastAPI's documentation pages load scripts from another server, hence none.
    app = FastAPI(title="mien", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.add_middleware(LocalOnly)

    @app.websocket("/live")
    async def live(websocket: WebSocket) -> None:  # pyright: ignore[reportUnusedFunction]
        await websocket.accept()
        await Connection(websocket, app.state.reader, app.state.executor).run()

    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return app


def _log_failure(loading: asyncio.Future[FrameReader]) -> None:
    if not loading.cancelled() and (error := loading.exception()):
        logger.error("The face reader could not be loaded: %s", error)


def serve(host: str = "127.0.0.1", port: int = 8765, open_browser: bool = True) -> None:
    """Serve the live page until Ctrl-C.

    Args:
        host: a loopback address or "localhost".
        port: 0 to 65535; 0 takes any free one.
        open_browser: whether to open the page in the person's browser.

    Raises:
        MienError: the host is not this computer, or the port cannot be had.
    """
    if not is_loopback(host):
        raise MienError(
            f"The live page is for this computer alone: expected a loopback host, got {host!r}. "
            "Use 127.0.0.1, ::1 or localhost."
        )
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        create_app(),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        # Somewhat above the limit, so that a frame just too large gets a clear answer.
        ws_max_size=2 * MAX_BYTES,
        ws_max_queue=4,
        ws_per_message_deflate=False,  # JPEGs do not get smaller
    )
    print(f"mien is at {address} (Ctrl-C ends it)", flush=True)
    if open_browser:
        # Connections wait in the listener until the server takes them. A thread, because some
        # browsers return only when they are closed.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()


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
