"""The pipeline over time: a film's frames → readings of its faces, each followed and steady.

The whole frame is searched for faces five times a second of the film; in between, only around the
faces that are followed, which finds the same in a fraction of the time, unless one of them is not
there: then the whole frame is searched at once.
"""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Final

from mien._newest import newest
from mien.cameras import Camera
from mien.reader import Reader
from mien.tracker import Tracker
from mien.types import Box, Frame, Reading
from mien.videos import Video, open_video

WHOLE: Final = 0.2
"""Seconds after which the whole frame is searched again: for so long a new face may stay unseen."""


def watch(
    video: str | Path | int | Video | Camera, *, reader: Reader | None = None, every: float = 0.0
) -> Generator[tuple[Frame, list[Reading]]]:
    """What people would say about each face of a film, frame by frame, as frames are asked for.

    Of what goes on live (a camera, an address, a pipe that is) frames are left out where reading is
    slower than they come, so that each is the newest; of films in files none.

    Args:
        video: a file; "-" for standard input; an address, rtsp:// or http(s)://; the number of a
            camera; or one of these opened. It is closed at the end, and with this generator.
        reader: that reads the frames; None takes one with the weights that ship.
        every: seconds between frames that are read; 0 reads all. Others are left out.

    Yields:
        Each frame, and the readings of its faces, largest first, with `track`, `time`, `shown`, and
        smoothed votes, see `mien.tracker.Tracker`.

    Raises:
        VideoError: there is no film, or, at its end, a part of it was damaged or missing; all that
            could be read has been yielded by then.
        ModelError: without `reader`, a model file is missing or damaged.
    """
    opened = open_video(video) if isinstance(video, str | Path | int) else video
    with opened:
        follower = Follower(reader or Reader())
        with closing(frames_of(opened, every)) as frames:
            for frame in frames:
                yield frame, follower.read(frame)


def frames_of(video: Video | Camera, every: float = 0.0, after: int = -1) -> Generator[Frame]:
    """The frames, as of `Video.frames`; of what goes on live, the newest each time.

    Args:
        video: opened.
        every: as of `Video.frames`.
        after: the same.
    """
    frames = video.frames(every, after=after)
    return newest(frames, lambda: video.waited) if video.live else frames


class Follower:
    """Reads frame after frame, follows the faces, and searches no more than it must."""

    def __init__(self, reader: Reader) -> None:
        """Start without any face.

        Args:
            reader: that reads the frames.
        """
        self._reader = reader
        self._tracker = Tracker()
        self._whole = float("-inf")  # when the whole frame was searched last
        self._near: list[Box] = []  # where faces were in the last frame

    @property
    def state(self) -> tuple[Tracker, float, list[Box]]:
        """All that another follower needs to go on from here; it pickles."""
        return self._tracker, self._whole, self._near

    @state.setter
    def state(self, state: tuple[Tracker, float, list[Box]]) -> None:
        self._tracker, self._whole, self._near = state

    def read(self, frame: Frame) -> list[Reading]:
        """The faces of the frame that comes after the last, see `watch`."""
        readings = self._find(frame)
        self._near = [reading.box for reading in readings]
        return self._tracker.update(frame.image, readings, frame.time)

    def _find(self, frame: Frame) -> list[Reading]:
        if frame.time - self._whole < WHOLE - 1e-6:
            near = self._near
            readings = self._reader.read(frame.image, near=near) if near else []
            if len(readings) >= len(near):
                return readings
        self._whole = frame.time
        return self._reader.read(frame.image)
