"""Films that were joined into one file: their stamps brought into one time, across all streams.

MPEG streams are joined by writing one behind the other, and each keeps its own stamps. What comes
behind a seam follows what came before it, pictures and sound by the same shift.
"""

from typing import Any, Final

from av.packet import Packet

_BACK: Final = 0.1  # seconds that stamps of one stream do not run back, but at a seam
_AHEAD: Final = 10.0  # seconds that no stream of a film is silent, but at a seam
_JOINED: Final = frozenset({"mpegts", "mpeg"})  # FFmpeg's names of containers that can be joined so
_NEAR: Final = 2  # packets of pictures behind one that is marked within which a seam shows


class Seams:
    """Shifts the stamps of packets; for containers that can be joined.

    Attributes:
        seen: whether there was a seam so far, so that what the file declares says little.
        fresh: the same, since somebody set it to false.
    """

    def __init__(self, container: str) -> None:
        """Start before the first packet.

        Args:
            container: FFmpeg's name of the container.
        """
        self.seen = self.fresh = False
        self._can_be = container in _JOINED
        self._shift = 0.0
        self._next: dict[int, float] = {}  # by stream, when its next packet should come
        self._before: dict[int, tuple[float, float]] = {}  # when its last came, and how long it is
        self._last = 0.0
        self._unseen: set[int] = set()  # streams that have not come since the last seam

    def mend(self, packet: "Packet[Any]") -> None:
        """Shift a packet's stamps."""
        if not self._can_be or packet.dts is None or not packet.time_base:
            return
        base = packet.time_base
        time = float(packet.dts * base) + self._shift
        expected = self._next.get(packet.stream_index)
        if expected is not None:
            jump = time - expected
            if jump < -_BACK or min(jump, time - self._last) > _AHEAD:
                self.seen = self.fresh = True
                self._unseen = set(self._next)
            elif jump > 0 or packet.stream_index not in self._unseen:
                jump = 0.0
            self._shift -= jump  # streams end and begin at different times: none overlaps
            time -= jump
        self._unseen.discard(packet.stream_index)
        self._last = time
        before, gap = self._before.get(packet.stream_index, (time, 0.0))
        gap = float((packet.duration or 0) * base) or (time - before if time > before else gap)
        self._before[packet.stream_index] = time, gap
        self._next[packet.stream_index] = time + min(gap, _AHEAD)
        if self._shift:
            shift = round(self._shift / float(base))
            packet.dts += shift
            if packet.pts is not None:
                packet.pts += shift


class Marks:
    """Tells damage from seams, among packets of pictures that FFmpeg marks as corrupt.

    It marks one where the packets' numbers do not go on: something is missing, or another film
    begins. Films begin with a picture that needs no other; who loses something in between mostly
    goes on with one that does.
    """

    def __init__(self) -> None:
        self._marked: int | None = None  # packets ago

    def damaged(self, packet: "Packet[Any]") -> bool:
        """Whether this packet shows that something is missing, here or shortly before."""
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
