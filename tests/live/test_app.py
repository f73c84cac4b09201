"""The server serves its page, refuses strangers, and reads the newest frame."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from stand_in import StandInReader, await_ready, client_of, connect, jpeg, message
from starlette.testclient import WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from mien.errors import MienError, ModelError
from mien.faces.stream import FaceReader
from mien.live.protocol import HEADER, MAX_BYTES, VERSION
from mien.live.server import serve
from mien.live.settings import Settings


@pytest.fixture
def reader() -> StandInReader:
    return StandInReader()


@pytest.fixture
def client(reader: StandInReader) -> Iterator[TestClient]:
    with client_of(lambda: reader) as client:
        yield client


def test_a_frame_is_read_and_answered(client: TestClient) -> None:
    with connect(client) as page:
        assert await_ready(page)["credits"] == 2
        page.send_bytes(message(4))
        answer = page.receive_json()
    assert answer["type"] == "readings"
    assert answer["sequence"] == 4
    assert answer["capture_time"] == 6.0
    assert (answer["width"], answer["height"]) == (64, 48)
    assert answer["readings"][0]["box"] == [0.0, 0.0, 64.0, 48.0]
    assert answer["readings"][0]["top"][0] == ["happy", 0.8]
    assert (answer["replaced"], answer["credits"]) == (0, 1)
    timings = answer["timings"]
    assert (timings["detector"], timings["alignment"], timings["network"]) == (1.0, 2.0, 3.0)
    assert timings["total"] >= timings["waiting"] + timings["decode"] > 0


def test_the_newest_frame_wins_and_the_replaced_give_their_credit_back(
    client: TestClient, reader: StandInReader
) -> None:
    with connect(client) as page:
        await_ready(page)
        reader.may_go_on.clear()
        page.send_bytes(message(1))
        assert reader.started.acquire(timeout=10)
        for sequence in range(2, 30):
            page.send_bytes(message(sequence))
        page.send_bytes(message(29))  # refused at once: all before it have arrived then
        assert page.receive_json()["error"] == "out-of-order"
        reader.may_go_on.set()
        first, second = page.receive_json(), page.receive_json()
    assert (first["sequence"], first["replaced"], first["credits"]) == (1, 0, 1)
    assert (second["sequence"], second["replaced"], second["credits"]) == (29, 27, 28)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (HEADER.pack(VERSION, 1, 0.0, 64, 48) + b"no jpeg", "broken-jpeg"),
        (HEADER.pack(VERSION, 1, 0.0, 64, 48) + jpeg()[:-40], "broken-jpeg"),
        (HEADER.pack(VERSION, 1, 0.0, 48, 64) + jpeg(), "wrong-size"),
        (HEADER.pack(VERSION, 1, 0.0, 700, 48) + jpeg(700, 48), "too-large"),
        (HEADER.pack(VERSION, 1, 0.0, 64, 48) + bytes(MAX_BYTES), "too-large"),
        (message(1, width=13), "reading-failed"),
    ],
    ids=["no jpeg", "cut short", "other size", "wide", "bytes", "reader"],
)
def test_a_bad_frame_is_refused_and_the_next_is_read(
    client: TestClient, data: bytes, error: str
) -> None:
    with connect(client) as page:
        await_ready(page)
        page.send_bytes(data)
        answer = page.receive_json()
        assert (answer["type"], answer["error"], answer["sequence"]) == ("error", error, 1)
        assert answer["credits"] == 1
        assert answer["message"]
        page.send_bytes(message(2))
        assert page.receive_json()["sequence"] == 2


@pytest.mark.parametrize(
    ("sent", "error", "code"),
    [
        ("hello", "not-binary", 1003),
        (b"", "wrong-header", 1002),
        (b"\x02" + message(1)[1:], "wrong-version", 1002),
    ],
    ids=["text", "empty", "version"],
)
def test_another_protocol_is_told_so_and_closed(
    client: TestClient, sent: str | bytes, error: str, code: int
) -> None:
    with connect(client) as other, connect(client) as page:
        await_ready(other)
        await_ready(page)
        if isinstance(sent, str):
            page.send_text(sent)
        else:
            page.send_bytes(sent)
        assert page.receive_json()["error"] == error
        with pytest.raises(WebSocketDisconnect) as closed:
            page.receive_json()
        assert closed.value.code == code
        other.send_bytes(message(1))
        assert other.receive_json()["sequence"] == 1


def test_a_face_is_taken_as_usual_when_the_page_says_so(client: TestClient) -> None:
    with connect(client) as page:
        await_ready(page)
        page.send_bytes(message(1))
        (face,) = page.receive_json()["readings"]
        assert "change" not in face  # nobody knows yet how this person usually looks
        for track, taken in ((face["track"], True), (face["track"] + 1, False)):
            page.send_json({"type": "usual", "track": track})
            page.send_bytes(message(2 + (not taken)))
            assert page.receive_json()["type"] == "readings"
            told = {"type": "usual", "track": track, "taken": taken, "credits": 0}
            assert page.receive_json() == told
        page.send_bytes(message(4))
        (face,) = page.receive_json()["readings"]
        assert face["change"] is None  # as usual


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"origin": "https://127.0.0.1:8765"}, 403),
        ({"origin": "null"}, 403),
        ({"host": "evil.example:8765", "origin": "http://evil.example:8765"}, 421),
        ({"host": "127.0.0.1.evil.example"}, 421),
        ({"host": "192.168.1.2:8765"}, 421),
        ({"host": "[::1"}, 421),
        ({"host": ""}, 421),
    ],
    ids=str,
)
def test_foreign_pages_are_refused(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(WebSocketDenialResponse) as refused, connect(client, **headers):
        pass
    assert refused.value.status_code == status
    assert client.get("/", headers=headers).status_code == status


def test_a_websocket_without_origin_is_refused(client: TestClient) -> None:
    host = {"host": "127.0.0.1:8765"}
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect("/live", headers=host),
    ):
        pass
    assert refused.value.status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "127.0.0.1"])
def test_every_name_of_this_computer_is_served(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200
    with connect(client, host=host, origin=f"http://{host}") as page:
        await_ready(page)


def test_the_page_comes_with_strict_headers(client: TestClient) -> None:
    files = [("/", "text/html"), ("/main.js", "javascript"), ("/styles/page.css", "text/css")]
    for path, kind in files:
        answer = client.get(path)
        assert answer.status_code == 200
        assert kind in answer.headers["content-type"]
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "connect-src 'self' ws://127.0.0.1:8765;" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "camera=(self), display-capture=(self)" in answer.headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/docs", "/../app.py", "/%2e%2e/app.py", "/live"])
def test_nothing_but_the_page_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_page_is_served_while_the_models_load() -> None:
    loaded = threading.Event()

    def slow() -> FaceReader:
        assert loaded.wait(10)
        return StandInReader()

    with client_of(slow) as client:
        assert client.get("/").status_code == 200
        with connect(client) as page:
            assert page.receive_json() == {
                "type": "state",
                "version": VERSION,
                "state": "loading",
                "message": None,
                "credits": 0,
            }
            loaded.set()
            assert page.receive_json()["state"] == "ready"


def test_a_page_that_closes_while_the_models_load_harms_no_other() -> None:
    loaded = threading.Event()

    def slow() -> FaceReader:
        assert loaded.wait(10)
        return StandInReader()

    with client_of(slow) as client:
        with connect(client) as page:
            page.receive_json()
        with connect(client) as page:
            page.receive_json()
            loaded.set()
            assert page.receive_json()["state"] == "ready"


def test_a_reader_that_cannot_be_loaded_is_explained() -> None:
    def broken() -> FaceReader:
        raise ModelError("Weights are missing.")

    with client_of(broken) as client, connect(client) as page:
        answer = page.receive_json()
        while answer["state"] == "loading":
            answer = page.receive_json()
        assert (answer["state"], answer["message"]) == ("failed", "Weights are missing.")
        assert answer["credits"] == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", ""])
def test_other_hosts_demand_a_token(host: str) -> None:
    with pytest.raises(MienError, match=r"needs a token.*MIEN_LIVE_TOKEN.*127\.0\.0\.1.*TLS"):
        serve(Settings(host=host, port=0), open_browser=False)


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(MienError, match=rf"Port {port} on 127\.0\.0\.1 .*mien live --port"):
            serve(Settings(port=port), open_browser=False)
    with pytest.raises(MienError, match="from 0 to 65535, got 99999"):
        serve(Settings(port=99999), open_browser=False)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process on Windows")
def test_serve_says_where_it_is_and_ends_cleanly_on_ctrl_c() -> None:
    code = (
        "from mien.live.server import Settings, serve;"
        "serve(Settings(port=0), open_browser=False); print('ended')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.split()[3]
        assert address.startswith("http://127.0.0.1:")
        with contextlib.closing(urllib.request.urlopen(address, timeout=20)) as page:
            assert b"<title>mien</title>" in page.read()
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert rest == "ended\n"
    assert "Traceback" not in errors
    assert process.returncode == 0
