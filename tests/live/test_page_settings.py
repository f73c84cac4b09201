"""Settings of the person: how much is shown, own words, language, panel, one key for off."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from chromium import ENOUGH_MS, Server, start
from pixels import overlay_pixels
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect


@pytest.fixture
def page(one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]) -> Page:
    return open_page(one_face_browser, live_server)


def open_settings(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()


def test_modes_show_as_much_as_they_say(page: Page) -> None:
    start(page)
    card = page.locator("[data-face='1']")
    expected = {
        "Everything": {".verdict-words", ".figures", ".shares", ".verdict-symbol"},
        "Compact": {".verdict-words", ".figures", ".verdict-symbol"},
        "Text only": {".verdict-words", ".people"},
        "No words": {".figures", ".verdict-symbol"},
    }
    for mode, parts in expected.items():
        open_settings(page)
        page.get_by_role("radio", name=mode).check()
        page.get_by_role("button", name="Close").click()
        seen = set[str]()
        for part in (".verdict-words", ".figures", ".shares", ".people", ".verdict-symbol"):
            box = card.locator(part).bounding_box()
            if box and box["height"] > 1 and box["width"] > 1:
                seen.add(part)
        assert seen == parts, mode
    # Without words to see, screen readers still have them.
    assert "would say happy" in " ".join(card.inner_text().split())


def test_own_words_symbols_and_hidden_answers_hold_at_once_and_after_a_reload(page: Page) -> None:
    start(page)
    open_settings(page)
    page.get_by_role("textbox", name="Word for happy").fill("<i>sunny</i>")
    page.get_by_role("textbox", name="Symbol for happy").fill("☀")
    page.get_by_role("button", name="Close").click()
    verdict = page.locator("[data-face='1'] .verdict-words")
    expect(verdict).to_contain_text("<i>sunny</i>")
    expect(page.locator("[data-face='1'] .person text").first).to_have_text("☀")
    page.reload()
    start(page)
    expect(verdict).to_contain_text("<i>sunny</i>")
    open_settings(page)
    page.get_by_role("checkbox", name="Hide happy").check()
    page.get_by_role("button", name="Close").click()
    expect(verdict).to_contain_text("something else")
    open_settings(page)
    page.get_by_role("button", name="Back to mien’s own").click()
    page.get_by_role("button", name="Close").click()
    expect(verdict).to_contain_text("happy")


def test_shares_and_boxes_can_be_turned_off(page: Page) -> None:
    start(page)
    assert overlay_pixels(page).any()
    open_settings(page)
    page.get_by_role("checkbox", name="Exact shares").uncheck()
    page.get_by_role("checkbox", name="Boxes in the picture").uncheck()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("[data-face='1'] .shares")).to_be_hidden()
    page.wait_for_timeout(300)
    assert not overlay_pixels(page).any()


def test_the_page_speaks_german(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, live_server)
    open_settings(page)
    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    page.get_by_role("button", name="Schließen").click()
    assert page.evaluate("document.documentElement.lang") == "de"
    page.reload()
    page.get_by_role("button", name="Start").click()
    card = page.locator("[data-face='1']")
    expect(card).to_contain_text("würden sagen: fröhlich", timeout=ENOUGH_MS)
    page.get_by_role("button", name="Stopp").click()
    # No English is left: neither in texts nor in names for screen readers.
    said = page.evaluate(
        """() => [...document.querySelectorAll("body :not(noscript)")].flatMap((place) => [
            place.ariaLabel ?? "", place.title ?? "",
            ...[...place.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data)])"""
    )
    words = {word for text in said for word in text.lower().replace(",", " ").split()}
    assert not words & {"the", "people", "would", "this", "face", "is", "your", "settings", "of"}


def test_escape_turns_everything_off(page: Page) -> None:
    start(page)
    open_settings(page)
    page.keyboard.press("Escape")  # closes the dialog, and nothing else
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    expect(page.locator("[data-face]")).to_have_count(0)
    assert not overlay_pixels(page).any()


def test_keys_work_after_a_checkbox_too(page: Page) -> None:
    start(page)
    page.get_by_role("button", name="Guess first").click()
    page.locator(".guess-score summary").click()
    page.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_pause_reads_nothing_and_keeps_the_camera(page: Page) -> None:
    start(page)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("status")).to_contain_text("Paused")
    expect(page.locator("[data-face]")).to_have_count(0)
    page.evaluate(
        """() => {
            globalThis.count = 0;
            document.addEventListener("mien:readings", () => (count += 1));
        }"""
    )
    page.wait_for_timeout(600)
    assert page.evaluate("count") == 0
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-face]")).to_have_count(1, timeout=ENOUGH_MS)
    expect(page.get_by_role("status")).to_be_empty()


def float_it(page: Page) -> Page:
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Small window").click()
    opened.value.set_default_timeout(ENOUGH_MS)
    return opened.value


def test_the_panel_goes_on_while_the_page_is_out_of_sight(page: Page) -> None:
    start(page)
    apart = page.evaluate("performance.now()")  # the panel's clock begins when it is opened
    panel = float_it(page)
    expect(panel.locator("[data-face='1']")).to_contain_text("happy")
    expect(panel.get_by_text("Pictures stay on this computer")).to_be_visible()
    expect(page.get_by_text("The picture is in the small window")).to_be_visible()
    # The face is the same to the tracker: the panel's clock is brought in line with the page's.
    assert panel.locator("[data-face]").count() == 1
    other = page.context.new_page()
    other.goto("about:blank")
    other.bring_to_front()
    page.evaluate(
        """() => {
            globalThis.delays = [];
            document.addEventListener("mien:readings", ({ detail }) =>
                delays.push(detail.shown - detail.answer.capture_time));
        }"""
    )
    page.wait_for_function("() => delays.length > 5", polling=100)  # nothing is drawn there
    delays: list[float] = page.evaluate("delays")
    # By clocks that were not brought in line each would be longer by the time between their begins.
    assert 0 < min(delays) < apart
    page.bring_to_front()
    panel.close()
    expect(page.get_by_text("The picture is in the small window")).to_be_hidden()
    expect(page.locator("[data-face]")).to_have_count(1)
    assert page.evaluate("document.querySelector('.stage #video') !== null")


def test_the_panel_shows_the_chosen_face_and_stops_all(page: Page) -> None:
    start(page)
    panel = float_it(page)
    panel.get_by_label("Who is shown").select_option("Person 1")
    expect(panel.locator("[data-face='1']")).to_be_visible()
    panel.locator("main").hover()  # controls are there on hover and focus
    with panel.expect_event("close"), contextlib.suppress(Error):  # gone before the click is over
        panel.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    expect(page.locator("[data-face]")).to_have_count(0)


@pytest.mark.parametrize("is_dialog_open", [False, True])
def test_escape_in_the_panel_turns_everything_off(page: Page, is_dialog_open: bool) -> None:
    start(page)
    panel = float_it(page)
    if is_dialog_open:  # it has the page's keys, not the panel's
        open_settings(page)
    with contextlib.suppress(Error):  # the panel may be gone before the key is up
        panel.keyboard.press("Escape")
    expect(page.locator("#toggle")).to_have_text("Start")


def test_screen_readers_hear_changes_only_if_asked(page: Page) -> None:
    start(page)
    page.wait_for_timeout(500)
    expect(page.locator("#announcer")).to_be_empty()
    open_settings(page)
    page.get_by_role("checkbox", name="Read changes aloud").check()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#announcer")).to_have_text("Person 1 looks happy.")
    # Nothing else speaks by itself but the status: others answer to what the person does.
    loud = page.locator("[aria-live], [role=status], [role=alert], [role=log]")
    speaking = {item.get_attribute("id") for item in loud.all() if item.text_content()}
    assert speaking <= {"status", "announcer"}
    assert "announcer" in speaking


@pytest.mark.parametrize("width", [320, 1024, 3840])
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_page_fits_from_phone_to_4k(
    one_face_browser: Browser,
    live_server: Server,
    open_page: Callable[..., Page],
    width: int,
    language: str,
) -> None:
    def prepare(context: BrowserContext) -> Any:
        kept = f'{{"language": "{language}"}}'
        context.add_init_script(f"localStorage.setItem('mien.settings', '{kept}')")

    page = open_page(
        one_face_browser, live_server, size=(width, width * 9 // 16 + 400), prepare=prepare
    )
    page.get_by_role("button", name="Start").click()
    expect(page.locator("[data-face]")).to_have_count(1, timeout=ENOUGH_MS)
    expect(page.locator("#session")).to_be_visible(timeout=ENOUGH_MS)
    page.locator("#open-session").click()
    page.locator("#session summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#open-settings").click()
    dialog = page.locator("#settings").bounding_box()
    assert dialog is not None
    assert dialog["x"] >= 0
    assert dialog["x"] + dialog["width"] <= width
    assert page.evaluate(
        "[...document.querySelectorAll('#settings *')].every((e) => e.scrollWidth <= innerWidth)"
    )
