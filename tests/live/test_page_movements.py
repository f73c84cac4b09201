"""Movements of a face on the page's cards, by a small network that gives movements."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from chromium import ENOUGH_MS
from playwright.sync_api import Browser, Page, expect
from served import served
from small_models import write_model

from mien.emotions import EMOTION_NAMES
from mien.faces.reader import Reader
from mien.live.settings import Settings


@pytest.fixture
def moving_server(tmp_path: Path) -> Iterator[Any]:
    """Server whose network sees happy faces with the corners of the mouth up."""
    label = dict.fromkeys(EMOTION_NAMES, 0.04) | {"happy": 0.76}
    movements = {"mouth corners up": 0.8, "eyes narrowed": 0.6, "mouth open": 0.0}
    model = write_model(tmp_path, label=label, movements=movements)
    with served(Settings(), lambda: Reader(model=model)) as address:
        yield SimpleNamespace(address=address)


@pytest.fixture
def still_server(tmp_path: Path) -> Iterator[Any]:
    """Server whose network sees happy faces and gives no movements."""
    label = dict.fromkeys(EMOTION_NAMES, 0.04) | {"happy": 0.76}
    model = write_model(tmp_path, label=label)
    with served(Settings(), lambda: Reader(model=model)) as address:
        yield SimpleNamespace(address=address)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "corners of the mouth up, eyes narrowed"),
        ("de", "Mundwinkel nach oben, Augen verengt"),
    ],
)
def test_a_card_says_what_moves_in_the_page_s_language(
    one_face_browser: Browser,
    moving_server: Any,
    open_page: Callable[..., Page],
    language: str,
    words: str,
) -> None:
    kept = f"""localStorage.setItem("mien.settings", '{{"language": "{language}"}}')"""
    page = open_page(one_face_browser, moving_server, before=kept)
    page.get_by_role("button", name="Start").click()
    line = page.locator("[data-face='1'] .movements")
    expect(line).to_have_text(words, timeout=ENOUGH_MS)
    expect(line).to_be_visible()


def test_a_card_has_no_line_where_the_network_tells_no_movements(
    one_face_browser: Browser, still_server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, still_server)
    page.get_by_role("button", name="Start").click()
    share = page.locator("[data-face='1'] .share").first
    expect(share).to_be_visible(timeout=ENOUGH_MS)
    expect(page.locator("[data-face='1'] .movements")).to_be_hidden()
