"""Black edges of pictures: what is beside a picture is no part of what somebody looks like."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_BLACK: Final = 24  # of 255: what black becomes at most when it is coded
_STEP: Final = 4  # pixels between those that are looked at
_BLURRED: Final = 100  # parts of a side, one of which is left out: scaling mixes it with the edge


def without_edges(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture with what is beside its black edges repeated over them; itself without any.

    Args:
        image: RGB uint8 (H, W, 3). It is left as it is.
    """
    lines = (image[0], image[-1], image[:, 0], image[:, -1])
    if all(int(line.max()) > _BLACK for line in lines):
        return image
    height, width = image.shape[:2]
    bright = image[::_STEP, ::_STEP].max(axis=2) > _BLACK
    top, bottom = _inside(bright.any(axis=1), height)
    left, right = _inside(bright.any(axis=0), width)
    if top >= bottom or left >= right:  # all is black
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
    """From where to where a side of a picture is not edge, in pixels."""
    (places,) = np.nonzero(bright)
    if not places.size:
        return 0, 0
    margin = length // _BLURRED
    first, last = int(places[0]) * _STEP, int(places[-1]) * _STEP
    return (
        first + margin if first else 0,
        last - margin + _STEP if last + _STEP < length else length,
    )
