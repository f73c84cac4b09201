"""The pipeline over time: a film's frames → readings of its faces, each followed and steady."""

from collections.abc import Generator
from contextlib import closing

from mien.faces.reader import Reader
from mien.faces.stream import Follower
from mien.frames import Frame
from mien.media.camera import Camera
from mien.media.film import Source, Video, open_video
from mien.media.newest_frame import newest
from mien.types import Reading


def watch(
    video: Source | Video | Camera, *, reader: Reader | None = None, every: float = 0.0
) -> Generator[tuple[Frame, list[Reading]]]:
    """What people would say about each face of a film, frame by frame, as frames are asked for.

    Every frame of a film in a file is read. From a live source (a camera, an address, a pipe that
    has to be waited for) the newest frame is read each time, and frames that come meanwhile are
    left out.

    Args:
        video: a path; "-" for standard input; an address, rtsp:// or http(s)://; the number of a
            camera; or an open `Video` or `Camera`. It is closed at the end, and when this generator
            is closed.
        reader: reader of the frames; None takes one with the weights that ship with mien.
        every: seconds between the frames that are read; 0 reads all.

    Yields:
        Each frame, and the readings of its faces, the largest first. They have `track`, `time` and
        smoothed votes, and `change` once the person's usual face is known (see `UsualFaces`).

    Raises:
        VideoError: there is no such film. Also at the end of a film that is damaged or incomplete,
            after all that could be read.
        ModelError: a model file is missing or damaged.

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
