"""HTTP interface beside the page: readings of pictures, health, and figures.

POST /v1/read           takes a picture as the body, and answers what people would say of each face
GET  /v1/openapi.json   describes the interface for programs
GET  /health, /ready    say whether mien runs, and whether it can read
GET  /metrics           gives figures for Prometheus
"""

import asyncio
import time
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict, Field

from mien.answers import State
from mien.errors import ImageError
from mien.faces.stream import FaceReader
from mien.live.limits import Clients, client_of
from mien.live.logs import logger
from mien.live.pictures import check
from mien.live.reader_pool import HungError, ReaderPool, timings
from mien.live.turns import Turns
from mien.live.uploads import RefusedError, Uploads
from mien.media.picture import load_image

EXAMPLE: Final[dict[str, Any]] = {
    "width": 640,
    "height": 480,
    "faces": [
        {
            "box": [259.4, 77.1, 383.2, 243.5],
            "score": 0.9341,
            "landmarks": [
                [291.7, 139.9], [348.8, 139.2], [321.5, 174.6], [297.2, 200.3], [345, 200.1],
            ],
            "votes": {
                "angry": 0.0012, "disgust": 0.0004, "fear": 0.0016, "happy": 0.9615,
                "sad": 0.0011, "surprise": 0.0074, "neutral": 0.0247, "other": 0.0021,
            },
            "top": [["happy", 0.9615], ["neutral", 0.0247], ["surprise", 0.0074]],
            "movements": {"mouth corners up": 0.8132, "eyes narrowed": 0.4521},
            "state": "clear",
            "clear": True,
            "why": None,
        }
    ],
}  # fmt: skip


class FaceAnswer(BaseModel):
    """Readings of one face."""

    box: tuple[float, float, float, float] = Field(description="x1, y1, x2, y2 in pixels")
    score: float = Field(ge=0, le=1, description="the face detector's confidence")
    landmarks: list[tuple[float, float]] = Field(description="five points (x, y) in pixels")
    votes: dict[str, float] = Field(description="share of people by answer; they sum to 1")
    top: list[tuple[str, float]] = Field(description="the three most frequent answers")
    movements: dict[str, float] = Field(
        description="what moves in the face, 0 (not) to 1 (as far as it goes), by name; "
        "empty if the network gives none"
    )
    state: State = Field(
        description="clear: show the first of top; mixed: the first two, about half of the people "
        "each; unclear: none"
    )
    clear: bool = Field(description="whether people could tell, and would not disagree")
    why: str | None = Field(description="when not clear, the reason")


