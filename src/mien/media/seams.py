"""Seams in files that join several films: the stamps of all streams get one common time.

MPEG streams can be joined by writing one behind the other, and each keeps its own stamps. Here the
packets behind a seam follow those before it; pictures and sound are shifted alike.
"""

from typing import Any, Final, NamedTuple

from av.packet import Packet

_BACK: Final = 0.1  # seconds; the stamps of a stream fall by more only at a seam
_AHEAD: Final = 10.0  # seconds; all streams pause for longer only at a seam
_JOINED: Final = frozenset({"mpegts", "mpeg"})  # FFmpeg's names of containers that can be joined
_NEAR: Final = 2  # packets of pictures behind a marked one within which a seam shows


class _Last(NamedTuple):
    """The last packet of a stream, in seconds."""

    time: float
    duration: float  # until the next packet is due


class Seams:
    """Shifts the stamps of packets in containers that can be joined.

    Attributes:
        seen: whether there was a seam so far; then the declared length means little.
        fresh: whether there was a seam since the caller set this to False.
    """

    def __init__(self, container: str) -> None:
        """Start before the first packet.

        Args:
            container: FFmpeg's name of the container.
        """
        self.seen = self.fresh = False
        self._can_be = container in _JOINED
        self._shift = 0.0
        self._streams: dict[int, _Last] = {}  # the last packet of each stream
        self._last = 0.0
        self._unseen: set[int] = set()  # streams without a packet since the last seam

    def mend(self, packet: "Packet[Any]") -> None:
        """Shift a packet's stamps."""
        if not self._can_be or packet.dts is None or not packet.time_base:
            return
        base = packet.time_base
        time = float(packet.dts * base) + self._shift
        before = self._streams.get(packet.stream_index)
        if before is not None:
            jump = time - (before.time + min(before.duration, _AHEAD))
            if jump < -_BACK or min(jump, time - self._last) > _AHEAD:
                self.seen = self.fresh = True
                self._unseen = set(self._streams)
            elif jump > 0 or packet.stream_index not in self._unseen:
                jump = 0.0
            self._shift -= jump  # streams end and begin at different times; none may overlap
            time -= jump
        self._unseen.discard(packet.stream_index)
        self._last = time
        duration = float((packet.duration or 0) * base)
        if not duration and before is not None:
            duration = time - before.time if time > before.time else before.duration
        self._streams[packet.stream_index] = _Last(time, duration)
        if self._shift:
            shift = round(self._shift / float(base))
            packet.dts += shift
            if packet.pts is not None:
                packet.pts += shift


class Marks:
    """Distinguishes damage from seams when FFmpeg marks a packet of pictures as corrupt.

    FFmpeg marks a packet whose number does not follow: something is missing, or another film
    begins. A film begins with a key frame; after a loss, mostly another frame follows.
    """

    def __init__(self) -> None:
        self._marked: int | None = None  # packets ago

    def damaged(self, packet: "Packet[Any]") -> bool:
        """Return whether a packet shows that something is missing, here or shortly before."""
        if self._marked is None:
            self._marked = 0 if packet.is_corrupt and packet.size else None
            return False
        self._marked += 1
        if packet.is_keyframe and packet.size:
            self._marked = 0 if packet.is_corrupt else None
            return False
        if not packet.size or self._marked >= _NEAR:  # the end, or no seam
            self._marked = 0 if packet.is_corrupt and packet.size else None
            return True
        return False
