"""The pipeline over time: a film becomes steady readings of the faces that are followed in it."""

from collections.abc import Generator
from contextlib import closing

from mien.faces.reader import Reader
from mien.faces.stream import Follower
from mien.frames import Frame
from mien.media.camera import Camera
from mien.media.film import Video
from mien.media.newest_frame import newest
from mien.media.sources import Source, open_video
from mien.types import Reading


def watch(
    video: Source | Video | Camera, *, reader: Reader | None = None, every: float = 0.0
) -> Generator[tuple[Frame, list[Reading]]]:
    """What people would say about each face of a film, frame by frame, lazily.

    Every frame of a film in a file is read. A live source (a camera, an address, a live pipe) gives
    its newest frame each time; frames that arrive in between are left out.

    Args:
        video: a path; "-" for standard input; an address, rtsp:// or http(s)://; the number of a
            camera; or an open `Video` or `Camera`. It is closed at the end, and when this generator
            is closed.
        reader: reader of the frames; None uses one with the weights that ship with mien.
        every: seconds between the frames that are read; 0 reads all.

    Yields:
        Each frame, and the readings of its faces, the largest first. They have `track`, `time` and
        smoothed votes, and `change` once the person's usual face is known (see `UsualFaces`).

    Raises:
        VideoError: there is no such film. If a film is damaged or incomplete, it is raised at the
            end, after all that could be read.
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
    """Yield the frames of a film, or the newest frame of a live source each time.

    Args:
        video: open film or camera.
        every: seconds between frames that are yielded; 0 yields all.
        after: index of a frame; it and earlier frames are not yielded.
    """
    frames = video.frames(every, after=after)
    return newest(frames, lambda: video.waited, video.stop) if video.live else frames
