"""Several people at a glance: rows, marks, names and the small window; in Chromium."""

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from answers import Told, change_answers, person
from chromium import Server, start
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import served
from stand_in import StandInReader

from mien.live.settings import Settings

LEFT = (40, 150, 160, 290)
MIDDLE = (250, 120, 430, 330)
RIGHT = (500, 180, 580, 280)

MARKED = """(boxes) => {
    const canvas = document.getElementById("overlay");
    const context = canvas.getContext("2d");
    const scale = Math.min(canvas.clientWidth / 640, canvas.clientHeight / 480);
    const left = (canvas.clientWidth - 640 * scale) / 2;
    const top = (canvas.clientHeight - 480 * scale) / 2;
    // The rim of a face that is pointed at is white and lies just outside its line.
    return boxes.map(([x1, y1, , y2]) => {
        const [x, y] = [left + x1 * scale - 4, top + scale * (y1 + y2) / 2];
        const density = devicePixelRatio;
        const [r, g, b, a] = context.getImageData(x * density, y * density, 1, 1).data;
        return Math.min(r, g, b, a) > 240;
    }).join();
}"""


@pytest.fixture
def server() -> Iterator[Any]:
    """Server that answers at once, with the faces of `people`."""
    with served(Settings(), StandInReader) as address:
        yield SimpleNamespace(address=address)


@pytest.fixture
def people() -> list[Told]:
    """People in the picture, which a test changes while the page is open."""
    return [person(1, LEFT), person(2, MIDDLE, "sad"), person(3, RIGHT, "surprise")]


@pytest.fixture
def page(
    one_face_browser: Browser, server: Any, open_page: Callable[..., Page], people: list[Told]
) -> Page:
    """A page that reads three people."""

    def prepare(context: BrowserContext) -> None:
        change_answers(context, lambda readings: people)

    page = open_page(one_face_browser, server, (1440, 900), prepare=prepare)
    start(page, faces=3)
    return page


