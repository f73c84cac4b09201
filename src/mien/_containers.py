"""A film's container opened by PyAV: refused by name where it is none, and what it declares.

FFmpeg is asked for containers of films alone: others that it knows are more than films (playlists
name other files and addresses, which it would fetch).
"""

import sys
from io import BufferedReader
from pathlib import Path
from time import monotonic
from typing import Final, cast

import av
from av.container import InputContainer
from av.error import ArgumentError, ExitError, FFmpegError, InvalidDataError
from av.stream import Disposition
from av.video.stream import VideoStream

from mien.errors import VideoError
from mien.errors import reason_of as file_reason

FORMATS: Final = (
    *("mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf", "ogg", "gif"),
    *("mxf", "ivf", "h264", "hevc", "dv", "rm", "wtv", "yuv4mpegpipe"),
)
"""FFmpeg's names of the containers that are read; MP4 is "mov", WebM "matroska"."""

EXPECTED: Final = "Expected a film, such as MP4, MOV, MKV, WebM or AVI"
"""Words of an error."""

MEND: Final = "Copy or download it anew."
"""Words of an error."""

_PATIENCE: Final = 20.0  # seconds to wait for an address


class Pipe:
    """Standard input, and how long it had to be waited for.

    Attributes:
        file: that it is.
        waited: seconds so far.
    """

    def __init__(self) -> None:
        self.waited = 0.0
        self.file = cast(BufferedReader, sys.stdin.buffer)

    def read(self, size: int) -> bytes:
        """What is there already, at most so many bytes; none at the end."""
        start = monotonic()
        content = self.file.read1(size)
        self.waited += monotonic() - start
        return content


def check_file(path: Path) -> None:
    """Refuse what is no file, or empty.

    Raises:
        VideoError: it is so.
    """
    try:
        if path.is_dir():
            raise VideoError(
                f"{path}: a folder. {EXPECTED}; name the films in it, such as {path / '*.mp4'}, or "
                "add --ray."
            )
        if not path.exists():
            raise VideoError(f"{path}: no such file. {EXPECTED}.")
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
            return av.open(
                str(source),
                options={"rtsp_transport": "tcp"},
                metadata_errors="ignore",
                timeout=_PATIENCE,
            )
        # With "file:" no part of a name is taken for a protocol.
        file: str | BufferedReader | Pipe = f"file:{source}"
        if isinstance(source, Pipe):  # a file that was redirected may have its index at its end
            file = source.file if source.file.seekable() else source
        return av.open(
            file,
            mode="r",
            options={"format_whitelist": ",".join(FORMATS)},
            metadata_errors="ignore",
        )
    except (InvalidDataError, ArgumentError) as error:
        how = (
            " and can be read without going back: save it to a file"
            if isinstance(source, Pipe)
            else ""
        )
        raise VideoError(
            f"{name}: not a film that mien reads{how}. {EXPECTED}. If it is one, it was cut short "
            f"or damaged: {MEND[0].lower()}{MEND[1:]}"
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
    films = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic  # the cover of a piece of music
    ]
    best = container.streams.best("video")
    stream = best if best in films else next(iter(films), None)
    if not isinstance(stream, VideoStream):
        what = "sound alone" if container.streams.audio else "no pictures"
        raise VideoError(f"{name}: has {what}. {EXPECTED}.")
    return stream


def rate_of(stream: VideoStream) -> float | None:
    """Frames a second, where it tells."""
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate and 0.1 <= rate <= 300:
            return float(rate)
    return None


def duration_of(container: InputContainer) -> float | None:
    """Of the longest stream, in seconds, as declared."""
    streams = (*container.streams.video, *container.streams.audio)
    lengths = [float(s.duration * s.time_base) for s in streams if s.duration and s.time_base]
    if lengths:
        return max(lengths)
    return container.duration / av.time_base if container.duration else None
