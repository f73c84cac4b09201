"""Numbers of any depth, gamma and profile → 8 bits of sRGB, as screens show them."""

import io
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.media.tiff import Numbers

Change = Callable[[Image.Image], Image.Image]
"""What brings colours to sRGB: takes and gives pictures of mode RGB, or takes the profile's own."""

_DEPTHS: Final = (8, 10, 12)  # of cameras that write into 16 bits
_LARGEST_PROFILE: Final = 4 << 20  # bytes
_SPACES: Final = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}
_SEEN: Final = 10  # of 255, by which a profile must change a colour to be worth applying
_GAMMA: Final = 2.2
_PROBES: Final = (
    *((grey, grey, grey) for grey in range(15, 255, 30)),
    *((215, 175, 150), (141, 85, 54), (80, 50, 40), (60, 90, 160), (90, 150, 70)),
)


def to_8_bit(values: NDArray[Any], meant: Numbers) -> NDArray[np.uint8]:
    """Grey of 16 or 32 bits, or float, scaled to 0 to 255; black is 0.

    Numbers have the range that their file tells, else that of 16 bits where they fit, floats from 0
    to 1 or to 255 that range. All others have none that is agreed on, and are scaled from their own
    least to their greatest.
    """
    if meant.kind == "unsigned" and values.dtype == np.int32:
        values = values.view(np.uint32)  # Pillow has no other
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
    """The number that stands for white, or for black where they are inverted; None: unknown."""
    if low < 0:
        return None
    if is_float:
        return 1.0 if high <= 1 else 255.0 if 16 < high <= 255 else None
    told = meant.highest if meant.highest and meant.highest > 255 else None
    if told is None and meant.bits is not None and meant.bits not in {16, 32}:
        told = 2**meant.bits - 1
    if told is None and meant.kind == "signed" and meant.bits == 16:
        told = 32767
    if told is not None and high <= told:
        return float(told)
    if high > 65535:
        return 2.0**32 - 1 if high >= 2**31 else None
    # As 16 bits it would be nearly black: a camera's 8, 10 or 12.
    return float(next((2**bits - 1 for bits in _DEPTHS if high < 2**bits), 65535))


def is_nearly_black(image: Image.Image) -> bool:
    """Whether colours that were 16 bits deep have lost all but a few: they used few of them."""
    if image.mode not in {"RGB", "RGBA", "LA"}:
        return False
    extrema: Any = image.getextrema()
    colours = extrema if image.mode == "RGB" else extrema[:-1]
    return 0 < max(high for _, high in colours) < 16


def is_darker_than_meant(image: Image.Image, meant: Numbers) -> bool:
    """Whether colours that were 16 bits deep were meant to be brighter: white is a lower number."""
    if image.mode not in {"RGB", "RGBA", "LA"} or not meant.highest or meant.highest < 256:
        return False
    extrema: Any = image.getextrema()
    colours = extrema if image.mode == "RGB" else extrema[:-1]
    return meant.highest < 1 << 15 and max(high for _, high in colours) <= meant.highest >> 8


def to_srgb(image: Image.Image) -> Change | None:
    """What must be done to a loaded picture so that its colours are sRGB; None: nothing.

    Profiles that change hardly anything are passed over, and so are damaged ones.
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
        if np.abs(np.asarray(change.apply(given), int) - before).max() <= _SEEN:
            return None
    except Exception:  # damaged, or Pillow lacks littlecms: the picture is sound all the same
        return None
    return lambda picture: change.apply(picture if picture.mode == mode else picture.convert(mode))


_WHITE_NITS: Final = 203.0  # of paper, by ITU-R BT.2408, as brightness of screens that show more
_PQ, _HLG = 16, 18  # FFmpeg's AVCOL_TRC_SMPTE2084 and AVCOL_TRC_ARIB_STD_B67


@lru_cache(maxsize=4)
def of_brighter_screens(transfer: int) -> NDArray[np.uint8] | None:
    """Levels of films for screens brighter than usual ones (HDR) → 8 bits of sRGB.

    What is brighter than paper becomes white. Colours stay a little paler than they were.

    Args:
        transfer: FFmpeg's number of how levels stand for brightness.

    Returns:
        uint8 (256,), by level; None where the film is of usual kind.
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
