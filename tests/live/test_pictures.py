"""Strangers' pictures that would cost too much are refused by their headers."""

import contextlib
import io
import time
from collections.abc import Callable

import pytest
from bombs import jpeg_2000, many_scans, many_segments, png
from fastapi.testclient import TestClient
from numpy import uint8
from numpy.typing import NDArray
from PIL import Image
from stand_in import ADDRESS, StandInReader, await_ready, connect, jpeg

from mien.errors import ImageError
from mien.live.app import create_app
from mien.live.jpeg_header import JpegError, count_scans, read_header
from mien.live.pictures import MOST_CHUNKS, MOST_SCANS, check
from mien.live.protocol import Frame, encode_frame
from mien.live.settings import Settings


def saved(picture: NDArray[uint8], kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(("progressive", "scans"), [(False, 1), (True, 10)])
def test_scans_are_counted_as_they_were_written(
    astronaut: NDArray[uint8], progressive: bool, scans: int
) -> None:
    content = saved(astronaut, "JPEG", progressive=progressive)
    header = read_header(content)
    assert (header.width, header.height, header.components) == (512, 512, 3)
    assert (header.is_baseline, header.is_progressive) == (not progressive, progressive)
    assert count_scans(content, header, 100) == scans


def test_a_marker_that_windows_of_the_search_divide_is_found() -> None:
    content = jpeg()
    header = read_header(content)
    for length in range(4080, 4110):
        longer = content[:-2] + bytes(length - len(content) + header.first_scan)
        ended = longer + b"\xff\xda\x00\x02\xff\xd9"
        assert count_scans(ended, header, 9) == 2


def test_a_bomb_of_scans_is_a_picture_that_decodes() -> None:
    with Image.open(io.BytesIO(many_scans(64, 48, 30))) as picture:
        picture.load()  # else the tests below would refuse what is damaged anyway
    assert picture.size == (64, 48)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (many_scans(64, 48, 2000), "progressive"),
        (jpeg().replace(b"\xff\xc0", b"\xff\xc9", 1), "rare kind"),
        (jpeg().replace(b"\xff\xc0", b"\xff\xc3", 1), "rare kind"),
        (jpeg().replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c", 1), "rare kind"),
        (jpeg()[:-2] + b"\xff\xda\x00\x02" * 3 + b"\xff\xd9", "more scans"),
        (many_segments(jpeg(), 1001), "more than 1000 segments"),
        (jpeg()[:-2], "cut short"),
    ],
    ids=["scans", "arithmetic", "lossless", "12 bits", "further scans", "segments", "cut short"],
)
def test_frames_that_are_no_baseline_jpeg_are_refused_before_they_are_read(
    content: bytes, reason: str
) -> None:
    reader = StandInReader()
    with (
        TestClient(create_app(lambda: reader), base_url=ADDRESS) as client,
        connect(client) as page,
    ):
        await_ready(page)
        page.send_bytes(encode_frame(Frame(1, 0.0, 64, 48, content)))
        refused = page.receive_json()
        assert refused["error"] in {"wrong-jpeg", "broken-jpeg"}
        assert reason in refused["message"]
        assert refused["credits"] == 1
        page.send_bytes(encode_frame(Frame(2, 0.0, 64, 48, jpeg())))
        assert page.receive_json()["sequence"] == 2
    assert reader.started.acquire(blocking=False)
    assert not reader.started.acquire(blocking=False)  # it saw only the second one


