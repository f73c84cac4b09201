"""A film's frames → pictures: upright, of square pixels, all of the size of the first."""

from fractions import Fraction
from typing import Final

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from mien.media.levels import of_brighter_screens

_HIGH: Final = 720  # pixels from which players take untold colours for those of BT.709
_UNTOLD: Final = 2  # FFmpeg's AVCOL_SPC_UNSPECIFIED
_LONGEST: Final = 5  # times as long as it is wide, beyond which a pixel's shape is an error

Picture = NDArray[np.uint8]
"""RGB uint8 (H, W, 3)."""

Size = tuple[int, int]
"""Width and height in pixels."""


class Letterbox:
    """Gives all pictures the size of the first: scaled to fit, never stretched, with black edges.

    So all boxes of a film count in the same pixels, and whoever is in it stays of one shape.

    Attributes:
        size: of the first picture; None before it.
        changes: whether any picture so far had another size.
    """

    def __init__(self) -> None:
        self.size: Size | None = None
        self.changes = False

    def note(self, size: Size) -> Size:
        """Take note of a picture; returns the size to which it is scaled before it is framed."""
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
        """A picture that was scaled as `note` says, with its edges."""
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
    """Makes pictures of the frames of one film.

    Attributes:
        letterbox: that knows their size.
    """

    def __init__(self, stream: VideoStream) -> None:
        """Start with no frame.

        Args:
            stream: that decodes the frames.
        """
        self.letterbox = Letterbox()
        self._stream = stream
        self._first_aspect: Fraction | None = None
        # One for all frames: each of its own would start threads for itself.
        self._reformatter = VideoReformatter()
        self._told: tuple[int, int, int] | None = None  # by which a new display matrix shows
        self._matrix: NDArray[np.int32] | None = None

    def note(self, frame: VideoFrame) -> Size:
        """Take note of a frame, whether or not its picture is asked for.

        Returns:
            The width and height to which its stored picture is to be scaled.
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
        """RGB uint8 (H, W, 3): the frame upright, in square pixels, an array of its own.

        Raises:
            FFmpegError: it cannot be converted.
        """
        width, height = self.note(frame)
        told = frame.colorspace != _UNTOLD or frame.height < _HIGH
        converted = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgb24",
            src_colorspace=None if told else Colorspace.ITU709,
            threads=1,
        )
        image = np.asarray(converted.to_ndarray(), np.uint8)
        if converted is frame:  # which the decoder may need for the next
            image = image.copy()
        brighter = of_brighter_screens(frame.color_trc)
        if brighter is not None:
            image = np.asarray(cv2.LUT(image, brighter), np.uint8)
        return np.ascontiguousarray(self.letterbox.framed(_turn(image, self._matrix)))

    def _look_for_matrix(self, frame: VideoFrame) -> None:
        """Read the display matrix where it may be a new one.

        Not at every frame: a frame and its side data hold each other, so that both, and the
        picture, would stay until Python's collector of such circles comes by.
        """
        told = (frame.rotation, frame.width, frame.height)
        if told != self._told:
            self._told = told
            matrix = frame.side_data.get("DISPLAYMATRIX")
            self._matrix = None if matrix is None else np.frombuffer(bytes(matrix), np.int32)

    def _aspect(self) -> Fraction:
        """Width of a pixel by its height: the container's, until the pictures tell another."""
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

    A pixel (x, y) is shown at (a x + c y, b x + d y), up to a shift.
    """
    if matrix is None:
        return image
    a, b, c, d = (int(matrix[i]) for i in (0, 1, 3, 4))
    if _is_turned(matrix):
        image = image.transpose(1, 0, 2)
        a, d = c, b
    return image[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1]
