"""Clients that are slow, silent or take no answers harm nobody, nor the server's end."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import pytest
from raw_sockets import open_sessions, raw_socket
from served import served
from stand_in import StandInReader, jpeg, message
from websockets.sync.client import connect as connect_socket

from mien.live import connection, server, wire
from mien.live.app import create_app
from mien.live.protocol import Frame, encode_frame
from mien.live.settings import Settings


@pytest.mark.parametrize(
    "sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: 1"], ids=str
)
def test_a_client_that_does_not_finish_its_request_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(wire, "REQUEST_SECONDS", 0.3)
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
    monkeypatch.setattr("mien.live.uploads.BODY_SECONDS", 0.3)
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
    monkeypatch.setattr(wire, "MOST_PIECES", 1e9)
    monkeypatch.setattr(wire, "MOST_BYTES", 1e12)
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
            end = time.monotonic() + 30
            while open_sessions(address) > 1 and time.monotonic() < end:
                time.sleep(0.1)
            assert open_sessions(address) == 1
            other.send(message(1))
            assert json.loads(other.recv())["sequence"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_sigterm_finishes_what_the_server_holds() -> None:
    reader = StandInReader()
    listener = socket.create_server(("127.0.0.1", 0))
    running = server.server_of(create_app(lambda: reader, Settings(readers=2)))
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
            while True:  # the idle page is closed at once
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
    assert "ending" in events  # on a busy machine before "ready"
