"""Interpolation between frames that follow each other faster than faces change.

A film has 24 to 60 frames a second. Votes are smoothed over longer times, and over a few frames a
face moves in a straight line. So a frame less than `LEAST_GAP` after the last one that was read is
not read: its faces lie on the line between the readings before and after, and keep the answers of
the reading before. The frames before and after a cut are both read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.faces.stream import FaceReader, Follower
from mien.frames import Face, Frame
from mien.types import Reading

LEAST_GAP: Final = 0.06
"""Shortest time in seconds between two frames that are read."""

_CUT: Final = 16.0  # of 255, mean difference of the pixels of two frames that makes a cut
_STEP: Final = 16  # distance of the compared pixels

Followed = tuple[Frame, list[Reading]]


class SpacedFollower:
    """Follows the faces of a film, and reads only as many frames as needed. It can be pickled."""

    def __init__(self, follower: Follower | None = None, *, least_gap: float = LEAST_GAP) -> None:
        """Start without any face.

        Args:
            follower: follower of the faces; None creates one.
            least_gap: shortest time in seconds between two frames that are read; 0 reads all.
        """
        self._follower = follower or Follower()
        self._least_gap = least_gap
        self._held: list[Frame] = []  # frames that wait for the next reading
        self._time = -inf  # time of the last frame that was read ...
        self._readings: list[Reading] = []  # ... and its readings
        self._pixels: NDArray[np.uint8] = np.zeros(0, np.uint8)  # some pixels of the last frame

    @property
    def waits(self) -> bool:
        """Whether frames are waiting for the next reading."""
        return bool(self._held)

    def take(self, reader: FaceReader, frame: Frame) -> list[Followed]:
        """Add the next frame, and return the frames that are finished, in order.

        Their readings are those of `mien.Follower.read`, the largest face first.
        """
        is_cut = self._is_cut(frame)
        done = self.finish(reader) if is_cut else []
        if not is_cut and 0 <= frame.time - self._time < self._least_gap:
            self._held.append(frame)
            return done
        return [*done, *self._read(reader, frame)]

    def finish(self, reader: FaceReader) -> list[Followed]:
        """Return the waiting frames at the end of the film; the last of them is read."""
        return self._read(reader, self._held.pop()) if self._held else []

    def _read(self, reader: FaceReader, frame: Frame) -> list[Followed]:
        before, start = self._readings, self._time
        self._readings = self._follower.read(reader, frame)
        self._time = frame.time
        held, self._held = self._held, []
        gap = max(frame.time - start, 1e-9)
        between = [
            (one, _between(before, self._readings, (one.time - start) / gap, one)) for one in held
        ]
        return [*between, (frame, self._readings)]

    def _is_cut(self, frame: Frame) -> bool:
        before, self._pixels = self._pixels, frame.image[::_STEP, ::_STEP].copy()
        if before.shape != self._pixels.shape:
            return True
        return float(np.abs(self._pixels.astype(np.int16) - before).mean()) > _CUT


def _between(
    before: Sequence[Reading], after: Iterable[Reading], share: float, frame: Frame
) -> list[Reading]:
    """Return readings between two others, for the faces in both, at a share of the time between."""
    next_faces = {reading.track: reading.face for reading in after}
    readings = [
        replace(
            reading, face=_face(reading.face, next_faces[reading.track], share), time=frame.time
        )
        for reading in before
        if reading.track in next_faces
    ]
    return sorted(readings, key=lambda one: one.face.width * one.face.height, reverse=True)


def _face(before: Face, after: Face, share: float) -> Face:
    x1, y1, x2, y2 = (a + share * (b - a) for a, b in zip(before.box, after.box, strict=True))
    landmarks = (1 - share) * before.landmarks + share * after.landmarks
    return Face(
        (x1, y1, x2, y2),
        landmarks.astype(np.float32),
        before.score + share * (after.score - before.score),
    )
