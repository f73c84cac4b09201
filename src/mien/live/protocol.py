"""Protocol between the page and the server over the WebSocket `/live`.

The page sends one binary message per frame: a header of 20 bytes, little-endian, then a JPEG.

    offset  type     field
         0  uint32   protocol version, 1
         4  uint32   sequence, greater than that of the frame before
         8  float64  capture time in milliseconds by the page's own clock; comes back unchanged
        16  uint16   width of the JPEG in pixels, 1 to 640
        18  uint16   height of the JPEG in pixels, 1 to 640

It may send one kind of text message, JSON of at most 200 bytes: `{"type": "usual", "track": 7}`
says that this face looks as the person usually does. The server answers it after the next frame.

The server's messages are JSON of four types:

    state     {"type", "version", "state": "loading" | "ready" | "full" | "failed", "message",
               "credits"}
    readings  {"type", "sequence", "capture_time", "width", "height", "readings", "timings",
               "replaced", "credits"}
    usual     {"type", "track", "taken": false if the face was not seen well just now,
               "credits": 0}
    error     {"type", "error": a word, "message", "sequence", "credits"}

A frame costs a credit, and `credits` in an answer gives that many to the page. The page sends only
while it has a credit, so no queue can grow. A frame that comes while another waits replaces it.
`readings` holds `Reading.to_dict()` values, with `track`, `time`, `talking` (true, false or null),
`gesture` ("nod", "shake" or null) and `just_now` (true for some seconds after a lasting change).
`timings` are milliseconds.

page/network/protocol.js is the page's side of it. tests/live/messages.json holds messages that both
must understand.
"""

import json
import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from mien.errors import MienError

VERSION: Final = 1
HEADER: Final = struct.Struct("<IIdHH")
MAX_SIDE: Final = 640
"""Longest side of a frame in pixels."""
MAX_BYTES: Final = 1 << 20
"""Longest binary message in bytes; a 640×640 frame of pure noise at quality 0.8 has 0.27 MB."""
MOST_TEXT: Final = 200
"""Longest text message in characters."""
CREDITS: Final = 2
"""Number of frames under way of a page: one being read, one being encoded, sent or waiting."""

State = Literal["loading", "ready", "full", "failed"]


class FrameError(MienError):
    """The server refuses a message.

    Attributes:
        error: word for programs.
        sequence: sequence of the frame, if its header could be read.
        close: WebSocket close code if the connection ends; else None.
    """

    def __init__(
        self, error: str, message: str, *, sequence: int | None = None, close: int | None = None
    ) -> None:
        super().__init__(message)
        self.error = error
        self.sequence = sequence
        self.close = close


@dataclass(frozen=True, slots=True)
class Frame:
    """One binary message from the page; the module's text describes the fields."""

    sequence: int
    capture_time: float
    width: int
    height: int
    jpeg: bytes


def parse_frame(message: bytes) -> Frame:
    """Parse a binary message, without looking at the JPEG itself.

    Raises:
        FrameError: "wrong-header", "wrong-version" or "too-large".
    """
    if len(message) < HEADER.size:
        raise FrameError(
            "wrong-header",
            f"Expected a header of {HEADER.size} bytes and a JPEG, got {len(message)} bytes.",
            close=1002,
        )
    version, sequence, capture_time, width, height = HEADER.unpack_from(message)
    if version != VERSION:
        raise FrameError(
            "wrong-version",
            f"Expected protocol version {VERSION}, got {version}. Reload the page.",
            close=1002,
        )
    if not math.isfinite(capture_time) or not width or not height:
        raise FrameError(
            "wrong-header",
            "Expected a finite capture time and a width and height of at least 1, "
            f"got {capture_time}, {width} and {height}.",
            sequence=sequence,
        )
    if max(width, height) > MAX_SIDE:
        raise FrameError(
            "too-large",
            f"Expected at most {MAX_SIDE} pixels a side, got {width}×{height}.",
            sequence=sequence,
        )
    if len(message) > MAX_BYTES:
        raise FrameError(
            "too-large",
            f"Expected at most {MAX_BYTES} bytes, got {len(message)}.",
            sequence=sequence,
        )
    return Frame(sequence, capture_time, width, height, message[HEADER.size :])


def parse_usual(message: str) -> int:
    """Return the track of a text message of type "usual".

    Raises:
        FrameError: "not-binary" for another text.
    """
    try:
        content: Any = json.loads(message) if len(message) <= MOST_TEXT else None
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict) and content.get("type") == "usual":
        track: Any = content.get("track")
        if isinstance(track, int) and not isinstance(track, bool):
            return track
    raise FrameError(
        "not-binary",
        'Expected a binary message (header and JPEG) or {"type": "usual", "track": …}, '
        "got another text.",
        close=1003,
    )


def usual_message(track: int, taken: bool) -> str:
    """Answer whether a face's last seconds were taken as the person's usual face."""
    return _json(type="usual", track=track, taken=taken, credits=0)


def encode_frame(frame: Frame) -> bytes:
    """Encode a frame as the page does, for programs and tests that speak to the server."""
    header = HEADER.pack(VERSION, frame.sequence, frame.capture_time, frame.width, frame.height)
    return header + frame.jpeg


def state_message(state: State, message: str | None = None, *, credits: int = 0) -> str:
    """Say whether the server reads the page's frames; "full" and then "ready" may come at any time.

    Args:
        state: "loading" or "failed" for all pages; "full" while this page waits for a place.
        message: the reason, in words.
        credits: credits that come with "ready": the first two, or those of frames that came while
            full.
    """
    return _json(type="state", version=VERSION, state=state, message=message, credits=credits)


def readings_message(
    frame: Frame,
    readings: Sequence[Mapping[str, Any]],
    timings: Mapping[str, float],
    replaced: int,
) -> str:
    """Answer a frame.

    Args:
        frame: frame that was read.
        readings: `Reading.to_dict()` values.
        timings: milliseconds of each step.
        replaced: number of frames that newer ones replaced since the last answer; their credits
            are given back.
    """
    return _json(
        type="readings",
        sequence=frame.sequence,
        capture_time=frame.capture_time,
        width=frame.width,
        height=frame.height,
        readings=list(readings),
        timings={name: round(value, 2) for name, value in timings.items()},
        replaced=replaced,
        credits=1 + replaced,
    )


def error_message(error: FrameError, replaced: int = 0) -> str:
    """Refuse a message, and give back the credit that it cost."""
    return _json(
        type="error",
        error=error.error,
        message=str(error),
        sequence=error.sequence,
        credits=1 + replaced,
    )


def _json(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
