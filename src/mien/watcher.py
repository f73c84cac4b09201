"""The pipeline over time: a film's frames → readings of its faces, each followed and steady.

The whole frame is searched for faces five times a second of the film; in between, only around the
faces that are followed, which finds the same in a fraction of the time, unless one of them is not
there: then the whole frame is searched at once.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Final

from mien.cameras import Camera
from mien.reader import Reader
from mien.tracker import Tracker
from mien.types import Frame, Reading
from mien.videos import Video, open_video

WHOLE: Final = 0.2
"""Seconds after which the whole frame is searched again: for so long a new face may stay unseen."""


def watch(
    video: str | Path | int | Video | Camera, *, reader: Reader | None = None, every: float = 0.0
) -> Generator[tuple[Frame, list[Reading]]]:
    """What people would say about each face of a film, frame by frame, as frames are asked for.

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
        finder, tracker = _Finder(reader or Reader()), Tracker()
        for frame in opened.frames(every):
            yield frame, tracker.update(frame.image, finder.read(frame), frame.time)


class _Finder:
    """Reads frame after frame, and searches no more of each than it must."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._whole = float("-inf")  # when the whole frame was searched last
        self._faces: list[Reading] = []

    def read(self, frame: Frame) -> list[Reading]:
        """The faces of the frame that comes after the last."""
        near = [reading.box for reading in self._faces]
        if frame.time - self._whole < WHOLE - 1e-6:
            self._faces = self._reader.read(frame.image, near=near) if near else []
            if len(self._faces) >= len(near):
                return self._faces
        self._whole = frame.time
        self._faces = self._reader.read(frame.image)
        return self._faces
