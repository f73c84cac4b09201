"""Films, addresses, standard input and cameras → frames with times, damaged ones as far as they go.

Films are read by PyAV, which carries FFmpeg.
"""

import os
import re
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from inspect import GEN_RUNNING, getgeneratorstate
from math import inf
from pathlib import Path
from typing import Any, Final

import av
from av.error import FFmpegError, InvalidDataError
from av.packet import Packet
from av.video.frame import VideoFrame

from mien.errors import VideoError
from mien.frames import Frame
from mien.media.camera import Camera
from mien.media.container import (
    Pipe,
    check_file,
    duration_of,
    open_container,
    rate_of,
    reason_of,
    sound_stream,
    video_stream,
)
from mien.media.damage import Damage
from mien.media.frame_times import Clock, FrameSampler, clock_time
from mien.media.seams import Marks, Seams
from mien.media.upright import Upright
from mien.public import public

_ADDRESS: Final = re.compile(r"(rtsps?|rtmps?|https?)://", re.IGNORECASE)
_SENDER: Final = re.compile(r"rt(s|m)ps?://", re.IGNORECASE)  # sends at its own pace
_TRIES: Final = 10  # to read on after as many packets that cannot be read
_USUAL_RATE: Final = 25.0  # frames a second of a film that does not tell
_SKIPPED: Final = 4096  # bytes between packets from which something was skipped, see _skipped

Source = str | os.PathLike[str] | int
"""A file's path; "-" for standard input; an address; the number of a camera."""


