"""Pictures in memory: the check of RGB arrays, and the conversion of other arrays."""

from typing import Any, Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.errors import ImageError
from mien.media.mistakes import no_picture

Order = Literal["RGB", "BGR"]
"""Order of an array's colours; arrays of OpenCV are "BGR"."""

_TO_RGB: Final = {
    (1, "RGB"): cv2.COLOR_GRAY2RGB,
    (1, "BGR"): cv2.COLOR_GRAY2RGB,
    (3, "BGR"): cv2.COLOR_BGR2RGB,
    (4, "BGR"): cv2.COLOR_BGRA2RGBA,
}
# By the number of channels and their order.


def check_rgb(image: NDArray[np.uint8]) -> None:
    """Check that an array is an RGB picture.

    Raises:
        ImageError: it is not uint8 (H, W, 3), or it is empty.
    """
    given: Any = image  # may be anything at run time
    if not isinstance(given, np.ndarray):
        raise ImageError(
            "Expected an RGB image, uint8 (height, width, 3), as mien.load_image reads it from a "
            f"file; got {type(given).__name__}."
        )
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ImageError(
            f"Expected an RGB image, uint8 (height, width, 3), got {image.dtype} {image.shape}. "
            "mien.load_image reads one from a file; cv2.cvtColor converts a grey one."
        )


def array_to_rgb(array: Any, order: Order) -> NDArray[np.uint8]:
    """Convert an array as in `as_rgb` to RGB uint8 (H, W, 3), C-contiguous.

    Raises:
        ImageError: the array is empty or of another kind, or the order is unknown.
    """
    if order not in {"RGB", "BGR"}:
        raise ImageError(f"Expected order 'RGB' or 'BGR' (OpenCV's), got {order!r}.")
    channels = _channels(array)
    if not channels:
        raise no_picture(array)
    if not array.size:
        raise ImageError(f"Expected a picture of at least one pixel, got an array {array.shape}.")
    array = np.ascontiguousarray(array)
    if (channels, order) in _TO_RGB:
        array = np.asarray(cv2.cvtColor(array, _TO_RGB[channels, order]), np.uint8)
    return on_white(Image.fromarray(array)) if channels == 4 else array


def on_white(image: Image.Image) -> NDArray[np.uint8]:
    """Put an RGBA picture on white; returns RGB uint8 (H, W, 3)."""
    white = Image.new("RGBA", image.size, "white")
    return np.array(Image.alpha_composite(white, image).convert("RGB"), dtype=np.uint8)


def _channels(array: Any) -> int:
    """Return the number of channels, 1, 3 or 4; 0 if it is not a picture."""
    if not isinstance(array, np.ndarray) or array.dtype != np.uint8:
        return 0
    if array.ndim == 2:
        return 1
    return array.shape[2] if array.ndim == 3 and array.shape[2] in {1, 3, 4} else 0
