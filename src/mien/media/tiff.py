"""The meaning of the numbers in TIFF files that Pillow would misread."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import IO, Any, Final, Literal, NamedTuple

_WIDTHS: Final = {1: "B", 3: "H", 4: "I", 16: "Q"}  # by the tag's type: BYTE, SHORT, LONG, LONG8
_FORMATS: Final[dict[int, Literal["unsigned", "signed", "float"]]] = {
    1: "unsigned",
    2: "signed",
    3: "float",
}
_KINDS: Final = {
    0: "grey whose white is 0",
    1: "grey",
    2: "RGB",
    3: "palette",
    5: "CMYK",
    6: "YCbCr",
    8: "Lab",
    9: "ICC's Lab",
    10: "ITU's Lab",
    32803: "raw mosaic of a camera",
    34892: "raw colours of a camera",
}
_MOST_VALUES: Final = 16  # of one tag
_MOST_TAGS: Final = 4096


class _Tag(IntEnum):
    """Numbers of the tags that matter."""

    BITS = 258
    PHOTOMETRIC = 262
    SAMPLES = 277
    HIGHEST = 281
    PLANAR = 284
    COLOUR_MAP = 320
    DOT_RANGE = 336
    FORMAT = 339


_WANTED: Final = frozenset(_Tag) - {_Tag.COLOUR_MAP}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Meaning of the numbers of grey pixels.

    Attributes:
        bits: bits of each number; None if the file does not say.
        kind: "unsigned", "signed" or "float"; None if the file does not say.
        highest: highest possible number; None if the file does not say.
        inverted: whether the lowest number is white.
    """

    bits: int | None = None
    kind: Literal["unsigned", "signed", "float"] | None = None
    highest: int | None = None
    inverted: bool = False


class Patch(NamedTuple):
    """A replacement of bytes in a file.

    Attributes:
        place: where it begins.
        content: the new bytes.
    """

    place: int
    content: bytes

    def applied(self, file: IO[bytes]) -> bytes:
        """Return the content of a file with the replacement."""
        file.seek(0)
        content = file.read()
        return content[: self.place] + self.content + content[self.place + len(self.content) :]


@dataclass(frozen=True, slots=True)
class Layout:
    """Layout of the first picture in a TIFF file.

    Attributes:
        tags: values by the number of the tag.
        black_is_0: patch that makes a file in which white is 0 say that black is 0; None for other
            files.
    """

    tags: dict[int, tuple[int, ...]]
    black_is_0: Patch | None

    @property
    def bits(self) -> int:
        """Bits of one number."""
        return max(self.tags.get(_Tag.BITS, (1,)))

    def is_misread(self) -> bool:
        """Return whether Pillow would read the picture wrongly: deep planes, and signed bytes."""
        planes = (
            self.tags.get(_Tag.PLANAR, (1,))[0] == 2 and self.tags.get(_Tag.SAMPLES, (1,))[0] > 1
        )
        signed = self.tags.get(_Tag.FORMAT, (1,))[0] == 2
        return (planes and self.bits > 8) or (signed and self.bits == 8)

    def words(self) -> str:
        """Describe the layout, such as "32-bit float RGB in planes"."""
        kind = self.tags.get(_Tag.PHOTOMETRIC, (-1,))[0]
        form = _FORMATS.get(self.tags.get(_Tag.FORMAT, (1,))[0], "other numbers,")
        form = "" if form == "unsigned" else f"{form} "
        planes = " in planes" if self.tags.get(_Tag.PLANAR, (1,))[0] == 2 else ""
        return f"{self.bits}-bit {form}{_KINDS.get(kind, f'colours of kind {kind}')}{planes}"


def layout(file: IO[bytes]) -> Layout | None:
    """Return the layout of a TIFF file; None for another file, or a damaged one."""
    try:
        return _layout(file)
    except (struct.error, OSError, ValueError, OverflowError, KeyError):
        return None


def _layout(file: IO[bytes]) -> Layout | None:
    file.seek(0)
    start = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    if order is None:
        return None
    version = struct.unpack_from(order + "H", start, 2)[0]
    if version not in {42, 43}:
        return None
    pointer, width, count_form, entry_form = (
        ("Q", 8, "Q", "HHQ8s") if version == 43 else ("I", 4, "H", "HHI4s")
    )
    file.seek(struct.unpack_from(order + pointer, start, width)[0])
    (count,) = struct.unpack(order + count_form, file.read(struct.calcsize(count_form)))
    size = struct.calcsize(order + entry_form)
    first = file.tell()
    content = file.read(min(count, _MOST_TAGS) * size)
    tags: dict[int, tuple[int, ...]] = {}
    black_is_0: Patch | None = None
    for at in range(0, len(content) - size + 1, size):
        tag, kind, number, value = struct.unpack_from(order + entry_form, content, at)
        if tag not in _WANTED or kind not in _WIDTHS:
            continue
        number = min(number, _MOST_VALUES)
        form = f"{order}{number}{_WIDTHS[kind]}"
        if struct.calcsize(form) > len(value):
            file.seek(struct.unpack(order + pointer, value)[0])
            value = file.read(struct.calcsize(form))
        tags[tag] = struct.unpack_from(form, value)
        if tag == _Tag.PHOTOMETRIC and tags[tag] == (0,):
            black_is_0 = Patch(first + at + size - width, struct.pack(form, 1))
    return Layout(tags, black_is_0)


def numbers(image: Any, *, inverted: bool) -> Numbers:
    """Return the meaning of the grey numbers of a picture that Pillow has opened.

    Args:
        image: Pillow's image.
        inverted: whether white was 0 in its file before that was patched.
    """
    tags: Any = getattr(image, "tag_v2", None)
    if not tags:
        return Numbers(inverted=inverted)
    return Numbers(
        bits=_first(tags.get(_Tag.BITS)),
        kind=_FORMATS.get(_first(tags.get(_Tag.FORMAT)) or 1),
        highest=_first(tags.get(_Tag.HIGHEST)),
        inverted=inverted or _first(tags.get(_Tag.PHOTOMETRIC)) == 0,
    )


def _first(value: Any) -> int | None:
    if isinstance(value, tuple):
        value = value[0] if value else None
    return int(value) if isinstance(value, (int, float)) else None


def mend(image: Any) -> None:
    """Correct colours of a TIFF file that Pillow loads wrongly.

    These are palettes with colours up to 255 instead of 65535, and CMYK in which 0 is full ink.
    """
    tags: Any = getattr(image, "tag_v2", None)
    if not tags:
        return
    colours = tags.get(_Tag.COLOUR_MAP)
    if image.mode == "P" and colours and 0 < max(colours) < 256:
        image.putpalette(bytes(colours), "RGB;L")
    dots = tags.get(_Tag.DOT_RANGE)
    if image.mode == "CMYK" and dots and len(dots) >= 2 and dots[0] > dots[1]:
        from PIL import ImageChops

        image.paste(ImageChops.invert(image))
