"""Reader that finds a face in every picture, and a client of a server that uses it."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from starlette.testclient import WebSocketTestSession

from mien.answers import Votes
from mien.faces.stream import FaceReader
from mien.faces.timings import Timings
from mien.frames import Box, Face, Quality
from mien.live.app import create_app
from mien.live.protocol import Frame, encode_frame
from mien.types import Reading

ADDRESS = "http://127.0.0.1:8765"


class StandInReader:
    """Reader that finds one face as large as the picture, and can be made to wait."""

    def __init__(self) -> None:
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.started = threading.Semaphore(0)

    def read_timed(
        self, image: NDArray[np.uint8], *, regions: Sequence[Box] | None = None
    ) -> tuple[list[Reading], Timings]:
        self.started.release()
        assert self.may_go_on.wait(10)
        height, width = image.shape[:2]
        if width == 13:
            raise RuntimeError("thirteen")
        face = Face((0.0, 0.0, float(width), float(height)), np.zeros((5, 2), np.float32), 0.9)
        votes = np.array([0, 0, 0, 0.8, 0, 0, 0.2, 0], np.float64)
        reading = Reading(face, Votes(votes), Quality(50, 0.5, 0.2, 1.0, 0.0))
        return [reading], Timings(0.001, 0.002, 0.003)


def jpeg(width: int = 64, height: int = 48) -> bytes:
    return cv2.imencode(".jpg", np.full((height, width, 3), 128, np.uint8))[1].tobytes()


def message(sequence: int, width: int = 64, height: int = 48) -> bytes:
    return encode_frame(Frame(sequence, 1.5 * sequence, width, height, jpeg(width, height)))


def client_of(factory: Callable[[], FaceReader]) -> TestClient:
    return TestClient(create_app(factory), base_url=ADDRESS)


def connect(client: TestClient, **headers: str) -> WebSocketTestSession:
    own = {"host": "127.0.0.1:8765", "origin": ADDRESS}
    return client.websocket_connect("/live", headers=own | headers)


def await_ready(page: WebSocketTestSession) -> dict[str, Any]:
    while (answer := page.receive_json())["state"] == "loading":
        pass
    return answer
