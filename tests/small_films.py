"""Small films, written by PyAV from pictures, whole or broken."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from mien.errors import VideoError
from mien.frames import Frame
from mien.media.film import Video

Picture = NDArray[np.uint8]

RATE = 25
"""Frames a second where no times are given."""

SAMPLES = 44_100
"""Sound samples a second."""


def face(astronaut: Picture, side: int = 240) -> Picture:
    """Head and shoulders of the astronaut, RGB uint8 (side, side, 3)."""
    head = astronaut[:320, 64:384]
    return np.asarray(cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def placed(picture: Picture, x: int, y: int = 0, size: tuple[int, int] = (480, 240)) -> Picture:
    """Put a picture at a place in a grey one; `size` is width and height."""
    result = np.full((size[1], size[0], 3), 110, np.uint8)
    result[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
    return result


def write_film(
    path: Path,
    pictures: Iterable[Picture],
    *,
    times: Sequence[float] | None = None,
    sound: str | None = None,
    turn: float = 0,
    mirror: bool = False,
    aspect: Fraction | None = None,
    codec: str = "libx264",
    key_every: int = 10,
    options: dict[str, str] | None = None,
    zero_latency: bool = False,
) -> Path:
    """Write a film.

    Args:
        path: path of the film; its ending chooses the container.
        pictures: pictures, RGB uint8 (H, W, 3), all of one size.
        times: time of each picture in seconds; None follows `RATE`.
        sound: codec of a tone as long as the film; None adds no sound.
        turn: degrees by which players must turn the pictures, counter-clockwise.
        mirror: whether players must also mirror them.
        aspect: ratio of width to height of a pixel.
        codec: codec of the pictures.
        key_every: number of frames from one key frame to the next.
        options: options of the container.
        zero_latency: whether no picture waits for a later one, as in live streams.
    """
    pictures = list(pictures)
    times = times or [index / RATE for index in range(len(pictures))]
    with av.open(str(path), "w", options=options or {}) as film:
        coding = {"g": str(key_every)} | ({"tune": "zerolatency"} if zero_latency else {})
        stream = film.add_stream(codec, rate=RATE, options=coding)
        assert isinstance(stream, VideoStream)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        base = Fraction(1, 1000 if codec == "libx264" else RATE)
        stream.codec_context.time_base = base
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if turn or mirror:
            stream.set_display_rotation(turn, hflip=mirror)
        tone = film.add_stream(sound, rate=SAMPLES) if sound else None
        assert tone is None or isinstance(tone, AudioStream)
        heard = 0
        for time, picture in zip(times, pictures, strict=True):
            frame = VideoFrame.from_ndarray(picture, "rgb24")
            frame.time_base, frame.pts = base, round(time / base)
            film.mux(stream.encode(frame))
            if tone:
                until = round((time + 1 / RATE) * SAMPLES)
                wave = 8000 * np.sin(np.arange(heard, until) / 20)
                part = AudioFrame.from_ndarray(wave.astype(np.int16)[None], "s16", "mono")
                part.sample_rate, part.pts, part.time_base = SAMPLES, heard, Fraction(1, SAMPLES)
                film.mux(tone.encode(part))
                heard = until
        film.mux(stream.encode())
        if tone:
            film.mux(tone.encode())
    return path


def write_sound(path: Path) -> Path:
    """Write half a second of a tone without pictures."""
    with av.open(str(path), "w") as film:
        tone = film.add_stream("aac", rate=SAMPLES)
        wave = (8000 * np.sin(np.arange(SAMPLES // 2) / 20)).astype(np.int16)[None]
        part = AudioFrame.from_ndarray(wave, "s16", "mono")
        part.sample_rate, part.pts = SAMPLES, 0
        film.mux(tone.encode(part))
        film.mux(tone.encode())
    return path


def joined(path: Path, films: Iterable[Path]) -> Path:
    """Join films by writing one behind the other, as MPEG-TS allows."""
    path.write_bytes(b"".join(film.read_bytes() for film in films))
    return path


def cut(path: Path, share: float, name: str) -> Path:
    """Copy only the first share of a file."""
    content = path.read_bytes()
    copy = path.with_name(name)
    copy.write_bytes(content[: int(len(content) * share)])
    return copy


def spoil(path: Path, share: float, length: int, name: str) -> Path:
    """Copy a file with `length` bytes of noise behind its first share."""
    content = bytearray(path.read_bytes())
    start = int(len(content) * share)
    noise = np.random.default_rng(0).integers(0, 256, length).astype(np.uint8)
    content[start : start + length] = noise.tobytes()
    copy = path.with_name(name)
    copy.write_bytes(content)
    return copy


def read_film(path: str | Path, every: float = 0) -> list[Frame]:
    with Video(path) as video:
        return list(video.frames(every))


def read_broken_film(path: str | Path) -> tuple[list[Frame], str]:
    """Return the frames that can be read, and the error after them."""
    frames: list[Frame] = []
    with Video(path) as video, pytest.raises(VideoError) as raised:
        frames.extend(video.frames())
    return frames, str(raised.value)


def assert_alike(image: Picture, expected: Picture) -> None:
    assert np.abs(expected[::-1].astype(int) - expected).mean() > 40  # checks something
    assert image.shape == expected.shape
    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - expected).mean() < 14
