"""HTTP interface: readings of pictures, health, figures and refusals."""

import io
import json
import logging
import re
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from numpy.typing import NDArray
from PIL import Image
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok
from served import served
from stand_in import ADDRESS, StandInReader, await_ready, connect, jpeg, message

from mien.faces.reader import Reader
from mien.faces.stream import FaceReader
from mien.faces.timings import Timings
from mien.frames import Box
from mien.live import api
from mien.live.app import create_app, default_reader
from mien.live.logs import JsonLines
from mien.live.settings import Settings
from mien.types import Reading

JPEG = {"Content-Type": "image/jpeg"}


GENEROUS = Settings(pictures_a_second=100_000, picture_megabytes=1, picture_megapixels=1)


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(StandInReader, GENEROUS), base_url=ADDRESS) as client:
        yield ready(client)


def ready(client: TestClient) -> TestClient:
    while client.get("/ready").json()["status"] == "loading":
        time.sleep(0.02)
    return client


def post(client: TestClient, body: bytes, **headers: str) -> Any:
    return client.post("/v1/read", content=body, headers=JPEG | headers)


def test_a_picture_is_read_as_the_reader_reads_it(astronaut: NDArray[np.uint8]) -> None:
    file = io.BytesIO()
    Image.fromarray(astronaut).save(file, "PNG")
    (expected,) = Reader().read(astronaut)
    with TestClient(create_app(), base_url=ADDRESS) as client:
        answer = post(ready(client), file.getvalue(), **{"Content-Type": "image/png"})
    assert answer.status_code == 200
    content = answer.json()
    assert (content["width"], content["height"]) == (512, 512)
    assert content["faces"] == [json.loads(json.dumps(expected.to_dict()))]
    assert api.PictureAnswer.model_validate(content)


def test_the_example_of_the_description_is_an_answer() -> None:
    api.PictureAnswer.model_validate(api.EXAMPLE, strict=False)
    assert sum(api.EXAMPLE["faces"][0]["votes"].values()) == pytest.approx(1)


SLOW = (HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large)
OPERATIONS = {
    f"{one.method} {one.path}": one
    for result in schemathesis.openapi.from_dict(create_app().openapi()).get_all_operations()
    if isinstance(result, Ok)
    for one in [result.ok()]
}


def test_the_description_has_all_that_is_served(client: TestClient) -> None:
    assert client.get("/v1/openapi.json").json() == create_app().openapi()
    assert set(OPERATIONS) == {"post /v1/read", "get /health", "get /ready", "get /metrics"}


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_answers_are_as_described(operation: Any) -> None:
    with served(GENEROUS, StandInReader) as address:

        @settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            # The description cannot say which bytes are a picture; others are refused.
            without = [CHECKS.get_one("positive_data_acceptance")]
            case.call_and_validate(base_url=address, excluded_checks=without)

        check()


