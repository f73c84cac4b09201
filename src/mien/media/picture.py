"""Pictures of any kind → RGB arrays; broken ones are refused by name.

Read by Pillow, which is asked for common formats alone: some that it knows are more than pictures
(EPS is a program, which Ghostscript would run).
"""

import io
import os
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from mien.errors import ImageError, reason_of
from mien.media.arrays import Order, array_to_rgb, on_white
from mien.media.decoder_messages import Quiet
from mien.media.formats import FILM_MEND, HEIF_MEND, check_file, is_film, is_heif, open_heif
from mien.media.levels import Change, is_darker_than_meant, is_nearly_black, to_8_bit, to_srgb
from mien.media.metadata import with_end, without_metadata
from mien.media.mistakes import no_picture
from mien.media.search import Search
from mien.media.tiff import Layout, layout, mend, numbers

PICTURE_FORMATS: Final = (
    *("JPEG", "PNG", "GIF", "BMP", "PPM", "WEBP", "TIFF", "JPEG2000"),
    *(("AVIF",) if find_spec("PIL.AvifImagePlugin") else ()),  # since Pillow 11.3
)
"""Pillow's names of the formats that are read."""

HEIF_EXTENSIONS: Final = frozenset({".heic", ".heif", ".hif", ".heics", ".heifs"})
"""Endings of what is read where the package pillow-heif is installed."""

EXTENSIONS: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".jif", ".pjpeg", ".pjp", ".mpo", ".png", ".apng"}
    | {".gif", ".bmp", ".dib", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".webp", ".tif", ".tiff"}
    | {".jp2", ".j2k", ".j2c", ".jpc", ".jpx", ".jpf"}
    | ({".avif", ".avifs"} if "AVIF" in PICTURE_FORMATS else set[str]())
    | (HEIF_EXTENSIONS if find_spec("pillow_heif") else frozenset[str]())
)
"""Endings by which pictures are found in folders, in lower case."""

OTHER_EXTENSIONS: Final = (
    frozenset(
        {
            ".cr2",
            ".cr3",
            ".crw",
            ".nef",
            ".nrw",
            ".arw",
            ".srf",
            ".sr2",
            ".dng",
            ".orf",
            ".rw2",
            ".raf",
        }
        | {".pef", ".srw", ".raw", ".psd", ".psb", ".xcf", ".svg", ".tga", ".jxl", ".jxr", ".exr"}
        | {".hdr", ".pcx", ".eps", ".ico", ".icns", ".dds", ".pam", ".qoi", ".avif", ".avifs"}
    )
    - EXTENSIONS
)
"""Endings of pictures that mien does not read, which are counted where a folder has them."""

LIMIT_MEGAPIXELS: Final = 100
"""Megapixels of the largest picture that is read by default."""

Picture = NDArray[np.uint8] | Image.Image | str | os.PathLike[str] | bytes
"""A picture: an array as `as_rgb` takes it, a PIL image, a file, or a file's content."""

