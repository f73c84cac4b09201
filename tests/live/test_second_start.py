"""A second `mien live` opens the page of the first."""

import http.server
import threading
import webbrowser
from collections.abc import Iterator

import pytest
from served import served

from mien.errors import MienError
from mien.live import server
from mien.live.app import default_reader
from mien.live.settings import Settings


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    addresses: list[str] = []
    monkeypatch.setattr(webbrowser, "open", addresses.append)
    return addresses


@pytest.fixture
def other_program() -> Iterator[int]:
    """Port of a web server that is not mien."""
    other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    yield other.server_address[1]
    other.shutdown()
    other.server_close()


def test_the_page_that_runs_is_opened(
    opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with served(Settings(), default_reader) as address:
        port = int(address.rpartition(":")[2])
        server.serve(Settings(port=port))
        assert opened == [address]
        assert f"mien runs already at {address}" in capsys.readouterr().out


def test_without_a_browser_it_is_an_error(opened: list[str]) -> None:
    with served(Settings(), default_reader) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(MienError, match="cannot be used"):
            server.serve(Settings(port=port), open_browser=False)
    assert opened == []


def test_another_program_is_not_opened(opened: list[str], other_program: int) -> None:
    with pytest.raises(MienError, match="cannot be used"):
        server.serve(Settings(port=other_program))
    assert opened == []
