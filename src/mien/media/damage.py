"""What was damaged or missing in a film, counted while it is read, and told at its end."""

from mien.media.container import EXPECTED, MEND
from mien.media.frame_times import clock_time


class Damage:
    """Of one film.

    Attributes:
        stopped: why it broke off, where it did.
    """

    def __init__(self) -> None:
        self.stopped: str | None = None
        self._parts = 0
        self._first = 0.0

    def note(self, time: float) -> None:
        """Count a part that could not be read, at that time of the film in seconds."""
        if not self._parts:
            self._first = time
        self._parts += 1

    def told(self, last: float | None, missing: str | None, *, pipe: bool, sent: bool) -> str:
        """In words; empty if the film was whole.

        Args:
            last: time of the last frame in seconds; None without any.
            missing: what else is missing.
            pipe: whether it came by a pipe.
            sent: whether a sender sent it.
        """
        if last is None:
            mend = "Its index may be at its end: save it to a file." if pipe else MEND
            return f"no picture of it can be decoded. {EXPECTED}. {mend}"
        told: list[str] = []
        if self._parts:
            parts = "1 part" if self._parts == 1 else f"{self._parts} parts"
            told.append(
                f"damaged: {parts} could not be decoded, the first near {clock_time(self._first)}"
            )
        if self.stopped is not None:
            told.append(f"broke off: {self.stopped}")
        elif missing is not None:
            told.append(missing)
        if not told:
            return ""
        mend = "Start it anew." if sent else MEND
        return f"{', and '.join(told)}. Read as far as {clock_time(last)}. {mend}"
