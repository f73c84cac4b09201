"""From a page's JPEG to a picture in memory."""

from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from mien.live.protocol import Frame, FrameError

_END_OF_IMAGE = b"\xff\xd9"


def decode(frame: Frame) -> NDArray[np.uint8]:
    """The frame's picture, RGB uint8 (height, width, 3).

    The size is taken from the JPEG's own header first, so that a small message cannot unfold into a
    picture of gigabytes.

    Raises:
        FrameError: "broken-jpeg", or "wrong-size" where the JPEG is not of the size announced.
    """
    broken = FrameError(
        "broken-jpeg", "Expected a whole JPEG, got something else.", sequence=frame.sequence
    )
    try:
        with JpegImageFile(BytesIO(frame.jpeg)) as header:
            width, height = header.size
    except (SyntaxError, OSError, ValueError, IndexError, KeyError) as error:
        raise broken from error
    if (width, height) != (frame.width, frame.height):
        raise FrameError(
            "wrong-size",
            f"Expected a JPEG of {frame.width}×{frame.height} pixels as announced, "
            f"got {width}×{height}.",
            sequence=frame.sequence,
        )
    # A JPEG cut short decodes to a picture with a grey rest, in which faces would be misread.
    if not frame.jpeg.endswith(_END_OF_IMAGE):
        raise broken
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(np.frombuffer(frame.jpeg, np.uint8), flags)
    if image is None:  # pyright: ignore[reportUnnecessaryComparison]
        raise broken
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
