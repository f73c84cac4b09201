"""What the page and the server say to each other over the WebSocket `/live`.

The page sends one binary message a frame: a header of 20 bytes, little-endian, then a JPEG.

    offset  type     field
         0  uint32   protocol version, 1
         4  uint32   sequence, greater than that of the frame before
         8  float64  capture time in milliseconds by the page's own clock; comes back unchanged
        16  uint16   width of the JPEG in pixels, 1 to 640
        18  uint16   height of the JPEG in pixels, 1 to 640

It may send one text message, JSON of at most 200 bytes: `{"type": "usual", "track": 7}` says that
this face looks as the person usually does. The server answers it after the next frame.

The server answers in JSON, told apart by `type`:

    state     {"type", "version", "state": "loading" | "ready" | "full" | "failed", "message",
               "credits"}
    readings  {"type", "sequence", "capture_time", "width", "height", "readings", "timings",
               "replaced", "credits"}
    usual     {"type", "track", "taken": false where the face was not seen well just now,
               "credits": 0}
    error     {"type", "error": a word, "message", "sequence", "credits"}

A frame costs a credit, and `credits` in an answer gives that many to the page. The page sends only
with a credit in hand, so no queue can grow; a frame that comes while another waits replaces it.
`readings` holds `Reading.to_dict()` values, with `track`, `time`, `talking` (true, false or null),
`gesture` ("nod", "shake" or null) and `just_now` (true for some seconds after a lasting change);
`timings` are milliseconds.

page/network/protocol.js is this file's twin; tests/live/messages.json holds both to the same
messages.
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
"""Longest binary message; a 640×640 frame of pure noise at quality 0.8 has 0.27 MB."""
MOST_TEXT: Final = 200
"""Longest text message in characters."""
CREDITS: Final = 2
"""Frames a page may have on their way: one being read, one being encoded, sent or waiting."""

State = Literal["loading", "ready", "full", "failed"]


class FrameError(MienError):
    """A message that the server refuses.

    Attributes:
        error: a word that a program can tell it by.
        sequence: of the frame, where its header could be read.
        close: WebSocket close code, where the connection makes no sense any more; else None.
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
    """One binary message from the page; see the module's text for the fields."""

    sequence: int
    capture_time: float
    width: int
    height: int
    jpeg: bytes


def parse_frame(message: bytes) -> Frame:
    """Take a binary message apart; the JPEG itself is not looked at.

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
    """The track that a text message names, whose face looks as the person usually does.

    Raises:
        FrameError: "not-binary": it is another text.
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
    """Whether a face's last seconds were taken as the person's usual face."""
    return _json(type="usual", track=track, taken=taken, credits=0)


def encode_frame(frame: Frame) -> bytes:
    """A frame as the page sends it, for programs and tests that speak to the server."""
    header = HEADER.pack(VERSION, frame.sequence, frame.capture_time, frame.width, frame.height)
    return header + frame.jpeg


def state_message(state: State, message: str | None = None, *, credits: int = 0) -> str:
    """Whether the server reads the page's frames; "full" is told, and then "ready", at any time.

    Args:
        state: "loading" or "failed" for all; "full" while the page waits for a place.
        message: why, in words.
        credits: that come with "ready": the first two, or those of frames that came while full.
    """
    return _json(type="state", version=VERSION, state=state, message=message, credits=credits)


def readings_message(
    frame: Frame,
    readings: Sequence[Mapping[str, Any]],
    timings: Mapping[str, float],
    replaced: int,
) -> str:
    """The answer to a frame.

    Args:
        frame: the frame that was read.
        readings: `Reading.to_dict()` values.
        timings: what took how long, in milliseconds.
        replaced: frames that newer ones replaced since the last answer; their credits come back.
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
    """The refusal of a message; the credit that it cost comes back."""
    return _json(
        type="error",
        error=error.error,
        message=str(error),
        sequence=error.sequence,
        credits=1 + replaced,
    )


def _json(**values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
