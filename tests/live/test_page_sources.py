"""Sources of the page other than a camera: shared windows and files, in Chromium."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from chromium import ENOUGH_MS, Image, Server, drop, jpeg
from pixels import HAPPY, coloured_area, overlay_pixels, screenshot
from playwright.sync_api import Browser, Page, expect


@pytest.fixture
def photo(one_face: Image, tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(one_face))
    return path


@pytest.fixture
def page(plain_browser: Browser, live_server: Server, open_page: Callable[..., Page]) -> Page:
    """The page in a browser without a camera."""
    return open_page(plain_browser, live_server)


def choose(page: Page, source: str) -> None:
    page.get_by_label("What mien looks at").select_option(source)


def expect_one_happy_face(page: Page) -> None:
    # Its number is 1 on a fresh page, and another after other sources: none is given twice.
    expect(page.locator("[data-face] .verdict-words")).to_contain_text("happy", timeout=ENOUGH_MS)
    expect(page.locator("[data-face]")).to_have_count(1)
    # The box is drawn, and seen on the screen: a video's own controls may lie above all else.
    page.evaluate(
        """() => new Promise((resolve) => {
            const video = document.getElementById("video");
            if (video.ended || !video.controls) resolve();
            else video.addEventListener("ended", resolve);
        })"""
    )
    page.wait_for_timeout(500)  # the last frame's answer
    x1, y1, _, _ = coloured_area(overlay_pixels(page), HAPPY)
    stage = page.locator("#video").bounding_box()
    assert stage is not None
    x, y = int(stage["x"]) + x1, int(stage["y"]) + y1
    coloured_area(screenshot(page)[y : y + 60, max(0, x - 20) : x + 20], HAPPY)


def test_the_boxes_of_a_film_that_has_ended_stay_when_the_window_changes(
    page: Page, film: Path
) -> None:
    drop(page, ("film.webm", "video/webm", film.read_bytes()))
    expect_one_happy_face(page)
    before = coloured_area(overlay_pixels(page), HAPPY)
    page.set_viewport_size({"width": 1000, "height": 700})
    page.wait_for_timeout(300)
    after = coloured_area(overlay_pixels(page), HAPPY)
    assert after[2] - after[0] < before[2] - before[0]


@pytest.mark.parametrize("kind", ["film", "photo"])
def test_a_chosen_file_is_read(page: Page, request: pytest.FixtureRequest, kind: str) -> None:
    choose(page, "file")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Start").click()
    chooser.value.set_files(request.getfixturevalue(kind))
    expect_one_happy_face(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-face]")).to_have_count(0)


def test_a_choice_that_is_called_off_changes_nothing(page: Page) -> None:
    choose(page, "file")
    with page.expect_file_chooser():
        page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    expect(page.get_by_role("status")).to_be_empty()


def test_dropped_files_follow_each_other_without_a_reload(
    page: Page, film: Path, photo: Path
) -> None:
    drop(page, ("film.webm", "video/webm", film.read_bytes()))
    expect_one_happy_face(page)
    assert page.evaluate("document.getElementById('video').controls")
    drop(page, ("photo.jpg", "image/jpeg", photo.read_bytes()))
    expect_one_happy_face(page)
    assert not page.evaluate("document.getElementById('video').controls")


@pytest.mark.parametrize(
    ("name", "kind"), [("broken.mp4", "video/mp4"), ("broken.png", "image/png"), ("text.txt", "")]
)
def test_a_file_that_cannot_be_shown_is_explained(
    page: Page, photo: Path, name: str, kind: str
) -> None:
    drop(page, (name, kind, b"no film, no picture"))
    expect(page.get_by_role("status")).to_contain_text("cannot show this file")
    drop(page, ("photo.jpg", "image/jpeg", photo.read_bytes()))
    expect_one_happy_face(page)
    expect(page.get_by_role("status")).to_be_empty()


def test_a_source_chosen_while_paused_is_read_and_the_picker_tells_what_is_open(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page], photo: Path
) -> None:
    page = open_page(one_face_browser, live_server)
    sources = page.get_by_label("What mien looks at")
    drop(page, ("photo.jpg", "image/jpeg", photo.read_bytes()))
    expect_one_happy_face(page)
    page.get_by_role("button", name="Pause").click()
    sources.select_option(index=0)
    expect(page.locator("[data-face]")).to_have_count(1)
    expect(page).to_have_title("1 face · mien")
    read = page.evaluate("video.srcObject.getVideoTracks()[0].label")
    expect(sources.locator("option:checked")).to_have_text(read)

    drop(page, ("photo.jpg", "image/jpeg", photo.read_bytes()))
    expect(sources.locator("option:checked")).to_have_text("File: photo.jpg")
    drop(page, ("broken.png", "image/png", b"no picture"))
    expect(page.get_by_role("status")).to_contain_text("cannot show this file")
    expect(sources.locator("option:checked")).to_have_text("A video or picture …")


def test_a_source_is_read_until_another_has_been_chosen(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page], photo: Path
) -> None:
    page = open_page(one_face_browser, live_server)
    sources = page.get_by_label("What mien looks at")
    page.get_by_role("button", name="Start").click()
    expect(page).to_have_title("1 face · mien")
    camera = sources.input_value()
    page.evaluate("window.track = video.srcObject.getVideoTracks()[0]")
    # Called off: the dialog of mien, then the browser's.
    choose(page, "window")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(sources).to_have_value(camera)
    refuse = "() => Promise.reject(new DOMException('cancelled', 'NotAllowedError'))"
    page.evaluate(f"() => {{ navigator.mediaDevices.getDisplayMedia = {refuse}; }}")
    choose(page, "window")
    page.get_by_role("dialog").get_by_role("button", name="Choose a window").click()
    expect(sources).to_have_value(camera)
    expect(page).to_have_title("1 face · mien")
    assert page.evaluate("track.readyState") == "live"
    # A file takes its place once it is chosen.
    with page.expect_file_chooser() as chooser:
        choose(page, "file")
    expect(page).to_have_title("1 face · mien")
    chooser.value.set_files(photo)
    expect(sources.locator("option:checked")).to_have_text("File: photo.jpg")
    expect_one_happy_face(page)
    assert page.evaluate("track.readyState") == "ended"
    # Stop means all of it.
    with page.expect_file_chooser() as chooser:
        choose(page, "another-file")
    page.get_by_role("button", name="Stop").click()
    chooser.value.set_files(photo)
    page.wait_for_timeout(500)
    expect(page).to_have_title("mien")


def test_a_film_that_breaks_in_the_middle_is_explained(page: Page, film: Path) -> None:
    whole = film.read_bytes()
    blocks = list(
        re.finditer(rb"\xa3(?:[\x40-\x7f].|[\x20-\x3f]..|[\x10-\x1f]...)\x81...", whole, re.S)
    )
    assert len(blocks) >= 20  # of one picture each
    damaged = bytearray(whole)
    for block in blocks[10:]:
        damaged[block.end() : block.end() + 3] = bytes(3)
    drop(page, ("film.webm", "video/webm", bytes(damaged)))
    expect(page.get_by_role("status")).to_contain_text("cannot show this file")
    expect(page.locator("[data-face]")).to_have_count(0)
    expect(page).to_have_title("Stopped · mien")
    drop(page, ("film.webm", "video/webm", whole))
    expect_one_happy_face(page)


def test_a_shared_tab_is_read_after_a_word_on_telling_the_others(
    launch: Callable[..., Browser], live_server: Server, one_face: Image
) -> None:
    # Not with the fake camera's flag: that would show a synthetic picture instead of the tab.
    browser = launch("--auto-select-tab-capture-source-by-title=A call")
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        permissions=["clipboard-read", "clipboard-write"],
    )
    call = context.new_page()
    picture = base64.b64encode(jpeg(one_face)).decode()
    call.set_content(
        "<title>A call</title><body style='margin:0;background:#224'>"
        f"<img style='margin:100px' src='data:image/jpeg;base64,{picture}'>"
        "<p id=tick></p><script>setInterval(() => tick.textContent = Date.now(), 50)</script>"
    )
    page = context.new_page()
    page.set_default_timeout(ENOUGH_MS)
    page.goto(live_server.address)
    choose(page, "window")
    start = page.get_by_role("button", name="Start")
    start.click()
    dialog = page.get_by_role("dialog", name="Before you share a window")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert "No picture leaves my computer" in page.evaluate("navigator.clipboard.readText()")
    dialog.get_by_role("button", name="Cancel").click()
    expect(start).to_be_visible()

    start.click()
    dialog.get_by_role("button", name="Choose a window").click()
    expect_one_happy_face(page)
    size = page.evaluate("[video.videoWidth, video.videoHeight]")
    seen = page.evaluate(
        """() => {
            const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
            const context = canvas.getContext("2d");
            context.drawImage(video, 0, 0);
            return [...context.getImageData(20, 20, 1, 1).data];
        }"""
    )
    assert size[0] > size[1] > 400
    assert seen[:3] == pytest.approx([0x22, 0x22, 0x44], abs=8)  # the call's own ground

    page.get_by_role("button", name="Stop").click()
    start.click()  # asked once, not again
    expect_one_happy_face(page)
