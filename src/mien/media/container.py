"""The container of a film: opened by PyAV, or refused with its name, and what it declares.

FFmpeg may open only containers of films. Others can do more: a playlist names files and addresses,
which FFmpeg would fetch.
"""

import os
import select
import sys
from io import BufferedReader
from pathlib import Path
from time import monotonic
from typing import Any, Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import ArgumentError, ExitError, FFmpegError, InvalidDataError
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from mien.errors import VideoError, reason_of
from mien.media.waiting import patiently

FILM_FORMATS: Final = (
    *("mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf", "ogg", "gif"),
    *("mxf", "ivf", "h264", "hevc", "dv", "rm", "wtv", "yuv4mpegpipe"),
)
"""FFmpeg's names of the containers that are read; MP4 is "mov", WebM is "matroska"."""

EXPECTED: Final = "Expected a film, such as MP4, MOV, MKV, WebM or AVI"
"""Part of error messages: what was expected."""

REMEDY: Final = "Copy or download it again."
"""Part of error messages: how to mend a damaged film."""

_PATIENCE: Final = 20.0  # seconds to wait for an address
_STEP: Final = 0.1  # seconds between two checks whether a pipe is still wanted

_JOINED: Final = {"merge_pmt_versions": "1"}
# In MPEG-TS, streams keep their identity behind a seam even if their numbers change.

_ABSOLUTE: Final = frozenset({"matroska,webm", "asf", "wtv", "nut"})
# Containers whose length counts from 0 even if the film begins later.


class Pipe:
    """Standard input, with the time spent waiting for it.

    It is read by its descriptor, not through Python's file object: a thread waiting there would
    hold a lock that Python needs at exit, and the process would crash.

    Attributes:
        file: the file that standard input was redirected from; None if it cannot seek.
        waited: seconds spent waiting so far.
    """

    def __init__(self) -> None:
        """Use standard input.

        Raises:
            VideoError: it is closed.
        """
        self.waited = 0.0
        self._ended = False
        stdin: Any = getattr(sys.stdin, "buffer", None)  # None if Python started without it
        if stdin is None or getattr(stdin, "closed", False):
            raise VideoError("standard input: it is closed. Send a film into it, or name a file.")
        self.file: BufferedReader | None = stdin if stdin.seekable() else None
        self._stdin = stdin
        try:
            self._descriptor: int | None = stdin.fileno()
        except (AttributeError, OSError):  # replaced by another object
            self._descriptor = None

    def read(self, size: int) -> bytes:
        """Return the bytes that are available, at most `size`; none at the end."""
        start = monotonic()
        content = self._read(size)
        self.waited += monotonic() - start
        return content

    def end(self) -> None:
        """End the waiting for more data."""
        self._ended = True

    def _read(self, size: int) -> bytes:
        if self._descriptor is None:
            return self._stdin.read1(size)
        while sys.platform != "win32" and not self._ended:  # Windows can only wait for sockets
            if select.select([self._descriptor], [], [], _STEP)[0]:
                break
        return b"" if self._ended else os.read(self._descriptor, size)


def check_file(path: Path) -> None:
    """Check that a path is a file and not empty.

    Raises:
        VideoError: it is not.
    """
    try:
        if path.is_dir():
            raise VideoError(
                f"{path}: a folder. {EXPECTED}; name the films in it, such as {path / '*.mp4'}, or "
                "add --ray. In Python, call mien.watch for each."
            )
        if not path.exists():
            camera = f" Camera {path} is a number, without quotes." if str(path).isdecimal() else ""
            what = "a link to a file that is missing" if path.is_symlink() else "no such file"
            raise VideoError(f"{path}: {what}. {EXPECTED}.{camera}")
        if not path.is_file():
            raise VideoError(f"{path}: not a regular file. {EXPECTED}, or - for standard input.")
        with path.open("rb") as file:
            if not file.read(1):
                raise VideoError(f"{path}: empty. {EXPECTED}. {REMEDY}")
    except (OSError, ValueError) as error:
        raise VideoError(f"{path}: cannot be opened: {reason_of(error)}.") from error


