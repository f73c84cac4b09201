"""A reader's thread that hangs on a frame is given up, and nothing else is lost."""

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from fastapi.testclient import TestClient
from numpy.typing import NDArray
from stand_in import ADDRESS, StandInReader, await_ready, connect, jpeg, message
from websockets.sync.client import connect as connect_socket

from mien.faces.timings import Timings
from mien.frames import Box
from mien.live import reader_pool as readers
from mien.live.app import create_app
from mien.live.settings import Settings
from mien.types import Reading

CURSED = 17
"""Width in pixels of pictures on which the reader hangs."""


class HangingReader(StandInReader):
    def __init__(self) -> None:
        super().__init__()
        self.hangs = threading.Event()
        self.may_end = threading.Event()

    def read_timed(
        self, image: NDArray[np.uint8], *, regions: Sequence[Box] | None = None
    ) -> tuple[list[Reading], Timings]:
        if image.shape[1] == CURSED:
            self.hangs.set()
            assert self.may_end.wait(60)
        return super().read_timed(image, regions=regions)


@pytest.fixture
def reader() -> Iterator[HangingReader]:
    reader = HangingReader()
    yield reader
    reader.may_end.set()


@pytest.fixture
def client(reader: HangingReader, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Client of a server with one reader, which may take half a second for a frame."""
    monkeypatch.setattr(readers, "LONGEST", 0.5)
    with TestClient(create_app(lambda: reader, Settings(readers=1)), base_url=ADDRESS) as client:
        yield client


def test_a_thread_that_hangs_is_given_up_and_its_session_goes_on(
    client: TestClient, reader: HangingReader, caplog: pytest.LogCaptureFixture
) -> None:
    with connect(client) as page:
        await_ready(page)
        for sequence in (1, 2):  # threads are given up as often as they hang
            page.send_bytes(message(2 * sequence, width=CURSED))
            refused = page.receive_json()
            assert (refused["error"], refused["sequence"]) == ("reading-failed", 2 * sequence)
            assert "within 0.5 s" in refused["message"]
            assert refused["credits"] == 1
            page.send_bytes(message(2 * sequence + 1))
            assert page.receive_json()["sequence"] == 2 * sequence + 1
        reader.may_end.set()  # what the old threads still find reaches nobody
        page.send_bytes(message(6))
        answer = page.receive_json()
        assert (answer["sequence"], len(answer["readings"])) == (6, 1)
        failed = re.search(r'^mien_frames_total{outcome="failed"} 2\.0$', figures(client), re.M)
        assert failed is not None
    assert caplog.text.count("hung for 0.5 s and was given up") == 2


def hang_and_leave(client: TestClient, reader: HangingReader) -> None:
    """Begin a session, and end it while its frame hangs."""
    with connect(client) as page:
        await_ready(page)
        page.send_bytes(message(1, width=CURSED))
        assert reader.hangs.wait(10)


def test_a_session_that_ends_keeps_its_turn_until_the_thread_is_free(
    client: TestClient, reader: HangingReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "LONGEST", 30.0)
    with connect(client) as other:
        await_ready(other)
        hang_and_leave(client, reader)
        other.send_bytes(message(1))
        assert not reader.started.acquire(timeout=0.5)  # one reader, one frame at a time
        reader.may_end.set()
        assert other.receive_json()["sequence"] == 1


def test_a_session_that_ends_keeps_no_turn_for_good(
    client: TestClient, reader: HangingReader
) -> None:
    with connect(client) as other:
        await_ready(other)
        hang_and_leave(client, reader)
        other.send_bytes(message(1))
        assert other.receive_json()["sequence"] == 1
        assert not reader.may_end.is_set()


def test_a_picture_on_which_the_reader_hangs_is_refused(client: TestClient) -> None:
    refused = client.post("/v1/read", content=jpeg(width=CURSED))
    assert (refused.status_code, refused.json()["error"]) == (500, "reading-failed")
    assert client.post("/v1/read", content=jpeg()).status_code == 200


def figures(client: TestClient) -> str:
    return client.get("/metrics").text


_SERVER = """
import sys, threading
from mien.live import app, server
from mien.live import reader_pool as readers
from mien.live.settings import Settings

class Hangs:
    def read_timed(self, image, *, regions=None):
        print("hangs", flush=True)
        threading.Event().wait()

readers.LONGEST, server.LAST_SECONDS = float(sys.argv[1]), 1
server.create_app = lambda settings: app.create_app(Hangs, settings)
server.serve(Settings(port=0), open_browser=False)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
@pytest.mark.parametrize("longest", ["0.2", "60"], ids=["given up", "still awaited"])
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "Ctrl-C"])
def test_the_process_ends_though_a_thread_hangs(ending: signal.Signals, longest: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, longest], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[3]
        url = address.replace("http", "ws") + "/live"
        with connect_socket(url, origin=address) as page:  # pyright: ignore[reportArgumentType]
            while json.loads(page.recv())["state"] != "ready":
                pass
            page.send(message(1))
            assert process.stdout.readline() == "hangs\n"
            if longest == "0.2":
                assert json.loads(page.recv())["error"] == "reading-failed"
            process.send_signal(ending)
            code = process.wait(30)
        assert code == (-ending if ending is signal.SIGTERM else 0)
    finally:
        process.kill()
        process.communicate()
