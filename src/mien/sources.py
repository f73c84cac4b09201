"""Pictures of any kind → RGB arrays; broken ones are refused by name.

Read by Pillow, which is asked for common formats alone: some that it knows are more than pictures
(EPS is a program, which Ghostscript would run).
"""

import glob
import io
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from mien._images import Order, array_to_rgb, on_white
from mien._quiet import Quiet
from mien.errors import ImageError

FORMATS: Final = (
    *("JPEG", "PNG", "GIF", "BMP", "PPM", "WEBP", "TIFF", "JPEG2000"),
    *(("AVIF",) if find_spec("PIL.AvifImagePlugin") else ()),  # since Pillow 11.3
)
"""Pillow's names of the formats that are read."""

EXTENSIONS: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".gif", ".bmp", ".ppm", ".pgm", ".pbm"}
    | {".webp", ".tif", ".tiff", ".jp2", ".avif"}
)
"""Endings by which pictures are found in folders, in lower case."""

LIMIT_MEGAPIXELS: Final = 100
"""Largest picture read by default."""

Picture = NDArray[np.uint8] | Image.Image | str | Path | bytes
"""A picture: an array as `as_rgb` takes it, a PIL image, a file, or a file's content."""

_BAND: Final = 1 << 20  # pixels that are taken over from Pillow at once
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
# What brings a picture upright, by its EXIF orientation.


_quiet = Quiet()


def find_images(
    paths: Iterable[str | Path], *, endings: Collection[str] = EXTENSIONS
) -> list[Path]:
    """The pictures that files, folders and patterns name, in order and each once.

    Files are taken whatever their name, even missing ones: reading them says what is wrong. Folders
    are searched to any depth, sorted, for `endings`; hidden files and folders are left out.
    Patterns (`*`, `?`, `[abc]`, and `**` for folders to any depth) stand for the files and folders
    that they match, sorted; one that matches none is taken for a file.
    """
    found: dict[Path, None] = {}
    for path in _matches(paths):
        if _exists(path) and path.is_dir():
            found.update(dict.fromkeys(sorted(_visible_files(path, endings))))
        else:
            found[path] = None
    return list(found)


def _matches(paths: Iterable[str | Path]) -> Iterator[Path]:
    for path in map(Path, paths):
        # A file may have the letters of a pattern in its name: what is there is taken as it is.
        if glob.has_magic(str(path)) and not _exists(path):
            # glob, unlike Path.glob, leaves hidden names out, as shells do
            matches = sorted(glob.iglob(str(path), recursive=True))  # noqa: PTH207
            yield from map(Path, matches or [path])
        else:
            yield path


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or holds a null
        return False


def _visible_files(folder: Path, endings: Collection[str]) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.suffix.lower() in endings and path.is_file():
            yield path


def load_image(
    source: str | Path | bytes, *, limit_megapixels: float = LIMIT_MEGAPIXELS
) -> NDArray[np.uint8]:
    """Read one picture, upright, as people see it.

    Turned as its EXIF data say; the first frame of an animation; transparent parts on white; 16-bit
    grey scaled from its whole range.

    Args:
        source: a file, or a file's content.
        limit_megapixels: larger pictures are refused before they are decoded.

    Returns:
        RGB uint8 (H, W, 3), an array of its own.

    Raises:
        ImageError: missing, empty, a folder, not a picture, truncated, or too large; it names the
            file.
    """
    if isinstance(source, bytes):
        name, file = f"picture of {len(source):,} bytes in memory", io.BytesIO(source)
        empty = not source
    else:
        path = Path(source)
        name, file = str(path), path
        empty = _is_empty(path)
    if empty:
        raise ImageError(f"{name}: empty. Expected a picture.")
    with _readable(name, limit_megapixels), Image.open(file, formats=FORMATS) as image:
        _check_size(image, name, limit_megapixels)
        return _to_rgb(image)


