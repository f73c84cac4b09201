"""Attacks on a server with all its limits: the attacker is cut off, and others are still served.

Each is bounded in count and time and goes over loopback. benchmarks/load/attack.py measures the
same attacks on `mien live` in a process of its own.
"""

import contextlib
import json
import logging
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from raw_sockets import open_sessions, raw_socket
from served import served
from stand_in import StandInReader, jpeg, message
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_socket

from mien.live import connection, gate, limits, server, uploads, wire
from mien.live.settings import Settings

pytestmark = pytest.mark.attack

ATTACKER = "127.0.0.2"
ENOUGH = 20.0
"""Seconds that are enough for any step, also on a busy machine."""

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs all of 127.0.0.0/8")


@contextlib.contextmanager
def page_of(address: str) -> Generator[ClientConnection]:
    """Open a page that is read."""
    url = address.replace("http", "ws") + "/live"
    with connect_socket(url, origin=address) as page:  # pyright: ignore[reportArgumentType]
        while json.loads(page.recv(ENOUGH))["state"] != "ready":
            pass
        yield page


@contextlib.contextmanager
def honest(address: str) -> Generator[None]:
    """Have a page that is read before the test's work, and must be read after it."""
    with page_of(address) as page:
        page.send(message(1))
        assert json.loads(page.recv(ENOUGH))["sequence"] == 1
        yield
        page.send(message(2))
        assert json.loads(page.recv(ENOUGH))["sequence"] == 2


def until(condition: Callable[[], bool]) -> bool:
    """Whether a condition becomes true in time."""
    end = time.monotonic() + ENOUGH
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def is_cut_off(raw: socket.socket) -> bool:
    """Whether the server ended the connection, after all that it sent before was taken."""
    raw.settimeout(ENOUGH)
    with contextlib.suppress(ConnectionError):
        while raw.recv(65536):
            pass
    return True


def frame(opcode: int, content: bytes = b"", *, is_last: bool = True) -> bytes:
    """Make a frame of up to 125 bytes as clients send it, masked with zeros."""
    return bytes([0x80 * is_last | opcode, 0x80 | len(content)]) + bytes(4) + content


PING, PONG, PART, BINARY = 9, 10, 0, 2


@pytest.mark.parametrize(
    ("flood", "reason"),
    [
        (frame(PING) * 20_000, "too many frames"),
        (frame(PONG) * 20_000, "too many frames"),
        (frame(BINARY, is_last=False) + frame(PART, is_last=False) * 20_000, "too many parts"),
    ],
    ids=["pings", "pongs", "empty parts"],
)
def test_floods_of_small_frames_are_cut_off_with_one_word(
    flood: bytes,
    reason: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "BARRED", 0.0)
    with served(Settings(), StandInReader) as address, honest(address):
        for _ in range(3):
            with contextlib.closing(raw_socket(address)) as raw:
                with contextlib.suppress(ConnectionError):
                    raw.sendall(flood)
                assert is_cut_off(raw)
        assert until(lambda: open_sessions(address) == 1)
    told = [one for one in caplog.records if one.getMessage() == "connection cut off"]
    assert len(told) == 1  # not three, and not 60,000
    assert reason in str(told[0].__dict__["fields"]["reason"])


@linux
def test_whoever_flooded_gets_no_new_connection_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate, "BARRED", 2.0)
    with served(Settings(), StandInReader) as address, honest(address):
        port = int(address.rpartition(":")[2])
        with contextlib.closing(raw_socket(address, ATTACKER)) as raw:
            with contextlib.suppress(ConnectionError):
                raw.sendall(frame(PING) * 20_000)
            assert is_cut_off(raw)
        with socket.create_connection(("127.0.0.1", port), ENOUGH, (ATTACKER, 0)) as again:
            assert is_cut_off(again)
        with page_of(address):  # others are admitted
            pass

        def comes_in() -> bool:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", port), ENOUGH, (ATTACKER, 0)) as raw,
            ):
                raw.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                return b"200" in raw.recv(100)
            return False

        assert until(comes_in)


def test_sessions_that_begin_again_and_again_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "CONNECTS_A_SECOND", 0.01)
    with served(Settings(sessions_a_client=2), StandInReader) as address:
        for _ in range(8):
            with page_of(address):
                pass
        with pytest.raises(InvalidStatus) as refused, page_of(address):
            pass
    assert refused.value.response.status_code == 429


def test_a_usual_number_of_pings_and_parts_is_answered() -> None:
    with served(Settings(), StandInReader) as address, page_of(address) as page:
        for number in range(50):
            assert page.ping(str(number)).wait(ENOUGH)
        for sequence in range(5):
            whole = message(sequence)
            page.send([whole[:10], whole[10:30], whole[30:]])
            assert json.loads(page.recv(ENOUGH))["sequence"] == sequence


def test_too_many_bytes_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 10_000.0)
    with (
        served(Settings(), StandInReader) as address,
        honest(address),
        contextlib.closing(raw_socket(address)) as raw,
    ):
        with contextlib.suppress(ConnectionError):
            raw.sendall(frame(BINARY, bytes(125)) * 500)
        assert is_cut_off(raw)


