"""The page beside a call: the tab's title, media keys, and leaving with notes; in Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from answers import Told, change_answers, person
from chromium import Server, drop, start
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect
from served import served
from stand_in import StandInReader

from mien.live.settings import Settings

LEFT = (40, 150, 160, 290)
RIGHT = (500, 180, 580, 280)

REMEMBER_KEYS = """
    globalThis.keys = {};
    const original = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
    navigator.mediaSession.setActionHandler = (action, handler) => {
        keys[action] = handler;
        original(action, handler);
    };
"""
"""Script that calls what the browser calls for media keys, which no test can press."""


@pytest.fixture
def people() -> list[Told]:
    """People in the picture, which a test changes while the page is open."""
    return [person(1, LEFT), person(2, RIGHT, "sad")]


@pytest.fixture
def server() -> Iterator[Any]:
    """Server that answers at once, with the faces of `people`."""
    with served(Settings(), StandInReader) as address:
        yield SimpleNamespace(address=address)


@pytest.fixture
def page(
    one_face_browser: Browser, server: Any, open_page: Callable[..., Page], people: list[Told]
) -> Page:
    def prepare(context: BrowserContext) -> None:
        change_answers(context, lambda readings: people)

    return open_page(one_face_browser, server, before=REMEMBER_KEYS, prepare=prepare)


def test_the_tab_s_title_tells_the_state_and_never_an_answer(
    page: Page, people: list[Told]
) -> None:
    expect(page).to_have_title("mien")
    start(page, faces=2)
    expect(page).to_have_title("2 faces · mien")
    people.pop()
    expect(page).to_have_title("1 face · mien")
    people.clear()
    expect(page).to_have_title("No face · mien")
    page.get_by_role("button", name="Pause").click()
    expect(page).to_have_title("Paused · mien")
    people.append(person(3, LEFT))
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title("1 face · mien")
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Language").select_option("de")
    expect(page).to_have_title("1 Gesicht · mien")
    page.get_by_role("button", name="Schließen").click()
    page.get_by_role("button", name="Stopp").click()
    expect(page).to_have_title("mien")


def test_the_tab_s_title_tells_what_went_wrong(
    one_face_browser: Browser, own_server: Server, open_page: Callable[..., Page]
) -> None:
    broken = """
        navigator.mediaDevices.getUserMedia = ((ask) => (wanted) => globalThis.isBroken
            ? Promise.reject(new DOMException("refused by the test", "NotReadableError"))
            : ask(wanted))(navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices));
        globalThis.isBroken = true;
    """
    page = open_page(one_face_browser, own_server, before=broken)
    page.get_by_role("button", name="Start").click()
    expect(page).to_have_title("Stopped · mien")
    page.evaluate("void (globalThis.isBroken = false)")
    start(page)
    own_server.stop()
    expect(page).to_have_title("Not answering · mien")
    own_server.start()
    expect(page).to_have_title("1 face · mien")


def test_media_keys_pause_the_reading_and_go_on(page: Page) -> None:
    now = "navigator.mediaSession.playbackState"
    assert page.evaluate(now) == "none"
    page.evaluate("keys.play()")  # nothing is read, nothing begins by itself
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    start(page, faces=2)
    assert page.evaluate(now) == "playing"
    page.evaluate("keys.play()")  # it continues
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.evaluate("keys.pause()")
    expect(page.get_by_role("status").first).to_contain_text("Paused. Nothing is being read.")
    expect(page.locator("[data-face]")).to_have_count(0)
    assert page.evaluate(now) == "paused"
    page.evaluate("keys.pause()")
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    page.evaluate("keys.play()")
    expect(page.locator("[data-face]")).to_have_count(2)
    assert page.evaluate(now) == "playing"
    page.get_by_role("button", name="Stop").click()
    assert page.evaluate(now) == "none"


def test_the_small_window_pauses_and_goes_on_too(page: Page) -> None:
    start(page, faces=2)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Small window").click()
    panel = opened.value
    expect(panel.locator(".line")).to_have_count(2)
    panel.locator("main").hover()
    panel.get_by_role("button", name="Pause").click()
    expect(page).to_have_title("Paused · mien")
    expect(panel.get_by_text("Reads nothing now")).to_be_visible()
    page.evaluate("keys.play()")
    expect(panel.locator(".line")).to_have_count(2)
    # The button says what it does, however reading was resumed.
    expect(panel.get_by_role("button", name="Pause")).to_have_count(1)


def test_the_small_window_s_buttons_work_each_time_it_opens(page: Page) -> None:
    start(page, faces=2)
    for _ in range(2):
        with page.context.expect_page() as opened:
            page.get_by_role("button", name="Small window").click()
        panel = opened.value
        panel.get_by_role("button", name="Pause").click()
        expect(page).to_have_title("Paused · mien")
        panel.get_by_role("button", name="Continue").click()
        expect(page).to_have_title("2 faces · mien")
        panel.close()


def test_the_small_window_has_no_dead_button_and_follows_the_language(page: Page) -> None:
    start(page, faces=2)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Small window").click()
    panel = opened.value
    page.get_by_role("button", name="Stop").click()
    expect(panel.get_by_text("Reads nothing now")).to_be_visible()
    expect(panel.get_by_role("button", name="Pause")).to_be_disabled()
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Language").select_option("de")
    expect(panel.locator("html")).to_have_attribute("lang", "de")
    expect(panel.locator("h2")).to_have_text("Gesichter")
    page.get_by_role("button", name="Schließen").click()
    page.get_by_role("button", name="Start").click()
    panel.get_by_role("button", name="Pause").click()
    expect(page).to_have_title("Pause · mien")


def test_reading_goes_on_when_the_video_tells_its_pictures_no_longer(
    page: Page, people: list[Told]
) -> None:
    start(page, faces=2)
    page.evaluate("HTMLVideoElement.prototype.requestVideoFrameCallback = () => 0")
    people.pop()
    expect(page).to_have_title("1 face · mien")
    page.get_by_role("button", name="Pause").click()
    people.pop()
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title("No face · mien")


def test_reading_goes_on_after_a_picture_that_the_browser_could_not_encode(
    page: Page, people: list[Told]
) -> None:
    start(page, faces=2)
    page.evaluate(
        """() => {
            const whole = Blob.prototype.arrayBuffer;
            Blob.prototype.arrayBuffer = () => {
                Blob.prototype.arrayBuffer = whole;
                globalThis.hasFailed = true;
                return Promise.reject(new DOMException("by the test", "NotReadableError"));
            };
        }"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("hasFailed")
    people.pop()
    expect(page).to_have_title("1 face · mien")


