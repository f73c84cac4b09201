"""Talking, nods, shakes and lasting changes appear calmly on the page; in Chromium."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from answers import NOTHING, Told, change_answers
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import served
from stand_in import StandInReader

from mien.live.settings import Settings

SMILES = "lächelt, anders als sonst"
CHANGE = {"emotion": "happy", "by": 2.0, "more": False}

PLACES = """() => [...document.querySelectorAll(
        ".face, .face :is(.face-name, .verdict, .ten, .meaning), #session, footer")]
    .map((place) => { const { x, y, width, height } = place.getBoundingClientRect();
        return [x, y, width, height].join(); })"""


@pytest.fixture
def server() -> Iterator[Any]:
    """Server that finds one happy face in every picture."""
    with served(Settings(), StandInReader) as address:
        yield SimpleNamespace(address=address)


@pytest.fixture
def told() -> Told:
    """Values over time of every face, which a test changes while the page is open."""
    return dict(NOTHING)


@pytest.fixture
def open_it(
    one_face_browser: Browser, server: Any, open_page: Callable[..., Page], told: Told
) -> Callable[..., Page]:
    """Open a page that reads one face, whose values over time `told` holds."""

    def prepare(context: BrowserContext) -> None:
        change_answers(context, lambda readings: [reading | told for reading in readings])

    def open_it(kept: str = "{}", size: tuple[int, int] = (1280, 800)) -> Page:
        before = f"localStorage.setItem('mien.settings', '{kept}')"
        page = open_page(one_face_browser, server, size, before=before, prepare=prepare)
        page.locator("#toggle").click()
        expect(page.locator("[data-face]")).to_have_count(1)
        return page

    return open_it


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["talking", "nods", "shakes the head", "just changed", "smiling, unlike usual"]),
        (
            "de",
            [
                "spricht",
                "nickt",
                "schüttelt den Kopf",
                "eben geändert",
                "lächelt, anders als sonst",
            ],
        ),
    ],
)
@pytest.mark.parametrize("size", [(1280, 800), (360, 740)], ids=["laptop", "phone"])
def test_what_a_face_does_is_said_in_its_line_and_nothing_moves(
    open_it: Callable[..., Page],
    told: Told,
    language: str,
    words: list[str],
    size: tuple[int, int],
) -> None:
    page = open_it(f'{{"language": "{language}", "record": false}}', size)
    note = page.locator("[data-face] .note")
    expect(note).to_have_text("")
    before = page.evaluate(PLACES)
    talking, nods, shakes, new, smiling = words
    for now, text in [
        ({"talking": True}, talking),
        ({"gesture": "nod"}, nods),
        ({"gesture": "shake"}, shakes),
        ({"just_now": True}, new),
        (
            {"talking": True, "gesture": "nod", "just_now": True, "change": CHANGE},
            f"{nods} · {new} · {smiling} · {talking}",
        ),
        ({}, ""),
    ]:
        told.update(NOTHING | now)
        expect(note).to_have_text(text)
        if text:
            expect(note).to_be_visible()
        assert page.evaluate(PLACES) == before, text
        assert page.evaluate("document.getAnimations().length") == 0


def test_the_small_window_says_it_too_and_nothing_moves_there(
    open_it: Callable[..., Page], told: Told
) -> None:
    page = open_it()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Small window").click()
    panel = opened.value
    line = panel.locator(".line")
    expect(line.locator(".line-answer")).to_have_text("happy")
    expect(panel.locator(".lines")).to_have_css("display", "grid")  # its style is there
    before = line.bounding_box()
    told.update({"talking": True, "gesture": "nod"})
    expect(line.locator(".note")).to_have_text("nods · talking")
    assert line.bounding_box() == before
    told.update(NOTHING | {"just_now": True})
    expect(line.locator(".note")).to_have_text("just changed")
    assert line.bounding_box() == before


def test_of_a_face_that_is_seen_badly_only_what_helps_is_said(
    open_it: Callable[..., Page], told: Told
) -> None:
    page = open_it()
    told.update({"clear": False, "state": "unclear", "why": "too dark", "gesture": "nod"})
    note = page.locator("[data-face] .note")
    expect(note).to_have_text("more light from the front would help")
