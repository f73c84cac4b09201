"""Crops of faces: 48×48 grey pixels in FER2013's framing, and how well a face can be seen in them.

This is mien's only crop function: a face that is not framed as in training is misread (a square 1.3
times the box costs ten points of accuracy). docs/face-framing.md says how the rule was measured and
how much it loses.

Coordinates run from edge to edge: (0, 0) is the upper left corner of the upper left pixel, and
(48, 48) is the lower right corner of the crop.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.errors import ImageError
from mien.frames import Face, Quality
from mien.media.arrays import check_rgb

CROP_SIZE: Final = 48
"""Side of a crop in pixels, as in FER2013."""

SIDE: Final = 4.643
"""Side of the crop in rms radii of the five landmarks.

Median over 1,294 of 1,500 FER2013 training images in which YuNet found a face of about 96 pixels
(score 0.6 or more).
"""

CENTRE: Final = (0.013, -0.389)
"""Centre of the crop relative to the mean of the landmarks, in rms radii; measured as `SIDE`."""

BOX_SIDE: Final = 1.143
"""Side of the crop of a face without landmarks, in mean sides √(w h) of its box.

Measured as `SIDE`, with YuNet's boxes. It costs an independent classifier 1.2 points against the
rule by landmarks (1,055 PublicTest faces).
"""

BOX_CENTRE: Final = (-0.005, -0.021)
"""Centre of that crop relative to the centre of the box, in mean sides."""

ROLL_CORRECTION: Final = 1.0
"""Part of the measured roll that `crop_face` corrects, see `framing`.

