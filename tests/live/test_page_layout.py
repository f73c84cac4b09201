"""Layout of the page: nothing shifts, a call fits a laptop, no button's text is cut off."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from answers import NOTHING, Told, change_answers, person
from axe import barriers
from chromium import Server, start
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import served
from stand_in import StandInReader

from mien.live.settings import Settings

SEATS = [(20, 20, 140, 160), (340, 20, 460, 160), (20, 260, 140, 400), (340, 260, 460, 400)]
"""Boxes of four people in a picture of 640×480, in order."""

OBSERVE = """
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
        for (const { value, hadRecentInput, sources } of list.getEntries()) {
            if (hadRecentInput) continue;
            const what = sources.map(({ node }) => node?.id || node?.className || node?.nodeName);
            globalThis.shifts.push([value, what.join()]);
        }
    }).observe({ type: "layout-shift", buffered: true });
"""
"""Script that collects layout shifts which no input of the person caused."""

CUT_OFF = """() => [...document.querySelectorAll(".controls button, .session-bar button")]
    .filter((button) => button.offsetParent && button.scrollWidth > button.clientWidth)
    .map((button) => button.textContent)"""


@pytest.fixture
def server() -> Iterator[Any]:
    """Server that answers at once, with the faces of `people`."""
    with served(Settings(), StandInReader) as address:
        yield SimpleNamespace(address=address)


@pytest.fixture
def people() -> list[Told]:
    """People in the picture, which a test changes while the page is open."""
    return [person(track, seat) for track, seat in enumerate(SEATS, 1)]


@pytest.fixture
def open_call(
    one_face_browser: Browser, server: Any, open_page: Callable[..., Page], people: list[Told]
) -> Callable[..., Page]:
    """Opens a page that reads `people`."""

    def prepare(context: BrowserContext) -> None:
        change_answers(context, lambda readings: people)

    def open_it(size: tuple[int, int] = (1440, 900), language: str = "en") -> Page:
        kept = f"""localStorage.setItem("mien.settings", '{{"language": "{language}"}}');"""
        page = open_page(one_face_browser, server, size, before=kept + OBSERVE, prepare=prepare)
        page.locator("#toggle").click()
        expect(page.locator("[data-face]")).to_have_count(len(people))
        return page

    return open_it


def shifted(page: Page) -> float:
    """Return the sum of all layout shifts since the page was loaded."""
    page.wait_for_timeout(300)  # a shift is reported with the next frame
    shifts: list[tuple[float, str]] = page.evaluate("globalThis.shifts")
    print(shifts)  # shown where the test fails
    return sum(value for value, _ in shifts)


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (360, 740)])
def test_nothing_shifts_in_a_call_of_four(
    open_call: Callable[..., Page], people: list[Told], size: tuple[int, int]
) -> None:
    page = open_call(size)
    page.wait_for_timeout(700)  # what follows is no answer to the click
    rows = page.locator(".face")
    verdict = page.locator("[data-face='2'] .verdict")

    change = {"emotion": "sad", "by": 2.0, "more": False}
    people[0] |= {"talking": True, "gesture": "nod", "just_now": True, "change": change}
    expect(rows.first.locator(".note")).to_contain_text("looking sad")
    people[0] |= NOTHING

    halves = dict.fromkeys(people[1]["votes"], 0.0) | {"disgust": 0.5, "surprise": 0.5}
    top = [["disgust", 0.5], ["surprise", 0.5], ["happy", 0.0]]
    people[1] |= {"state": "mixed", "votes": halves, "top": top}
    expect(verdict).to_contain_text("half surprised")
    people[1] |= {"state": "unclear", "clear": False, "why": "too dark"}
    expect(verdict).to_contain_text("Unclear: too dark")

    # One goes, and is back under another number of the server's; the rows below stay.
    people[2:3] = []
    expect(page.locator("[data-face='3']")).to_contain_text("Not in the picture")
    expect(rows).to_have_count(4)
    people.insert(2, person(9, SEATS[2], "surprise"))
    expect(page.locator("[data-face='5'] .verdict")).to_contain_text("surprised")
    expect(rows).to_have_count(4)
    assert shifted(page) < 0.02

    # What is measured here does measure: everything is pushed down.
    page.evaluate("document.querySelector('main').prepend(document.createElement('hr'))")
    page.evaluate("document.querySelector('main').style.marginTop = '90px'")
    assert shifted(page) > 0.02


def test_the_row_of_somebody_who_went_goes_after_some_seconds(
    open_call: Callable[..., Page], people: list[Told]
) -> None:
    page = open_call()
    people.pop(1)
    gone = page.locator("[data-face='2']")
    expect(gone).to_contain_text("Not in the picture")
    expect(gone.locator(".ten")).to_be_hidden()
    expect(gone).to_have_count(0)
    expect(page.locator("#cards.rows .face")).to_have_count(3)
    people.clear()
    expect(page.locator(".face")).to_have_count(0)  # then the page says that there is no face
    expect(page.get_by_text("No face in the picture")).to_be_visible()


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)], ids=["1440x900", "1280x720"])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_call_fits_a_laptop_without_scrolling(
    open_call: Callable[..., Page],
    people: list[Told],
    size: tuple[int, int],
    language: str,
    count: int,
) -> None:
    del people[count:]
    page = open_call(size, language)
    expect(page.locator("#session")).to_be_visible()
    for place in page.locator(".stage, .face, .session-bar, .limits").all():
        expect(place).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollHeight") <= size[1]


@pytest.mark.parametrize("width", [320, 360, 640, 720, 1280])
@pytest.mark.parametrize("language", ["en", "de"])
def test_no_button_s_text_is_cut_off(
    open_call: Callable[..., Page], width: int, language: str
) -> None:
    page = open_call((width, 720), language)
    expect(page.locator("#session")).to_be_visible()
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#note-text").fill("x")
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Each part of a row stays inside it.
    for row in page.locator(".face").all():
        outer = row.bounding_box()
        assert outer is not None
        for part in row.locator(".count, .open, .figures").all():
            inner = part.bounding_box()
            assert inner is not None
            assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_no_barriers_in_rows_of_every_kind(
    open_call: Callable[..., Page], people: list[Told], axe: str, scheme: Any, width: int
) -> None:
    people[0] |= {"talking": True, "change": {"emotion": "sad", "by": 2.0, "more": True}}
    people[1] |= {"state": "unclear", "clear": False, "why": "too dark"}
    page = open_call((width, 900))
    page.emulate_media(color_scheme=scheme)
    page.locator("[data-face='1'] .open").click()
    people.pop(3)
    expect(page.locator("[data-face='4']")).to_contain_text("Not in the picture")
    assert barriers(page, axe) == []


def test_the_mark_of_the_question_lies_on_the_face(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, live_server, (1440, 900))
    start(page)
    x1, y1, x2, y2 = page.evaluate(
        """() => new Promise((resolve) => document.addEventListener("mien:readings",
            ({ detail }) => resolve(detail.answer.readings[0].box)))"""
    )
    page.get_by_role("button", name="Guess first").click()
    expect(page.locator(".guess-mark")).to_be_visible()
    mark = page.locator(".guess-mark").bounding_box()
    stage = page.locator("#video").bounding_box()
    assert mark is not None
    assert stage is not None
    scale = min(stage["width"] / 640, stage["height"] / 480)
    left = stage["x"] + (stage["width"] - 640 * scale) / 2
    top = stage["y"] + (stage["height"] - 480 * scale) / 2
    expected = [left + x1 * scale, top + y1 * scale, (x2 - x1) * scale, (y2 - y1) * scale]
    found = [mark["x"], mark["y"], mark["width"], mark["height"]]
    assert found == pytest.approx(expected, abs=0.05 * stage["height"])
