"""Tokens, codes and cookies; hosts; headers of every answer; what is believed about clients."""

import re
import webbrowser
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from open_server import BEARER, NAME, OPEN, TOKEN
from stand_in import ADDRESS, StandInReader, await_ready, connect
from starlette.websockets import WebSocketDisconnect

from mien.errors import MienError
from mien.live import limits, security, server, tokens
from mien.live.app import create_app
from mien.live.limits import Clients, client_named
from mien.live.security import security_headers
from mien.live.settings import Settings
from mien.live.tokens import IDLE_SECONDS, LONGEST_SECONDS, SignIns


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Client of a server that is open to other computers and refuses without delay."""
    monkeypatch.setattr(security, "WRONG_SECONDS", 0)
    monkeypatch.setattr(security, "REFUSAL_SECONDS", 0)
    with TestClient(create_app(StandInReader, OPEN), base_url=f"https://{NAME}") as client:
        yield client


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    for module in (tokens, limits):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_a_code_opens_one_browser_once(client: TestClient, clock: list[float]) -> None:
    sign_ins: SignIns = client.app.state.sign_ins  # type: ignore[attr-defined]
    code = sign_ins.new_code()
    assert client.get(f"/?code={code}", follow_redirects=False).status_code == 303
    assert client.get("/").status_code == 200
    client.cookies.clear()
    assert client.get(f"/?code={code}").status_code == 401
    late = sign_ins.new_code()
    clock[0] += tokens.CODE_SECONDS + 1
    assert client.get(f"/?code={late}").status_code == 401


def test_the_browser_is_opened_with_a_code_and_never_with_the_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(server, "set_up", lambda kind: None)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]

    def server_of(app: Any) -> Any:
        return SimpleNamespace(run=lambda sockets: None)  # pyright: ignore[reportUnknownLambdaType]

    monkeypatch.setattr(server, "server_of", server_of)
    server.serve(Settings(port=0, token=TOKEN))
    for _ in range(200):
        if opened:
            break
        __import__("time").sleep(0.01)
    (address,) = opened
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?code=[\w-]{43}", address)
    assert TOKEN not in address


def test_the_cookie_is_a_session_that_ends_by_itself(clock: list[float]) -> None:
    sign_ins = SignIns()
    name = sign_ins.begin()
    assert TOKEN not in name
    for _ in range(5):
        clock[0] += IDLE_SECONDS - 1
        assert sign_ins.holds(name)
    clock[0] += IDLE_SECONDS + 1
    assert not sign_ins.holds(name)
    used = sign_ins.begin()
    end = clock[0] + LONGEST_SECONDS
    while clock[0] + IDLE_SECONDS / 2 < end:
        clock[0] += IDLE_SECONDS / 2
        assert sign_ins.holds(used)
    clock[0] += IDLE_SECONDS
    assert not sign_ins.holds(used)
    assert not sign_ins.holds("")


def test_the_token_leaves_the_address_of_whoever_is_signed_in_already(client: TestClient) -> None:
    asked = [client.get(f"/?token={TOKEN}", follow_redirects=False) for _ in range(2)]
    assert [answer.headers["location"] for answer in asked] == ["/", "/"]
    assert ["set-cookie" in answer.headers for answer in asked] == [True, False]


def test_signing_out_ends_the_cookie_and_its_pages(client: TestClient) -> None:
    client.get(f"/?token={TOKEN}")
    cookie = dict(client.cookies)
    (name,) = cookie
    own = {"host": NAME, "origin": f"https://{NAME}"}
    given = own | {"cookie": f"{name}={cookie[name]}"}
    with client.websocket_connect("/live", headers=given) as page:
        await_ready(page)
        assert client.get("/signed-in").json() == {"signed_in": True}
        assert "signed out" in client.get("/sign-out").text
        with pytest.raises(WebSocketDisconnect) as closed:
            page.receive_json()
        assert closed.value.code == 1008
    client.cookies.clear()
    assert client.get("/", headers={"cookie": given["cookie"]}).status_code == 401
    assert client.get("/", headers=BEARER).status_code == 200
    assert client.get("/signed-in").status_code == 401
    # A program has nothing to end, nor has anybody where no token is asked for.
    assert client.get("/signed-in", headers=BEARER).json() == {"signed_in": False}
    with TestClient(create_app(StandInReader), base_url=ADDRESS) as own:
        assert own.get("/signed-in").json() == {"signed_in": False}


def test_guesses_are_slowed_and_then_refused(
    client: TestClient, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(security, "WRONG_SECONDS", 0.25)
    monkeypatch.setattr(security, "REFUSAL_SECONDS", 1.0)
    monkeypatch.setattr(security, "asyncio", SimpleNamespace(sleep=sleep))
    client.get(f"/?token={TOKEN}")
    signed_in = client.cookies
    client.cookies = None  # type: ignore[assignment]
    wrong = {"Authorization": "Bearer another-token-of-some-length"}
    statuses = [client.get("/", headers=wrong).status_code for _ in range(15)]
    assert statuses == [401] * 10 + [429] * 5
    assert waits == [0.25] * 10 + [1.0] * 5
    refused = client.get(f"/?token={TOKEN}")  # not even looked at
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    client.cookies = signed_in
    assert client.get("/").status_code == 200  # a session that exists already stays
    client.cookies = None  # type: ignore[assignment]
    clock[0] += 60
    assert client.get("/", headers=BEARER).status_code == 200


def test_nothing_shown_is_no_guess(client: TestClient) -> None:
    old = {"cookie": "mien-session=of-yesterday"}
    assert {client.get("/main.js", headers=old).status_code for _ in range(40)} == {401}
    assert client.get("/", headers=BEARER).status_code == 200


@pytest.mark.parametrize(
    "odd", ["\x01;==", "a[1]=b", 'x="', "=;;;", "mien-session=other", "mien-session", "ä=ö"]
)
def test_odd_cookies_of_others_do_not_matter(client: TestClient, odd: str) -> None:
    client.get(f"/?token={TOKEN}")
    ((name, value),) = dict(client.cookies).items()
    client.cookies.clear()
    bearer = (b"Authorization", BEARER["Authorization"].encode())
    for given in (
        [(b"Cookie", f"{odd}; {name}={value}".encode("latin-1"))],
        [(b"Cookie", f"{name}={value}; {odd}".encode("latin-1"))],
        [(b"Cookie", odd.encode("latin-1")), bearer],
    ):
        assert client.get("/", headers=given).status_code == 200


def test_servers_on_other_ports_have_cookies_of_their_own(client: TestClient) -> None:
    names: list[str] = []
    for host in (NAME, f"{NAME}:8443", "[fd00::1]:9000", "[fd00::1]"):
        client.cookies.clear()
        own = {"host": host}
        answer = client.get(f"/?token={TOKEN}", headers=own, follow_redirects=False)
        names.append(answer.headers["set-cookie"].partition("=")[0])
    assert names == ["mien-session", "mien-session-8443", "mien-session-9000", "mien-session"]


@pytest.mark.parametrize(
    "host",
    [
        "evil.com@127.0.0.1",
        "127.0.0.1/evil",
        "127.0.0.1:99999999",
        "127.0.0.1:65536",
        "127.0.0.1:",
        "127.0.0.1:8765 evil",
        "127.0.0.1;script-src *",
        "localhost,evil.com",
        "[::1]evil",
        "[127.0.0.1]",
        "::1",
        "127.1",
        "0x7f.0.0.1",
        "localhost.",
        "a" * 60_000,
    ],
    ids=lambda host: host[:30],
)
def test_malformed_hosts_are_refused_and_named_nowhere(host: str) -> None:
    with TestClient(create_app(StandInReader), base_url=ADDRESS) as client:
        answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert "connect-src 'none'" in answer.headers["content-security-policy"]
    assert "evil" not in str(answer.headers)
    assert len(answer.content) < 400


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 200),
        ("/health", {}, 200),
        ("/nowhere", {}, 404),
        ("/", {"host": "evil.example"}, 421),
        ("/", {"origin": "http://evil.example"}, 403),
    ],
)
def test_every_answer_has_the_security_headers(
    path: str, headers: dict[str, str], status: int
) -> None:
    with TestClient(create_app(StandInReader), base_url=ADDRESS) as client:
        answer = client.get(path, headers=headers)
        with connect(client) as page:
            await_ready(page)
    assert answer.status_code == status
    assert {name.lower() for name in security_headers(None)} <= set(answer.headers)
    assert "evil" not in answer.headers["content-security-policy"]


def test_refusals_for_want_of_a_token_have_the_headers(client: TestClient) -> None:
    for answer in (client.get("/"), client.get(f"/?token={TOKEN}", follow_redirects=False)):
        assert {name.lower() for name in security_headers(None)} <= set(answer.headers)


@pytest.mark.parametrize("proxy", ["*", "proxy.example", "127.0.0.1/8", ""])
def test_proxies_are_named_by_address(proxy: str) -> None:
    with pytest.raises(MienError, match="address of a proxy"):
        Settings(proxy=(proxy,)).check()


def test_clients_are_counted_by_address_or_network_and_by_nothing_else() -> None:
    assert client_named("192.0.2.1") == client_named("::ffff:192.0.2.1") == "192.0.2.1"
    assert client_named("2001:db8::1") == client_named("2001:db8::2:3") == "2001:db8::/64"
    assert client_named("2001:db8:0:1::1") != client_named("2001:db8::1")
    assert client_named("fe80::1%eth0") == "fe80::/64"
    assert client_named("x" * 60_000) == client_named("") == "unknown"


def test_a_client_that_asks_without_pause_is_refused(
    monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    monkeypatch.setattr(limits, "REQUESTS_A_SECOND", 5.0)
    clients = Clients(1, 1)
    assert [clients.requests.take("a") for _ in range(22)] == [True] * 20 + [False] * 2
    assert clients.requests.take("b")
    clock[0] += 1
    assert clients.requests.take("a")
