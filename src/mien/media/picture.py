"""Pictures of any kind as RGB arrays; an error about a picture names it.

Pillow reads them. It may open only common formats, since some of its formats are more than pictures
(an EPS file is a program, which Ghostscript would run).
"""

import io
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from mien.errors import ImageError, reason_of
from mien.media.arrays import Order, array_to_rgb, on_white
from mien.media.decoder_messages import Quiet
from mien.media.formats import PICTURE_FORMATS, check_file, is_film, is_heif, open_heif
from mien.media.levels import Change, is_darker_than_meant, is_nearly_black, to_8_bit, to_srgb
from mien.media.metadata import with_end, without_metadata
from mien.media.mistakes import no_picture
from mien.media.tiff import Layout, layout, mend, numbers

LIMIT_MEGAPIXELS: Final = 100
"""Megapixels of the largest picture that is read by default."""

Picture = NDArray[np.uint8] | Image.Image | str | os.PathLike[str] | bytes
"""A picture: an array, a PIL image, a path, or the content of a file; see `as_rgb`."""

_BAND: Final = 1 << 20  # number of pixels that are converted at once
_LEAST_ROWS: Final = 64  # fewest rows of a JPEG without its end; a smaller one has lost too much
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What turns a picture upright, by its EXIF orientation.

_quiet = Quiet()


def load_image(
    source: str | os.PathLike[str] | bytes, *, limit_megapixels: float = LIMIT_MEGAPIXELS
) -> NDArray[np.uint8]:
    """Read one picture, upright, as people see it.

    EXIF orientation is applied. An animation gives its first frame. Transparent parts become white.
    A colour profile is applied if it changes colours visibly. Grey of more than 8 bits is scaled
    from its whole range. Damaged and very large metadata are ignored.

    Args:
        source: path of a file, or its content.
        limit_megapixels: size above which a picture is refused before it is decoded.

    Returns:
        RGB uint8 (H, W, 3), a new array.

    Raises:
        ImageError: the file is missing, empty, a folder, not a picture, of a kind that would be
            misread, truncated, or too large; the message names it.

    Examples:
        >>> import mien
        >>> mien.load_image("photo.jpg").shape
        (512, 512, 3)
    """
    if isinstance(source, bytes):
        name = f"picture of {len(source):,} bytes in memory"
        if not source:
            raise ImageError(f"{name}: empty. Expected a picture.")
        with _readable(name, limit_megapixels):
            return _read(io.BytesIO(source), name, limit_megapixels)
    given: Any = source  # may be anything at run time
    if isinstance(given, np.ndarray | Image.Image):
        raise ImageError(
            f"Expected a picture's path or a file's bytes; got {type(given).__name__}, which is a "
            "picture already. Give it to mien.read as it is."
        )
    if not isinstance(given, str | os.PathLike):
        raise no_picture(given)
    name = os.fsdecode(source)
    path = Path(name)
    try:
        check_file(name)
        file = path.open("rb")
    except (OSError, ValueError) as error:
        raise ImageError(f"{name}: cannot be opened: {reason_of(error)}.") from error
    with file, _readable(name, limit_megapixels):
        return _read(file, name, limit_megapixels)


def _read(file: IO[bytes], name: str, limit_megapixels: float) -> NDArray[np.uint8]:
    """Decode a file; if that fails, try again without its metadata, or with a missing end.

    All attempts together decode less than twice the limit, so that a damaged picture does not take
    the time of many.
    """
    tried: list[float] = []
    try:
        return _decode(file, name, limit_megapixels, tried)
    except (ImageError, Image.DecompressionBombError):
        raise
    except Exception:
        file.seek(0)
        content = file.read()
        for fewer in without_metadata(content):
            if fewer != content and sum(tried) < limit_megapixels:
                with suppress(Exception):
                    return _decode(io.BytesIO(fewer), name, limit_megapixels, tried)
        ended = with_end(content)
        if ended is not None and sum(tried) < limit_megapixels:
            with suppress(Exception):
                stored = without_metadata(ended)[-1]  # not turned by EXIF
                if _has_its_end(_decode(io.BytesIO(stored), name, limit_megapixels, tried)):
                    return _decode(io.BytesIO(ended), name, limit_megapixels, tried)
        raise


