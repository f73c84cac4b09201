"""Errors about things that are not pictures, with what to give instead."""

import io
import os
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from PIL import Image

from mien.errors import ImageError

EXPECTED: Final = (
    "Expected a picture: a path, a file's bytes, a PIL image, or a uint8 array that is grey "
    "(height, width), RGB (height, width, 3) or RGBA (height, width, 4)"
)
_SEVERAL: Final = (
    "Several files are read by mien.read_files, several pictures in memory by "
    "mien.Reader().read_many."
)
_CHANNELS: Final = frozenset({1, 3, 4})


def no_picture(got: Any) -> ImageError:
    """Return the error for something that is not a picture, with what to give instead."""
    if isinstance(got, np.ndarray):
        shown, remedies = f"{got.dtype} {got.shape}", _remedies_of_array(got)
    elif type(got).__module__.partition(".")[0] == "torch":
        shown = f"a tensor, {got.dtype} {tuple(got.shape)}"
        remedies = [f"Give {_array_of(got)}."]
    else:
        shown, remedies = type(got).__name__, _remedies_of_other(got)
    return ImageError(" ".join((f"{EXPECTED}; got {shown}.", *remedies)))


def check_several(images: Any) -> None:
    """Refuse a single picture where several are expected.

    Raises:
        ImageError: it is a single picture.
    """
    one = isinstance(images, str | bytes | os.PathLike | Image.Image)
    if isinstance(images, np.ndarray):
        one = images.ndim == 2 or (images.ndim == 3 and images.shape[2] in _CHANNELS)
    if one or not isinstance(images, Iterable):
        raise ImageError(
            f"Expected several pictures, such as a list; got one {type(images).__name__}. "
            "One picture is read by mien.read."
        )


def _remedies_of_array(got: "np.ndarray[Any, Any]") -> Iterable[str]:
    if got.ndim == 4:
        yield "Give image[0]." if len(got) == 1 else _SEVERAL
    elif got.ndim == 3 and got.shape[0] in _CHANNELS and got.shape[2] not in _CHANNELS:
        yield "If the first axis is colour, give image.transpose(1, 2, 0)."
    kind = got.dtype.kind
    if kind == "b" or (kind == "f" and got.size and np.nanmax(got) <= 1):
        yield "Convert values from 0 to 1 by (255 * image).astype(numpy.uint8)."
    elif kind == "f":
        yield "Convert values from 0 to 255 by image.clip(0, 255).astype(numpy.uint8)."
    elif got.dtype == np.uint16:
        yield "Convert values up to 65,535 by (image // 257).astype(numpy.uint8)."
    elif kind in "iu" and got.dtype != np.uint8:
        yield "Convert values from 0 to 255 by image.astype(numpy.uint8)."


def _array_of(tensor: Any) -> str:
    """Return the code that converts a PyTorch tensor to a picture."""
    code = "tensor"
    if tensor.ndim == 4:
        code += "[0]"
    if "uint8" not in str(tensor.dtype):
        unit = tensor.numel() and float(tensor.max()) <= 1
        code = f"(255 * {code}).byte()" if unit else f"{code}.byte()"
    if tensor.shape[-3:-2] and tensor.shape[-3] in _CHANNELS:
        code += ".permute(1, 2, 0)"
    return f"{code}.cpu().numpy()"


def _remedies_of_other(got: Any) -> Iterable[str]:
    if got is None:
        yield (
            "cv2.imread returns None for a file that it cannot read. mien reads the file itself: "
            "give its path."
        )
    elif isinstance(got, int) and not isinstance(got, bool):
        yield "Cameras are read by mien.watch."
    elif isinstance(got, list | tuple | set | frozenset):
        first = next(iter(got), None)
        if isinstance(first, int | float | list):
            yield "Convert rows of numbers by numpy.array(image, numpy.uint8)."
        else:
            yield _SEVERAL
    elif isinstance(got, bytearray | memoryview):
        yield "Give bytes(image)."
    elif isinstance(got, io.BytesIO):
        yield "Give its content: file.getvalue()."
    elif hasattr(got, "read"):
        yield "Give the content of a file: file.read()."
    elif hasattr(got, "image"):
        yield f"Give the picture in it: {type(got).__name__.lower()}.image."
    elif hasattr(got, "__array__"):
        yield "Give numpy.asarray(image)."
