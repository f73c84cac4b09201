"""Picture files without their metadata, for files whose metadata prevent reading them."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_TEXTS: Final = {b"tEXt", b"zTXt", b"iTXt"}
_PNG_PICTURE: Final = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
_SOI, _SOS, _EOI, _TEM, _APP0, _APP1, _APP14, _APP15, _COM = (
    *(0xD8, 0xDA, 0xD9, 0x01, 0xE0, 0xE1, 0xEE, 0xEF, 0xFE),
)
_WEBP_KEPT: Final = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}
_WEBP_META: Final = 0x04 | 0x08 | 0x20  # bits of VP8X: XMP, EXIF, ICC profile


def without_metadata(content: bytes) -> list[bytes]:
    """Remove more and more metadata from a picture; EXIF, which may turn it, last.

    Args:
        content: content of a file.

    Returns:
        Contents of PNG, JPEG and WebP files to try; none for other files and damaged ones.
    """
    try:
        if content.startswith(_PNG):
            kinds = {kind for kind, _ in _png_chunks(content)}
            exif = _PNG_PICTURE | {b"eXIf"}
            fewer = (kinds - _PNG_TEXTS, exif | {b"gAMA"}, exif, _PNG_PICTURE)
            return [_png(content, kept) for kept in fewer]
        if content.startswith(b"\xff\xd8"):
            return [_jpeg(content, exif=exif) for exif in (True, False)]
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return [_webp(content)]
    except (struct.error, IndexError, ValueError):
        pass
    return []


def with_end(content: bytes) -> bytes | None:
    """Add the end marker to a baseline JPEG; some programs omit it or cut it off.

    Returns:
        None for other files, and for those that have the marker.
    """
    if not content.startswith(b"\xff\xd8") or b"\xff\xd9" in content[-64:]:
        return None
    at = 2
    while content[at : at + 1] == b"\xff" and at + 4 <= len(content):
        marker = content[at + 1]
        if marker in {0xC0, 0xC1}:
            return content.rstrip(b"\xff") + b"\xff\xd9"
        if marker in {_SOS, _EOI, 0xC2}:
            return None
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return None


def _png(content: bytes, kept: set[bytes]) -> bytes:
    chunks = [whole for kind, whole in _png_chunks(content) if kind in kept]
    return _PNG + b"".join(chunks)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        whole = content[at : at + 12 + length]
        if kind == b"eXIf" and zlib.crc32(whole[4:-4]) != int.from_bytes(whole[-4:], "big"):
            kind = b""  # damaged
        yield kind, whole
        at += 12 + length


def _jpeg(content: bytes, *, exif: bool) -> bytes:
    """Keep JFIF and Adobe segments, which describe the colours, and EXIF if requested."""
    kept = [content[:2]]
    at = 2
    while content[at] == 0xFF:
        while content[at + 1] == 0xFF:  # fill
            at += 1
        marker = content[at + 1]
        if marker in {_SOS, _EOI}:
            break
        if marker == _TEM or 0xD0 <= marker <= _SOI:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        segment = content[at : at + 2 + length]
        is_metadata = marker == _COM or _APP0 <= marker <= _APP15
        jfif = marker == _APP0 and segment[4:8] == b"JFIF" and len(segment) >= 16
        adobe = marker == _APP14 and segment[4:9] == b"Adobe" and len(segment) >= 16
        is_exif = marker == _APP1 and segment[4:8] == b"Exif"
        if not is_metadata or jfif or adobe or (is_exif and exif):
            kept.append(segment)
        at += 2 + length
    return b"".join(kept) + content[at:]


def _webp(content: bytes) -> bytes:
    kept: list[bytes] = []
    at = 12
    while at + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        whole = content[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            whole = whole[:8] + bytes([whole[8] & ~_WEBP_META]) + whole[9:]
        if kind in _WEBP_KEPT:
            kept.append(whole)
        at += 8 + length + length % 2
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body
