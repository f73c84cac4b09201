"""What every step asks of a picture in memory."""

import numpy as np
from numpy.typing import NDArray

from mien.errors import ImageError


def check_rgb(image: NDArray[np.uint8]) -> None:
    """Refuse what is not an RGB picture in memory.

    Raises:
        ImageError: not uint8 (H, W, 3), or empty.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ImageError(
            f"Expected an RGB image, uint8 (height, width, 3), got {image.dtype} {image.shape}. "
            "mien.sources.load_image reads any picture as such."
        )
