"""Make films from one portrait, whose head nods, shakes, sways or looks aside."""

from collections.abc import Callable, Iterator
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.frames import Face

Picture = NDArray[np.uint8]
Angles = tuple[float, float]
"""Degrees by which a head is turned: down (nodding) and sideways (shaking)."""

SECONDS: Final = 4.0
_START, _END = 1.2, 2.9  # seconds in which the head moves


def nod(time: float, degrees: float = 8.0, rate: float = 1.8) -> Angles:
    """A head that nods several times between 1.2 and 2.9 s."""
    on = _START <= time <= _END
    return (degrees * (1 - np.cos(2 * np.pi * rate * (time - _START))) / 2 * on, 0.0)


def shake(time: float, degrees: float = 12.0, rate: float = 1.6) -> Angles:
    """A head that shakes several times between 1.2 and 2.9 s."""
    on = _START <= time <= _END
    return (0.0, degrees * np.sin(2 * np.pi * rate * (time - _START)) * on)


def sway(time: float) -> Angles:
    """A head that turns slowly from side to side, in 3 s."""
    return (3 * np.sin(2 * np.pi * time / 4), 10 * np.sin(2 * np.pi * time / 3))


def look_aside(time: float) -> Angles:
    """A head that looks aside, and back after a second."""
    return (0.0, 18.0 * float(np.clip(min(time - 1.2, 2.7 - time) / 0.3, 0, 1)))


def look_down(time: float) -> Angles:
    """A head that looks down, and up after a second."""
    return (14.0 * float(np.clip(min(time - 1.2, 2.7 - time) / 0.3, 0, 1)), 0.0)


def still(time: float) -> Angles:
    """A head that is held still."""
    return (0.0 * time, 0.0)


def film(
    picture: Picture, face: Face, moves: Callable[[float], Angles], rate: float, seed: int = 0
) -> Iterator[tuple[float, Picture]]:
    """Turn a head before a still ground, like an ellipsoid about the neck.

    Args:
        picture: RGB uint8 (H, W, 3).
        face: face of the picture, whose head is turned.
        moves: gives the degrees at a time in seconds.
        rate: frames a second.
        seed: seed of the noise.

    Yields:
        Seconds since the film began, and the frame, RGB uint8 (H, W, 3).
    """
    rng = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
    half = face.width / 2
    squares = ((columns - x) / (1.3 * half)) ** 2 + ((rows - y) / (1.7 * half)) ** 2
    depth = half * np.sqrt(np.clip(1 - squares, 0, 1))
    # The depth before the neck's axis, which decreases with the distance from the head.
    ahead = depth + 0.6 * half * np.clip(2 - squares, 0, 1)
    for index in range(int(SECONDS * rate)):
        time = index / rate
        down, aside = np.deg2rad(moves(time))
        frame = cv2.remap(
            picture,
            columns - ahead * np.float32(np.sin(aside)),
            rows - ahead * np.float32(np.sin(down)),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        yield time, np.clip(frame + rng.normal(0, 3, frame.shape), 0, 255).astype(np.uint8)