_BAND: Final = 1 << 20  # pixels that are taken over from Pillow at once
_LEAST_ROWS: Final = 64  # of a JPEG that may have lost its end: of a smaller one that is too much
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

    Links to folders are followed, but for those to a folder around them. In folders and behind
    patterns, a file that is there under several names is taken once.
    """
    return Search(endings).files(paths)


class ImageSearch(Search):
    """A search for pictures that tells what it left out."""

    def __init__(self) -> None:
        super().__init__(EXTENSIONS, (HEIF_EXTENSIONS - EXTENSIONS) | OTHER_EXTENSIONS)

    @property
    def is_lacking(self) -> bool:
        """Whether something is left out that could be read if people changed something."""
        return bool(self.left_out.closed or HEIF_EXTENSIONS & self.left_out.kinds.keys())

    def sentences(self) -> list[str]:
        """What was left out so far, and what mends it; nothing of files that are no pictures."""
        told = self.left_out.sentences()
        kinds = self.left_out.kinds
        if kinds:
            count = kinds.total()
            what = "1 picture of a kind" if count == 1 else f"{count:,} pictures of kinds"
            each = ", ".join(f"{number:,} {ending}" for ending, number in sorted(kinds.items()))
            mend = f". {HEIF_MEND}" if HEIF_EXTENSIONS & kinds.keys() else ""
            told.append(f"{what} that mien does not read ({each}){mend}")
        return [f"left out: {sentence}." for sentence in told]


def load_image(
    source: str | os.PathLike[str] | bytes, *, limit_megapixels: float = LIMIT_MEGAPIXELS
) -> NDArray[np.uint8]:
    """Read one picture, upright, as people see it.

    Turned as its EXIF data say; the first frame of an animation; transparent parts on white;
    colours by its profile, where that changes them much; grey of more than 8 bits scaled from its
    whole range. Metadata that are damaged or very large are left aside.

    Args:
        source: a file, or a file's content.
        limit_megapixels: larger pictures are refused before they are decoded.

    Returns:
        RGB uint8 (H, W, 3), an array of its own.

    Raises:
        ImageError: missing, empty, a folder, not a picture, of a kind that would be misread,
            truncated, or too large; it names the file.

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
    given: Any = source  # whatever its type says
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
    """Decode a file; where that fails, what is said about the picture may be to blame.

    All that is tried decodes less than twice the limit: else a damaged picture would cost the time
    of many.
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
                stored = without_metadata(ended)[-1]  # as it is stored: EXIF would turn it
                if _has_its_end(_decode(io.BytesIO(stored), name, limit_megapixels, tried)):
                    return _decode(io.BytesIO(ended), name, limit_megapixels, tried)
        raise


def _has_its_end(image: NDArray[np.uint8]) -> bool:
    """Whether a JPEG without a mark of its end has lost half of its last row of blocks at most.

    What is missing is filled with blocks of one colour.
    """
    if image.shape[0] < _LEAST_ROWS:
        return False
    last = image[-4:, : image.shape[1] // 2].reshape(-1, 3)
    return bool((last.max(axis=0) > last.min(axis=0)).any())


def _decode(
    file: IO[bytes], name: str, limit_megapixels: float, tried: list[float]
) -> NDArray[np.uint8]:
    """Decode a file as it is; its megapixels are added to `tried`."""
    start = file.read(64)
    tiff = layout(file)
    inverted = False
    if tiff is not None and tiff.is_misread():
        raise _other_tiff(name, tiff)
    if tiff is not None and tiff.white_is_0 and tiff.bits > 8:
        # Pillow would read some of them as a negative, and others not at all.
        at, black_is_0 = tiff.white_is_0
        file.seek(0)
        content = bytearray(file.read())
        content[at : at + len(black_is_0)] = black_is_0
        file, inverted = io.BytesIO(content), True
    file.seek(0)
    try:
        opened = (
            open_heif(file, name) if is_heif(start) else Image.open(file, formats=PICTURE_FORMATS)
        )
    except UnidentifiedImageError as error:
        if tiff is not None:
            raise _other_tiff(name, tiff) from error
        if is_film(start):
            raise ImageError(f"{name}: a film. {FILM_MEND}") from error
        raise
    with opened as image:
        _check_size(image, name, limit_megapixels)
        tried.append(image.width * image.height / 1e6)
        return _to_rgb(image, name, inverted=inverted)


def _other_tiff(name: str, tiff: Layout) -> ImageError:
    return ImageError(
        f"{name}: a TIFF of a kind that mien does not read: {tiff.words()}. "
        "Save it anew with 8 bits a colour, or as JPEG or PNG. If its kind is usual, it was cut "
        "short or damaged."
    )


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
    """Turn whatever Pillow raises into an `ImageError`, and keep its warnings in."""
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


def _to_rgb(image: Image.Image, name: str, *, inverted: bool = False) -> NDArray[np.uint8]:
    is_deep = any("16" in str(tile[3]) for tile in getattr(image, "tile", ()))
    meant = numbers(image, inverted=inverted)
    image.load()
    mend(image)
    if is_deep and is_nearly_black(image):
        raise ImageError(
            f"{name}: its colours use only the lowest 12 of their 16 bits, so that all of it would "
            "be black. Save it anew with 8 bits a colour."
        )
    if is_deep and is_darker_than_meant(image, meant):
        raise ImageError(
            f"{name}: its white is {meant.highest}, not 65535, so that all of it would be dark. "
            "Save it anew with 8 bits a colour."
        )
    try:  # after loading: Pillow turns TIFFs itself and then forgets their orientation
        turn = _TURNS.get(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # damaged EXIF data are no reason to refuse the picture
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
    for top in range(0, image.height, rows):  # takes half the memory and time of the whole at once
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
