"""A film's container opened by PyAV: refused by name where it is none, and what it declares.

FFmpeg is asked for containers of films alone: others that it knows are more than films (playlists
name other files and addresses, which it would fetch).
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

from mien.errors import VideoError
from mien.errors import reason_of as file_reason
from mien.media.waiting import patiently

FILM_FORMATS: Final = (
    *("mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf", "ogg", "gif"),
    *("mxf", "ivf", "h264", "hevc", "dv", "rm", "wtv", "yuv4mpegpipe"),
)
"""FFmpeg's names of the containers that are read; MP4 is "mov", WebM "matroska"."""

EXPECTED: Final = "Expected a film, such as MP4, MOV, MKV, WebM or AVI"
"""Words of an error."""

MEND: Final = "Copy or download it anew."
"""Words of an error."""

_PATIENCE: Final = 20.0  # seconds to wait for an address
_STEP: Final = 0.1  # seconds to wait for a pipe before looking whether anybody still wants it

_JOINED: Final = {"merge_pmt_versions": "1"}
# Of MPEG-TS: what comes behind a seam with other numbers goes on as the same streams.

_ABSOLUTE: Final = frozenset({"matroska,webm", "asf", "wtv", "nut"})
# Containers whose length counts from 0 even if the film begins later.


class Pipe:
    """Standard input, and how long it had to be waited for.

    Its descriptor is read, not Python's file of it: a thread that waits in there would hold a lock
    that Python takes at its end, and ends the process with a crash if it cannot.

    Attributes:
        file: that it is, where that can be read without going forward, such as one redirected.
        waited: seconds so far.
    """

    def __init__(self) -> None:
        """Take standard input.

        Raises:
            VideoError: it is closed.
        """
        self.waited = 0.0
        self._ended = False
        stdin: Any = getattr(sys.stdin, "buffer", None)  # none where Python began without
        if stdin is None or getattr(stdin, "closed", False):
            raise VideoError("standard input: it is closed. Send a film into it, or name a file.")
        self.file: BufferedReader | None = stdin if stdin.seekable() else None
        self._stdin = stdin
        try:
            self._descriptor: int | None = stdin.fileno()
        except (AttributeError, OSError):  # something else in its place
            self._descriptor = None

    def read(self, size: int) -> bytes:
        """What is there already, at most so many bytes; none at the end."""
        start = monotonic()
        content = self._read(size)
        self.waited += monotonic() - start
        return content

    def end(self) -> None:
        """Let whoever waits for more have none."""
        self._ended = True

    def _read(self, size: int) -> bytes:
        if self._descriptor is None:
            return self._stdin.read1(size)
        while sys.platform != "win32" and not self._ended:  # only sockets can be asked there
            if select.select([self._descriptor], [], [], _STEP)[0]:
                break
        return b"" if self._ended else os.read(self._descriptor, size)


def check_file(path: Path) -> None:
    """Refuse what is no file, or empty.

    Raises:
        VideoError: it is so.
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
                raise VideoError(f"{path}: empty. {EXPECTED}. {MEND}")
    except (OSError, ValueError) as error:
        raise VideoError(f"{path}: cannot be opened: {file_reason(error)}.") from error


def open_container(source: str | Path | Pipe, name: str, address: bool) -> InputContainer:
    """Open a file, a pipe, or an address.

    Args:
        source: what is opened.
        name: of it, for people.
        address: whether it is an address.

    Raises:
        VideoError: it cannot be opened, or is no film.
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
        # With "file:" no part of a name is taken for a protocol.
        file: str | BufferedReader | Pipe = f"file:{source}"
        if isinstance(source, Pipe):  # a file that was redirected may have its index at its end
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
        how = (
            " and can be read without going back: save it to a file"
            if isinstance(source, Pipe)
            else ""
        )
        raise VideoError(
            f"{name}: not a film that mien reads{how}. {EXPECTED}. If it is one, it was cut short "
            f"or damaged: {MEND[0].lower()}{MEND[1:]} Pictures are read by `mien read`, in Python "
            "by mien.read."
        ) from error
    except (FFmpegError, OSError) as error:
        mend = " Check address, name and password." if address else ""
        raise VideoError(f"{name}: cannot be opened: {reason_of(error)}.{mend}") from error


def reason_of(error: Exception) -> str:
    """FFmpeg's words, without the address, which may hold a password."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "no answer in time" if isinstance(error, ExitError) else reason.rstrip(".")


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """The stream of pictures to read.

    Raises:
        VideoError: there is none.
    """
    covers = Disposition.attached_pic | Disposition.timed_thumbnails  # of a piece of music, say
    films = [stream for stream in container.streams.video if not stream.disposition & covers]
    if not films:
        what = "sound alone" if container.streams.audio else "no pictures"
        raise VideoError(f"{name}: has {what}. {EXPECTED}.")
    films = [stream for stream in films if has_decoder(stream)]
    if not films:
        raise VideoError(
            f"{name}: its pictures are coded in a way that mien cannot decode. Convert it to H.264."
        )
    best = container.streams.best("video")
    return next((stream for stream in films if stream is best), films[0])


def sound_stream(container: InputContainer, notes: list[str]) -> AudioStream | None:
    """The stream of sound to keep: the best that can be decoded; None where there is none.

    Args:
        container: of the film.
        notes: gets a sentence where some cannot be decoded.
    """
    sounds = list(container.streams.audio)
    best = container.streams.best("audio")
    sounds.sort(key=lambda stream: stream is not best)
    sound = next((stream for stream in sounds if has_decoder(stream)), None)
    if sounds and sound is None:
        notes.append("Its sound is coded in a way that mien cannot decode, and is left out.")
    elif sound is not (sounds[0] if sounds else None):
        notes.append("Its sound is coded in a way that mien cannot decode; another track is kept.")
    return sound


def has_decoder(stream: Stream) -> bool:
    """Whether FFmpeg, as it is built here, can decode a stream."""
    context: Any = stream.codec_context  # None where it cannot, whatever PyAV's types say
    return context is not None


def rate_of(stream: VideoStream) -> float | None:
    """Frames a second, where it tells."""
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and 0.1 <= rate <= 300:
            return float(rate)
    return None


def duration_of(container: InputContainer) -> float | None:
    """From the film's beginning to its end, in seconds, as declared; None where it is not."""
    start = (container.start_time or 0) / av.time_base
    ends: list[float] = []
    for stream in (*container.streams.video, *container.streams.audio):
        base = stream.time_base
        if stream.duration and base:
            first = 0 if counts_from_zero(container) else (stream.start_time or 0)
            ends.append(float((first + stream.duration) * base) - start)
    if not ends and container.duration:
        ends.append(container.duration / av.time_base)
        if counts_from_zero(container):
            ends[0] -= start
    if not ends:
        return None
    longest = max(ends)
    # Some programs count from the film's beginning all the same.
    return longest if longest > 0 else longest + start


def counts_from_zero(container: InputContainer) -> bool:
    """Whether its declared length may count from 0, and not from the film's beginning."""
    return container.format.name in _ABSOLUTE