Chosen on FER2013's validation images: it has no measurable cost for upright faces, and gains seven
points for heads that are tilted by 40° (docs/face-framing.md).
"""

_FARTHEST: Final = 1e6  # largest distance of any part of a face from the corner, in pixels
_COARSEST: Final = 4
# Source pixels a crop pixel from which a large face is decimated before it is warped. Warping more
# points would take time and change nothing that 48 pixels can show.

Matrix = NDArray[np.float64]


def framing(face: Face, roll_correction: float = ROLL_CORRECTION) -> Matrix:
    """Return the transformation of a face to FER2013's framing.

    Shift and scale move the mean and the rms radius of the landmarks to where they lie in FER2013.
    The roll is that of the line from the middle of the eyes to the middle of the mouth: YuNet
    underestimates any roll, but less in this line than in that of the eyes. A face without
    landmarks is framed by its box, without roll.

    Args:
        face: face; if it has landmarks, its box is not used.
        roll_correction: part of the measured roll to correct: 0 none, 1 all.

    Returns:
        float64 (2, 3), which multiplied by (x, y, 1) of the picture gives (x, y) of the crop.

    Raises:
        ImageError: the landmarks, or the box, do not span a face.
    """
    if not len(face.landmarks):
        return _framing_by_box(face)
    points = face.landmarks.astype(np.float64)
    if points.shape != (5, 2) or not np.all(np.abs(points) <= _FARTHEST):  # also refuses NaN
        raise _no_face("five landmarks that span a face", face.landmarks.tolist())
    mean = points.mean(axis=0)
    radius = float(np.sqrt(np.mean(np.sum((points - mean) ** 2, axis=1))))
    if radius * SIDE < 1:
        raise _no_face("five landmarks that span a face", face.landmarks.tolist())
    right, down = points[3:].mean(axis=0) - points[:2].mean(axis=0)
    roll = roll_correction * np.arctan2(-right, down)
    scale = CROP_SIZE / (SIDE * radius)
    turn = scale * np.array(((np.cos(roll), np.sin(roll)), (-np.sin(roll), np.cos(roll))))
    shift = CROP_SIZE / 2 - scale * radius * np.array(CENTRE) - turn @ mean
    return np.column_stack((turn, shift))


def _framing_by_box(face: Face) -> Matrix:
    x1, y1, x2, y2 = face.box
    if not np.all(np.abs(face.box) <= _FARTHEST) or x1 >= x2 or y1 >= y2:
        raise _no_face("a box (x1, y1, x2, y2) with x1 < x2 and y1 < y2", list(face.box))
    mean_side = float(np.sqrt((x2 - x1) * (y2 - y1)))
    if mean_side * BOX_SIDE < 1:
        raise _no_face("a box around a face", list(face.box))
    centre = np.array(((x1 + x2) / 2, (y1 + y2) / 2)) + mean_side * np.array(BOX_CENTRE)
    scale = CROP_SIZE / (BOX_SIDE * mean_side)
    return np.column_stack((scale * np.eye(2), CROP_SIZE / 2 - scale * centre))


def _no_face(expected: str, got: object) -> ImageError:
    return ImageError(
        f"Expected {expected}, got {got}: it must lie within ±{_FARTHEST:,.0f} pixels and give a "
        "crop of a pixel or more. Leave this face out."
    )


def crop_face(
    image: NDArray[np.uint8], face: Face, *, roll_correction: float = ROLL_CORRECTION
) -> NDArray[np.uint8]:
    """Crop a face in FER2013's framing; edge pixels are repeated beyond the edge of the picture.

    Args:
        image: RGB uint8 (H, W, 3).
        face: face in that image.
        roll_correction: see `framing`.

    Returns:
        Grey (ITU-R BT.601) uint8 (48, 48).

    Raises:
        ImageError: the image is of another kind, or the landmarks or the box do not span a face.
    """
    check_rgb(image)
    matrix = framing(face, roll_correction)
    back = np.asarray(np.linalg.inv(matrix[:, :2]), dtype=np.float64)  # crop → picture
    span = float(np.hypot(*back[:, 0]))  # picture pixels a crop pixel
    decimation = max(1, int(span // _COARSEST))
    supersampling = max(1, round(span / decimation))

    grey, origin = _grey_around(image, matrix, back, margin=2 * decimation)
    if decimation > 1:
        height, width = (max(1, side // decimation) for side in grey.shape)
        part = grey[: height * decimation, : width * decimation]
        grey = np.asarray(
            cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
    # Index i of an array is the pixel from i to i + 1, with its middle at i + 0.5.
    step = back / (supersampling * decimation)
    start = (-back @ matrix[:, 2] - origin) / decimation + step @ (0.5, 0.5) - 0.5
    side = CROP_SIZE * supersampling
    warped = cv2.warpAffine(
        grey,
        np.column_stack((step, start)),
        (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if supersampling > 1:
        warped = cv2.resize(warped, (CROP_SIZE, CROP_SIZE), interpolation=cv2.INTER_AREA)
    return np.asarray(warped, dtype=np.uint8)


def _grey_around(
    image: NDArray[np.uint8], matrix: Matrix, back: Matrix, margin: int
) -> tuple[NDArray[np.uint8], Matrix]:
    """Return the part of the image that a crop shows, in grey, and its corner (x, y)."""
    frame = np.array(((0, CROP_SIZE, 0, CROP_SIZE), (0, 0, CROP_SIZE, CROP_SIZE)))
    corners = back @ (frame - matrix[:, 2:])
    last = np.array((image.shape[1] - 1, image.shape[0] - 1))
    low = np.clip(np.floor(corners.min(axis=1)) - margin, 0, last).astype(int)
    high = np.clip(np.ceil(corners.max(axis=1)) + margin, low + 1, last + 1).astype(int)
    part = image[low[1] : high[1], low[0] : high[0]]
    return np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8), low.astype(np.float64)


def measure_quality(crop: NDArray[np.uint8], face: Face) -> Quality:
    """Measure how well a face can be seen.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al. 2000) of the crop at mean 0 and
    standard deviation 1, so that low contrast is not taken for blur. Yaw is the distance of the
    tip of the nose from the line between the middles of eyes and mouth, in half eye distances.

    Args:
        crop: crop of the face, uint8 (48, 48), from `crop_face`.
        face: the face, with or without landmarks.
    """
    values = crop.astype(np.float32)
    mean, deviation = float(values.mean()), float(values.std())
    normalised = (values - mean) / max(deviation, 1.0)  # a flat crop stays flat
    edges = cv2.Laplacian(normalised, cv2.CV_32F)
    return Quality(
        size=face.width,
        brightness=mean / 255,
        contrast=deviation / 255,
        sharpness=float(np.var(edges)),
        yaw=_yaw(face.landmarks.astype(np.float64)) if len(face.landmarks) else 0.0,
    )


def _yaw(landmarks: Matrix) -> float:
    left, right, nose, mouth_left, mouth_right = landmarks
    eyes = (left + right) / 2
    down = (mouth_left + mouth_right) / 2 - eyes
    half = np.hypot(*(right - left)) / 2
    length = np.hypot(*down)
    if half == 0 or length == 0:
        return 1.0
    offset = nose - eyes
    aside = abs(down[0] * offset[1] - down[1] * offset[0]) / length
    return float(min(1.0, aside / half))
