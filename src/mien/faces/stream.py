"""Steady readings of the faces in a stream of frames, each face followed.

The whole frame is searched for faces five times a second. In between, only the surroundings of the
followed faces are searched, with the same result in a fraction of the time. If one of the faces is
missing there, the whole frame is searched at once.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from mien.errors import ImageError
from mien.faces.black_edges import without_edges
from mien.faces.timings import Timings
from mien.faces.tracker import Tracker
from mien.faces.usual_faces import UsualFaces
from mien.frames import Box, Frame
from mien.public import public
from mien.types import Reading

FULL_SEARCH_INTERVAL: Final = 0.2
"""Seconds between two searches of the whole frame, the longest delay for a new face."""


class FaceReader(Protocol):
    """The part of `mien.Reader` that a follower needs."""

    def read_timed(
        self, image: NDArray[np.uint8], *, regions: Sequence[Box] | None = None
    ) -> tuple[list[Reading], Timings]:
        """Return the readings of an RGB uint8 (H, W, 3) picture, and the time of each step.

        If `regions` are given, only their surroundings are searched for faces.
        """
        ...


@public
class Follower:
    """Follows the faces of a stream of frames, one frame after the other. For one thread at a time.

    It searches the whole frame for faces five times a second, and in between only around the faces
    that it follows. It can be pickled.

    Examples:
        >>> import mien
        >>> reader, follower = mien.Reader(), mien.Follower()
        >>> with mien.Video("film.mp4") as film:
        ...     tracks = {r.track for frame in film.frames() for r in follower.read(reader, frame)}
        >>> tracks
        {1}
    """

    def __init__(self) -> None:
        """Start without any face."""
        self._tracker = Tracker()
        self._searched = -inf  # when the whole frame was last searched
        self._regions: list[Box] = []  # boxes of the faces in the last frame ...
        self._size: tuple[int, ...] = ()  # ... and its height and width
        self.usual_faces = UsualFaces()
        """Usual face of each person who is followed, by track."""

    def read(self, reader: FaceReader, frame: Frame) -> list[Reading]:
        """What people would say about each face of the next frame, largest face first.

        The readings have `track`, `time` and smoothed votes, and `change` once the person's usual
        face is known.

        Args:
            reader: reader of the frame.
            frame: next frame of the stream.

        Raises:
            ImageError: it is no frame.
        """
        given: Any = frame
        if not isinstance(given, Frame):
            raise ImageError(
                "Expected a frame, such as mien.Frame(image, time=0.04, index=1); got "
                f"{type(given).__name__}."
            )
        return self.read_timed(reader, frame.image, frame.time)[0]

    def read_timed(
        self, reader: FaceReader, image: NDArray[np.uint8], time: float
    ) -> tuple[list[Reading], Timings]:
        """Read the next frame as `read` does, and measure each step.

        Args:
            reader: reader of the frame.
            image: RGB uint8 (H, W, 3).
            time: time of the frame in seconds, later than that of the last frame.
        """
        readings, timings = self._search(reader, image, time)
        self._regions = [reading.box for reading in readings]
        tracked = self._tracker.update(without_edges(image), readings, time)
        return self.usual_faces.update(tracked, time), timings

    def _search(
        self, reader: FaceReader, image: NDArray[np.uint8], time: float
    ) -> tuple[list[Reading], Timings]:
        if image.shape[:2] != self._size:  # boxes in a picture of another size are meaningless
            self._size, self._regions, self._searched = image.shape[:2], [], -inf
        spent = Timings(0.0, 0.0, 0.0)
        if 0 <= time - self._searched < FULL_SEARCH_INTERVAL - 1e-6:  # < 0 if a clock was set back
            readings: list[Reading] = []
            if self._regions:
                readings, spent = reader.read_timed(image, regions=self._regions)
            if len(readings) >= len(self._regions):
                return readings, spent
        self._searched = time
        readings, timings = reader.read_timed(image)
        return readings, spent + timings