def expect_marked(page: Page, *marked: bool) -> None:
    wanted = ",".join(str(one).lower() for one in marked)
    page.wait_for_function(
        f"(boxes) => ({MARKED})(boxes) === '{wanted}'", arg=[LEFT, MIDDLE, RIGHT]
    )


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)], ids=["1440x900", "1280x720"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_nine_people_have_a_row_each_and_nothing_scrolls(
    nine_browser: Browser,
    live_server: Server,
    open_page: Callable[..., Page],
    size: tuple[int, int],
    language: str,
) -> None:
    kept = f"""localStorage.setItem("mien.settings", '{{"language": "{language}"}}')"""
    page = open_page(nine_browser, live_server, size, before=kept)
    page.locator("#toggle").click()
    rows = page.locator("#cards.rows .face")
    expect(rows).to_have_count(9)
    word = {"en": "happy", "de": "fröhlich"}[language]
    for row in rows.all():
        expect(row.locator(".verdict")).to_contain_text(word)
        expect(row.locator(".count")).to_be_visible()
        expect(row).to_be_in_viewport(ratio=1)
    boxes = [row.bounding_box() for row in rows.all()]
    ends = [box["y"] + box["height"] for box in boxes if box]
    assert ends == sorted(ends)
    assert len(ends) == 9
    assert ends[-1] <= size[1]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    # The picture, beside which the rows stand, is whole in sight, too.
    expect(page.locator("#video")).to_be_in_viewport(ratio=1)


def test_a_row_that_is_pointed_at_or_focused_marks_its_face(page: Page) -> None:
    expect_marked(page, False, False, False)
    page.locator("[data-face='2'] .verdict").hover()
    expect_marked(page, False, True, False)
    page.locator("[data-face='3'] .verdict").hover()
    expect_marked(page, False, False, True)
    page.mouse.move(2, 2)
    expect_marked(page, False, False, False)
    page.get_by_label("Name of Person 1").focus()
    expect_marked(page, True, False, False)
    page.keyboard.press("Tab")  # to the button of the same row
    expect_marked(page, True, False, False)
    page.keyboard.press("Tab")
    expect_marked(page, False, True, False)


def test_a_face_that_is_pointed_at_marks_its_row_and_opens_it(page: Page) -> None:
    row = page.locator("[data-face='2']")
    stage = page.locator("#video").bounding_box()
    assert stage is not None
    scale = min(stage["width"] / 640, stage["height"] / 480)
    left = stage["x"] + (stage["width"] - 640 * scale) / 2
    top = stage["y"] + (stage["height"] - 480 * scale) / 2
    x, y = left + scale * 340, top + scale * 220
    page.mouse.move(x, y)
    expect(row).to_have_class(re.compile(r"\bmarked\b"))
    expect(page.locator(".face.marked")).to_have_count(1)
    expect(row).not_to_have_css("box-shadow", "none")
    expect_marked(page, False, True, False)
    page.mouse.click(x, y)
    expect(row.get_by_role("button", expanded=True)).to_be_visible()
    page.mouse.move(2, 2)
    expect(page.locator(".face.marked")).to_have_count(0)


def test_a_name_stays_with_the_person(page: Page, people: list[Told]) -> None:
    field = page.get_by_label("Name of Person 2")
    field.fill("Ana")
    field.press("Enter")
    ana = page.locator("[data-face='2']")
    expect(ana).to_have_attribute("aria-label", "Ana")

    # They change seats; the rows follow in the picture's order.
    people[0]["box"], people[1]["box"] = people[1]["box"], people[0]["box"]
    page.mouse.move(2, 2)
    expect(page.locator(".face").first).to_have_attribute("aria-label", "Ana")
    expect(ana.locator(".verdict")).to_contain_text("sad")

    # Somebody else goes, and somebody new takes that seat: they are not called Ana.
    people[0] = person(9, MIDDLE, "angry")
    new = page.locator("[data-face='4']")
    expect(new).to_have_attribute("aria-label", "Person 4")
    expect(new.locator(".verdict")).to_contain_text("angry")
    expect(page.locator("[data-face='1']")).to_have_count(0)
    expect(ana.locator(".face-name")).to_have_value("Ana")

    # She goes; who comes then has no name, but hers can be chosen.
    people[1] = person(10, (30, 20, 90, 90), "sad")
    expect(ana).to_have_count(0)
    back = page.get_by_label("Name of Person 5")
    expect(back).to_have_value("")
    back.focus()
    expect(page.locator("#names option")).to_have_count(1)
    assert page.locator("#names option").get_attribute("value") == "Ana"

    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#session-summary")).to_contain_text("Ana, from ")


def test_a_name_can_be_typed_to_the_end_when_its_person_goes(
    page: Page, people: list[Told]
) -> None:
    page.get_by_label("Name of Person 1").focus()
    page.keyboard.type("Bar")
    people[0] = person(9, LEFT, "angry")  # somebody else takes the seat at once
    expect(page.locator("[data-face='4']")).to_be_visible()
    page.keyboard.type("bara")  # with the key of bookmarks
    expect(page.get_by_label("Name of Person 1")).to_have_value("Barbara")
    page.keyboard.press("Enter")
    expect(page.locator("[data-face='1']")).to_have_count(0)
    expect(page.locator("#bookmarked")).to_be_empty()
    page.get_by_label("Name of Person 4").focus()
    assert page.locator("#names option").get_attribute("value") == "Barbara"

    # A pause ends the typing: nobody is there.
    page.keyboard.type("Be")
    page.evaluate("document.getElementById('pause').click()")
    expect(page.locator("[data-face]")).to_have_count(0)


@pytest.fixture
def panel(page: Page) -> Page:
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Small window").click()
    expect(opened.value.locator(".line")).to_have_count(3)
    return opened.value


def choose(panel: Page, name: str) -> None:
    panel.get_by_label("Who is shown").select_option(name)


def test_the_small_window_has_a_line_each_the_largest_first(
    page: Page, panel: Page, people: list[Told]
) -> None:
    lines = panel.locator(".line")
    expect(lines).to_have_text(
        [
            re.compile("Person 2sad.*8/10"),
            re.compile("Person 1happy"),
            re.compile("Person 3surprised"),
        ]
    )
    field = page.get_by_label("Name of Person 3")
    field.fill("Ana")
    field.press("Enter")
    expect(lines.nth(2)).to_contain_text("Ana")
    people.pop(0)
    expect(lines).to_have_count(2)
    people.clear()
    expect(panel.get_by_text("No face")).to_be_visible()
    people.append(person(3, RIGHT, "surprise"))
    expect(lines).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    expect(panel.get_by_text("Reads nothing now")).to_be_visible()
    expect(lines).to_have_count(0)


def test_the_small_window_follows_who_was_chosen_and_says_when_they_are_gone(
    page: Page, panel: Page, people: list[Told]
) -> None:
    choose(panel, "Person 3")
    lines = panel.locator(".line")
    expect(lines).to_have_text([re.compile("Person 3surprised")])
    people[2]["box"] = [180, 20, 240, 90]  # moves, and is followed
    people[2] |= {"talking": True}
    expect(lines).to_have_text([re.compile("Person 3surprisedtalking")])
    chosen = people.pop()
    expect(lines).to_have_count(0)
    expect(panel.get_by_text("Person 3 is gone")).to_be_visible()
    expect(panel.get_by_label("Who is shown")).to_have_value("3")
    # Nobody else takes their place; others can be chosen.
    people.append(person(8, RIGHT, "fear"))
    expect(page.locator("[data-face='4']")).to_be_visible()
    expect(panel.get_by_text("Person 3 is gone")).to_be_visible()
    choose(panel, "Person 4")
    expect(lines).to_have_text([re.compile("Person 4afraid")])
    # After a break faces have other numbers, so that nobody could wait for this one.
    page.get_by_role("button", name="Pause").click()
    expect(panel.get_by_label("Who is shown")).to_have_value("all")
    page.get_by_role("button", name="Continue").click()
    expect(lines).to_have_count(3)
    choose(panel, "Person 5")
    expect(lines).to_have_count(1)
    choose(panel, "Everybody")
    expect(lines).to_have_count(3)
    assert chosen["track"] == 3
