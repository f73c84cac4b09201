"""The server's side of the protocol, tested on the same messages as the page's side."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from mien.answers import Votes
from mien.frames import Face, Quality
from mien.live.jpeg import decode
from mien.live.protocol import (
    HEADER,
    MAX_BYTES,
    VERSION,
    Frame,
    FrameError,
    encode_frame,
    error_message,
    parse_frame,
    parse_usual,
    readings_message,
    state_message,
    usual_message,
)
from mien.types import Reading

MESSAGES: dict[str, Any] = json.loads(
    Path(__file__).with_name("messages.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("recorded", MESSAGES["frames"], ids=lambda r: str(r["sequence"]))
def test_recorded_frames_parse_and_encode(recorded: dict[str, Any]) -> None:
    frame = parse_frame(bytes.fromhex(recorded["hex"]))
    assert frame == Frame(
        recorded["sequence"],
        recorded["capture_time"],
        recorded["width"],
        recorded["height"],
        bytes.fromhex(recorded["jpeg"]),
    )
    assert encode_frame(frame).hex() == recorded["hex"]


@pytest.mark.parametrize("recorded", MESSAGES["refused"], ids=lambda r: str(r["why"]))
def test_wrong_headers_are_refused(recorded: dict[str, Any]) -> None:
    with pytest.raises(FrameError) as caught:
        parse_frame(bytes.fromhex(recorded["hex"]))
    assert caught.value.error == recorded["error"]
    assert caught.value.sequence == recorded["sequence"]
    assert caught.value.close == recorded["close"]


def test_too_many_bytes_are_refused() -> None:
    header = HEADER.pack(VERSION, 3, 0.0, 640, 480)
    parse_frame(header + bytes(MAX_BYTES - len(header)))
    with pytest.raises(FrameError, match="at most 1048576 bytes, got 1048577") as caught:
        parse_frame(header + bytes(MAX_BYTES - len(header) + 1))
    assert caught.value.error == "too-large"


@given(st.binary(max_size=64))
def test_any_bytes_parse_or_are_refused(message: bytes) -> None:
    try:
        frame = parse_frame(message)
    except FrameError:
        return
    assert encode_frame(frame) == message


def test_answers_are_as_recorded() -> None:
    answers = MESSAGES["answers"]
    assert json.loads(state_message("loading")) == answers["loading"]
    assert json.loads(state_message("ready", credits=2)) == answers["ready"]
    assert json.loads(state_message("full", "8 others are being read.")) == answers["full"]
    assert json.loads(state_message("failed", "no weights")) == answers["failed"]
    recorded = answers["readings"]
    frame = Frame(305419896, 123456.75, 480, 640, b"")
    answer = readings_message(frame, recorded["readings"], recorded["timings"], 1)
    assert json.loads(answer) == recorded
    error = FrameError("broken-jpeg", "Expected a whole JPEG, got something else.", sequence=7)
    assert json.loads(error_message(error)) == answers["error"]


def test_a_face_that_is_followed_is_told_as_recorded() -> None:
    recorded = MESSAGES["answers"]["followed"]
    points = np.array(recorded["readings"][0]["landmarks"], np.float32)
    shares = np.array([0, 0, 0, 0.75, 0, 0, 0.25, 0], np.float64)
    reading = Reading(
        Face((10.5, 20.0, 110.25, 150.0), points, 0.9),
        Votes(shares),
        Quality(50, 0.5, 0.2, 1.0, 0.0),
        track=7,
        time=12.5,
        talking=False,
        gesture="shake",
        just_now=True,
    )
    answer = readings_message(Frame(9, 2.5, 480, 640, b""), [reading.to_dict()], {}, 0)
    told = json.loads(answer)
    assert told["readings"] == recorded["readings"]
    assert told.keys() == recorded.keys()


def frame_of(jpeg: bytes, width: int, height: int) -> Frame:
    return Frame(1, 0.0, width, height, jpeg)


def encode_jpeg(image: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


def test_a_jpeg_becomes_an_rgb_picture(astronaut: NDArray[np.uint8]) -> None:
    image = decode(frame_of(encode_jpeg(astronaut), 512, 512))
    assert image.shape == (512, 512, 3)
    assert image.dtype == np.uint8
    difference = np.abs(image.astype(int) - astronaut)
    assert difference.mean() < 4  # swapped channels would differ by 40


def test_a_grey_jpeg_becomes_an_rgb_picture(astronaut: NDArray[np.uint8]) -> None:
    grey = cv2.imencode(".jpg", astronaut[:, :, 0])[1].tobytes()
    assert decode(frame_of(grey, 512, 512)).shape == (512, 512, 3)


SPOILS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda jpeg: b"",
    "text": lambda jpeg: b"no picture at all",
    "half": lambda jpeg: jpeg[: len(jpeg) // 2],
    "header": lambda jpeg: jpeg[:30],
    "zeros": lambda jpeg: jpeg[:2] + b"\x00" * (len(jpeg) - 4) + jpeg[-2:],
    "png": lambda jpeg: b"\x89PNG\r\n\x1a\n" + jpeg,
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_broken_jpegs_are_refused(
    astronaut: NDArray[np.uint8], spoil: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(FrameError) as caught:
        decode(frame_of(spoil(encode_jpeg(astronaut)), 512, 512))
    assert caught.value.error == "broken-jpeg"
    assert caught.value.sequence == 1


def test_a_huge_jpeg_is_refused_before_it_is_decoded(astronaut: NDArray[np.uint8]) -> None:
    jpeg = bytearray(encode_jpeg(astronaut))
    start = jpeg.index(b"\xff\xc0") + 5
    jpeg[start : start + 4] = b"\xff\xff\xff\xff"  # the header now says 65,535 × 65,535
    with pytest.raises(FrameError, match="got 65535×65535") as caught:
        decode(frame_of(bytes(jpeg), 512, 512))
    assert caught.value.error == "wrong-size"


def test_a_usual_face_is_asked_for_and_answered_as_recorded() -> None:
    assert parse_usual(json.dumps(MESSAGES["usual"])) == 7
    assert json.loads(usual_message(7, True)) == MESSAGES["answers"]["usual"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "null",
        "[7]",
        '{"type": "usual"}',
        '{"type": "usual", "track": "7"}',
        '{"type": "usual", "track": true}',
        '{"type": "other", "track": 7}',
        "[" * 150,
        '{"type": "usual", "track": 7}' + " " * 200,
    ],
)
def test_other_texts_are_refused_and_end_the_connection(text: str) -> None:
    with pytest.raises(FrameError) as refused:
        parse_usual(text)
    assert (refused.value.error, refused.value.close) == ("not-binary", 1003)