def test_frames_of_one_colour_and_of_a_scan_a_colour_are_read(astronaut: NDArray[uint8]) -> None:
    from mien.live.jpeg import decode

    for content in (saved(astronaut[..., 0], "JPEG"), saved(astronaut, "JPEG", quality=30)):
        assert decode(Frame(1, 0.0, 512, 512, content)).shape == (512, 512, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_usual_pictures_are_taken(astronaut: NDArray[uint8], kind: str) -> None:
    check(saved(astronaut, kind), 1)
    check(saved(astronaut[..., 0], kind), 1)


@pytest.mark.parametrize(
    "options",
    [{}, {"lossless": True}, {"exif": b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00"}],
    ids=str,
)
def test_the_size_of_a_webp_is_read_of_every_kind(
    astronaut: NDArray[uint8], options: dict[str, object]
) -> None:
    content = saved(astronaut[:300], "WEBP", **options)
    check(content, limit_megapixels=0.154)
    with pytest.raises(ImageError, match="512×300"):
        check(content, limit_megapixels=0.153)
    with pytest.raises(ImageError, match="cut short"):
        check(content[:25], 1)


def test_progressive_photographs_are_taken(astronaut: NDArray[uint8]) -> None:
    check(saved(astronaut, "JPEG", progressive=True), limit_megapixels=0.3)


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "scans": (lambda: many_scans(640, 640, 20_000), "Too many scans"),
    "scans of a large one": (lambda: many_scans(7000, 7000, 20), "Too many scans"),
    "segments": (lambda: many_segments(jpeg(), 400_000), "segments"),
    "lying header": (lambda: many_scans(65_500, 65_500, 1)[:500], "at most 50 megapixels"),
    "deep png": (lambda: png(7000, 7000, depth=16, colours=6), "expand"),
    "png of chunks": (lambda: png(8, 8, chunks=MOST_CHUNKS), "chunks"),
    "jpeg 2000": (lambda: jpeg_2000(2000), "got JPEG 2000"),
    "bmp": (lambda: b"BM" + bytes(1000), "got BMP"),
    "ppm": (lambda: b"P3 7000 7000 255\n" + b"1 " * 1000, "got PPM"),
    "tiff": (lambda: b"II*\x00" + bytes(1000), "got TIFF"),
    "gif": (lambda: b"GIF89a" + bytes(1000), "got GIF"),
    "avif": (lambda: b"\x00\x00\x00\x20ftypavif" + bytes(1000), "got AVIF"),
    "nothing": (lambda: bytes(1000), "Not a picture"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_costs_too_much_or_nobody_knows_how_much_is_refused(bomb: str) -> None:
    make, reason = BOMBS[bomb]
    content = make()
    began = time.thread_time()
    with pytest.raises(ImageError, match=reason) as refused:
        check(content, 50)
    assert time.thread_time() - began < 1  # of this thread, however busy the machine is
    assert "Not a picture" in reason or "Save it" in str(refused.value) or "Scale" in str(refused)


def test_a_file_of_nothing_but_stuffed_bytes_is_looked_through_at_once() -> None:
    content = jpeg()[:-2] + b"\xff\x00" * 2_000_000 + b"\xff\xd9"
    began = time.thread_time()
    header = read_header(content)
    assert count_scans(content, header, MOST_SCANS) == 1
    assert time.thread_time() - began < 1


def test_any_damage_is_refused_or_taken_and_never_a_defect() -> None:
    content = many_scans(64, 48, 3)
    for position in range(len(content)):
        for value in (0, 0xD8, 0xDA, 0xFF):
            damaged = content[:position] + bytes([value]) + content[position + 1 :]
            with contextlib.suppress(JpegError):
                count_scans(damaged, read_header(damaged), 64)


def test_a_bomb_by_http_is_refused_and_no_reader_sees_it() -> None:
    reader = StandInReader()
    with TestClient(create_app(lambda: reader, Settings()), base_url=ADDRESS) as client:
        while client.get("/ready").status_code != 200:
            time.sleep(0.02)
        for content in (many_scans(640, 640, 20_000), jpeg_2000(2000)):
            answer = client.post("/v1/read", content=content)
            assert (answer.status_code, answer.json()["error"]) == (400, "not-readable")
        assert not reader.started.acquire(blocking=False)
        assert client.post("/v1/read", content=jpeg()).status_code == 200