class PictureAnswer(BaseModel):
    """Readings of a picture, largest face first, as `mien read --json` gives them."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    width: int = Field(ge=1, description="pixels, of the picture as people see it, upright")
    height: int = Field(ge=1, description="pixels")
    faces: list[FaceAnswer]


class Refusal(BaseModel):
    """Reason why a picture was not read."""

    error: str = Field(description="a word for programs")
    message: str = Field(description="what is wrong, and how to mend it")


_BODY: Final = {
    "required": True,
    "description": "One picture: the content of its file.",
    "content": {
        kind: {"schema": {"type": "string", "format": "binary"}}
        for kind in ("image/jpeg", "image/png", "image/webp", "application/octet-stream")
    },
}
_REFUSALS: Final = {
    400: "not a JPEG, PNG or WebP, damaged, or too many pixels or scans",
    408: "the picture took too long to come",
    413: "too many bytes",
    415: "a form or text; the picture itself must be the body",
    429: "this client asks too often; Retry-After says when to come again",
    500: "a defect in mien; the log has it",
    503: "the reader is not loaded, or too many pictures wait",
}


def create_router(clients: Clients) -> APIRouter:
    """Make the routes of an application whose state has `readers`.

    Args:
        clients: allowances of all clients.
    """
    router = APIRouter()
    pictures = _Pictures(clients)

    @router.post(
        "/v1/read",
        response_model=PictureAnswer,
        responses={
            code: {"model": Refusal, "description": text} for code, text in _REFUSALS.items()
        },
        openapi_extra={"requestBody": _BODY},
        summary="Read the faces in a picture",
        tags=["v1"],
    )
    async def read(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        """What ten people would say about each face, largest first. Nothing is stored."""
        try:
            answer = await pictures.answer(request)
            status = 200
        except RefusedError as refused:
            answer, status = {"error": refused.error, "message": str(refused)}, refused.status
        _readers(request).metrics.pictures.labels(str(status)).inc()
        again = {"Retry-After": "1"} if status in {429, 503} else None
        return JSONResponse(answer, status, again)

    @router.get("/health", summary="Whether mien runs", tags=["operation"])
    async def health() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        return {"status": "ok"}

    @router.get(
        "/ready",
        summary="Whether mien can read",
        responses={503: {"description": "loading, failed or ending", "model": dict[str, str]}},
        tags=["operation"],
    )
    async def ready(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        state = _readers(request).state
        return JSONResponse({"status": state}, 200 if state == "ready" else 503)

    @router.get(
        "/metrics",
        summary="Figures for Prometheus",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        tags=["operation"],
    )
    async def metrics(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        return Response(_readers(request).metrics.text(), media_type=CONTENT_TYPE_LATEST)

    return router


class _Pictures:
    """Reading of pictures that come by HTTP.

    However many pictures come, only one at a time asks for a turn. Each session does the same, so
    pictures slow sessions as one more session would. Which client's picture comes next is fair by
    time.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._one = Turns(1)
        self._uploads = Uploads()

    async def answer(self, request: Request) -> dict[str, Any]:
        """Read the picture in a request's body.

        Raises:
            RefusedError: the request is refused, or could not be answered.
        """
        readers = _readers(request)
        client = client_of(request.scope)
        if not self._clients.pictures.take(client):
            most = readers.settings.pictures_a_second
            raise RefusedError(429, "too-many", f"Expected at most {most} pictures a second.")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind in {"multipart/form-data", "application/json", "text/plain"}:
            raise RefusedError(
                415,
                "not-a-picture",
                f"Expected the picture itself as the body, got {kind}. With curl: "
                "--data-binary @photo.jpg --header 'Content-Type: image/jpeg'",
            )
        if readers.state != "ready":
            raise RefusedError(503, "not-ready", f"The reader is not ready: {readers.state}.")
        most = readers.settings.picture_megabytes * 1_000_000
        async with self._uploads.body(request, client, most) as body:
            return await self._read(readers, client, body)

    async def _read(self, readers: ReaderPool, client: str, body: bytes) -> dict[str, Any]:
        arrival = time.perf_counter()
        reader = await readers.reader()
        limit = readers.settings.picture_megapixels
        try:
            await asyncio.to_thread(check, body, limit)
            async with self._one.turn(client), readers.turns.turn(self):
                answer, took = await readers.run(_read, reader, body, limit, arrival)
        except ImageError as error:
            raise RefusedError(400, "not-readable", str(error)) from error
        except Exception as error:
            if not isinstance(error, HungError):  # that is logged already
                logger.exception("A picture could not be read")
            raise RefusedError(
                500, "reading-failed", "mien could not read this picture; its log says why."
            ) from error
        readers.metrics.took(took)
        return answer


def _readers(request: Request) -> ReaderPool:
    return request.app.state.readers


def _read(
    reader: FaceReader, body: bytes, limit_megapixels: float, arrival: float
) -> tuple[dict[str, Any], dict[str, float]]:
    start = time.perf_counter()
    image = load_image(body, limit_megapixels=limit_megapixels)
    decoded = time.perf_counter()
    readings, steps = reader.read_timed(image)
    height, width = image.shape[:2]
    answer = {"width": width, "height": height, "faces": [one.to_dict() for one in readings]}
    return answer, timings(arrival, start, decoded, steps)
