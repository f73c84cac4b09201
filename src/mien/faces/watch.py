"""The pipeline over time: a film's frames → readings of its faces, each followed and steady."""

from collections.abc import Generator
from contextlib import closing

from mien.faces.reader import Reader
from mien.faces.stream import Follower
from mien.media.camera import Camera
from mien.media.film import Source, Video, open_video
from mien.media.newest_frame import newest
from mien.types import Frame, Reading


def watch(
    video: Source | Video | Camera, *, reader: Reader | None = None, every: float = 0.0
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
        Each frame, and the readings of its faces, largest first, with `track`, `time` and
        smoothed votes; once it is known how a person usually
        looks, with `change`, see `mien.UsualFaces`.

    Raises:
        VideoError: there is no film, or, at its end, a part of it was damaged or missing; all that
            could be read has been yielded by then.
        ModelError: without `reader`, a model file is missing or damaged.

    Examples:
        >>> import mien
        >>> for frame, readings in mien.watch("film.mp4", every=0.1):
        ...     for reading in readings:
        ...         print(frame.time, reading.track, reading.state, reading.emotion)
        0.0 1 clear happy
        0.12 1 clear happy
        0.2 1 clear happy
    """
    opened = open_video(video) if not isinstance(video, Video | Camera) else video
    with opened:
        reader, follower = reader or Reader(), Follower()
        with closing(frames_of(opened, every)) as frames:
            for frame in frames:
                yield frame, follower.read(reader, frame)


def frames_of(video: Video | Camera, every: float = 0.0, after: int = -1) -> Generator[Frame]:
    """The frames, as of `Video.frames`; of what goes on live, the newest each time.

    Args:
        video: opened.
        every: as of `Video.frames`.
        after: the same.
    """
    frames = video.frames(every, after=after)
    return newest(frames, lambda: video.waited, video.stop) if video.live else frames
