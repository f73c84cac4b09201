"""A face of a picture, framed as the network sees it, in more detail."""

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.faces.alignment import CROP_SIZE, framing
from mien.frames import Face


def framed_face(
    image: NDArray[np.uint8], face: Face, detail: int, margin: int = 0
) -> NDArray[np.uint8]:
    """Cut a face out in FER2013's framing.

    Args:
        image: RGB uint8 (H, W, 3).
        face: of that picture.
        detail: pixels along a side for each pixel that the network sees.
        margin: pixels around the framing; beyond the picture's edge its last pixels are repeated.

    Returns:
        RGB uint8 (S, S, 3), S being 48 × detail + 2 × margin.

    Raises:
        ImageError: landmarks or box do not span a face.
    """
    matrix = framing(face) * detail
    matrix[:, 2] += margin
    shrink = max(1, int(1 / np.hypot(*matrix[:, 0])))  # whole pixels of the picture a pixel
    if shrink > 1:
        height, width = (max(1, side // shrink) for side in image.shape[:2])
        scale = np.array((image.shape[1] / width, image.shape[0] / height))
        image = np.asarray(
            cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
        matrix[:, :2] *= scale
    # Index i of an array is the pixel from i to i + 1, its middle i + 0.5: hence the halves.
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    side = CROP_SIZE * detail + 2 * margin
    warped = cv2.warpAffine(image, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)