def test_pongs_that_are_never_read_take_no_memory_and_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wire, "MOST_PIECES", 1_000_000.0)
    monkeypatch.setattr(connection, "SLOWEST", 1.0)
    waiting: list[int] = []

    class Watched(wire.WebSocketProtocol):
        def handle_ping(self) -> None:
            super().handle_ping()
            waiting.append(self.transport.get_write_buffer_size())

    monkeypatch.setattr(server, "WebSocketProtocol", Watched)
    with (
        served(Settings(), StandInReader) as address,
        honest(address),
        contextlib.closing(raw_socket(address)) as deaf,
    ):
        deaf.settimeout(ENOUGH)
        with contextlib.suppress(ConnectionError):
            for _ in range(1000):
                deaf.sendall(frame(PING, bytes(125)) * 1000)
                if "answers were not taken" in str([one.__dict__ for one in caplog.records]):
                    break
        assert until(lambda: open_sessions(address) == 1)
    assert max(waiting) < 200_000
    assert any("not taken" in str(one.__dict__.get("fields")) for one in caplog.records)


def test_whoever_answers_no_ping_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[wire.WebSocketProtocol] = []

    class Watched(wire.WebSocketProtocol):
        def start_keepalive(self) -> None:
            self.ping_interval, self.ping_timeout = 0.2, 0.2
            super().start_keepalive()
            made.append(self)

    monkeypatch.setattr(server, "WebSocketProtocol", Watched)
    with (
        served(Settings(), StandInReader) as address,
        contextlib.closing(raw_socket(address)) as silent,
    ):
        assert is_cut_off(silent)
        assert until(lambda: open_sessions(address) == 0)
    assert made[0].transport.is_closing()


def test_answers_by_http_that_are_never_read_are_cut_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connection, "SLOWEST", 0.5)
    # Refusals are too short to fill what the system keeps for the client.
    monkeypatch.setattr(limits, "REQUESTS_A_SECOND", 1e6)
    with served(Settings(), StandInReader) as address, honest(address):
        host = address.removeprefix("http://")
        deaf = socket.socket()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", int(host.rpartition(":")[2])))
        deaf.settimeout(ENOUGH)
        asks = f"GET /v1/openapi.json HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        with contextlib.suppress(ConnectionError):
            for _ in range(2000):
                deaf.sendall(asks)
                if any("cut off" in one.getMessage() for one in caplog.records):
                    break
        assert until(lambda: any("cut off" in one.getMessage() for one in caplog.records))
        assert is_cut_off(deaf)
        deaf.close()


@linux
def test_idle_connections_of_one_address_shut_nobody_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with served(Settings(sessions_a_client=8), StandInReader) as address, honest(address):
        port = int(address.rpartition(":")[2])
        idle: list[socket.socket] = []
        for _ in range(150):
            one = socket.create_connection(("127.0.0.1", port), ENOUGH, (ATTACKER, 0))
            idle.append(one)
        with urllib.request.urlopen(f"{address}/health", timeout=ENOUGH) as answer:
            assert answer.status == 200
        assert sum(is_open(one) for one in idle) <= 8 + gate.BESIDES
        # The newest of that address is answered as well: room is made by the oldest.
        idle[-1].settimeout(ENOUGH)
        idle[-1].sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in idle[-1].recv(100)
        for one in idle:
            one.close()
    refused = [one for one in caplog.records if one.getMessage() == "connection refused"]
    assert len(refused) == 1


def is_open(raw: socket.socket) -> bool:
    raw.settimeout(0.001)
    try:
        return raw.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False


@linux
def test_connections_of_all_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "most_connections", lambda: 20)
    with served(Settings(), StandInReader) as address, honest(address):
        port = int(address.rpartition(":")[2])
        idle = [
            socket.create_connection(("127.0.0.1", port), ENOUGH, (f"127.0.3.{number}", 0))
            for number in range(1, 60)
        ]
        assert until(lambda: sum(is_open(one) for one in idle) < 20)
        with urllib.request.urlopen(f"{address}/health", timeout=ENOUGH) as answer:
            assert answer.status == 200
        for one in idle:
            one.close()


@linux
def test_a_file_limit_is_never_reached(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256));"
        "from mien.live import app, server; from mien.live.settings import Settings;"
        "from test_app import StandInReader;"
        "make = app.create_app; server.create_app = lambda settings: make(StandInReader, settings);"
        "server.serve(Settings(port=0, log='json', sessions_a_client=1000), open_browser=False)"
    )
    places = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    log = tmp_path / "log"
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 500
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=errors, text=True,
            env=os.environ | {"PYTHONPATH": places},
        )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[3]
        port = int(address.rpartition(":")[2])
        idle: list[socket.socket] = []
        for _ in range(400):
            with contextlib.suppress(OSError):
                idle.append(socket.create_connection(("127.0.0.1", port), ENOUGH, (ATTACKER, 0)))
        with urllib.request.urlopen(f"{address}/health", timeout=ENOUGH) as answer:
            assert answer.status == 200
        with honest(address):
            pass
        for one in idle:
            one.close()
    finally:
        process.terminate()
        process.communicate(timeout=30)
    lines = log.read_text().splitlines()
    events = [json.loads(line)["event"] for line in lines]  # JSON, every one of them
    assert 1 <= events.count("connection refused") <= 2  # of this client, of all
    assert not [line for line in lines if "Too many open files" in line]
    assert len(lines) < 30


