"""The live page by Ray Serve: the same protocol, and no session lost with a reader."""

import asyncio
import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest
from bombs import jpeg_2000, many_scans, png
from clients import Session, film, hold
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from mien.errors import MienError
from mien.live.protocol import Frame, encode_frame
from mien.live.settings import Settings

pytest.importorskip("ray", reason="Ray is not installed (extra `scale`)")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, of every kind


@contextmanager
def served(readers: int, **settings: Any) -> Generator[str]:
    """Yield the server's address as soon as it can read."""
    from ray import serve

    from mien.scale.serve import start

    try:
        port = start(Settings(port=0, **settings), most_readers=readers)
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 240
        while True:
            try:
                urllib.request.urlopen(f"{address}/ready", timeout=10).close()
                break
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.1)
        yield address
    finally:
        serve.shutdown()


def readers() -> list[int]:
    """Return the processes that read, of this program's own Ray."""
    found = psutil.Process().children(recursive=True)
    return [one.pid for one in found if "".join(one.cmdline()).startswith(TITLE)]


TITLE = "ray::ServeReplica:mien:Readers"


async def held(address: str, sessions: int) -> list[Session]:
    """Sessions of six seconds, in the second of which a reader is killed.

    They go on until each was read after that, too, which takes longer on a busy machine.
    """
    killed: dict[str, bool] = {}

    async def kill() -> None:
        await asyncio.sleep(2)
        os.kill(readers()[0], signal.SIGKILL)
        killed["one"] = True

    def enough(session: Session) -> bool:
        return bool(killed) and session.faces > 5

    pictures = film()
    all_of_them = (
        hold(address, pictures, rate=5, start=number / 15, seconds=6, enough=enough)
        for number in range(sessions)
    )
    killing = asyncio.create_task(kill())
    sessions_held = await asyncio.gather(*all_of_them)
    await killing
    return sessions_held


def test_a_reader_killed_under_load_loses_no_session(ray: int) -> None:
    with served(readers=min(2, ray)) as address:
        page = urllib.request.urlopen(address, timeout=10)
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        page.close()
        before = set(readers())
        assert len(before) == min(2, ray)
        # In a thread of its own: where the page's tests ran before, this one has a loop already.
        with ThreadPoolExecutor(1) as thread:
            sessions = thread.submit(lambda: asyncio.run(held(address, 3))).result()
        until = time.monotonic() + 240
        while len(set(readers()) - before) < 1 and time.monotonic() < until:
            time.sleep(0.2)  # Serve starts another one
        assert set(readers()) - before
    for session in sessions:
        assert session.is_ready
        assert session.faces == len(session.delays) > 5
        assert [e for e in session.errors if e != "reading-failed"] == []
        assert len(session.errors) <= 2  # what was under way


def asked(address: str, body: bytes | None = None, host: str | None = None) -> tuple[int, str, str]:
    """Ask, and return status, content security policy and content of the answer."""
    request = urllib.request.Request(address, data=body)
    if body is not None:
        request.add_header("Content-Type", "application/octet-stream")
    if host is not None:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, headers, content = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, headers, content = error.code, error.headers, error.read()
    return status, headers["Content-Security-Policy"] or "", content.decode()


def test_limits_hold_by_ray_too(ray: int) -> None:
    """Limits of frames, pictures, hosts, origins and pages; those of connections are Ray's."""

    def page(stack: ExitStack, origin: str) -> ClientConnection:
        url = address.replace("http", "ws") + "/live"
        given: Any = {"origin": origin}
        return stack.enter_context(connect(url, **given))

    assert ray
    with served(readers=1, sessions_a_client=2) as address, ExitStack() as stack:
        first, _ = page(stack, address), page(stack, address)
        while json.loads(first.recv(60))["state"] != "ready":
            pass
        third = json.loads(page(stack, address).recv(60))
        assert (third["state"], "2 pages of your address" in third["message"]) == ("failed", True)
        bomb = many_scans(640, 640, 2000)
        first.send(encode_frame(Frame(1, 0.0, 640, 640, bomb)))
        answer = json.loads(first.recv(60))
        assert (answer["type"], answer["sequence"]) == ("error", 1)
        assert "progressive" in answer["message"]
        with pytest.raises(InvalidStatus, match="403"):
            page(stack, "http://evil.example")

        for content, told in (
            (many_scans(640, 640, 20_000), "Too many scans"),
            (jpeg_2000(64), "got JPEG 2000"),
            (png(7100, 7100), "at most 50 megapixels"),
        ):
            status, policy, text = asked(f"{address}/v1/read", content)
            assert (status, told in text) == (400, True), text
            assert "default-src 'none'" in policy
        assert asked(address, host="evil.example")[0] == 421
        large = stack.enter_context(closing(HTTPConnection(address.removeprefix("http://"))))
        large.putrequest("POST", "/v1/read")
        large.putheader("Content-Length", "21000000")  # of which nothing need come
        large.endheaders()
        assert large.getresponse().status == 413


def test_a_port_that_is_taken_is_refused(ray: int) -> None:
    from mien.scale.serve import start

    assert ray
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(MienError, match="cannot be used"),
    ):
        start(Settings(port=taken.getsockname()[1]), most_readers=1)


def test_the_cluster_recipe_is_one_that_ray_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml
    from ray.serve.schema import ServeDeploySchema

    from mien.scale.serve import READERS, SESSIONS, application

    recipe = Path(__file__).parents[2] / "recipes" / "serve.yaml"
    content = ServeDeploySchema.model_validate(yaml.safe_load(recipe.read_text()))
    (mien,) = content.applications
    assert {deployment.name for deployment in mien.deployments} == {READERS, SESSIONS}
    assert mien.import_path == f"{application.__module__}:{application.__name__}"
    with pytest.raises(MienError, match="token"):
        application(mien.args)
    monkeypatch.setenv("MIEN_LIVE_TOKEN", "put-a-token-of-your-own-here")
    application(mien.args)
