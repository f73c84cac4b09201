"""Formats of pictures, and errors about files that are something else."""

import re
from glob import has_magic
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote

from PIL import Image

from mien.errors import ImageError

PICTURE_FORMATS: Final = (
    *("JPEG", "PNG", "GIF", "BMP", "PPM", "WEBP", "TIFF", "JPEG2000"),
    *(("AVIF",) if find_spec("PIL.AvifImagePlugin") else ()),  # since Pillow 11.3
)
"""Pillow's names of the formats that are read."""

HEIF_EXTENSIONS: Final = frozenset({".heic", ".heif", ".hif", ".heics", ".heifs"})
"""Extensions of pictures that are read if the package pillow-heif is installed."""

EXTENSIONS: Final = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".jif", ".pjpeg", ".pjp", ".mpo", ".png", ".apng"}
    | {".gif", ".bmp", ".dib", ".ppm", ".pgm", ".pbm", ".pnm", ".pfm", ".webp", ".tif", ".tiff"}
    | {".jp2", ".j2k", ".j2c", ".jpc", ".jpx", ".jpf"}
    | ({".avif", ".avifs"} if "AVIF" in PICTURE_FORMATS else set[str]())
    | (HEIF_EXTENSIONS if find_spec("pillow_heif") else frozenset[str]())
)
"""Extensions by which pictures are found in folders, in lower case."""

OTHER_EXTENSIONS: Final = (
    {".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".dng", ".orf", ".rw2"}
    | {".raf", ".pef", ".srw", ".raw", ".psd", ".psb", ".xcf", ".svg", ".tga", ".jxl", ".jxr"}
    | {".exr", ".hdr", ".pcx", ".eps", ".ico", ".icns", ".dds", ".pam", ".qoi"}
    | {".avif", ".avifs", *HEIF_EXTENSIONS}
) - EXTENSIONS
"""Extensions of pictures that mien does not read; a search counts them."""

HEIF_REMEDY: Final = "HEIC and HEIF are read with pillow-heif: pip install 'mien[heic]'"
"""Part of messages about HEIC and HEIF pictures."""

_CAMERA_REMEDY: Final = (
    "Cameras are read by `mien live` and `mien watch NUMBER --out FOLDER`, in Python by mien.watch."
)
_ADDRESS: Final = re.compile(r"([A-Za-z][\w+.-]+):/+")
_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_AVIF_BRANDS: Final = (b"avif", b"avis")
_FILM_STARTS: Final = (
    b"\x1a\x45\xdf\xa3",  # Matroska and WebM
    b"FLV\x01",
    b"\x00\x00\x01\xba",  # MPEG
    b"\x00\x00\x01\xb3",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF, WMV
    b"OggS",
    b"\x06\x0e\x2b\x34",  # MXF
)


def check_file(name: str) -> None:
    """Check that a path is a file and not empty.

    Args:
        name: path, as it was given.

    Raises:
        ImageError: it is not; the message says what it is, and what reads that.
        OSError: the system refuses the check.
    """
    if not name:
        raise ImageError("Expected the path of a picture; got an empty one.")
    path = Path(name)
    if path.is_dir():
        raise ImageError(
            f"{name}: a folder. Expected a picture; `mien read`, in Python mien.read_files, reads "
            "folders."
        )
    if not path.exists():
        if path.is_symlink():
            raise ImageError(f"{name}: a link to a file that is missing. Expected a picture.")
        raise ImageError(_missing(name))
    if not path.is_file():
        raise ImageError(f"{name}: not a regular file. Expected a picture.")
    with path.open("rb") as file:
        if not file.read(1):
            raise ImageError(f"{name}: empty. Expected a picture.")


def _missing(name: str) -> str:
    if address := _ADDRESS.match(name):
        rest = name[address.end() :]
        whole = f"{address[1]}://{rest}"
        shown = name if whole == name else f"{name} ({whole})"
        if address[1].lower() == "file":
            return f"{name}: an address. Expected the path of a file: {_path_of(name)}."
        return (
            f"{shown}: an address. Expected a file: download the picture first. Films and cameras "
            "behind an address are read by `mien watch`, in Python by mien.watch."
        )
    if name.isdecimal():
        return f"{name}: no such file. Expected a picture. {_CAMERA_REMEDY}"
    if has_magic(name):
        return (
            f"{name}: no such file. Expected a picture. Patterns are for `mien read` and, in "
            "Python, mien.read_files; if it was given to them, it matches no file."
        )
    return f"{name}: no such file. Expected a picture."


def _path_of(address: str) -> str:
    """Return the path in an address of a file, file:///PATH."""
    return "/" + unquote(address.partition(":")[2]).lstrip("/")


def is_film(start: bytes) -> bool:
    """Return whether a file is a film in a usual container, by its first bytes."""
    if start[4:8] in {b"ftyp", b"moov", b"mdat", b"wide"} or start.startswith(_FILM_STARTS):
        return True
    return start[:4] == b"RIFF" and start[8:12] == b"AVI "


def is_heif(start: bytes) -> bool:
    """Return whether a file is a HEIC or HEIF picture, which Pillow does not open, by its start."""
    if start[4:8] != b"ftyp" or start[8:12] not in _HEIF_BRANDS:
        return False
    size = int.from_bytes(start[:4], "big")
    return not any(brand in start[8:size] for brand in _AVIF_BRANDS)


def open_heif(file: IO[bytes], name: str) -> Image.Image:
    """Open a HEIC or HEIF picture with pillow-heif.

    Raises:
        ImageError: pillow-heif is not installed.
        Exception: whatever pillow-heif raises for damaged files.
    """
    if not find_spec("pillow_heif"):
        raise ImageError(f"{name}: a HEIC or HEIF picture. {HEIF_REMEDY}.")
    from pillow_heif import HeifImageFile  # pyright: ignore[reportMissingImports]

    return HeifImageFile(file)