def as_rgb(
    picture: Picture, *, order: Order = "RGB", limit_megapixels: float = LIMIT_MEGAPIXELS
) -> NDArray[np.uint8]:
    """Any picture as an RGB array.

    Args:
        picture: a file, a file's content or a PIL image, read as by `load_image`; or a uint8 array:
            grey (H, W) or (H, W, 1), colour (H, W, 3), colour and opacity (H, W, 4), which is laid
            on white.
        order: of an array's colours; all else knows its own.
        limit_megapixels: larger pictures are refused; arrays are in memory already, and are not.

    Returns:
        RGB uint8 (H, W, 3), C-contiguous; the array itself where it is so already.

    Raises:
        ImageError: the picture cannot be read, or is of another kind.
    """
    if isinstance(picture, (str, Path, bytes)):
        return load_image(picture, limit_megapixels=limit_megapixels)
    if isinstance(picture, Image.Image):
        name = f"{type(picture).__name__} {picture.mode} {picture.width}×{picture.height}"
        with _readable(name, limit_megapixels):
            _check_size(picture, name, limit_megapixels)
            return _to_rgb(picture)
    return array_to_rgb(picture, order)


@contextmanager
def _readable(name: str, limit_megapixels: float) -> Generator[None]:
    """Turn whatever Pillow raises into an `ImageError`, and keep its warnings in."""
    with _quiet():
        try:
            yield
        except ImageError:
            raise
        except UnidentifiedImageError as error:
            raise ImageError(
                f"{name}: not a picture that mien reads. Expected one of {', '.join(FORMATS)}. "
                "If it is one, it was cut short or damaged."
            ) from error
        except Image.DecompressionBombError as error:
            raise _too_large(name, "far more pixels", limit_megapixels) from error
        except Exception as error:  # Pillow's decoders raise anything on damaged files
            reason = str(error).strip().rstrip(".") or type(error).__name__
            if reason.startswith("decoder error"):  # with a number
                reason = "it was cut short or damaged"
            raise ImageError(
                f"{name}: cannot be read as a picture: {reason}. "
                "Save or download it anew, as JPEG or PNG."
            ) from error


def _check_size(image: Image.Image, name: str, limit_megapixels: float) -> None:
    if image.width * image.height / 1e6 > limit_megapixels:
        raise _too_large(name, f"{image.width}×{image.height}", limit_megapixels)
    if not image.width or not image.height:
        raise ImageError(f"{name}: expected a picture of a pixel or more.")


def _too_large(name: str, size: str, limit: float) -> ImageError:
    return ImageError(
        f"{name}: too large: expected at most {limit:g} megapixels, got {size}. Scale it down."
    )


def _is_empty(path: Path) -> bool:
    """Whether the file has no content.

    Raises:
        ImageError: it is no file, or cannot be opened.
    """
    try:
        if path.is_dir():
            raise ImageError(f"{path}: a folder. Expected a picture; find_images searches folders.")
        if not path.exists():
            raise ImageError(f"{path}: no such file. Expected a picture.")
        if not path.is_file():
            raise ImageError(f"{path}: not a regular file. Expected a picture.")
        with path.open("rb") as file:
            return not file.read(1)
    except (OSError, ValueError) as error:
        raise ImageError(f"{path}: cannot be opened: {error}.") from error


def _to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    image.load()
    try:  # after loading: Pillow turns TIFFs itself and then forgets their orientation
        turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF data are no reason to refuse the picture
        turn = None
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        image = Image.fromarray(_to_8_bit(np.asarray(image)))
    if turn is not None:
        image = image.transpose(turn)
    transparent = image.has_transparency_data
    rows = max(1, _BAND // image.width)
    if rows >= image.height:
        return _pixels(image, transparent)
    result = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, rows):  # takes half the memory and time of the whole at once
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        result[top : top + rows] = _pixels(band, transparent)
    return result


def _pixels(image: Image.Image, transparent: bool) -> NDArray[np.uint8]:
    if transparent:
        return on_white(image.convert("RGBA"))
    return np.array(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)


def _to_8_bit(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Grey of 16 or 32 bits, or float, scaled to 0 to 255.

    Integers that fit have the range of 16 bits, floats from 0 to 1 that range; all others have none
    that is agreed on, and are scaled from their own least to their greatest.
    """
    scaled = np.nan_to_num(values.astype(np.float32))
    low, high = float(scaled.min()), float(scaled.max())
    usual = 1.0 if values.dtype.kind == "f" else 65535.0
    if low < 0 or high > usual:
        scaled -= low
        usual = max(high - low, 1e-30)
    return np.rint(scaled * (255 / usual)).astype(np.uint8)
