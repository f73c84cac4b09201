"""One page's connection: the newest frame is read, in a worker thread, and answered.

Two tasks share a place for one waiting frame. The first receives each frame and puts it there, in
place of any that waits. The second waits for its turn, takes the frame, has it read and sends the
answer. So a slow reader, a slow page or a page that ignores its credits costs frames, never memory
or delay.
"""

import asyncio
import time
from contextlib import suppress
from itertools import count
from typing import Any, Final

from fastapi import WebSocket, WebSocketDisconnect

from mien.faces.stream import FaceReader, Follower
from mien.live.jpeg import check, decode
from mien.live.limits import TokenBucket
from mien.live.logs import log_event, logger, warn_once
from mien.live.protocol import (
    CREDITS,
    Frame,
    FrameError,
    error_message,
    parse_frame,
    parse_usual,
    readings_message,
    state_message,
    usual_message,
)
from mien.live.reader_pool import HungError, ReaderPool, timings

MOST_FRAMES: Final = 120
"""Number of messages a second, on average, above which a client is cut off: twice a camera's."""

MOST_USUAL: Final = 32
"""Largest number of faces that one page may name as usual between two frames."""

SLOWEST: Final = 20.0
"""Seconds that a client may take to receive an answer."""

_ASK_AGAIN = 0.5  # seconds between requests for a place
_GONE: Final = (WebSocketDisconnect, RuntimeError, TimeoutError)
_numbers = count(1)


