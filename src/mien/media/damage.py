"""Damaged and missing parts of a film, counted while it is read and reported at its end."""

from mien.media.container import EXPECTED, REMEDY
from mien.media.frame_times import clock_time


class Damage:
    """Damage of one film.

    Attributes:
        stopped: why reading stopped early; None if it did not.
    """

    def __init__(self) -> None:
        self.stopped: str | None = None
        self._parts = 0
        self._first = 0.0

    def note(self, time: float) -> None:
        """Count a part that could not be read, at a time of the film in seconds."""
        if not self._parts:
            self._first = time
        self._parts += 1

    def message(
        self, last: float | None, missing: str | None, *, is_pipe: bool, is_sent: bool
    ) -> str:
        """Describe the damage; empty if the film was whole.

        Args:
            last: time of the last frame in seconds; None if there was none.
            missing: what else is missing.
            is_pipe: whether the film came through a pipe.
            is_sent: whether a sender sent it at its own pace.
        """
        if last is None:
            remedy = "Its index may be at its end: save it to a file." if is_pipe else REMEDY
            return f"no picture of it can be decoded. {EXPECTED}. {remedy}"
        problems: list[str] = []
        if self._parts:
            parts = "1 part" if self._parts == 1 else f"{self._parts} parts"
            problems.append(
                f"damaged: {parts} could not be decoded, the first near {clock_time(self._first)}"
            )
        if self.stopped is not None:
            problems.append(f"broke off: {self.stopped}")
        elif missing is not None:
            problems.append(missing)
        if not problems:
            return ""
        remedy = "Start it again." if is_sent else REMEDY
        return f"{', and '.join(problems)}. Read as far as {clock_time(last)}. {remedy}"
