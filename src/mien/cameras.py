"""Cameras of this computer → frames with times, by OpenCV."""

from collections import deque
from collections.abc import Generator
from contextlib import AbstractContextManager
from math import inf
from time import monotonic
from typing import Any, Final

import cv2
import numpy as np

from mien._films import Due
from mien.errors import VideoError
from mien.types import Frame

_FATAL: Final = 1  # OpenCV's LOG_LEVEL_FATAL


class Camera(AbstractContextManager["Camera"]):
    """A camera, read by OpenCV; also a context manager. Has what `Video` has."""

    duration: float | None = None
    live = True
    waited = inf
    sound_stream = None
    beginning: float | None = 0.0

    def __init__(self, number: int) -> None:
        """Open a camera.

        Args:
            number: of the camera, from 0.

        Raises:
            VideoError: there is no such camera.
        """
        self.name = f"camera {number}"
        level = cv2.utils.logging.getLogLevel()
        cv2.utils.logging.setLogLevel(_FATAL)  # the error says it all
        try:
            self._capture = cv2.VideoCapture(number)
        finally:
            cv2.utils.logging.setLogLevel(level)
        if not self._capture.isOpened():
            raise VideoError(
                f"{self.name}: cannot be opened. Plug it in, end other programs that use it, or "
                "try another number."
            )
        self.rate: float | None = self._capture.get(cv2.CAP_PROP_FPS) or None
        self.sound: deque[Any] = deque()

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Switch the camera off."""
        self._capture.release()

    def frames(self, every: float = 0.0, *, after: int = -1) -> Generator[Frame]:
        """As `Video.frames`, by the clock, until the camera is gone.

        Raises:
            VideoError: the camera gives no more pictures.
        """
        due = Due(every)
        index, start = 0, monotonic()
        while True:
            success, image = self._capture.read()
            if not success:
                raise VideoError(f"{self.name}: gives no more pictures. Plug it in again.")
            time = monotonic() - start
            if due(time) and index > after:
                yield Frame(np.ascontiguousarray(image[..., ::-1], np.uint8), time, index)
            index += 1