class Connection:
    """Server's side of `mien.live.protocol`, over an accepted WebSocket until it closes."""

    def __init__(self, websocket: WebSocket, readers: ReaderPool, client: str) -> None:
        self._websocket = websocket
        self._readers = readers
        self._client = client
        self._metrics = readers.metrics
        self._number = next(_numbers)
        self._follower = Follower()
        self._waiting: tuple[Frame, float] | None = None
        self._usual: set[int] = set()  # tracks whose faces to take as usual with the next frame
        self._arrived = asyncio.Event()
        self._replaced = 0
        self._last_sequence = -1
        self._frames = 0
        self._allowance = TokenBucket(MOST_FRAMES, burst=2 * MOST_FRAMES)
        self._is_reading = False
        self._is_finishing = False

    async def run(self) -> None:
        """Serve the page until either side closes."""
        began = time.monotonic()
        self._metrics.sessions_begun.inc()
        log_event("session began", session=self._number)
        tasks = {asyncio.create_task(self._answer()), asyncio.create_task(self._receive())}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._readers.admission.leave(self)
            self._readers.turns.forget(self)
            seconds = round(time.monotonic() - began, 1)
            log_event("session ended", session=self._number, seconds=seconds, frames=self._frames)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            for task in tasks:
                error = None if task.cancelled() else task.exception()
                # A page that is gone or too slow ends the session; any other reason is a defect.
                if error is not None and not isinstance(error, _GONE):
                    logger.error("A session ended by a defect", exc_info=error)

    async def finish(self) -> None:
        """Answer the frames that have come, then close, because the server ends."""
        self._is_finishing = True
        is_wanted = self._waiting is not None and self._readers.admission.has(self)
        if not self._is_reading and not is_wanted:
            await self.close(1012, "the server ends")

    async def _receive(self) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            if self._is_finishing:
                continue
            try:
                frame = self._parse(message)
                if frame is None:
                    continue
            except FrameError as error:
                self._metrics.frames.labels("refused").inc()
                await self._send(error_message(error))
                if error.close is not None:
                    warn_once("session cut off", self._client, reason=error.error)
                    await self.close(error.close, error.error)
                    return
                continue
            if self._waiting is not None:
                self._replaced += 1
                self._metrics.dropped.inc()
            self._waiting = frame, time.perf_counter()
            self._arrived.set()

    def _parse(self, message: Any) -> Frame | None:
        if not self._allowance.take():
            raise FrameError(
                "too-many", f"Expected at most {MOST_FRAMES} messages a second.", close=1008
            )
        data: bytes | None = message.get("bytes")
        if data is None:
            track = parse_usual(message.get("text") or "")
            if len(self._usual) < MOST_USUAL:
                self._usual.add(track)
            return None
        frame = parse_frame(data)
        if frame.sequence <= self._last_sequence:
            raise FrameError(
                "out-of-order",
                f"Expected a sequence above {self._last_sequence}, got {frame.sequence}.",
                sequence=frame.sequence,
            )
        check(frame)
        self._last_sequence = frame.sequence
        self._frames += 1
        return frame

    async def _answer(self) -> None:
        reader = await self._wait_for_reader()
        while True:
            await self._arrived.wait()
            if not self._readers.admission.take(self, self._client):
                await self._wait_for_place()
                continue
            async with self._readers.turns.turn(self):
                # Taken only now, so that it is the newest.
                self._arrived.clear()
                assert self._waiting is not None  # set before the event, and taken only here
                (frame, arrival), self._waiting = self._waiting, None
                replaced, self._replaced = self._replaced, 0
                self._is_reading = True
                answers = await self._read(reader, frame, arrival, replaced)
            for answer in answers:
                await self._send(answer)
            self._is_reading = False
            if self._is_finishing and self._waiting is None:
                await self.close(1012, "the server ends")
                return

    async def _read(
        self, reader: FaceReader, frame: Frame, arrival: float, replaced: int
    ) -> list[str]:
        usual, self._usual = self._usual, set()
        try:
            of_frame = self._readers.of_frame(reader, frame)
            readings, took, taken = await self._readers.run(
                _read, of_frame, self._follower, frame, arrival, usual
            )
        except FrameError as error:
            self._metrics.frames.labels("refused").inc()
            self._usual |= usual
            return [error_message(error, replaced)]
        except Exception as error:
            # Only this frame is lost; the connection stays.
            if isinstance(error, HungError):
                self._follower = Follower()  # the thread that hangs may still use the old one
            else:
                logger.exception("A frame could not be read")
            self._metrics.frames.labels("failed").inc()
            failure = FrameError("reading-failed", str(error), sequence=frame.sequence)
            return [error_message(failure, replaced)]
        self._readers.admission.costs.took(self, (took["total"] - took["waiting"]) / 1000)
        self._metrics.frames.labels("read").inc()
        self._metrics.took(took)
        answers = [usual_message(track, is_taken) for track, is_taken in taken.items()]
        return [readings_message(frame, readings, took, replaced), *answers]

    async def _wait_for_reader(self) -> FaceReader:
        if self._readers.state == "loading":
            await self._send(state_message("loading"))
        try:
            reader = await self._readers.reader()
        except Exception as error:
            await self._send(state_message("failed", str(error)))
            await asyncio.Event().wait()  # keeps the page, with its message, until it closes
            raise
        await self._send(state_message("ready", credits=CREDITS))
        return reader

    async def _wait_for_place(self) -> None:
        """Tell the page to wait until a place is free, and drop its frames, which are old then."""
        log_event("session waits", session=self._number)
        others = self._readers.admission.held
        await self._send(state_message("full", f"{others} others are being read."))
        while not self._readers.admission.take(self, self._client):
            await asyncio.sleep(_ASK_AGAIN)
        credits = self._replaced + (self._waiting is not None)
        self._waiting, self._replaced = None, 0
        self._arrived.clear()
        await self._send(state_message("ready", credits=credits))

    async def _send(self, text: str) -> None:
        async with asyncio.timeout(SLOWEST):
            await self._websocket.send_text(text)

    async def close(self, code: int, reason: str) -> None:
        """Close the WebSocket, unless it is closed already."""
        with suppress(RuntimeError, WebSocketDisconnect):  # it is closed already
            await self._websocket.close(code, reason)


def _read(
    reader: FaceReader, follower: Follower, frame: Frame, arrival: float, usual: set[int]
) -> tuple[list[dict[str, Any]], dict[str, float], dict[int, bool]]:
    """Return readings, the times of the steps, and for each track in `usual` whether it was taken.

    Usual faces are taken in the thread that reads, since a follower is for one thread at a time.
    """
    start = time.perf_counter()
    image = decode(frame)
    decoded = time.perf_counter()
    readings, steps = follower.read_timed(reader, image, frame.capture_time / 1000)
    taken = {track: follower.usual_faces.take(track) is not None for track in sorted(usual)}
    took = timings(arrival, start, decoded, steps)
    return [reading.to_dict() for reading in readings], took, taken
