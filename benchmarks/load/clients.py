"""Hold sessions as pages do: real WebSockets that send real faces and obey the credits."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data
from websockets.asyncio.client import ClientConnection, connect

from mien.live.protocol import Frame, encode_frame

LONGEST: Final = 120.0
"""Longest duration in seconds of a session that waits for something."""


@dataclass
class Session:
    """Outcome of one session.

    Attributes:
        delays: seconds from a frame's capture to its readings.
        captured: number of frames of the camera.
        dropped: number of those without a credit, or replaced by newer ones.
        faces: number of readings with one face or more.
        was_full: whether the server said that all places are held.
        is_ready: whether it had a place at the end.
        errors: answers that refused a frame, and lost connections.
    """

    delays: list[float] = field(default_factory=list[float])
    captured: int = 0
    dropped: int = 0
    faces: int = 0
    was_full: bool = False
    is_ready: bool = False
    errors: list[str] = field(default_factory=list[str])


def film(frames: int = 30) -> list[bytes]:
    """Make 640×480 JPEGs of quality 0.8 in which the astronaut's face moves from side to side."""
    still = cv2.cvtColor(cv2.resize(data.astronaut()[:384], (640, 480)), cv2.COLOR_RGB2BGR)
    return [
        _jpeg(np.roll(still, round(12 * np.sin(2 * np.pi * i / frames)), axis=1))
        for i in range(frames)
    ]


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


async def hold(
    address: str,
    pictures: Sequence[bytes],
    *,
    rate: float,
    start: float,
    seconds: float,
    enough: Callable[[Session], bool] | None = None,
) -> Session:
    """Hold one session.

    Args:
        address: address such as http://127.0.0.1:8765.
        pictures: the camera's film, shown again and again.
        rate: frames a second of the camera.
        start: seconds after which the camera starts, so that sessions do not run in step.
        seconds: seconds for which it gives frames ...
        enough: ... and for as long as this returns False, up to `LONGEST`.
    """
    session = Session()
    url = address.replace("http", "ws", 1) + "/live"
    try:
        async with connect(url, origin=address, compression=None, max_size=None) as socket:  # pyright: ignore[reportArgumentType]
            await _run(session, socket, pictures, rate, start, seconds, enough)
    except OSError as error:
        session.errors.append(str(error))
    except Exception as error:  # a lost connection is a result
        session.errors.append(type(error).__name__)
    return session


async def _run(
    session: Session,
    socket: ClientConnection,
    pictures: Sequence[bytes],
    rate: float,
    start: float,
    seconds: float,
    enough: Callable[[Session], bool] | None,
) -> None:
    credits = 0

    async def listen() -> None:
        nonlocal credits
        async for text in socket:
            now = time.perf_counter()
            answer = json.loads(text)
            credits += answer["credits"]
            if answer["type"] == "readings":
                session.delays.append(now - answer["capture_time"] / 1000)
                session.dropped += answer["replaced"]
                session.faces += bool(answer["readings"])
            elif answer["type"] == "state":
                session.is_ready = answer["state"] == "ready"
                session.was_full |= answer["state"] == "full"
            else:
                session.errors.append(answer["error"])

    listening = asyncio.create_task(listen())
    try:
        while not credits and not listening.done():
            await asyncio.sleep(0.01)
        await asyncio.sleep(start)
        begin = time.perf_counter()
        for number in count():
            lasted = time.perf_counter() - begin
            lacks = enough is not None and not enough(session) and lasted < LONGEST
            if number >= int(rate * seconds) and not lacks:
                break
            await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            session.captured += 1
            if not credits:
                session.dropped += 1
                continue
            credits -= 1
            jpeg = pictures[number % len(pictures)]
            captured = 1000 * time.perf_counter()
            await socket.send(encode_frame(Frame(number + 1, captured, 640, 480, jpeg)))
        await asyncio.sleep(0.5)  # the last answers
    finally:
        listening.cancel()
        await asyncio.wait([listening])
