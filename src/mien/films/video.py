"""MP4 of a film with the readings drawn into its frames, and with its times and sound."""

from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from mien.errors import VideoError
from mien.films.sound import LOST, sound_of
from mien.frames import Frame
from mien.media.camera import Camera
from mien.media.film import Video
from mien.media.upright import Letterbox, Size
from mien.output.drawing import draw_readings
from mien.public import public
from mien.types import Reading

_TICKS: Final = Fraction(1, 90_000)  # of a second: whole for all usual rates
_BT601: Final = 6  # FFmpeg's AVCOL_SPC_SMPTE170M: what OpenCV computes
_LIMITED: Final = 1  # FFmpeg's AVCOL_RANGE_MPEG: the same
_CODING: Final = {
    "preset": "superfast",
    "crf": "23",
    "x264-params": "b-adapt=0:weightp=0:8x8dct=0:partitions=none",
}
# "veryfast" makes files of three fifths the size, in twice the time; "superfast" with all of its
# own parameters makes them half a per cent smaller, in a quarter more.
_PIECE: Final = {"movie_timescale": str(1 / _TICKS)}  # so that it begins when it should
_WAITING: Final = 4  # frames that may wait to be drawn and encoded


@public
class AnnotatedVideo(AbstractContextManager["AnnotatedVideo"]):
    """Writer of a film with the readings drawn in; a context manager, which ends the file.

    A thread of its own draws and encodes. Until the file is whole, it is PATH.part. It becomes PATH
    with the frames that came, also after a `VideoError` or Ctrl-C. After any other exception, or if
    it cannot be written, nothing of it stays.

    Attributes:
        notes: remarks for people, each a sentence; complete once the file is ended.

    Examples:
        >>> import mien
        >>> film = mien.Video("film.mp4", sound=True)
        >>> with mien.AnnotatedVideo("annotated.mp4", film) as annotated:
        ...     for frame, readings in mien.watch(film):
        ...         annotated.write(frame, readings)
    """

    def __init__(
        self,
        path: str | Path,
        video: Video | Camera,
        *,
        piece: bool = False,
        size: Size | None = None,
    ) -> None:
        """Start a file.

        Args:
            path: path of the file; it is an MP4 whatever its ending.
            video: film whose frames will come. Its sound is copied if it was opened with
                `sound=True`.
            piece: whether to write only a piece of a film, without sound, to be joined with others.
            size: width and height of the pictures; None takes those of the first. Other pictures
                are scaled to fit, with black edges.

        Raises:
            VideoError: the film is not an open one.
            OSError: the file cannot be written.
        """
        given: Any = video
        if not isinstance(given, Video | Camera):
            raise VideoError(f"Expected an open film, such as mien.Video(path); got {given!r:.80}.")
        self._path = Path(path)
        self._part = self._path.with_name(f"{self._path.name}.part")
        self._video = video
        self.notes: list[str] = []
        options = _PIECE if piece else {"movflags": "+faststart"}
        self._container = av.open(f"file:{self._part}", "w", format="mp4", options=options)
        self._sound = None if piece else sound_of(self._container, video.sound_stream)
        rate = Fraction(video.rate or 25).limit_denominator(1001)
        self._stream = self._container.add_stream("libx264", rate=rate, options=_CODING)
        self._stream.codec_context.time_base = _TICKS
        self._stream.pix_fmt = "yuv420p"
        self._stream.colorspace, self._stream.color_range = _BT601, _LIMITED
        self._letterbox = Letterbox()
        self._letterbox.size = size
        self._last = -1
        self._begun = False
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._waiting: deque[Future[None]] = deque()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or not issubclass(kind, Exception) or issubclass(kind, VideoError):
            self.close()
        else:
            self.abandon()

    def close(self) -> None:
        """End the file, and give it its name.

        Raises:
            OSError: the file cannot be written; then nothing of it stays.
        """
        try:
            self._thread.shutdown()
            while self._waiting:
                self._waiting.popleft().result()
            self._finish()
            self._container.close()
            if self._begun:
                self._part.replace(self._path)
        except BaseException:
            self.abandon()
            raise

    def abandon(self) -> None:
        """End without a file."""
        try:
            self._thread.shutdown(cancel_futures=True)
            with suppress(FFmpegError):
                self._container.close()
        finally:
            self._part.unlink(missing_ok=True)

    def write(self, frame: Frame, readings: Sequence[Reading]) -> None:
        """Add a frame, later than the one before.

        Raises:
            OSError: the file cannot be written; it may come some frames late.
        """
        if len(self._waiting) >= _WAITING:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._write, frame, readings, self._take_sound()))

    def _take_sound(self) -> list["Packet[Any]"]:
        sound = self._video.sound  # to which another thread may be adding
        return [sound.popleft() for _ in range(len(sound))]

    def _write(
        self, frame: Frame, readings: Sequence[Reading], sound: Iterable["Packet[Any]"]
    ) -> None:
        image = draw_readings(frame.image, readings) if readings else frame.image
        image = _even(self._letterbox.fit(image))
        if not self._begun:
            self._stream.height, self._stream.width = image.shape[:2]
            self._begun = True
        self._mux_sound(sound)
        planes = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2YUV_I420), np.uint8)
        picture = VideoFrame.from_numpy_buffer(planes, "yuv420p")
        picture.colorspace, picture.color_range = _BT601, _LIMITED
        picture.time_base = _TICKS
        picture.pts = self._last = max(round(frame.time / _TICKS), self._last + 1)
        self._container.mux(self._stream.encode(picture))

    def _mux_sound(self, packets: Iterable["Packet[Any]"]) -> None:
        if self._sound is not None:
            for packet in packets:
                self._sound.add(packet, self._video.beginning or 0.0)

    def _finish(self) -> None:
        if not self._begun:
            return
        self._mux_sound(self._take_sound())
        if self._sound is not None:
            self._sound.finish()
            if self._sound.is_lost:
                self.notes.append(LOST)
        self._container.mux(self._stream.encode())


def _even(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Repeat the last row or column of an image if that side is odd: 4:2:0 needs even sides."""
    down, right = image.shape[0] % 2, image.shape[1] % 2
    return np.pad(image, ((0, down), (0, right), (0, 0)), "edge") if down or right else image
