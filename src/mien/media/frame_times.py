"""Times of frames, for all sources: assigned from stamps, and selected by interval."""

from math import isfinite
from typing import Final

from mien.errors import VideoError

_JUMP: Final = 1.0  # seconds; stamps that fall by more start again, others are out of order


class Clock:
    """Assigns times to frames from their stamps; times never fall."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._last: float | None = None
        self._shift = 0.0

    def place(self, stamp: float | None) -> float:
        """Return the time of the next frame in seconds since the beginning of the film.

        Args:
            stamp: its stamp in seconds; None if it has none.
        """
        if self._last is None:
            self._last = max(0.0, stamp or 0.0)
            return self._last
        following = self._last + self._gap
        if stamp is None:
            self._last = following
            return following
        time = stamp + self._shift
        if time < self._last - _JUMP:  # joined films, or a sender that started again
            self._shift += following - time
            time = following
        self._last = max(time, self._last)
        return self._last


class FrameSampler:
    """Selects the frames to read: the first at or after each multiple of an interval."""

    def __init__(self, every: float) -> None:
        """Start before the first frame.

        Args:
            every: interval in seconds; 0 selects all frames.

        Raises:
            VideoError: `every` is not such a number.
        """
        try:
            fits = isfinite(every) and every >= 0
        except TypeError:
            fits = False
        if not fits:
            raise VideoError(f"Expected every in seconds, 0 or more; got {every!r:.80}.")
        self._every = every
        self._next = 0.0

    def __call__(self, time: float) -> bool:
        """Return whether the frame at a time in seconds is selected."""
        if self._every <= 0:
            return True
        if time < self._next - 1e-6:
            return False
        self._next = (int((time + 1e-6) / self._every) + 1) * self._every
        return True


def clock_time(seconds: float) -> str:
    """Format seconds as a film's clock shows them, such as "1:05.2" or "2:00:07.0"."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    start = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{start}:{rest // 10:02}.{rest % 10}"
