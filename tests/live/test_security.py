"""A test for each promise of docs/security.md; those about foreign pages are in test_app.py."""

import hashlib
import hmac
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from open_server import BEARER, NAME, OPEN, TOKEN
from served import served
from stand_in import StandInReader, await_ready, jpeg
from starlette.testclient import WebSocketDenialResponse

from mien.cli.main import main
from mien.errors import MienError, ModelError
from mien.faces.classifier import PACKAGED_MODEL, Classifier
from mien.live import server
from mien.live.app import create_app
from mien.live.settings import Settings


@pytest.fixture
def client() -> Iterator[TestClient]:
    """Client of a server that is open to other computers."""
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
    while client.get("/ready").status_code != 200:  # probes need no token, and reveal nothing
        time.sleep(0.02)
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
    assert client.get("/", headers=BEARER).status_code == 401  # nothing else is accepted
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
    monkeypatch.setattr("mien.faces.classifier.PACKAGED_MODEL", altered)
    with pytest.raises(ModelError, match=r"SHA-256 .*Reinstall mien"):
        Classifier()


def test_the_shipped_weights_are_those_that_are_listed() -> None:
    listed = PACKAGED_MODEL.with_name("SHA256SUMS").read_text(encoding="ascii").split()
    found = hashlib.sha256(PACKAGED_MODEL.read_bytes()).hexdigest()
    assert listed == [found, PACKAGED_MODEL.name], (
        "New weights? Write their hash: cd src/mien/weights && sha256sum mien.onnx > SHA256SUMS"
    )


def test_settings_do_not_show_the_token() -> None:
    assert TOKEN not in repr(OPEN)
