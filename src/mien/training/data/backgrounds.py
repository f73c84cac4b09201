"""Patches without a face, from which the votes head learns to say so (FER+'s column NF).

FER2013 holds few of them, nearly all drawings or captions: a network trained only on it takes a
cup for a face when the detector does.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from mien.emotions import FERPLUS_NAMES
from mien.training.data.dataset import SIZE, empty_records

PICTURES: Final = (
    "brick",
    "cell",
    "chelsea",
    "clock",
    "coffee",
    "coins",
    "grass",
    "gravel",
    "hubble_deep_field",
    "immunohistochemistry",
    "moon",
    "page",
    "retina",
    "text",
)
"""Pictures of scikit-image without a human face; all come with the package."""

_SMALLEST: Final = 10  # side in pixels of the smallest window


def background_records(images: NDArray[np.uint8], count: int, seed: int) -> NDArray[np.void]:
    """Make training records that show no face.

    Half are windows of scikit-image's pictures, of any size. The others are windows of at most a
    tenth of the area of the images, face crops uint8 (N, 48, 48): skin, hair or one eye, as in live
    crops of hands and collars.

    Returns:
        Records of `DTYPE`, shape (count,), with label -1 and all ten votes "NF".
    """
    random = np.random.default_rng((seed, 48))
    pictures = [_grey(name) for name in PICTURES]
    records = empty_records(count)
    records["votes"][:, FERPLUS_NAMES.index("NF")] = 10
    records["name"] = b"background"
    for index in range(count):
        if index % 2:
            picture, largest = images[random.integers(len(images))], 15
        else:
            picture = pictures[random.integers(len(pictures))]
            largest = min(picture.shape)
        # By the logarithm: as many small windows as large ones.
        side = int(np.exp(random.uniform(np.log(_SMALLEST), np.log(largest + 1))))
        top, left = (int(random.integers(length - side + 1)) for length in picture.shape)
        window = picture[top : top + side, left : left + side]
        how = cv2.INTER_AREA if side > SIZE else cv2.INTER_CUBIC
        records["image"][index] = cv2.resize(window, (SIZE, SIZE), interpolation=how)
    return records


def _grey(name: str) -> NDArray[np.uint8]:
    picture = np.asarray(getattr(data, name)())
    if picture.ndim == 3:
        picture = cv2.cvtColor(picture[..., :3], cv2.COLOR_RGB2GRAY)
    return np.asarray(picture, np.uint8)
