"""Films, addresses, standard input and cameras → frames with times, damaged ones as far as they go.

Films are read by PyAV, which carries FFmpeg.
"""

import re
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager
from math import inf
from pathlib import Path
from typing import Any, Final

import av
from av.error import FFmpegError, InvalidDataError
from av.packet import Packet
from av.video.frame import VideoFrame

from mien._containers import (
    EXPECTED,
    MEND,
    Pipe,
    check_file,
    duration_of,
    open_container,
    rate_of,
    reason_of,
    video_stream,
)
from mien._films import Clock, Due, clock_time, upright
from mien.cameras import Camera
from mien.errors import VideoError
from mien.types import Frame

_ADDRESS: Final = re.compile(r"(rtsps?|rtmps?|https?)://", re.IGNORECASE)
_SENDER: Final = re.compile(r"rt(s|m)ps?://", re.IGNORECASE)  # sends at its own pace
_TRIES: Final = 10  # to read on after as many packets that cannot be read
_USUAL_RATE: Final = 25.0  # frames a second of a film that does not tell
_SKIPPED: Final = 4096  # bytes between packets from which something was skipped, see _skipped


class Video(AbstractContextManager["Video"]):
    """An open film; also a context manager, which closes it. For one thread at a time.

    Attributes:
        name: of the file or address, without user name and password.
        duration: in seconds, as the film declares it; None where it does not, or goes on live.
        rate: its mean frames a second, where it tells.
        live: whether it comes as it happens, or may do so, and ends when somebody ends it.
        sound: packets of sound since the last frame, if asked for; who takes them removes them.
        sound_stream: PyAV's stream of that sound.
        beginning: stamp in seconds that counts as 0.
    """

    def __init__(self, source: str | Path, *, sound: bool = False) -> None:
        """Open a film.

        Args:
            source: a file; "-" for standard input; or an address, rtsp:// or http(s)://.
            sound: collect packets of sound while frames are read.

        Raises:
            VideoError: there is no film, it cannot be opened, or it has no pictures.
        """
        address = isinstance(source, str) and bool(_ADDRESS.match(source))
        self.name = re.sub(r"//[^/@]*@", "//", str(source)) if address else str(source)
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
        self._sent = bool(_SENDER.match(str(source)))
        self.live = bool(self._pipe) or self._sent or (address and self.duration is None)
        self.sound: deque[Any] = deque()  # of `av.Packet`
        self.sound_stream = self._container.streams.best("audio") if sound else None
        start: Any = self._container.start_time  # an int, or None
        self.beginning = None if start is None else start / av.time_base
        self._end = 0.0
        self._read_to: int | None = None
        self._over = False
        self._damaged = 0
        self._first_damage = 0.0
        self._stopped: str | None = None

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def waited(self) -> float:
        """Seconds for which a pipe had to be waited for so far; infinite for what is live, else 0.

        Programs that write a film into a pipe wait for its reader, where they are not live.
        """
        return self._pipe.waited if self._pipe else inf if self.live else 0.0

    def close(self) -> None:
        """Close the film; closing it twice does no harm."""
        self._over = True
        self._container.close()

    def frames(self, every: float = 0.0, *, after: int = -1) -> Generator[Frame]:
        """The frames, once, upright and in order, read as they are asked for.

        Args:
            every: seconds between frames that are yielded; 0 yields all.
            after: index of the last frame that is known: those up to it are passed over, which
                takes no more than decoding them.

        Raises:
            VideoError: at the end, when something was damaged or missing; all frames that could be
                read have come by then.
        """
        if self._over:
            raise VideoError(f"{self.name}: its frames come once. Open it anew.")
        self._over = True
        clock, due = Clock(self.rate or _USUAL_RATE), Due(every)
        last = None
        for index, frame in enumerate(self._decoded()):
            stamp = None if frame.pts is None else float(frame.pts * (frame.time_base or 0))
            if self.beginning is None and stamp is not None:
                self.beginning = stamp
            last = clock.place(None if stamp is None else stamp - (self.beginning or 0.0))
            if due(last) and index > after:
                yield Frame(upright(frame, self._stream), last, index)
        damage = self._damage(last)
        if damage:
            raise VideoError(f"{self.name}: {damage}")

    def sound_packets(self) -> Iterator["Packet[Any]"]:
        """The packets of sound alone, instead of the frames; damaged ones are left out."""
        self._over = True
        return (packet for packet in self._packets(self.sound_stream) if packet.size)

    def _packets(self, *streams: Any) -> Iterator["Packet[Any]"]:
        """All packets, or those of some streams, past those that cannot be read."""
        failed = 0
        while failed < _TRIES:
            try:
                for packet in self._container.demux(*streams):
                    failed = 0
                    yield packet
                return
            except InvalidDataError:
                failed += 1
                self._note_damage()
            except FFmpegError as error:  # the disk or the net
                self._stopped = reason_of(error)
                return

    def _decoded(self) -> Iterator[VideoFrame]:
        seen = False
        joined = self.live or self._container.format.name == "mpegts"
        for packet in self._packets():
            if self._skipped(packet):
                self._note_damage()
            if packet.pts is not None and packet.stream.type in {"video", "audio", "subtitle"}:
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                self._end = max(self._end, end - (self.beginning or 0.0))
            if packet.stream is self.sound_stream and packet.size:
                self.sound.append(packet)
            if packet.stream is not self._stream:
                continue
            damaged = packet.is_corrupt
            frames: list[VideoFrame] = []
            try:
                frames = packet.decode()
            except FFmpegError:
                damaged = True
            damaged = damaged or any(frame.is_corrupt for frame in frames)
            seen = seen or bool(frames)
            # Broadcasts are joined in the middle: nothing can be decoded until the next key frame.
            if damaged and (seen or not joined):
                self._note_damage()
            yield from frames

    def _note_damage(self) -> None:
        if not self._damaged:
            self._first_damage = self._end
        self._damaged += 1

    def _skipped(self, packet: "Packet[Any]") -> bool:
        """Whether the file holds something before this packet that FFmpeg could not make out.

        It tells so of most containers; in Matroska files it goes on with the next cluster, and only
        the distance from packet to packet tells: some bytes elsewhere, thousands there.
        """
        if packet.pos is None or not packet.size or "matroska" not in self._container.format.name:
            return False
        before, self._read_to = self._read_to, packet.pos + packet.size
        return before is not None and packet.pos - before > _SKIPPED

    def _damage(self, last: float | None) -> str | None:
        """What was damaged or missing; None if the film was whole."""
        if last is None:
            mend = "Its index may be at its end: save it to a file." if self._pipe else MEND
            return f"no picture of it can be decoded. {EXPECTED}. {mend}"
        told: list[str] = []
        if self._damaged:
            parts = "1 part" if self._damaged == 1 else f"{self._damaged} parts"
            told.append(
                f"damaged: {parts} could not be decoded, the first near "
                f"{clock_time(self._first_damage)}"
            )
        declared = self.duration
        if self._stopped is not None:
            told.append(f"broke off: {self._stopped}")
        elif declared is not None and self._end < declared - max(0.5, 0.01 * declared):
            told.append(f"cut short: it should be {clock_time(declared)} long")
        elif self._sent and declared is None:
            told.append("broke off: the sender has ended it, or the connection was lost")
        if not told:
            return None
        mend = "Start it anew." if self._sent else MEND
        return f"{', and '.join(told)}. Read as far as {clock_time(last)}. {mend}"


def open_video(source: str | Path | int, *, sound: bool = False) -> Video | Camera:
    """Open a film, an address, standard input ("-") or a camera, by its number.

    Raises:
        VideoError: it cannot be opened, or has no pictures.
    """
    if isinstance(source, int):
        return Camera(source)
    return Video(source, sound=sound)