@public
class Video(AbstractContextManager["Video"]):
    """An open film, as a context manager, which closes it. For one thread at a time.

    Attributes:
        name: path or address, without user name and password.
        duration: in seconds, as the film declares it; None where it does not, or goes on live.
        rate: mean number of frames a second, if the film says it.
        live: whether frames come as they happen, so that the film ends when somebody ends it.
        sound: packets of sound since the last frame, if asked for; who takes them removes them.
        sound_stream: PyAV's stream of that sound; None where there is none that can be decoded.
        notes: what people should know of the film although it is whole, such as that its sound
            cannot be decoded, each a sentence.
        beginning: stamp in seconds that counts as 0.

    Examples:
        >>> import mien
        >>> with mien.Video("film.mp4") as film:
        ...     print(film.duration, [frame.index for frame in film.frames(every=0.1)])
        0.24 [0, 3, 5]
    """

    def __init__(self, source: str | os.PathLike[str], *, sound: bool = False) -> None:
        """Open a film.

        Args:
            source: a file; "-" for standard input; or an address, rtsp:// or http(s)://.
            sound: collect packets of sound while frames are read.

        Raises:
            VideoError: there is no film, it cannot be opened, or it has no pictures.
        """
        source = os.fsdecode(source)
        if not source:  # a variable of the shell that is not set; as a path it is this folder
            raise VideoError("Expected a film's name, got an empty one.")
        address = bool(_ADDRESS.match(source))
        self.name = re.sub(r"//[^/@]*@", "//", source) if address else source
        self._pipe = Pipe() if source == "-" else None
        if self._pipe:
            self.name = "standard input"
        elif not address:
            check_file(Path(source))
        self._container = open_container(self._pipe or source, self.name, address)
        try:
            self._stream = video_stream(self._container, self.name)
        except VideoError:
            self._container.close()
            raise
        self._stream.thread_type = "AUTO"  # pyright: ignore[reportAttributeAccessIssue]
        self.rate = rate_of(self._stream)
        self.duration = duration_of(self._container)
        self._sent = bool(_SENDER.match(source))
        self.live = bool(self._pipe) or self._sent or (address and self.duration is None)
        self.sound: deque[Any] = deque()  # of `av.Packet`
        self.notes: list[str] = []
        self.sound_stream = sound_stream(self._container, self.notes) if sound else None
        start: Any = self._container.start_time  # an int, or None
        self.beginning = None if start is None else start / av.time_base
        self._upright = Upright(self._stream)
        self._seams = Seams(self._container.format.name)
        self._end = 0.0
        self._read_to: int | None = None
        self._over = False
        self._closed = False
        self._reading: Generator[Frame] | None = None
        self._damage = Damage()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def waited(self) -> float:
        """Seconds for which a pipe had to be waited for so far; infinite for what is live, else 0.

        Programs that write a film into a pipe wait for its reader, where they are not live.
        """
        return self._pipe.waited if self._pipe else inf if self.live else 0.0

    @property
    def size_changes(self) -> bool:
        """Whether frames so far were of several sizes; all have the first's, see `frames`."""
        return self._upright.letterbox.changes

    def stop(self) -> None:
        """Let a thread that waits for more of a pipe have none; for any thread."""
        if self._pipe:
            self._pipe.end()

    def close(self) -> None:
        """Close the film; closing it twice does no harm.

        While another thread waits for its next frame, that thread closes it when it can.
        """
        self._over = self._closed = True
        if self._reading is None or getgeneratorstate(self._reading) != GEN_RUNNING:
            self._container.close()

    def frames(self, every: float = 0.0, *, after: int = -1) -> Generator[Frame]:
        """The frames, once, upright and in order, read as they are asked for.

        All have the size of the first, in square pixels: where the size changes on the way, or
        pictures are turned from then on, they are scaled to fit, with black edges.

        Args:
            every: seconds between frames that are yielded; 0 yields all.
            after: index of the last frame that is known: those up to it are passed over, which
                takes no more than decoding them.

        Raises:
            VideoError: at the end, when something was damaged or missing; all frames that could be
                read have come by then. Also where `every` is no number of seconds.
        """
        self._reading = self._frames(FrameSampler(every), after)
        return self._reading

    def _frames(self, sampler: FrameSampler, after: int) -> Generator[Frame]:
        if self._over:
            raise VideoError(f"{self.name}: its frames come once. Open it anew.")
        self._over = True
        clock = Clock(self.rate or _USUAL_RATE)
        last = None
        try:
            for index, frame in enumerate(self._decoded()):
                base = frame.time_base or self._stream.time_base
                stamp = None if frame.pts is None or not base else float(frame.pts * base)
                if self.beginning is None and stamp is not None:
                    self.beginning = stamp
                last = clock.place(None if stamp is None else stamp - (self.beginning or 0.0))
                if sampler(last) and index > after:
                    yield Frame(self._upright.picture(frame), last, index)
                else:
                    self._upright.note(frame)
        finally:
            if self._closed:
                self._container.close()
        told = self._damage.told(
            last, self._missing(), pipe=self._pipe is not None, sent=self._sent
        )
        if told and not self._closed:
            raise VideoError(f"{self.name}: {told}")

    def sound_packets(self) -> Iterator["Packet[Any]"]:
        """The packets of sound alone, instead of the frames; damaged ones are left out."""
        self._over = True
        stream = self.sound_stream
        return (packet for packet in self._packets() if packet.stream is stream and packet.size)

    def _packets(self) -> Iterator["Packet[Any]"]:
        """All packets, past those that cannot be read."""
        failed = 0
        while failed < _TRIES and not self._closed:
            try:
                for packet in self._container.demux():
                    failed = 0
                    self._seams.mend(packet)
                    yield packet
                    if self._closed:
                        return
                return
            except InvalidDataError:
                failed += 1
                self._damage.note(self._end)
            except FFmpegError as error:  # the disk or the net
                self._damage.stopped = reason_of(error)
                return

    def _decoded(self) -> Iterator[VideoFrame]:
        seen = False
        mpegts = self._container.format.name == "mpegts"
        marks = Marks()
        for packet in self._packets():
            if self._skipped(packet):
                self._damage.note(self._end)
            if packet.pts is not None and packet.stream.type in {"video", "audio", "subtitle"}:
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                self._end = max(self._end, end - (self.beginning or 0.0))
            if packet.stream is self.sound_stream and packet.size:
                self.sound.append(packet)
            if packet.stream is not self._stream:
                continue
            if self._seams.fresh and packet.is_keyframe:
                yield from self._kept_back()
            damaged = marks.damaged(packet) if mpegts else packet.is_corrupt
            frames: list[VideoFrame] = []
            try:
                frames = packet.decode()
            except FFmpegError:
                damaged = True
            damaged = damaged or any(frame.is_corrupt for frame in frames)
            seen = seen or bool(frames)
            # Broadcasts are joined in the middle: nothing can be decoded until the next key frame.
            if damaged and (seen or not (self.live or mpegts)):
                self._damage.note(self._end)
            yield from frames

    def _kept_back(self) -> list[VideoFrame]:
        """The last frames before a seam, which the decoder may drop when another film begins."""
        self._seams.fresh = False
        try:
            frames = self._stream.codec_context.decode(None)
        except FFmpegError:
            frames = []
        self._stream.codec_context.flush_buffers()
        return frames

    def _skipped(self, packet: "Packet[Any]") -> bool:
        """Whether the file holds something before this packet that FFmpeg could not make out.

        It tells so of most containers; in Matroska files it goes on with the next cluster, and only
        the distance from packet to packet tells: some bytes elsewhere, thousands there.
        """
        if packet.pos is None or not packet.size or "matroska" not in self._container.format.name:
            return False
        before, self._read_to = self._read_to, packet.pos + packet.size
        return before is not None and packet.pos - before > _SKIPPED

    def _missing(self) -> str | None:
        """What is missing at the end, if anything."""
        declared = self.duration
        if declared is None:
            lost = "broke off: the sender has ended it, or the connection was lost"
            return lost if self._sent else None
        if self._closed or self._seams.seen:
            return None
        if self._end < declared - max(0.5, 0.01 * declared):
            return f"cut short: it should be {clock_time(declared)} long"
        return None


def _instead_of(given: Any) -> str:
    """What to do with what is no film, where that can be told."""
    if isinstance(given, list | tuple | set):
        return "Call mien.watch for each film."
    if isinstance(given, bytes | bytearray | memoryview):
        return "Write the film to a file first."
    if hasattr(given, "shape") or type(given).__module__.startswith("PIL."):
        return "Pictures are read by mien.read, frames of your own by mien.Follower."
    if type(given).__name__ == "VideoCapture":
        return "Give what it was opened with: the path, or the number of the camera."
    return ""


def open_video(source: Source, *, sound: bool = False) -> Video | Camera:
    """Open a film, an address, standard input ("-") or a camera, by its number.

    Raises:
        VideoError: it cannot be opened, has no pictures, or is something else altogether.
    """
    given: Any = source  # whatever its type says
    if isinstance(given, bool) or not isinstance(given, str | os.PathLike | int):
        kind, shape = type(given).__name__, getattr(given, "shape", None)
        shown = f"{given!r:.80} of type {kind}" if shape is None else f"{kind} of shape {shape}"
        told = f"{shown}. {_instead_of(given)}"
        raise VideoError(
            'Expected a film: a path, "-" for standard input, an address, or the number of a '
            f"camera; got {told.strip()}"
        )
    if isinstance(source, int):
        return Camera(source)
    return Video(source, sound=sound)
