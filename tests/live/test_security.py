"""The promises of docs/security.md, a test each; those on foreign pages are in test_app.py."""

import contextlib
import hashlib
import hmac
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from served import served
from starlette.testclient import WebSocketDenialResponse
from test_app import StandInReader, await_ready, jpeg, message
from websockets.sync.client import connect as connect_socket

from mien.classifier import PACKAGED_MODEL, Classifier
from mien.cli import main
from mien.errors import MienError, ModelError
from mien.live import connection, server
from mien.live.app import create_app
from mien.live.protocol import Frame, encode_frame
from mien.live.settings import Settings

TOKEN = "a-token-of-some-length"
NAME = "mien.example.org"
OPEN = Settings(host="0.0.0.0", allow_host=(NAME,), token=TOKEN)
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A client of a server that is open to others."""
    with TestClient(create_app(StandInReader, OPEN), base_url=f"https://{NAME}") as client:
        yield client


@pytest.mark.parametrize("name", [NAME, f"{NAME}:8443", "192.168.1.2:8765", "[fd00::1]:8765"])
def test_an_open_server_answers_by_its_names_and_addresses(client: TestClient, name: str) -> None:
    headers = BEARER | {"host": name}
    assert client.get("/", headers=headers).status_code == 200
    for scheme in ("http", "https"):
        own = headers | {"origin": f"{scheme}://{name}"}
        assert client.get("/", headers=own).status_code == 200
        with client.websocket_connect("/live", headers=own) as page:
            await_ready(page)


@pytest.mark.parametrize("name", ["evil.example", f"{NAME}.evil.example", f"evil.{NAME}"])
def test_a_rebound_name_is_refused_even_with_the_token(client: TestClient, name: str) -> None:
    assert client.get("/", headers=BEARER | {"host": name}).status_code == 421


@pytest.mark.parametrize("origin", ["https://evil.example", f"https://{NAME}:9999", "null"])
def test_a_foreign_page_is_refused_even_with_the_token(client: TestClient, origin: str) -> None:
    headers = BEARER | {"host": NAME, "origin": origin}
    assert client.get("/", headers=headers).status_code == 403
    assert client.post("/v1/read", content=jpeg(), headers=headers).status_code == 403
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect("/live", headers=headers),
    ):
        pass
    assert refused.value.status_code == 403


@pytest.mark.parametrize("path", ["/", "/main.js", "/v1/openapi.json", "/metrics", "/nowhere"])
@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Cookie": "mien-token=wrong"}, {"Cookie": "\x01;=="}],
    ids=["none", "bearer", "cookie", "broken"],
)
def test_nothing_is_told_without_the_token(
    client: TestClient, path: str, headers: dict[str, str]
) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in answer.text
    assert client.get("/?token=wrong", headers=headers).status_code == 401


def test_no_session_or_picture_without_the_token(client: TestClient) -> None:
    own = {"host": NAME, "origin": f"https://{NAME}"}
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(f"/live?token={TOKEN}", headers=own),
    ):
        pass
    assert refused.value.status_code == 401
    assert client.post("/v1/read", content=jpeg()).status_code == 401
    while client.get("/ready").status_code != 200:  # probes need no token, and tell nothing
        pass
    assert client.get("/health").json() == {"status": "ok"}
    sent = client.post("/v1/read", content=jpeg(), headers=BEARER | {"Content-Type": "image/jpeg"})
    assert sent.status_code == 200


def test_a_browser_gives_the_token_once_and_keeps_it_in_a_cookie(client: TestClient) -> None:
    answer = client.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "secure", "path=/"))
    assert answer.headers["referrer-policy"] == "no-referrer"
    page = client.get("/")  # by the cookie
    assert page.status_code == 200
    assert f"wss://{NAME};" in page.headers["content-security-policy"]


def test_tokens_are_compared_in_constant_time(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[bytes, bytes]] = []

    def compare(given: bytes, token: bytes) -> bool:
        asked.append((given, token))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert client.get("/", headers=BEARER).status_code == 401  # nothing else lets it through
    assert (TOKEN.encode(), TOKEN.encode()) in asked


@pytest.mark.parametrize(
    "settings",
    [
        Settings(host="0.0.0.0"),
        Settings(host="::"),
        Settings(host="example.org"),
        Settings(allow_host=(NAME,)),
        Settings(host="0.0.0.0", token="short"),
        Settings(token=""),
    ],
)
def test_an_open_server_does_not_start_without_a_good_token(settings: Settings) -> None:
    with pytest.raises(MienError, match="MIEN_LIVE_TOKEN"):
        server.serve(settings, open_browser=False)


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: 1"], ids=str
)
def test_a_client_that_does_not_finish_its_request_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(server, "REQUEST_SECONDS", 0.3)
    with served(Settings(), StandInReader) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.settimeout(10)
            if sent:
                slow.sendall(sent)
            began = time.monotonic()
            assert slow.recv(100) == b""
            assert time.monotonic() - began < 5
        with urllib.request.urlopen(f"{address}/health", timeout=10) as answer:
            assert answer.status == 200


def test_a_picture_that_comes_too_slowly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.live.api.BODY_SECONDS", 0.3)
    with served(Settings(), StandInReader) as address:
        port = int(address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.settimeout(10)
            slow.sendall(
                b"POST /v1/read HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 999\r\n\r\n12"
            )
            answer = slow.recv(1000)
    assert b"408" in answer.splitlines()[0]


def test_a_page_that_does_not_take_its_answers_is_cut_off_and_harms_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "SLOWEST", 0.5)
    monkeypatch.setattr(connection, "MOST_FRAMES", 10_000_000)
    with served(Settings(), StandInReader) as address:
        url, origin = address.replace("http", "ws") + "/live", address
        with (
            connect_socket(url, origin=origin) as other,  # pyright: ignore[reportArgumentType]
            contextlib.closing(raw_socket(address)) as deaf,
        ):
            assert "ready" in str(other.recv())
            bad = encode_frame(Frame(1, 0.0, 64, 48, b"no jpeg"))
            frame = b"\x82" + bytes([0x80 | len(bad)]) + bytes(4) + bad  # a mask of zeros
            deaf.settimeout(0.5)
            with contextlib.suppress(OSError):  # it is cut off, or nothing is taken any more
                for _ in range(20_000):
                    deaf.sendall(frame * 50)
            end = time.monotonic() + 15
            while open_sessions(address) > 1 and time.monotonic() < end:
                time.sleep(0.1)
            assert open_sessions(address) == 1
            other.send(message(1))
            assert json.loads(other.recv())["sequence"] == 1


def raw_socket(address: str) -> socket.socket:
    """A WebSocket after its handshake, of which nothing is read any more."""
    host = address.removeprefix("http://")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect(("127.0.0.1", int(host.rpartition(":")[2])))
    raw.sendall(
        f"GET /live HTTP/1.1\r\nHost: {host}\r\nOrigin: {address}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert b"101" in raw.recv(12)
    return raw


def open_sessions(address: str) -> int:
    with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:
        lines: list[str] = answer.read().decode().splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith("mien_sessions{"))


@pytest.mark.parametrize(
    "path",
    [
        "/../app.py",
        "/%2e%2e/app.py",
        "/..%2fapp.py",
        "/%2e%2e%2f%2e%2e%2fclassifier.py",
        "//etc/passwd",
        "/%00",
        "/texts/../../app.py",
        "/..\\app.py",
    ],
)
def test_no_path_leads_out_of_the_page(path: str) -> None:
    with served(Settings(), StandInReader) as address:
        host = address.removeprefix("http://")
        port = int(host.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as raw:  # no client to tidy the path
            raw.settimeout(10)
            raw.sendall(
                f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
            )
            answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.splitlines()[0].split()[1] in {b"404", b"400"}
    assert b"import" not in answer
    assert b"root:" not in answer


@pytest.mark.parametrize("name", ["x", "..", "-", "a\\..\\b", "%2e%2e", "a b\nc", "con"])
def test_exports_stay_in_their_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "work").mkdir()
    (tmp_path / "in" / f"{name}.jpg").write_bytes(jpeg())
    monkeypatch.chdir(tmp_path / "work")
    before = set(tmp_path.rglob("*"))
    assert main(["read", f"../in/../in/{name}.jpg", "--draw", "out", "--csv"]) == 0
    new = set(tmp_path.rglob("*")) - before
    out = tmp_path / "work" / "out"
    assert len(new) == 2
    assert all(out in {path, path.parent} for path in new)


def test_every_promise_has_its_test() -> None:
    root = Path(__file__).parents[2]
    text = (root / "docs" / "security.md").read_text(encoding="utf-8")
    tests = "".join(path.read_text(encoding="utf-8") for path in root.glob("tests/**/test_*.py"))
    named = set(re.findall(r"\btest_\w+(?!\w*\.py)\b", text)) - {
        path.stem for path in root.glob("tests/**/test_*.py")
    }
    assert len(named) > 15
    for name in named:
        assert f"def {name}" in tests, name
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert all("test" in row.rsplit("|", 2)[1] for row in rows)


def test_altered_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    altered = tmp_path / PACKAGED_MODEL.name
    content = bytearray(PACKAGED_MODEL.read_bytes())
    content[len(content) // 2] ^= 1  # one bit, in the middle of the weights
    altered.write_bytes(content)
    listed = PACKAGED_MODEL.with_name("SHA256SUMS")
    (tmp_path / listed.name).write_bytes(listed.read_bytes())
    monkeypatch.setattr("mien.classifier.PACKAGED_MODEL", altered)
    with pytest.raises(ModelError, match=r"SHA-256 .*Install mien anew"):
        Classifier()


def test_the_shipped_weights_are_those_that_are_listed() -> None:
    listed = PACKAGED_MODEL.with_name("SHA256SUMS").read_text(encoding="ascii").split()
    found = hashlib.sha256(PACKAGED_MODEL.read_bytes()).hexdigest()
    assert listed == [found, PACKAGED_MODEL.name], (
        "New weights? Write their hash: cd src/mien/weights && sha256sum mien.onnx > SHA256SUMS"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_sigterm_finishes_what_the_server_holds() -> None:
    reader = StandInReader()
    listener = socket.create_server(("127.0.0.1", 0))
    running = server.server_of(create_app(lambda: reader))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    with (
        connect_socket(f"ws://{host}/live", origin=f"http://{host}") as page,  # pyright: ignore[reportArgumentType]
        connect_socket(f"ws://{host}/live", origin=f"http://{host}") as idle,  # pyright: ignore[reportArgumentType]
    ):
        for one in (page, idle):
            while json.loads(one.recv())["state"] != "ready":
                pass
        reader.may_go_on.clear()
        page.send(message(1))
        assert reader.started.acquire(timeout=10)
        answers: list[int] = []

        def post() -> None:
            request = urllib.request.Request(f"http://{host}/v1/read", jpeg(), method="POST")
            with urllib.request.urlopen(request, timeout=20) as answer:
                answers.append(answer.status)

        posting = threading.Thread(target=post)
        posting.start()
        assert reader.started.acquire(timeout=10)  # the second reader has the picture
        page.send(message(2))
        time.sleep(0.1)
        running.handle_exit(signal.SIGTERM, None)
        with contextlib.suppress(Exception):
            while True:  # the idle page is told at once
                idle.recv(timeout=5)
        assert idle.close_code == 1012
        reader.may_go_on.set()
        assert json.loads(page.recv())["sequence"] == 1
        assert json.loads(page.recv())["sequence"] == 2
        with contextlib.suppress(Exception):
            page.recv()
        assert page.close_code == 1012
        posting.join(10)
    thread.join(20)
    listener.close()
    assert answers == [200]
    assert not thread.is_alive()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_the_command_ends_by_sigterm_without_a_traceback() -> None:
    command = [sys.executable, "-m", "mien", "live", "--port", "0", "--no-open", "--log", "json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(1)
    process.terminate()
    _, errors = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM
    events = [json.loads(line)["event"] for line in errors.splitlines()]
    assert events[-1] == "ending"


def test_settings_do_not_show_the_token() -> None:
    assert TOKEN not in repr(OPEN)
