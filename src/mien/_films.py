"""What sources of films share: frames placed in time and set upright."""

from fractions import Fraction
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from mien.errors import MienError

_JUMP: Final = 1.0  # seconds back from which stamps begin anew, instead of being out of order
_HIGH: Final = 720  # pixels from which players take untold colours for those of BT.709
_UNTOLD: Final = 2  # FFmpeg's AVCOL_SPC_UNSPECIFIED


class Clock:
    """Places frames in time: by their stamps, never backward."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._last: float | None = None
        self._shift = 0.0

    def place(self, stamp: float | None) -> float:
        """Seconds since the film's beginning of a frame that is stamped so, or not at all."""
        if self._last is None:
            self._last = max(0.0, stamp or 0.0)
            return self._last
        following = self._last + self._gap
        if stamp is None:
            self._last = following
            return following
        time = stamp + self._shift
        if time < self._last - _JUMP:  # films joined into one, or a sender that began anew
            self._shift += following - time
            time = following
        self._last = max(time, self._last)
        return self._last


class Due:
    """Which frames are read when not all are: the first at or after every multiple of `every`."""

    def __init__(self, every: float) -> None:
        if not every >= 0:  # nan is not, either
            raise MienError(f"Expected every as seconds from 0 (all frames) up, got {every!r}.")
        self._every = every
        self._next = 0.0

    def __call__(self, time: float) -> bool:
        if self._every <= 0:
            return True
        if time < self._next - 1e-6:
            return False
        self._next = (int((time + 1e-6) / self._every) + 1) * self._every
        return True


def clock_time(seconds: float) -> str:
    """Seconds as a film's clock shows them, such as "1:05.2" or "2:00:07.0"."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    start = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{start}:{rest // 10:02}.{rest % 10}"


def upright(frame: VideoFrame, stream: VideoStream) -> NDArray[np.uint8]:
    """RGB uint8 (H, W, 3), of square pixels, turned and mirrored as the display matrix says."""
    width, height = frame.width, frame.height
    aspect = stream.sample_aspect_ratio or Fraction(1)
    if aspect != 1 and Fraction(1, 5) <= aspect <= 5:
        width, height = round(width * max(aspect, 1)), round(height / min(aspect, 1))
    told = frame.colorspace != _UNTOLD or frame.height < _HIGH
    image = frame.to_ndarray(
        format="rgb24",
        width=width,
        height=height,
        src_colorspace=None if told else Colorspace.ITU709,
    ).astype(np.uint8, copy=False)
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is not None:
        image = _turn(image, np.frombuffer(bytes(matrix), np.int32))
    return np.ascontiguousarray(image)


def _turn(image: NDArray[np.uint8], matrix: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Apply a display matrix, int32 (9,), rounded to quarter turns.

    A pixel (x, y) is shown at (a x + c y, b x + d y), up to a shift.
    """
    a, b, c, d = (int(matrix[i]) for i in (0, 1, 3, 4))
    if abs(a) + abs(d) < abs(b) + abs(c):
        image = image.transpose(1, 0, 2)
        a, d = c, b
    return image[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
