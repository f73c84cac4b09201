"""Films, addresses and standard input as frames with times, read by PyAV, which includes FFmpeg.

A damaged film is read as far as possible.
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
from mien.media.container import (
    Pipe,
    check_file,
    duration_of,
    ffmpeg_reason,
    open_container,
    rate_of,
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
_TRIES: Final = 10  # successive unreadable packets after which reading stops
_USUAL_RATE: Final = 25.0  # frames a second if the film declares no rate
_SKIPPED: Final = 4096  # bytes between packets from which something was skipped, see _skipped


@public
class Video(AbstractContextManager["Video"]):
    """An open film, as a context manager that closes it. For one thread at a time.

    Attributes:
        name: path or address, without user name and password.
        duration: length in seconds, as the film declares it; None if it declares none or is live.
        rate: mean number of frames a second; None if the film does not declare it.
        live: whether frames arrive as they happen, so that the film has no end of its own.
        sound: packets of sound since the last frame, if requested. The caller removes them.
        sound_stream: PyAV's stream of that sound; None if there is none that can be decoded.
        notes: sentences about the film that are not errors, for example that its sound cannot be
            decoded.
        beginning: time stamp in seconds that counts as 0.
        decoded: seconds to which frames were decoded so far, whether they were yielded or not.

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
            sound: whether to collect packets of sound while frames are read.

        Raises:
            VideoError: there is no film, it cannot be opened, or it has no pictures.
        """
        source = os.fsdecode(source)
        if not source:  # often an unset shell variable; as a path it means the current folder
            raise VideoError("Expected the name of a film, got an empty one.")
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
        self.decoded = 0.0
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
        """Seconds spent waiting for a pipe so far; infinite for other live sources, else 0.

        It tells live pipes from others: a program that is not live waits for its reader.
        """
        return self._pipe.waited if self._pipe else inf if self.live else 0.0

    @property
    def size_changes(self) -> bool:
        """Whether frames so far had several sizes; `frames` scales all to the first size."""
        return self._upright.letterbox.changes

    def stop(self) -> None:
        """End the waiting for more data from a pipe; any thread may call this."""
        if self._pipe:
            self._pipe.end()

    def close(self) -> None:
        """Close the film; closing it twice has no effect.

        If another thread is waiting for the next frame, that thread closes the film afterwards.
        """
        self._over = self._closed = True
        if self._reading is None or getgeneratorstate(self._reading) != GEN_RUNNING:
            self._container.close()

    def frames(self, every: float = 0.0, *, after: int = -1) -> Generator[Frame]:
        """Yield the frames, upright and in order, as they are requested; possible once.

        All have the size of the first frame, in square pixels. If the size or the rotation changes
        later, frames are scaled to fit, with black edges.

        Args:
            every: seconds between frames that are yielded; 0 yields all.
            after: index of a frame; it and earlier frames are decoded but not yielded.

        Raises:
            VideoError: something was damaged or missing; raised at the end, after all frames that
                could be read. Also if `every` is not a number of seconds.
        """
        self._reading = self._frames(FrameSampler(every), after)
        return self._reading

    def _frames(self, sampler: FrameSampler, after: int) -> Generator[Frame]:
        if self._over:
            raise VideoError(f"{self.name}: its frames can be read once. Open it again.")
        self._over = True
        clock = Clock(self.rate or _USUAL_RATE)
        last, gap = None, 1 / (self.rate or _USUAL_RATE)
        try:
            for index, frame in enumerate(self._decoded()):
                base = frame.time_base or self._stream.time_base
                stamp = None if frame.pts is None or not base else float(frame.pts * base)
                if self.beginning is None and stamp is not None:
                    self.beginning = stamp
                time = clock.place(None if stamp is None else stamp - (self.beginning or 0.0))
                gap = gap if last is None else time - last
                last, self.decoded = time, time + gap  # the last frame lasts as the one before
                if sampler(last) and index > after:
                    yield Frame(self._upright.picture(frame), last, index)
                else:
                    self._upright.note(frame)
        finally:
            if self._closed:
                self._container.close()
        damage = self._damage.message(
            last, self._missing(), is_pipe=self._pipe is not None, is_sent=self._sent
        )
        if damage and not self._closed:
            raise VideoError(f"{self.name}: {damage}")

    def sound_packets(self) -> Iterator["Packet[Any]"]:
        """Yield the packets of sound instead of the frames; damaged ones are left out."""
        self._over = True
        stream = self.sound_stream
        return (packet for packet in self._packets() if packet.stream is stream and packet.size)

    def _packets(self) -> Iterator["Packet[Any]"]:
        """Yield all packets that can be read."""
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
            except FFmpegError as error:  # the disk or the network failed
                self._damage.stopped = ffmpeg_reason(error)
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
            # A broadcast is joined in the middle: nothing can be decoded before a key frame.
            if damaged and (seen or not (self.live or mpegts)):
                self._damage.note(self._end)
            yield from frames

    def _kept_back(self) -> list[VideoFrame]:
        """Return the last frames before a seam, which the decoder might drop at the next film."""
        self._seams.fresh = False
        try:
            frames = self._stream.codec_context.decode(None)
        except FFmpegError:
            frames = []
        self._stream.codec_context.flush_buffers()
        return frames

    def _skipped(self, packet: "Packet[Any]") -> bool:
        """Return whether FFmpeg skipped something that it could not read before this packet.

        FFmpeg reports this for most containers. In Matroska files it silently continues with the
        next cluster; then the packets are thousands of bytes apart, otherwise only a few.
        """
        if packet.pos is None or not packet.size or "matroska" not in self._container.format.name:
            return False
        before, self._read_to = self._read_to, packet.pos + packet.size
        return before is not None and packet.pos - before > _SKIPPED

    def _missing(self) -> str | None:
        """Return what is missing at the end, if anything."""
        declared = self.duration
        if declared is None:
            lost = "broke off: the sender has ended it, or the connection was lost"
            return lost if self._sent else None
        is_short = self._end < declared - max(0.5, 0.01 * declared)
        if is_short and not self._closed and not self._seams.seen:
            return f"cut short: it should be {clock_time(declared)} long"
        return None