def upload(address: str, client: str, length: int, sent: bytes = b"") -> socket.socket:
    """Make the head of a request with a picture, and the beginning of its body."""
    host = address.removeprefix("http://")
    port = int(host.rpartition(":")[2])
    raw = socket.create_connection(("127.0.0.1", port), ENOUGH, (client, 0))
    head = f"POST /v1/read HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n"
    raw.sendall(head.encode() + sent)
    return raw


def post(address: str) -> int:
    request = urllib.request.Request(f"{address}/v1/read", jpeg(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=ENOUGH) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@linux
def test_uploads_without_a_body_hold_nobody_up() -> None:
    with served(Settings(), StandInReader) as address, honest(address):
        stalled = [
            upload(address, f"127.0.4.{number % 4 + 1}", 1_000_000, bytes(50))
            for number in range(uploads.MOST)
        ]
        time.sleep(1.2)
        assert post(address) == 200
        first = stalled[0]
        first.settimeout(ENOUGH)
        assert b" 503 " in first.recv(200).splitlines()[0]
        for one in stalled:
            one.close()


@linux
def test_pictures_of_one_client_take_a_part_of_the_memory_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads, "SLOW", 0.0)  # none is given up
    with served(Settings(picture_megabytes=1), StandInReader) as address, honest(address):
        held = [upload(address, ATTACKER, 900_000, bytes(890_000)) for _ in range(5)]
        statuses: list[bytes] = []
        for one in held:
            one.settimeout(0.5)
            with contextlib.suppress(TimeoutError):
                statuses.append(one.recv(200).split()[1])
        assert len(statuses) == 3  # two fit
        assert set(statuses) == {b"503"}
        assert post(address) == 200
        for one in held:
            one.close()


def test_so_many_threads_are_given_up_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    from mien.live import reader_pool as readers

    monkeypatch.setattr(readers, "LONGEST", 0.2)
    monkeypatch.setattr(readers, "MOST_GIVEN_UP", 2)
    reader = StandInReader()
    with served(Settings(readers=1), lambda: reader) as address:
        reader.may_go_on.clear()
        before = threading.active_count()
        assert [post(address) for _ in range(6)] == [500] * 6
        assert threading.active_count() <= before + 4
        reader.may_go_on.set()
        assert until(lambda: post(address) == 200)


@linux
def test_what_clients_say_of_themselves_counts_for_nothing() -> None:
    with served(Settings(pictures_a_second=1), StandInReader) as address:
        statuses: list[int] = []
        for number in range(5):
            claim = {"X-Forwarded-For": f"192.0.2.{number}" + "x" * 5000}
            request = urllib.request.Request(f"{address}/v1/read", jpeg(), claim, method="POST")
            try:
                with urllib.request.urlopen(request, timeout=ENOUGH) as answer:
                    statuses.append(answer.status)
            except urllib.error.HTTPError as error:
                error.close()
                statuses.append(error.code)
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_what_is_no_http_is_refused_with_the_headers(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    with served(Settings(), StandInReader) as address:
        port, answer = int(address.rpartition(":")[2]), b""
        for _ in range(30):
            with socket.create_connection(("127.0.0.1", port), ENOUGH) as raw:
                raw.sendall(struct.pack(">I", 0x16030100) + b"\r\n\r\n")
                raw.settimeout(ENOUGH)
                answer = b"".join(iter(lambda: raw.recv(4096), b""))
        assert b"400" in answer.splitlines()[0]
        assert b"content-security-policy: default-src 'none'" in answer
        assert b"x-content-type-options: nosniff" in answer


def test_a_body_of_two_lengths_hides_no_request() -> None:
    with served(Settings(), StandInReader) as address:
        host = address.removeprefix("http://")
        with raw_http(host) as raw:
            raw.sendall(
                f"POST /v1/read HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\n"
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                f"GET /health HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
            )
            answer = b"".join(iter(lambda: raw.recv(4096), b""))  # it ends
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_body_that_never_ends_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wire, "MOST_UNWANTED", 1_000_000)
    caplog.set_level(logging.WARNING)
    with served(Settings(), StandInReader) as address:
        host = address.removeprefix("http://")
        with honest(address), raw_http(host) as raw:
            head = f"POST /v1/read HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
            raw.sendall(head.encode())
            sent = 0
            with contextlib.suppress(OSError):
                while sent < 200:
                    raw.sendall(b"100000\r\n" + bytes(1 << 20) + b"\r\n")
                    sent += 1
    assert sent < 100
    assert "connection cut off" in caplog.text


def raw_http(host: str) -> socket.socket:
    name, _, port = host.rpartition(":")
    raw = socket.create_connection((name, int(port)), ENOUGH)
    raw.settimeout(ENOUGH)
    return raw