@pytest.mark.parametrize(
    ("body", "kind", "status", "error"),
    [
        (b"", "image/jpeg", 400, "not-readable"),
        (b"no picture", "image/jpeg", 400, "not-readable"),
        (jpeg()[:-200], "image/jpeg", 400, "not-readable"),
        (bytes(1_000_001), "image/jpeg", 413, "too-large"),
        (jpeg(), "multipart/form-data; boundary=x", 415, "not-a-picture"),
        (b"{}", "application/json", 415, "not-a-picture"),
        (jpeg(13, 48), "image/jpeg", 500, "reading-failed"),
    ],
)
def test_what_cannot_be_read_is_explained_and_the_next_is_read(
    client: TestClient, body: bytes, kind: str, status: int, error: str
) -> None:
    answer = post(client, body, **{"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert len(answer.json()["message"]) > 20
    assert post(client, jpeg()).status_code == 200


def test_a_body_of_unknown_length_is_cut_off_where_it_is_too_large(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(50):
            yield bytes(100_000)

    answer = client.post("/v1/read", content=endless(), headers=JPEG)
    assert answer.status_code == 413


def png_bomb(side: int) -> bytes:
    """Make a PNG of a few kilobytes that expands to side × side pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = kind + content
        return len(content).to_bytes(4) + checked + zlib.crc32(checked).to_bytes(4)

    header = side.to_bytes(4) + side.to_bytes(4) + bytes([1, 0, 0, 0, 0])
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_compressed_bomb_is_refused_before_it_unfolds(client: TestClient) -> None:
    bomb = png_bomb(30_000)
    assert len(bomb) < 200_000
    answer = post(client, bomb, **{"Content-Type": "image/png"})
    assert answer.status_code == 400
    assert "at most 1 megapixels" in answer.json()["message"]
    # Content that is itself compressed is never unfolded: it is no picture.
    packed = zlib.compress(jpeg())
    assert post(client, packed, **{"Content-Encoding": "deflate"}).status_code == 400


def test_a_client_that_asks_too_often_is_told_when_to_come_again() -> None:
    modest = Settings(pictures_a_second=1)
    with TestClient(create_app(StandInReader, modest), base_url=ADDRESS) as client:
        ready(client)
        answers = [post(client, jpeg()) for _ in range(6)]
    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    refused = answers[-1]
    assert (refused.status_code, refused.json()["error"]) == (429, "too-many")
    assert refused.headers["retry-after"] == "1"


class RecordingReader(StandInReader):
    """Reader that keeps the widths of the pictures that it read, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.widths: list[int] = []

    def read_timed(
        self, image: NDArray[np.uint8], *, regions: Sequence[Box] | None = None
    ) -> tuple[list[Reading], Timings]:
        answer = super().read_timed(image, regions=regions)
        self.widths.append(image.shape[1])
        return answer


def test_pictures_leave_sessions_their_turns() -> None:
    reader = RecordingReader()
    with (
        TestClient(create_app(lambda: reader, Settings(readers=1)), base_url=ADDRESS) as client,
        connect(client) as page,
    ):
        await_ready(page)
        reader.may_go_on.clear()
        pictures = [threading.Thread(target=post, args=(client, jpeg(100))) for _ in range(8)]
        for picture in pictures:
            picture.start()
        assert reader.started.acquire(timeout=10)
        page.send_bytes(message(1))
        page.send_bytes(message(1))
        assert page.receive_json()["error"] == "out-of-order"
        reader.may_go_on.set()
        assert page.receive_json()["sequence"] == 1
        for picture in pictures:
            picture.join(10)
    # One picture was being read, and one more may have asked before the frame.
    assert reader.widths.index(64) <= 2
    assert reader.widths.count(100) == 8


def test_health_and_readiness_tell_loading_ready_and_failed() -> None:
    loaded = threading.Event()

    def slow() -> FaceReader:
        assert loaded.wait(10)
        raise RuntimeError("no weights")

    with TestClient(create_app(slow), base_url=ADDRESS) as client:
        assert client.get("/health").json() == {"status": "ok"}
        answer = client.get("/ready")
        assert (answer.status_code, answer.json()) == (503, {"status": "loading"})
        assert post(client, jpeg()).status_code == 503
        loaded.set()
        ready(client)
        answer = client.get("/ready")
        assert (answer.status_code, answer.json()) == (503, {"status": "failed"})
        assert client.get("/health").status_code == 200


def test_the_client_of_the_documentation_reads_a_picture(
    astronaut: NDArray[np.uint8],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = Path(__file__).parents[2] / "docs" / "api.md"
    (example,) = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    Image.fromarray(astronaut).save(tmp_path / "photo.jpg")
    monkeypatch.chdir(tmp_path)
    with served(Settings(), default_reader) as address:
        exec(example.replace("http://127.0.0.1:8765", address), {"__name__": "example"})
    assert "'happy'" in capsys.readouterr().out


def test_figures_tell_sessions_frames_drops_and_stages() -> None:
    with TestClient(create_app(StandInReader), base_url=ADDRESS) as client:
        with connect(client) as page:
            await_ready(page)
            for sequence in (1, 2):
                page.send_bytes(message(sequence))
                page.receive_json()
            page.send_bytes(b"\x01" + bytes(30))
            page.receive_json()
            figures = client.get("/metrics").text
        assert 'mien_sessions{state="read"} 1.0' in figures
        assert 'mien_frames_total{outcome="read"} 2.0' in figures
        assert 'mien_frames_total{outcome="refused"} 1.0' in figures
        assert "mien_frames_dropped_total 0.0" in figures
        for stage in ("waiting", "decode", "detector", "alignment", "network", "total"):
            assert f'mien_stage_seconds_count{{stage="{stage}"}} 2.0' in figures
        assert "process_resident_memory_bytes" in figures
        while 'mien_sessions{state="read"} 0.0' not in client.get("/metrics").text:
            pass


def test_logs_tell_what_happens_and_hold_no_picture() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    log = logging.getLogger("mien.live")
    level = log.level
    log.addHandler(handler)
    log.setLevel("INFO")
    try:
        with TestClient(create_app(StandInReader), base_url=ADDRESS) as client:
            ready(client)
            with connect(client) as page:
                await_ready(page)
                for data in (message(1), message(2, width=13), message(3)[:-40]):
                    page.send_bytes(data)
                    page.receive_json()
            post(client, jpeg())
            post(client, jpeg(13, 48))
            post(client, b"no picture")
            client.get("/", headers={"host": "evil.example"})
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
    entries = [json.loads(line) for line in written.getvalue().splitlines()]
    events = [entry["event"] for entry in entries]
    assert {"ready", "session began", "session ended", "request refused"} <= set(events)
    assert all({"time", "level", "logger", "event"} <= set(entry) for entry in entries)
    assert any("RuntimeError" in entry.get("traceback", "") for entry in entries)
    text = written.getvalue()
    assert "JFIF" not in text
    assert "\\xff\\xd8" not in text
    assert max(map(len, text.splitlines())) < 6000
