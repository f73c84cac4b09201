"""Application of the live page, which `mien.live.server` or another server runs.

The page is served at once, while the models load in the background. No frame is stored or logged:
a frame lives in memory until it is read.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request, Response, WebSocket
from fastapi.responses import FileResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from mien.faces.stream import FaceReader
from mien.live.api import create_router
from mien.live.connection import Connection
from mien.live.host_names import parse_host
from mien.live.limits import Clients, client_of
from mien.live.logs import forget_warnings, warn_once
from mien.live.protocol import state_message
from mien.live.reader_pool import ReaderFactory, ReaderOfFrame, ReaderPool, same_reader
from mien.live.security import SESSION, Guard, cookie_name
from mien.live.settings import Settings
from mien.live.tokens import SignIns
from mien.output.html import STYLE

PAGE: Final = Path(__file__).parent / "page"

_ABOUT: Final = (
    "mien says what ten people would say about a face. It is no evidence of what somebody feels; "
    "the EU forbids inferring emotions at work and in education (AI Act, Art. 5(1)(f))."
)


def default_reader() -> FaceReader:
    """Load the reader with the weights that ship.

    It uses one thread for a frame: the browser on the same computer needs the other cores, and
    another page is read at the same time.
    """
    from mien.faces.reader import Reader

    return Reader(threads=1)


class Connections:
    """Open connections of pages, each with the session that its cookie named."""

    def __init__(self) -> None:
        self._open: dict[Connection, str | None] = {}

    def __len__(self) -> int:
        return len(self._open)

    async def serve(self, websocket: WebSocket, readers: ReaderPool) -> None:
        """Serve one page until it closes."""
        connection = Connection(websocket, readers, client_of(websocket.scope))
        self._open[connection] = websocket.scope.get(SESSION)
        try:
            await connection.run()
        finally:
            del self._open[connection]

    async def sign_out(self, name: str) -> None:
        """Close the connections of a session of `SignIns`."""
        await asyncio.gather(
            *(one.close(1008, "signed out") for one, by in tuple(self._open.items()) if by == name)
        )

    async def finish(self, seconds: float) -> None:
        """Answer the frames that have come, and close all connections within some seconds."""
        await asyncio.gather(*(one.finish() for one in tuple(self._open)), return_exceptions=True)
        end = asyncio.get_running_loop().time() + seconds
        while self._open and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.02)


def create_app(
    reader_factory: ReaderFactory = default_reader,
    settings: Settings | None = None,
    *,
    of_frame: ReaderOfFrame = same_reader,
) -> FastAPI:
    """Make the application: the page under /, the WebSocket under /live, and `mien.live.api`.

    Args:
        reader_factory: function that makes the reader which all pages share. It is called once, in
            a thread, when the application starts. If it raises, the page shows the error's text.
        settings: settings of the server; by default those of `mien live`.
        of_frame: function that gives the reader of one frame; by default the same for all.
    """
    settings = settings or Settings()
    connections = Connections()
    clients = Clients(settings.sessions_a_client, settings.pictures_a_second)
    sign_ins = SignIns()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        forget_warnings()
        readers = app.state.readers = ReaderPool(reader_factory, settings, of_frame)
        app.state.connections = connections
        readers.metrics.follow(readers.admission, connections)
        yield
        readers.stop()

    # FastAPI's documentation pages load scripts from another server, hence none.
    app = FastAPI(
        title="mien",
        version="1",
        description=_ABOUT,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.sign_ins = sign_ins
    app.add_middleware(Guard, settings=settings, clients=clients, sign_ins=sign_ins)
    app.include_router(create_router(clients))

    @app.websocket("/live")
    async def live(websocket: WebSocket) -> None:  # pyright: ignore[reportUnusedFunction]
        await websocket.accept()
        client = client_of(websocket.scope)
        with clients.session(client) as may_come:
            if may_come:
                await connections.serve(websocket, app.state.readers)
                return
            warn_once("session refused", client, reason="too-many-sessions")
            most = settings.sessions_a_client
            text = f"{most} pages of your address are connected already; close one."
            await websocket.send_text(state_message("failed", text))
            await websocket.close(1008, "too many sessions")

    @app.get("/signed-in", include_in_schema=False)
    async def signed_in(request: Request) -> dict[str, bool]:  # pyright: ignore[reportUnusedFunction]
        # Only a session that a cookie names can be ended.
        return {"signed_in": SESSION in request.scope}

    @app.api_route("/sign-out", methods=["GET", "POST"], include_in_schema=False)
    async def sign_out(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        answer = PlainTextResponse("You are signed out. To come back, open mien with its token.")
        if name := request.scope.get(SESSION):
            sign_ins.end(name)
            await connections.sign_out(name)
            host = parse_host(request.headers["host"])
            assert host is not None  # the guard refuses all others
            answer.delete_cookie(cookie_name(host))
        return answer

    app.add_api_route("/styles/report.css", _report_style, include_in_schema=False)
    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return app


async def _report_style() -> FileResponse:
    """Return the style of all of mien's reports, for those that the page saves."""
    return FileResponse(STYLE, media_type="text/css")
