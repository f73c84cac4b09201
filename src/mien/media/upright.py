"""Frames of a film as pictures: upright, with square pixels, all of the size of the first."""

from fractions import Fraction
from typing import Final

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from mien.media.levels import hdr_to_srgb

_HIGH: Final = 720  # height from which players assume BT.709 for undeclared colours
_UNDECLARED: Final = 2  # FFmpeg's AVCOL_SPC_UNSPECIFIED
_LONGEST: Final = 5  # ratio of the sides of a pixel above which it is an error

Picture = NDArray[np.uint8]
"""RGB uint8 (H, W, 3)."""

Size = tuple[int, int]
"""Width and height in pixels."""


class Letterbox:
    """Gives all pictures the size of the first: scaled to fit, never stretched, with black edges.

    So all boxes of a film refer to the same pixels, and faces keep their shape.

    Attributes:
        size: size of the first picture; None before it.
        changes: whether any picture so far had another size.
    """

    def __init__(self) -> None:
        self.size: Size | None = None
        self.changes = False

    def note(self, size: Size) -> Size:
        """Note the size of a picture; returns the size to scale it to before `framed`."""
        self.size = self.size or size
        if size == self.size:
            return size
        self.changes = True
        scale = min(self.size[0] / size[0], self.size[1] / size[1])
        width, height = (
            min(limit, max(1, round(side * scale)))
            for side, limit in zip(size, self.size, strict=True)
        )
        return width, height

    def framed(self, picture: Picture) -> Picture:
        """Add edges to a picture that was scaled as `note` says."""
        height, width = picture.shape[:2]
        if (width, height) == (self.size or (width, height)):
            return picture
        across, down = self.size or (width, height)
        x, y = (across - width) // 2, (down - height) // 2
        result = np.zeros((down, across, 3), np.uint8)
        result[y : y + height, x : x + width] = picture
        return result

    def fit(self, picture: Picture) -> Picture:
        """Note, scale and frame a picture."""
        height, width = picture.shape[:2]
        size = self.note((width, height))
        if size != (width, height):
            scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            picture = np.asarray(scaled, np.uint8)
        return self.framed(picture)


class Upright:
    """Converts the frames of one film to pictures.

    Attributes:
        letterbox: gives them one size.
    """

    def __init__(self, stream: VideoStream) -> None:
        """Start with no frame.

        Args:
            stream: stream that decodes the frames.
        """
        self.letterbox = Letterbox()
        self._stream = stream
        self._first_aspect: Fraction | None = None
        # One for all frames: a separate one for each frame would start its own threads.
        self._reformatter = VideoReformatter()
        self._shape: tuple[int, int, int] | None = None  # changes with the display matrix
        self._matrix: NDArray[np.int32] | None = None

    def note(self, frame: VideoFrame) -> Size:
        """Note the size of a frame, even if its picture is not needed.

        Returns:
            Width and height to which its stored picture must be scaled.
        """
        self._look_for_matrix(frame)
        aspect = self._aspect()
        width, height = frame.width, frame.height
        if aspect != 1 and Fraction(1, _LONGEST) <= aspect <= _LONGEST:
            width, height = round(width * max(aspect, 1)), round(height / min(aspect, 1))
        if not _is_turned(self._matrix):
            return self.letterbox.note((width, height))
        height, width = self.letterbox.note((height, width))
        return width, height

    def picture(self, frame: VideoFrame) -> Picture:
        """Convert a frame to a new array, RGB uint8 (H, W, 3), upright, with square pixels.

        Raises:
            FFmpegError: it cannot be converted.
        """
        width, height = self.note(frame)
        is_known = frame.colorspace != _UNDECLARED or frame.height < _HIGH
        converted = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgb24",
            src_colorspace=None if is_known else Colorspace.ITU709,
            threads=1,
        )
        image = np.asarray(converted.to_ndarray(), np.uint8)
        if converted is frame:  # the decoder may need it for the next frame
            image = image.copy()
        levels = hdr_to_srgb(frame.color_trc)
        if levels is not None:
            image = np.asarray(cv2.LUT(image, levels), np.uint8)
        return np.ascontiguousarray(self.letterbox.framed(_turn(image, self._matrix)))

    def _look_for_matrix(self, frame: VideoFrame) -> None:
        """Read the display matrix if it may have changed.

        It is not read at every frame: a frame and its side data refer to each other, so both and
        the picture would stay in memory until the garbage collector runs.
        """
        shape = (frame.rotation, frame.width, frame.height)
        if shape != self._shape:
            self._shape = shape
            matrix = frame.side_data.get("DISPLAYMATRIX")
            self._matrix = None if matrix is None else np.frombuffer(bytes(matrix), np.int32)

    def _aspect(self) -> Fraction:
        """Return width by height of a pixel: the container's value until the stream changes it."""
        now = self._stream.codec_context.sample_aspect_ratio or Fraction(1)
        if self._first_aspect is None:
            self._first_aspect = now
        if now != self._first_aspect:
            return now
        return self._stream.sample_aspect_ratio or Fraction(1)


def _is_turned(matrix: NDArray[np.int32] | None) -> bool:
    if matrix is None:
        return False
    a, b, c, d = (abs(int(matrix[i])) for i in (0, 1, 3, 4))
    return a + d < b + c


def _turn(image: Picture, matrix: NDArray[np.int32] | None) -> Picture:
    """Apply a display matrix, int32 (9,), rounded to quarter turns.

    It shows a pixel (x, y) at (a x + c y, b x + d y), apart from a shift.
    """
    if matrix is None:
        return image
    a, b, c, d = (int(matrix[i]) for i in (0, 1, 3, 4))
    if _is_turned(matrix):
        image = image.transpose(1, 0, 2)
        a, d = c, b
    return image[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
