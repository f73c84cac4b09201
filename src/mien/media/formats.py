"""What is given instead of a picture that Pillow opens, and what mends it."""

import re
from glob import has_magic
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final
from urllib.parse import unquote

from PIL import Image

from mien.errors import ImageError

HEIF_MEND: Final = "HEIC and HEIF are read with pillow-heif: pip install 'mien[heic]'"
FILM_MEND: Final = "Films are read by `mien watch FILM --out FOLDER`, in Python by mien.watch."
_CAMERA_MEND: Final = (
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
    """Refuse what is no file with something in it.

    Args:
        name: of the file, as it was given.

    Raises:
        ImageError: it says what is there instead, and what reads that.
        OSError: nobody can tell.
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
        return f"{name}: no such file. Expected a picture. {_CAMERA_MEND}"
    if has_magic(name):
        return (
            f"{name}: no such file. Expected a picture. Patterns are for `mien read` and, in "
            "Python, mien.read_files; this one matches no file, if it was given to them."
        )
    return f"{name}: no such file. Expected a picture."


def _path_of(address: str) -> str:
    """The path in an address of a file, file:///PATH."""
    return "/" + unquote(address.partition(":")[2]).lstrip("/")


def is_film(start: bytes) -> bool:
    """Whether a file that begins so is a film, by the marks of usual containers."""
    if start[4:8] in {b"ftyp", b"moov", b"mdat", b"wide"} or start.startswith(_FILM_STARTS):
        return True
    return start[:4] == b"RIFF" and start[8:12] == b"AVI "


def is_heif(start: bytes) -> bool:
    """Whether a file that begins so is a HEIC or HEIF picture, which Pillow does not open."""
    if start[4:8] != b"ftyp" or start[8:12] not in _HEIF_BRANDS:
        return False
    size = int.from_bytes(start[:4], "big")
    return not any(brand in start[8:size] for brand in _AVIF_BRANDS)


def open_heif(file: IO[bytes], name: str) -> Image.Image:
    """A HEIC or HEIF picture, by pillow-heif.

    Raises:
        ImageError: pillow-heif is not installed.
        Exception: whatever it raises of damaged files.
    """
    if not find_spec("pillow_heif"):
        raise ImageError(f"{name}: a HEIC or HEIF picture. {HEIF_MEND}.")
    from pillow_heif import HeifImageFile  # pyright: ignore[reportMissingImports]

    return HeifImageFile(file)
