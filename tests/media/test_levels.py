"""Pictures with unusual numbers are read like the same pictures in 8 bits."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from mien.errors import ImageError
from mien.media.formats import EXTENSIONS
from mien.media.picture import load_image

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def colour(astronaut: Picture) -> Picture:
    return np.ascontiguousarray(astronaut[40:200:2, 150:310:2])


@pytest.fixture(scope="module")
def grey(colour: Picture) -> Picture:
    return np.array(Image.fromarray(colour).convert("L"))


Order = Literal["<", ">"]


def tiff(values: NDArray[Any], order: Order = "<", **tags: int) -> bytes:
    """An uncompressed TIFF of one strip, written by hand: Pillow would not write most of these."""
    kind = {"u": 1, "i": 2, "f": 3}[values.dtype.kind]
    samples = 1 if values.ndim == 2 else values.shape[2]
    height, width = values.shape[:2]
    planes = values.transpose(2, 0, 1) if tags.get("planar") == 2 else values
    content = np.ascontiguousarray(planes.astype(values.dtype.newbyteorder(order))).tobytes()
    entries = {
        256: width,
        257: height,
        258: tags.get("bits", 8 * values.dtype.itemsize),
        259: 1,
        262: tags.get("photometric", 1 if samples == 1 else 2),
        273: 0,
        277: samples,
        278: height,
        279: len(content),
        284: tags.get("planar", 1),
        339: kind,
    }
    if "highest" in tags:
        entries[281] = tags["highest"]
    start = 8 + 2 + 12 * len(entries) + 4
    shared = struct.pack(f"{order}{samples}H", *[entries[258]] * samples)
    shared += struct.pack(f"{order}{samples}H", *[kind] * samples)
    entries[273] = start + len(shared)
    offsets = b""
    if tags.get("planar") == 2:  # one strip a plane
        size = len(content) // samples
        each = [entries[273] + 8 * samples + n * size for n in range(samples)]
        offsets = struct.pack(f"{order}{2 * samples}I", *each, *[size] * samples)
    ifd = b""
    for tag, value in sorted(entries.items()):
        many = samples > 1 and tag in {258, 339}
        if many:
            place = start + (0 if tag == 258 else 2 * samples)
            ifd += struct.pack(f"{order}HHII", tag, 3, samples, place)
        elif offsets and tag in {273, 279}:
            place = start + len(shared) + (0 if tag == 273 else 4 * samples)
            ifd += struct.pack(f"{order}HHII", tag, 4, samples, place)
        elif tag in {273, 279}:
            ifd += struct.pack(f"{order}HHII", tag, 4, 1, value)
        else:
            ifd += struct.pack(f"{order}HHIHH", tag, 3, 1, value, 0)
    mark = b"II" if order == "<" else b"MM"
    head = mark + struct.pack(f"{order}HIH", 42, 8, len(entries))
    return head + ifd + bytes(4) + shared + offsets + content


def near(got: Picture, expected: Picture, most: float = 1.0) -> None:
    if expected.ndim == 2:
        expected = np.dstack([expected] * 3)
    assert got.shape == expected.shape
    assert np.abs(got.astype(int) - expected).mean() < most


def twin(values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    wide = values.astype(np.uint32)
    return {
        "16": (wide * 257).astype(np.uint16),
        "12 in 16": (wide * 16).astype(np.uint16),
        "signed 16": (wide * 128).astype(np.int16),
        "signed 32": (wide * 257).astype(np.int32),
        "32": wide * np.uint32(2**32 // 255),
        "float": (values / 255).astype(np.float32),
    }


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["16", "12 in 16", "signed 16", "signed 32", "32", "float"])
def test_deep_grey_with_black_or_white_as_0(grey: Picture, kind: str, order: Order) -> None:
    if (kind, order) == ("32", ">"):  # Pillow cannot read it
        with pytest.raises(ImageError, match="a TIFF of a kind that mien does not read: 32-bit"):
            load_image(tiff(twin(grey)[kind], order=order))
        return
    near(load_image(tiff(twin(grey)[kind], order=order)), grey)
    white_is_0 = twin(255 - grey)[kind]
    near(load_image(tiff(white_is_0, order=order, photometric=0)), grey)


def test_the_case_that_was_read_as_a_negative(shared_data: Path) -> None:
    path = shared_data / "cases" / "min_is_white_16.tif"
    with Image.open(path) as opened:
        stored = np.asarray(opened, np.float64)
    near(load_image(path), np.rint(255 - stored / 257).astype(np.uint8))


def test_a_file_may_tell_its_highest_number(grey: Picture) -> None:
    near(load_image(tiff(grey.astype(np.uint16) * 64, highest=16383)), grey)


def test_floats_from_0_to_255(grey: Picture) -> None:
    near(load_image(tiff((grey // 2).astype(np.float32))), grey // 2)


@pytest.mark.parametrize(
    ("values", "tags", "told"),
    [
        (np.zeros((9, 9), np.int8), {}, "8-bit signed grey"),
        (np.zeros((9, 9), np.float64), {}, "64-bit float grey"),
        (np.zeros((9, 9, 3), np.float32), {}, "32-bit float RGB"),
        (np.zeros((9, 9, 3), np.uint16), {"planar": 2}, "16-bit RGB in planes"),
    ],
)
def test_what_would_be_misread_is_refused_with_the_reason(
    values: NDArray[Any], tags: dict[str, int], told: str
) -> None:
    with pytest.raises(ImageError, match=f"a TIFF of a kind that mien does not read: {told}"):
        load_image(tiff(values, "<", **tags))


def test_planes_of_8_bits_and_lab(colour: Picture) -> None:
    near(load_image(tiff(colour, planar=2)), colour, 0.01)
    target = ImageCms.createProfile("LAB")
    lab = ImageCms.profileToProfile(
        Image.fromarray(colour), ImageCms.createProfile("sRGB"), target, outputMode="LAB"
    )
    assert lab is not None
    buffer = io.BytesIO()
    lab.save(buffer, "TIFF")
    near(load_image(buffer.getvalue()), colour, 2)


def chunk(kind: bytes, content: bytes) -> bytes:
    length = struct.pack(">I", len(content))
    return length + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(values: NDArray[Any], *chunks: bytes) -> bytes:
    """A PNG of uint8 or uint16, grey or RGB, with chunks before the picture."""
    height, width = values.shape[:2]
    rows = values.astype(values.dtype.newbyteorder(">"))
    data = b"".join(b"\0" + row.tobytes() for row in rows)
    size = (width, height, 8 * values.dtype.itemsize, 0 if values.ndim == 2 else 2, 0, 0, 0)
    parts = (chunk(b"IHDR", struct.pack(">IIBBBBB", *size)), *chunks)
    end = chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + end


def test_deep_png(grey: Picture, colour: Picture) -> None:
    near(load_image(png(grey.astype(np.uint16) * 257)), grey)
    near(load_image(png(grey.astype(np.uint16) * 16)), grey)
    near(load_image(png(colour.astype(np.uint16) * 257)), colour)
    with pytest.raises(ImageError, match="only the lowest 12 of their 16 bits"):
        load_image(png(colour.astype(np.uint16) * 16))


def test_gamma_of_png(colour: Picture) -> None:
    linear = np.rint(255 * (colour / 255) ** 2.2).astype(np.uint8)
    near(load_image(png(linear, chunk(b"gAMA", struct.pack(">I", 100_000)))), colour, 2)
    for usual in (45_455, 0, 2**32 - 1):
        near(load_image(png(colour, chunk(b"gAMA", struct.pack(">I", usual)))), colour, 0.01)


def profile(gamma: float, *, grey: bool = False) -> bytes:
    """An ICC profile with sRGB's primaries, or grey, and a gamma."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(65536 * value)) for value in values)

    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + fixed(*values)

    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(256 * gamma), 0)
    desc = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"a\0" + bytes(78)
    tags = {b"desc": desc, b"cprt": b"text\0\0\0\0a\0\0\0", b"wtpt": xyz(0.9642, 1, 0.8249)}
    if grey:
        tags[b"kTRC"] = curve
    else:
        primaries = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))
        for name, values in zip((b"r", b"g", b"b"), primaries, strict=True):
            tags |= {name + b"XYZ": xyz(*values), name + b"TRC": curve}
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", place + len(body), len(content))
        body += content
    space = b"GRAY" if grey else b"RGB "
    head = struct.pack(">I", place + len(body)) + bytes(4) + b"\x02\x10\0\0mntr" + space + b"XYZ "
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += fixed(0.9642, 1, 0.8249)
    return head.ljust(128, b"\0") + table + body


