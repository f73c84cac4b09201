"""A film's frames, one after the other → readings of its faces, each followed and steady.

The whole frame is searched for faces five times a second; in between, only around the faces that
are followed, which finds the same in a fraction of the time, unless one of them is not there: then
the whole frame is searched at once.
"""

from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from mien.faces.black_edges import without_edges
from mien.faces.timings import Timings
from mien.faces.tracker import Tracker
from mien.faces.usual_faces import UsualFaces
from mien.frames import Box, Frame
from mien.public import public
from mien.types import Reading

FULL_SEARCH_INTERVAL: Final = 0.2
"""Seconds after which the whole frame is searched again: for so long a new face may stay unseen."""


class FaceReader(Protocol):
    """What a follower needs of `mien.Reader`."""

    def read_timed(
        self, image: NDArray[np.uint8], *, regions: Sequence[Box] | None = None
    ) -> tuple[list[Reading], Timings]:
        """Readings of an RGB uint8 (H, W, 3) picture, and where the time went.

        Faces are looked for in `regions` alone, where that is given.
        """
        ...


@public
class Follower:
    """Follows the faces of a stream of frames, one frame after the other. For one thread at a time.

    It searches the whole frame for faces five times a second, and in between around the faces that
    it follows. It can be pickled.

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
        self._whole = float("-inf")  # when the whole frame was searched last
        self._near: list[Box] = []  # where faces were in the last frame ...
        self._size: tuple[int, ...] = ()  # ... and its height and width
        self.usual_faces = UsualFaces()
        """How each person that is followed usually looks, by track."""

    def read(self, reader: FaceReader, frame: Frame) -> list[Reading]:
        """What people would say about each face of the next frame, largest face first.

        The readings have `track`, `time` and smoothed votes, and `change` once the person's usual
        face is known.

        Args:
            reader: reader of the frame.
            frame: the frame that comes after the last one.
        """
        return self.read_timed(reader, frame.image, frame.time)[0]

    def read_timed(
        self, reader: FaceReader, image: NDArray[np.uint8], time: float
    ) -> tuple[list[Reading], Timings]:
        """Like `read`, with the time that each step took.

        Args:
            reader: reader of the frame.
            image: RGB uint8 (H, W, 3).
            time: time of the frame in seconds, later than that of the frame before.
        """
        readings, timings = self._look(reader, image, time)
        self._near = [reading.box for reading in readings]
        tracked = self._tracker.update(without_edges(image), readings, time)
        return self.usual_faces.update(tracked, time), timings

    def _look(
        self, reader: FaceReader, image: NDArray[np.uint8], time: float
    ) -> tuple[list[Reading], Timings]:
        if image.shape[:2] != self._size:  # boxes of a picture of another size tell nothing
            self._size, self._near, self._whole = image.shape[:2], [], float("-inf")
        spent = Timings(0.0, 0.0, 0.0)
        if 0 <= time - self._whole < FULL_SEARCH_INTERVAL - 1e-6:  # not where a clock was set back
            readings: list[Reading] = []
            if self._near:
                readings, spent = reader.read_timed(image, regions=self._near)
            if len(readings) >= len(self._near):
                return readings, spent
        self._whole = time
        readings, timings = reader.read_timed(image)
        return readings, spent + timings
