"""Cameras of this computer as frames with times, read by OpenCV."""

from collections import deque
from collections.abc import Generator
from contextlib import AbstractContextManager
from inspect import GEN_RUNNING, getgeneratorstate
from math import inf
from time import monotonic
from typing import Any, Final

import cv2
import numpy as np

from mien.errors import VideoError
from mien.frames import Frame
from mien.media.frame_times import FrameSampler
from mien.media.upright import Letterbox
from mien.media.waiting import patiently
from mien.public import public

_FATAL: Final = 1  # OpenCV's LOG_LEVEL_FATAL
_MOST: Final = 99  # to OpenCV, higher numbers are the same cameras with other drivers


@public
class Camera(AbstractContextManager["Camera"]):
    """An open camera, as a context manager that switches it off. It has the interface of `Video`.

    Examples:
        >>> import mien
        >>> try:
        ...     camera = mien.Camera(99)
        ... except mien.VideoError:
        ...     print("no such camera")
        no such camera
    """

    duration: float | None = None
    live = True
    waited = inf
    sound_stream = None
    beginning: float | None = 0.0

    def __init__(self, number: int) -> None:
        """Open a camera.

        Args:
            number: number of the camera, from 0.

        Raises:
            VideoError: there is no such camera.
        """
        self.name = f"camera {number}"
        given: Any = number
        if not isinstance(given, int) or not 0 <= given <= _MOST:
            raise VideoError(
                f"{self.name}: there is none. Expected the number of a camera, 0 to {_MOST}, or an "
                "existing film."
            )
        self._capture: Any = patiently(lambda: _open(number), undo=lambda taken: taken.release())
        if not self._capture.isOpened():
            raise VideoError(
                f"{self.name}: cannot be opened. Connect it, close other programs that use it, or "
                "try another number."
            )
        self.rate: float | None = self._capture.get(cv2.CAP_PROP_FPS) or None
        self.sound: deque[Any] = deque()
        self.notes: list[str] = []
        self._letterbox = Letterbox()
        self._closed = False
        self._reading: Generator[Frame] | None = None

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size_changes(self) -> bool:
        """Whether frames so far had several sizes; all are scaled to the first size."""
        return self._letterbox.changes

    def stop(self) -> None:
        """Do nothing: the waiting for a camera cannot be ended."""

    def close(self) -> None:
        """Switch the camera off; a thread that waits for its next picture does it afterwards."""
        self._closed = True
        if self._reading is None or getgeneratorstate(self._reading) != GEN_RUNNING:
            self._capture.release()

    def frames(self, every: float = 0.0, *, after: int = -1) -> Generator[Frame]:
        """Yield frames as `Video.frames` does, timed by the clock, until the camera is gone.

        Raises:
            VideoError: the camera gives no more pictures.
        """
        self._reading = self._frames(FrameSampler(every), after)
        return self._reading

    def _frames(self, sampler: FrameSampler, after: int) -> Generator[Frame]:
        index, start = 0, monotonic()
        try:
            while not self._closed:
                success, image = self._capture.read()
                if not success:
                    raise VideoError(f"{self.name}: gives no more pictures. Connect it again.")
                time = monotonic() - start
                picture = self._letterbox.fit(np.asarray(image[..., ::-1], np.uint8))
                if sampler(time) and index > after:
                    yield Frame(np.ascontiguousarray(picture), time, index)
                index += 1
        finally:
            if self._closed:
                self._capture.release()


def _open(number: int) -> Any:
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(_FATAL)  # mien's own error says enough
    try:
        return cv2.VideoCapture(number)
    finally:
        cv2.utils.logging.setLogLevel(level)