def to_linear(picture: Picture) -> Picture:
    x = picture / 255
    light = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    return np.rint(255 * light).astype(np.uint8)


def saved(picture: Any, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind, **options)
    return buffer.getvalue()


def test_profiles_count_where_they_change_much(colour: Picture, grey: Picture) -> None:
    linear = to_linear(colour)
    near(load_image(saved(linear, "PNG", icc_profile=profile(1))), colour, 2)
    near(load_image(saved(linear, "JPEG", quality=98, icc_profile=profile(1))), colour, 6)
    near(load_image(saved(to_linear(grey), "PNG", icc_profile=profile(1, grey=True))), grey, 2)
    alpha = np.dstack([linear, np.full(grey.shape, 255, np.uint8)])
    near(load_image(saved(alpha, "PNG", icc_profile=profile(1))), colour, 2)
    usual = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for harmless in (usual, b"junk" * 50, profile(1, grey=True)):
        near(load_image(saved(colour, "PNG", icc_profile=harmless)), colour, 0.01)


BIG = b"x" * 3_000_000


@pytest.mark.parametrize(
    "told",
    [
        chunk(b"tEXt", b"k\0" + BIG),
        chunk(b"zTXt", b"k\0\0" + zlib.compress(BIG)),
        chunk(b"iTXt", b"k\0\1\0\0\0" + zlib.compress(BIG)),
        chunk(b"iCCP", b"k\0\0" + zlib.compress(BIG)),
        b"".join(chunk(b"zTXt", b"k\0\0" + zlib.compress(BIG[:900_000])) for _ in range(80)),
        chunk(b"gAMA", b""),
        chunk(b"sRGB", b"") + chunk(b"pHYs", b"\0") + chunk(b"tIME", b""),
    ],
    ids=["text", "ztext", "itext", "profile", "many", "gamma", "short"],
)
def test_metadata_never_refuse_a_png(colour: Picture, told: bytes) -> None:
    turned = np.ascontiguousarray(np.rot90(colour))
    exif = Image.Exif()
    exif[0x0112] = 6
    near(load_image(png(turned, told, chunk(b"eXIf", exif.tobytes()[6:]))), colour, 0.01)
    whole = png(colour)
    near(load_image(whole[:-12] + told + whole[-12:]), colour, 0.01)  # after the picture