def _has_its_end(image: NDArray[np.uint8]) -> bool:
    """Return whether a JPEG without an end marker lost at most half of its last row of blocks.

    The decoder fills missing blocks with one colour.
    """
    if image.shape[0] < _LEAST_ROWS:
        return False
    last = image[-4:, : image.shape[1] // 2].reshape(-1, 3)
    return bool((last.max(axis=0) > last.min(axis=0)).any())


def _decode(
    file: IO[bytes], name: str, limit_megapixels: float, tried: list[float]
) -> NDArray[np.uint8]:
    """Decode a file as it is, and add its megapixels to `tried`."""
    start = file.read(64)
    tiff = layout(file)
    inverted = False
    if tiff is not None and tiff.is_misread():
        raise _other_tiff(name, tiff)
    if tiff is not None and tiff.black_is_0 and tiff.bits > 8:
        # Pillow reads some of these as a negative, and others not at all.
        file, inverted = io.BytesIO(tiff.black_is_0.applied(file)), True
    file.seek(0)
    try:
        opened = (
            open_heif(file, name) if is_heif(start) else Image.open(file, formats=PICTURE_FORMATS)
        )
    except UnidentifiedImageError as error:
        if tiff is not None:
            raise _other_tiff(name, tiff) from error
        if is_film(start):
            raise ImageError(
                f"{name}: a film. Films are read by `mien watch FILM --out FOLDER`, in Python by "
                "mien.watch."
            ) from error
        raise
    with opened as image:
        _check_size(image, name, limit_megapixels)
        tried.append(image.width * image.height / 1e6)
        return _to_rgb(image, name, inverted=inverted)


def _other_tiff(name: str, tiff: Layout) -> ImageError:
    return ImageError(
        f"{name}: a TIFF of a kind that mien does not read: {tiff.words()}. "
        "Save it again with 8 bits a colour, or as JPEG or PNG. If its kind is usual, it was cut "
        "short or damaged."
    )


def as_rgb(
    picture: Picture, *, order: Order = "RGB", limit_megapixels: float = LIMIT_MEGAPIXELS
) -> NDArray[np.uint8]:
    """Convert any picture to an RGB array.

    Args:
        picture: a path, the content of a file or a PIL image, read as in `load_image`; or a uint8
            array: grey (H, W) or (H, W, 1), colour (H, W, 3), or colour and opacity (H, W, 4),
            which is put on white.
        order: order of an array's colours; it does not matter for others.
        limit_megapixels: size above which a picture is refused; it does not apply to arrays.

    Returns:
        RGB uint8 (H, W, 3), C-contiguous; the array itself if it is one already.

    Raises:
        ImageError: the picture cannot be read, or is of another kind.
    """
    if isinstance(picture, str | os.PathLike | bytes):
        return load_image(picture, limit_megapixels=limit_megapixels)
    if isinstance(picture, Image.Image):
        name = f"{type(picture).__name__} {picture.mode} {picture.width}×{picture.height}"
        with _readable(name, limit_megapixels):
            _check_size(picture, name, limit_megapixels)
            return _to_rgb(picture, name)
    return array_to_rgb(picture, order)


@contextmanager
def _readable(name: str, limit_megapixels: float) -> Generator[None]:
    """Convert whatever Pillow raises to an `ImageError`, and suppress its warnings."""
    with _quiet():
        try:
            yield
        except ImageError:
            raise
        except UnidentifiedImageError as error:
            raise ImageError(
                f"{name}: not a picture that mien reads. Expected one of "
                f"{', '.join(PICTURE_FORMATS)}. If it is one, it was cut short or damaged."
            ) from error
        except Image.DecompressionBombError as error:
            raise _too_large(name, "far more pixels", limit_megapixels) from error
        except Exception as error:  # Pillow's decoders raise anything on damaged files
            reason = str(error).strip().rstrip(".") or type(error).__name__
            if reason.startswith("decoder error"):  # followed by a number
                reason = "it was cut short or damaged"
            raise ImageError(
                f"{name}: cannot be read as a picture: {reason}. "
                "Save or download it again, as JPEG or PNG."
            ) from error


def _check_size(image: Image.Image, name: str, limit_megapixels: float) -> None:
    if image.width * image.height / 1e6 > limit_megapixels:
        raise _too_large(name, f"{image.width}×{image.height}", limit_megapixels)
    if not image.width or not image.height:
        raise ImageError(f"{name}: expected a picture of at least one pixel.")


def _too_large(name: str, size: str, limit: float) -> ImageError:
    return ImageError(
        f"{name}: too large: expected at most {limit:g} megapixels, got {size}. Scale it down."
    )


def _to_rgb(image: Image.Image, name: str, *, inverted: bool = False) -> NDArray[np.uint8]:
    is_deep = any("16" in str(tile[3]) for tile in getattr(image, "tile", ()))
    meant = numbers(image, inverted=inverted)
    image.load()
    mend(image)
    if is_deep and is_nearly_black(image):
        raise ImageError(
            f"{name}: its colours use only the lowest 12 of their 16 bits, so all of it would be "
            "black. Save it again with 8 bits a colour."
        )
    if is_deep and is_darker_than_meant(image, meant):
        raise ImageError(
            f"{name}: its white is {meant.highest}, not 65535, so all of it would be dark. "
            "Save it again with 8 bits a colour."
        )
    try:  # after loading: Pillow turns TIFFs itself and then removes their orientation
        turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # a picture with damaged EXIF data is still sound
        turn = None
    change = to_srgb(image)
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        image = Image.fromarray(to_8_bit(np.asarray(image), meant))
    if turn is not None:
        image = image.transpose(turn)
    transparent = image.has_transparency_data
    rows = max(1, _BAND // image.width)
    if rows >= image.height:
        return _pixels(image, transparent, change)
    result = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, rows):  # half the memory and time of one conversion
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        result[top : top + rows] = _pixels(band, transparent, change)
    return result


def _pixels(image: Image.Image, transparent: bool, change: Change | None) -> NDArray[np.uint8]:
    if transparent:
        image = image.convert("RGBA")
        if change is not None:
            colours = change(image.convert("RGB"))
            colours.putalpha(image.getchannel("A"))
            image = colours
        return on_white(image)
    if change is not None:
        image = change(image)
    return np.array(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)
