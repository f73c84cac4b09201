"""The live page by Ray Serve: the same protocol, and no session lost with a reader."""

import asyncio
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from clients import Session, film, hold

from mien.errors import MienError
from mien.live.settings import Settings

pytest.importorskip("ray", reason="Ray is not installed (extra `scale`)")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, of every kind


@contextmanager
def served(readers: int) -> Generator[str]:
    """Its address, as soon as it can read."""
    from ray import serve

    from mien.scale.serve import start

    try:
        port = start(Settings(port=0), most_readers=readers)
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 60
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
    """The processes that read, of this program's own Ray."""
    found = psutil.Process().children(recursive=True)
    return [one.pid for one in found if "".join(one.cmdline()).startswith(TITLE)]


TITLE = "ray::ServeReplica:mien:Readers"


async def held(address: str, sessions: int) -> list[Session]:
    """Sessions of six seconds, in the second of which a reader is killed."""

    async def kill() -> None:
        await asyncio.sleep(2)
        os.kill(readers()[0], signal.SIGKILL)

    pictures = film()
    all_of_them = (
        hold(address, pictures, rate=5, start=number / 15, seconds=6) for number in range(sessions)
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
        until = time.monotonic() + 60
        while len(set(readers()) - before) < 1 and time.monotonic() < until:
            time.sleep(0.2)  # Serve starts another one
        assert set(readers()) - before
    for session in sessions:
        assert session.is_ready
        assert session.faces == len(session.delays) > 5
        assert [e for e in session.errors if e != "reading-failed"] == []
        assert len(session.errors) <= 2  # what was under way


def test_a_port_that_is_taken_is_refused(ray: int) -> None:
    from mien.scale.serve import start

    assert ray
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(MienError, match="cannot be had"),
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
