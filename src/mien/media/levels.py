"""Conversion of numbers of any depth, gamma and colour profile to 8 bits of sRGB."""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.media.tiff import Numbers

Change = Callable[[Image.Image], Image.Image]
"""Conversion of a picture (mode RGB, or that of its profile) to sRGB in mode RGB."""

_DEPTHS: Final = (8, 10, 12)  # bits of cameras that store their numbers in 16 bits
_LARGEST_PROFILE: Final = 4 << 20  # bytes
_SPACES: Final = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
_VISIBLE: Final = 10  # of 255, change of a colour above which a profile is applied
_GAMMA: Final = 2.2
_PROBES: Final = (
    *((grey, grey, grey) for grey in range(15, 255, 30)),
    *((215, 175, 150), (141, 85, 54), (80, 50, 40), (60, 90, 160), (90, 150, 70)),
)


def to_8_bit(values: NDArray[Any], meant: Numbers) -> NDArray[np.uint8]:
    """Scale grey numbers of 16 or 32 bits, or floats, to 0 to 255; black is 0.

    The range is that of the file if it says so, else 16 bits if the numbers fit, and 0 to 1 or 0 to
    255 for floats. Other numbers have no agreed range and are scaled from their lowest to their
    highest.

    Args:
        values: numbers of a picture.
        meant: their meaning.
    """
    if meant.kind == "unsigned" and values.dtype == np.int32:
        values = values.view(np.uint32)  # Pillow has no unsigned type
    scaled = np.nan_to_num(values.astype(np.float32))
    low, high = float(scaled.min()), float(scaled.max())
    usual = _highest(values.dtype.kind == "f", low, high, meant)
    if usual is None:
        scaled -= low
        usual = max(high - low, 1e-30)
    scaled *= 255 / usual
    if meant.inverted:
        scaled = 255 - scaled
    return np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)


def _highest(is_float: bool, low: float, high: float, meant: Numbers) -> float | None:
    """Return the number of white (of black if inverted); None if it is unknown."""
    if low < 0:
        return None
    if is_float:
        return 1.0 if high <= 1 else 255.0 if 16 < high <= 255 else None
    declared = meant.highest if meant.highest and meant.highest > 255 else None
    if declared is None and meant.bits is not None and meant.bits not in {16, 32}:
        declared = 2**meant.bits - 1
    if declared is None and meant.kind == "signed" and meant.bits == 16:
        declared = 32767
    if declared is not None and high <= declared:
        return float(declared)
    if high > 65535:
        return 2.0**32 - 1 if high >= 2**31 else None
    # Scaled as 16 bits, the 8, 10 or 12 bits of a camera would be nearly black.
    return float(next((2**bits - 1 for bits in _DEPTHS if high < 2**bits), 65535))


def is_nearly_black(image: Image.Image) -> bool:
    """Return whether colours of 16 bits used so few of them that hardly any are left in 8 bits."""
    return 0 < _highest_colour(image) < 16


def is_darker_than_meant(image: Image.Image, meant: Numbers) -> bool:
    """Return whether colours of 16 bits are too dark because white is a lower number."""
    white = meant.highest or 0
    return 256 <= white < 1 << 15 and 0 <= _highest_colour(image) <= white >> 8


def _highest_colour(image: Image.Image) -> int:
    """Return the highest number of all colours, without opacity; -1 for other modes."""
    if image.mode not in {"RGB", "RGBA", "LA"}:
        return -1
    extrema: Any = image.getextrema()
    return max(high for _, high in (extrema if image.mode == "RGB" else extrema[:-1]))


def to_srgb(image: Image.Image) -> Change | None:
    """Return the conversion of a loaded picture to sRGB; None if none is needed.

    Profiles that change hardly anything, and damaged ones, are ignored.
    """
    profile = image.info.get("icc_profile")
    grey = image.mode in {"1", "L", "LA", "I", "F"} or image.mode.startswith("I;")
    mode = "L" if grey else "CMYK" if image.mode == "CMYK" else "RGB"
    if isinstance(profile, bytes) and 0 < len(profile) <= _LARGEST_PROFILE:
        return _by_profile(profile, mode)
    gamma = image.info.get("gamma")
    if mode == "CMYK" or "srgb" in image.info or not isinstance(gamma, float):
        return None
    exponent = 1 / (_GAMMA * gamma) if 0.01 < gamma < 100 else 1.0
    if abs(exponent - 1) < 0.05:
        return None
    table = [round(255 * (level / 255) ** exponent) for level in range(256)] * 3
    return lambda picture: picture.convert("RGB").point(table)


@lru_cache(maxsize=16)
def _by_profile(profile: bytes, mode: str) -> Change | None:
    try:
        from PIL import ImageCms

        source: Any = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _SPACES[mode]:
            return None
        target = ImageCms.createProfile("sRGB")
        change: Any = ImageCms.buildTransform(source, target, mode, "RGB")
        if mode == "CMYK":
            return change.apply
        probe = np.array([_PROBES], np.uint8)
        given = Image.fromarray(probe).convert(mode)
        before = np.asarray(given.convert("RGB"), int)
        if np.abs(np.asarray(change.apply(given), int) - before).max() <= _VISIBLE:
            return None
    except Exception:  # a damaged profile, or Pillow without littlecms: the picture is still sound
        return None
    return lambda picture: change.apply(picture if picture.mode == mode else picture.convert(mode))


_WHITE_NITS: Final = 203.0  # brightness of paper on an HDR screen, by ITU-R BT.2408
_PQ, _HLG = 16, 18  # FFmpeg's AVCOL_TRC_SMPTE2084 and AVCOL_TRC_ARIB_STD_B67


@lru_cache(maxsize=4)
def hdr_to_srgb(transfer: int) -> NDArray[np.uint8] | None:
    """Return the table that converts levels of an HDR film to 8 bits of sRGB.

    Everything brighter than paper becomes white. Colours become a little paler.

    Args:
        transfer: FFmpeg's number of the transfer function.

    Returns:
        uint8 (256,), by level; None if the film is not HDR.
    """
    levels = np.arange(256) / 255
    if transfer == _PQ:  # SMPTE ST 2084
        root = levels ** (1 / 78.84375)
        light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (
            1 / 0.1593017578125
        )
        light *= 10_000 / _WHITE_NITS
    elif transfer == _HLG:  # ITU-R BT.2100; paper is at 75 %
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(levels <= 0.5, levels**2 / 3, (np.exp((levels - c) / a) + b) / 12)
        light /= (np.exp((0.75 - c) / a) + b) / 12
    else:
        return None
    light = np.clip(light, 0, 1)
    shown = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    result = np.rint(255 * shown).astype(np.uint8)
    result.flags.writeable = False
    return result