@pytest.mark.parametrize("name", ["png-3-mb-of-text.png", "png-3-mb-of-itxt.png"])
def test_the_cases_of_large_metadata(shared_data: Path, name: str) -> None:
    assert load_image(shared_data / "cases" / name).ndim == 3


@pytest.mark.parametrize(
    ("marker", "content"),
    [
        (0xE0, b"JFIF\0"),
        (0xEE, b"Adobe\0"),
        (0xE1, b"Exif\0\0" + b"\xff" * 9),
        (0xE2, b"MPF\0" + b"\xff" * 40),
        (0xE2, b"ICC_PROFILE\0"),
        (0xED, b"Photoshop 3.0\x008BIM\4\x0c\0\0\0\0\xff\xff"),
    ],
)
def test_metadata_never_refuse_a_jpeg(colour: Picture, marker: int, content: bytes) -> None:
    whole = saved(colour, "JPEG", quality=95)
    segment = bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content
    for place in (2, 20):
        near(load_image(whole[:place] + segment + whole[place:]), colour, 5)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bits", [13, 14, 15])
def test_deep_colours_whose_white_is_a_lower_number_are_refused(
    colour: Picture, order: Order, bits: int
) -> None:
    highest = 2**bits - 1
    values = (colour.astype(np.uint32) * highest // 255).astype(np.uint16)
    with pytest.raises(ImageError, match=f"its white is {highest}, not 65535"):
        load_image(tiff(values, order, highest=highest))
    whole = colour.astype(np.uint16) * 257
    near(load_image(tiff(whole, order, highest=65535)), colour, 0.01)
    near(load_image(tiff(whole, order, highest=highest)), colour, 0.01)  # this is wrong


def test_deep_colours_of_12_bits_are_refused(colour: Picture) -> None:
    values = colour.astype(np.uint16) * 16
    for content in (tiff(values), tiff(values, highest=4095)):
        with pytest.raises(ImageError, match="only the lowest 12 of their 16 bits"):
            load_image(content)
    with pytest.raises(ImageError, match="does not read: 12-bit RGB"):
        load_image(tiff(values, bits=12))


def test_heic(colour: Picture) -> None:
    if ".heic" not in EXTENSIONS:
        start = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
        with pytest.raises(ImageError, match=r"HEIC or HEIF picture.*pip install 'mien\[heic\]'"):
            load_image(start)
        return
    import pillow_heif  # pyright: ignore[reportMissingImports]

    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(colour)).save(buffer, quality=95)
    near(load_image(buffer.getvalue()), colour, 6)


def test_kinds_of_heic(colour: Picture) -> None:
    heif: Any = pytest.importorskip("pillow_heif", reason="needs the extra heic")

    def written(picture: Image.Image, **options: Any) -> bytes:
        buffer = io.BytesIO()
        heif.from_pillow(picture).save(buffer, quality=95, **options)
        return buffer.getvalue()

    picture = Image.fromarray(colour)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = picture.transpose(Image.Transpose.ROTATE_90)
    near(load_image(written(turned, exif=exif.tobytes())), colour, 6)  # as an iPhone writes it

    half = picture.convert("RGBA")
    half.putalpha(128)
    near(load_image(written(half)), (colour.astype(int) + 255) // 2, 6)
    near(
        load_image(written(picture.convert("L"))), np.array(picture.convert("L").convert("RGB")), 6
    )

    deep = heif.from_bytes("RGB;16", picture.size, (colour.astype(np.uint16) * 257).tobytes())
    buffer = io.BytesIO()
    deep.save(buffer, quality=95)
    near(load_image(buffer.getvalue()), colour, 6)

    two = heif.from_pillow(Image.new("RGB", (64, 64)))
    two.add_from_pillow(picture)
    buffer = io.BytesIO()
    two.save(buffer, quality=95, primary_index=1)
    near(load_image(buffer.getvalue()), colour, 6)  # the declared one

    with pytest.raises(ImageError, match=r"cannot be read as a picture.*Save or download it again"):
        load_image(written(picture)[:900])


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("https://example.org/a.jpg", "an address.*download"),
        ("0", "no such file.*mien live"),
        (b"\0\0\0\x18ftypisom" + bytes(100), "a film.*mien watch"),
    ],
)
def test_errors_say_what_reads_other_files(given: str | bytes, told: str) -> None:
    with pytest.raises(ImageError, match=told):
        load_image(given)
