"""Frames for `mien bench`, with drawn faces, so that no picture is needed.

The detector's time depends on the frame's size and hardly on what it shows; the time of alignment
and network depends on the number of faces.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

WIDTH, HEIGHT = 640, 480
"""Size of a frame in pixels, the largest that the live page sends."""

FACES: Final = (1, 9)
"""Numbers of faces that frames show."""

_GREY: Final = 128
_HAIR, _SKIN, _SHADE = (60, 45, 35), (215, 175, 150), (182, 140, 118)
_WHITE, _EYE, _LIPS, _COAT = (245, 245, 245), (60, 40, 30), (170, 80, 80), (90, 100, 130)
_FACE: Final = (
    # centre x, y and radius x, y, in sides of the picture; colour
    (0.50, 0.42, 0.31, 0.36, _HAIR),
    (0.50, 0.95, 0.40, 0.22, _COAT),
    (0.50, 0.75, 0.10, 0.14, _SHADE),  # neck
    (0.50, 0.50, 0.25, 0.33, _SKIN),
    (0.40, 0.395, 0.075, 0.012, _HAIR),  # eyebrows
    (0.60, 0.395, 0.075, 0.012, _HAIR),
    (0.40, 0.46, 0.055, 0.028, _WHITE),
    (0.60, 0.46, 0.055, 0.028, _WHITE),
    (0.40, 0.46, 0.026, 0.027, _EYE),
    (0.60, 0.46, 0.026, 0.027, _EYE),
    (0.50, 0.57, 0.035, 0.020, _SHADE),  # nose
    (0.50, 0.68, 0.090, 0.035, _LIPS),
    (0.50, 0.675, 0.085, 0.008, _EYE),
)


def frame(faces: int) -> Picture:
    """Return RGB uint8 (480, 640, 3): one drawn face about 110 pixels wide, or nine about 75."""
    side, rows = (240, 1) if faces == 1 else (160, 3)
    image = np.full((HEIGHT, WIDTH, 3), _GREY, np.uint8)
    top, left = (HEIGHT - rows * side) // 2, (WIDTH - rows * side) // 2
    drawn = np.tile(draw_face(side), (rows, rows, 1))
    image[top : top + rows * side, left : left + rows * side] = drawn
    return image


def draw_face(side: int) -> Picture:
    """Return RGB uint8 (side, side, 3): a drawing that YuNet takes for a face at every size."""
    scale = 4 * side  # drawn larger, then scaled down, for soft edges
    image = np.full((scale, scale, 3), _GREY, np.uint8)
    for x, y, width, height, colour in _FACE:
        centre, axes = (int(x * scale), int(y * scale)), (int(width * scale), int(height * scale))
        cv2.ellipse(image, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
    image = cv2.GaussianBlur(image, (0, 0), 0.008 * scale)
    return np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
