"""One page's connection: the newest frame is read, in a worker thread, and answered.

Two tasks share a place for one waiting frame. The first receives and puts each frame there, over
whatever waits; the second takes the frame, has it read and sends the answer. So a slow reader, a
slow page or a page that ignores its credits costs frames, never memory or delay.
"""

import asyncio
import logging
import time
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from fastapi import WebSocket, WebSocketDisconnect
from numpy.typing import NDArray

from mien.live.jpeg import decode
from mien.live.protocol import (
    Frame,
    FrameError,
    error_message,
    parse_frame,
    readings_message,
    state_message,
)
from mien.tracker import Tracker
from mien.types import Reading

logger = logging.getLogger("mien.live")


class StepTimes(Protocol):
    """Seconds that the steps of a reading took."""

    @property
    def finder(self) -> float:
        """Finding the faces."""
        ...

    @property
    def crop(self) -> float:
        """Cutting them out."""
        ...

    @property
    def network(self) -> float:
        """Reading them."""
        ...


class FrameReader(Protocol):
    """What the server needs of `mien.reader.Reader`; called from several threads at once."""

    def read_timed(self, image: NDArray[np.uint8]) -> tuple[list[Reading], StepTimes]:
        """Readings of an RGB uint8 (H, W, 3) picture, and what took how long."""
        ...


class Connection:
    """Speaks `mien.live.protocol` over an accepted WebSocket until it closes."""

    def __init__(
        self, websocket: WebSocket, reader: asyncio.Future[FrameReader], executor: Executor
    ) -> None:
        self._websocket = websocket
        self._reader = reader
        self._executor = executor
        self._tracker = Tracker()
        self._waiting: tuple[Frame, float] | None = None
        self._arrived = asyncio.Event()
        self._replaced = 0
        self._last_sequence = -1

    async def run(self) -> None:
        """Serve the page until either side closes."""
        answering = asyncio.create_task(self._answer())
        try:
            with suppress(WebSocketDisconnect):
                await self._receive()
        finally:
            # What it may raise is that the page is gone, which _receive has seen as well.
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)

    async def _receive(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            try:
                frame = self._parse(message)
            except FrameError as error:
                await self._websocket.send_text(error_message(error))
                if error.close is not None:
                    await self._websocket.close(error.close, error.error)
                    raise WebSocketDisconnect(error.close) from error
                continue
            if self._waiting is not None:
                self._replaced += 1
            self._waiting = frame, time.perf_counter()
            self._arrived.set()

    def _parse(self, message: Any) -> Frame:
        data: bytes | None = message.get("bytes")
        if data is None:
            raise FrameError(
                "not-binary",
                "Expected a binary message (header and JPEG), got text.",
                close=1003,
            )
        frame = parse_frame(data)
        if frame.sequence <= self._last_sequence:
            raise FrameError(
                "out-of-order",
                f"Expected a sequence above {self._last_sequence}, got {frame.sequence}.",
                sequence=frame.sequence,
            )
        self._last_sequence = frame.sequence
        return frame

    async def _answer(self) -> None:
        reader = await self._wait_for_reader()
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            assert self._waiting is not None  # set before the event, and taken only here
            (frame, arrival), self._waiting = self._waiting, None
            replaced, self._replaced = self._replaced, 0
            try:
                readings, timings = await loop.run_in_executor(
                    self._executor, _read, reader, self._tracker, frame, arrival
                )
                answer = readings_message(frame, readings, timings, replaced)
            except FrameError as error:
                answer = error_message(error, replaced)
            except Exception as error:
                # This frame is lost; the connection and the others go on.
                logger.exception("A frame could not be read")
                failure = FrameError("reading-failed", str(error), sequence=frame.sequence)
                answer = error_message(failure, replaced)
            await self._websocket.send_text(answer)

    async def _wait_for_reader(self) -> FrameReader:
        if not self._reader.done():
            await self._websocket.send_text(state_message("loading"))
        try:
            # Shielded: a page that closes meanwhile must not cancel the loading for the others.
            reader = await asyncio.shield(self._reader)
        except Exception as error:
            await self._websocket.send_text(state_message("failed", str(error)))
            await asyncio.Event().wait()  # keep the page, with its message, until it closes
            raise
        await self._websocket.send_text(state_message("ready"))
        return reader


def _read(
    reader: FrameReader, tracker: Tracker, frame: Frame, arrival: float
) -> tuple[list[dict[str, Any]], dict[str, float]]:
    start = time.perf_counter()
    image = decode(frame)
    decoded = time.perf_counter()
    readings, steps = reader.read_timed(image)
    readings = tracker.update(image, readings, frame.capture_time / 1000)
    end = time.perf_counter()
    seconds = {
        "waiting": start - arrival,
        "decode": decoded - start,
        "finder": steps.finder,
        "crop": steps.crop,
        "network": steps.network,
        "total": end - arrival,
    }
    milliseconds = {name: 1000 * value for name, value in seconds.items()}
    return [reading.to_dict() for reading in readings], milliseconds
