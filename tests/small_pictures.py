"""What tests of pictures share: writing one, and comparing two."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]


def save(picture: NDArray[Any] | Image.Image, path: Path, **options: Any) -> Path:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(path, **options)
    return path


def difference(a: Picture, b: Picture) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(float) - b).mean())
