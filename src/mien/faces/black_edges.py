"""Black edges of pictures, which are not part of a person's look."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_BLACK: Final = 24  # of 255, brightest black after compression
_STEP: Final = 4  # distance of the checked pixels
_BLURRED: Final = 100  # 1/100 of a side is also left out, since scaling mixes it with the edge


def without_edges(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Replace black edges with the pixels beside them; returns the picture itself if it has none.

    Args:
        image: RGB uint8 (H, W, 3); it is not changed.
    """
    lines = (image[0], image[-1], image[:, 0], image[:, -1])
    if all(int(line.max()) > _BLACK for line in lines):
        return image
    height, width = image.shape[:2]
    bright = image[::_STEP, ::_STEP].max(axis=2) > _BLACK
    top, bottom = _inside(bright.any(axis=1), height)
    left, right = _inside(bright.any(axis=0), width)
    if top >= bottom or left >= right:  # everything is black
        return image
    return np.asarray(
        cv2.copyMakeBorder(
            image[top:bottom, left:right],
            *(top, height - bottom, left, width - right),
            cv2.BORDER_REPLICATE,
        ),
        np.uint8,
    )


def _inside(bright: NDArray[np.bool_], length: int) -> tuple[int, int]:
    """Return where the picture between two edges begins and ends, in pixels."""
    (places,) = np.nonzero(bright)
    if not places.size:
        return 0, 0
    margin = length // _BLURRED
    first, last = int(places[0]) * _STEP, int(places[-1]) * _STEP
    return (
        first + margin if first else 0,
        last - margin + _STEP if last + _STEP < length else length,
    )