def test_a_picture_is_read_once_and_a_camera_that_gives_no_other_is_told(
    one_face_browser: Browser, server: Any, open_page: Callable[..., Page]
) -> None:
    hanging = """
        globalThis.read = 0;
        document.addEventListener("mien:readings", () => { read += 1; });
        navigator.mediaDevices.getUserMedia = async () => {
            const canvas = document.createElement("canvas");
            const context = canvas.getContext("2d");
            setInterval(() => { if (!globalThis.hangs) context.fillRect(0, 0, 9, 9); }, 50);
            const stream = canvas.captureStream();
            // Browsers mute the track of a camera that hangs, but not that of a canvas.
            Object.defineProperty(stream.getVideoTracks()[0], "muted", {
                get: () => Boolean(globalThis.hangs) });
            return stream;
        };
    """
    page = open_page(one_face_browser, server, before=hanging)
    start(page)
    status = page.locator("#status")
    expect(status).to_be_empty()
    page.evaluate("void (globalThis.hangs = true)")
    expect(status).to_contain_text("Delayed")
    page.wait_for_timeout(1000)  # twice as long as the page waits for the video's word
    read = page.evaluate("globalThis.read")
    page.wait_for_timeout(1000)
    assert page.evaluate("globalThis.read") == read
    page.evaluate("void (globalThis.hangs = false)")
    expect(status).to_be_empty()


def test_a_film_stays_as_the_person_left_it_when_the_small_window_opens_and_closes(
    page: Page, film: Path
) -> None:
    page.evaluate("void (globalThis.video = document.getElementById('video'))")
    drop(page, ("film.webm", "video/webm", film.read_bytes()))
    expect(page.locator("[data-face]")).to_have_count(2)
    for is_ended in (False, True):
        if is_ended:
            page.evaluate("video.play().then(() => new Promise((on) => { video.onended = on; }))")
        else:
            page.evaluate("video.pause()")
        left = page.evaluate("video.currentTime")
        with page.context.expect_page() as opened:
            page.get_by_role("button", name="Small window").click()
        expect(page.locator(".floating")).to_have_count(1)
        page.wait_for_timeout(300)  # enough to move on
        opened.value.close()
        expect(page.locator(".floating")).to_have_count(0)
        page.wait_for_timeout(300)
        assert page.evaluate("[video.paused, video.currentTime]") == [True, left]

    # While it plays, it goes on where it was.
    page.evaluate("[video.playbackRate, video.currentTime] = [0.1, 0]; video.play()")
    for expected in (1, 0):
        before = page.evaluate("video.currentTime")
        if expected:
            page.get_by_role("button", name="Small window").click()
        else:
            page.evaluate("documentPictureInPicture.window.close()")
        expect(page.locator(".floating")).to_have_count(expected)
        page.wait_for_timeout(300)
        assert before < page.evaluate("video.currentTime")


def leave(page: Page) -> list[str]:
    """Close the page as a person does, and return what the browser asks."""
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.close(run_before_unload=True)
    return asked


@pytest.mark.parametrize("kind", ["note", "bookmark", "mark"])
def test_the_browser_asks_before_notes_are_lost(page: Page, kind: str) -> None:
    start(page, faces=2)
    expect(page.locator("#session")).to_be_visible()
    if kind == "note":
        page.get_by_role("textbox", name="A note").fill("she laughed")
        page.get_by_role("button", name="Add the note").click()
    elif kind == "bookmark":
        page.get_by_role("button", name="Bookmark").click()
    else:
        card = page.locator("[data-face='1']")
        card.get_by_role("button", name="What it means").click()
        card.get_by_role("button", name="Wrong?").click()
        card.get_by_role("button", name="neutral").click()
    with page.expect_event("dialog"):
        asked = leave(page)
    assert asked == ["beforeunload"]
    assert not page.is_closed()

    # Once a file holds them, nobody asks.
    page.get_by_role("button", name="Stop").click()
    page.locator("#saving summary").click()
    with page.expect_download():
        page.get_by_role("button", name="(JSON)").click()
    with page.expect_event("close"):
        leave(page)


def test_nobody_is_asked_where_there_are_no_notes(page: Page) -> None:
    start(page, faces=2)
    expect(page.locator("#session")).to_be_visible()
    with page.expect_event("close"):
        assert leave(page) == []