def open_container(source: str | Path | Pipe, name: str, address: bool) -> InputContainer:
    """Open a file, a pipe, or an address.

    Args:
        source: what to open.
        name: name of the source, for messages.
        address: whether the source is an address.

    Raises:
        VideoError: it cannot be opened, or is not a film.
    """
    try:
        if address:
            return patiently(
                lambda: av.open(
                    str(source),
                    options={"rtsp_transport": "tcp"} | _JOINED,
                    metadata_errors="ignore",
                    timeout=_PATIENCE,
                ),
                undo=lambda container: container.close(),
            )
        # "file:" prevents that a part of the name is taken for a protocol.
        file: str | BufferedReader | Pipe = f"file:{source}"
        if isinstance(source, Pipe):  # a redirected file may have its index at its end
            file = source.file or source
        return patiently(
            lambda: av.open(
                file,
                mode="r",
                options={"format_whitelist": ",".join(FILM_FORMATS)} | _JOINED,
                metadata_errors="ignore",
            ),
            undo=lambda container: container.close(),
            stop=source.end if isinstance(source, Pipe) else None,
        )
    except (InvalidDataError, ArgumentError) as error:
        where = " from a pipe: save it to a file" if isinstance(source, Pipe) else ""
        raise VideoError(
            f"{name}: not a film that mien reads{where}. {EXPECTED}. If it is one, it was cut "
            "short or damaged: copy or download it again. Pictures are read by `mien read`, in "
            "Python by mien.read."
        ) from error
    except (FFmpegError, OSError) as error:
        remedy = " Check address, name and password." if address else ""
        raise VideoError(f"{name}: cannot be opened: {ffmpeg_reason(error)}.{remedy}") from error


def ffmpeg_reason(error: Exception) -> str:
    """Return FFmpeg's reason without the address, which may contain a password."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "no answer in time" if isinstance(error, ExitError) else reason.rstrip(".")


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """Return the stream of pictures to read.

    Raises:
        VideoError: there is none.
    """
    covers = Disposition.attached_pic | Disposition.timed_thumbnails  # for example of an album
    films = [stream for stream in container.streams.video if not stream.disposition & covers]
    if not films:
        what = "only sound" if container.streams.audio else "no pictures"
        raise VideoError(f"{name}: has {what}. {EXPECTED}.")
    films = [stream for stream in films if _has_decoder(stream)]
    if not films:
        raise VideoError(
            f"{name}: its pictures have a format that mien cannot decode. Convert it to H.264."
        )
    best = container.streams.best("video")
    return next((stream for stream in films if stream is best), films[0])


def sound_stream(container: InputContainer, notes: list[str]) -> AudioStream | None:
    """Return the best stream of sound that can be decoded; None if there is none.

    Args:
        container: container of the film.
        notes: list to which a sentence is added if a stream cannot be decoded.
    """
    best = container.streams.best("audio")
    sounds = sorted(container.streams.audio, key=lambda stream: stream is not best)
    sound = next((stream for stream in sounds if _has_decoder(stream)), None)
    if sounds and sound is None:
        notes.append("Its sound has a format that mien cannot decode, and is left out.")
    elif sound is not (sounds[0] if sounds else None):
        notes.append("Its sound has a format that mien cannot decode; another track is kept.")
    return sound


def _has_decoder(stream: Stream) -> bool:
    """Return whether this build of FFmpeg can decode a stream."""
    context: Any = stream.codec_context  # None if it cannot, although PyAV's types differ
    return context is not None


def rate_of(stream: VideoStream) -> float | None:
    """Return the declared number of frames a second; None if there is none, or it is absurd."""
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and 0.1 <= rate <= 300:
            return float(rate)
    return None


def duration_of(container: InputContainer) -> float | None:
    """Return the declared length of a film in seconds; None if it declares none."""
    start = (container.start_time or 0) / av.time_base
    ends: list[float] = []
    for stream in (*container.streams.video, *container.streams.audio):
        base = stream.time_base
        if stream.duration and base:
            first = 0 if _counts_from_zero(container) else (stream.start_time or 0)
            ends.append(float((first + stream.duration) * base) - start)
    if not ends and container.duration:
        ends.append(container.duration / av.time_base)
        if _counts_from_zero(container):
            ends[0] -= start
    if not ends:
        return None
    longest = max(ends)
    # Some programs count from the beginning of the film even in these containers.
    return longest if longest > 0 else longest + start


def _counts_from_zero(container: InputContainer) -> bool:
    """Return whether the declared length may count from 0 instead of the film's beginning."""
    return container.format.name in _ABSOLUTE
