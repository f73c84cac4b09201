"""The page in Chromium, with a fake camera that shows real faces, as a person sees it."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import pytest
from chromium import ENOUGH_MS, FAKE_CAMERA, Image, Server, start
from pixels import HAPPY, coloured_area, overlay_pixels, screenshot
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mien.faces.reader import Reader

Launch = Callable[..., Browser]
CameraFlags = Callable[[Sequence[Image]], list[str]]

PHONE = (360, 740)


def test_the_face_is_boxed_where_it_is_and_read_as_the_reader_reads_it(
    one_face_browser: Browser,
    live_server: Server,
    open_page: Callable[..., Page],
    one_face: Image,
) -> None:
    (expected,) = Reader().read(one_face)
    assert expected.top(1)[0][0] == "happy"
    page = open_page(one_face_browser, live_server)
    start(page)
    page.wait_for_timeout(300)
    stage = page.locator("#video").bounding_box()
    assert stage is not None
    scale = min(stage["width"] / 640, stage["height"] / 480)
    left = (stage["width"] - 640 * scale) / 2
    top = (stage["height"] - 480 * scale) / 2
    offsets = [left, top, left, top]
    box = [offset + value * scale for offset, value in zip(offsets, expected.box, strict=True)]
    # The line is 3 pixels wide, and the camera's JPEG moves the face by a pixel or two.
    assert coloured_area(overlay_pixels(page), HAPPY) == pytest.approx(box, abs=6)

    seen = screenshot(page)
    corner = [stage["x"], stage["y"], stage["x"], stage["y"]]
    x1, y1, x2, y2 = (int(start + value) for start, value in zip(corner, box, strict=True))
    middle = (y1 + y2) // 2
    for x in (x1, x2):  # the box's sides are seen on the screen ...
        coloured_area(seen[middle - 3 : middle + 3, x - 7 : x + 7], HAPPY)
    # ... around the face of the video, not around an empty stage.
    face = cv2.resize(seen[y1 + 8 : y2 - 8, x1 + 8 : x2 - 8], (24, 32))
    fx1, fy1, fx2, fy2 = (int(value) for value in expected.box)
    truth = cv2.resize(one_face[fy1 + 6 : fy2 - 6, fx1 + 6 : fx2 - 6], (24, 32))
    assert np.corrcoef(face.ravel(), truth.ravel())[0, 1] > 0.9

    card = page.locator("[data-face='1']")
    text = " ".join(card.inner_text().split())
    assert re.match(r"Person 1 (Nearly all|Most) would say happy \d+ of 10 ", text)
    name = card.get_by_role("textbox", name="Name of Person 1")
    expect(name).to_have_attribute("placeholder", "Person 1")
    share = round(100 * expected.top(1)[0][1])
    percent = int(card.locator(".share-percent").first.inner_text().rstrip("%"))
    assert percent == pytest.approx(share, abs=5)
    assert card.locator(".share").count() == 3
    figures = card.get_by_role("img")
    assert str(figures.get_attribute("aria-label")).split(",")[0].endswith(" happy")
    fills = figures.locator(".person").evaluate_all("all => all.map(g => getComputedStyle(g).fill)")
    assert len(fills) == 10
    happy = int(card.locator(".count").inner_text().split()[0])
    assert fills.count("rgb(230, 159, 0)") == happy

    rate = re.compile(r"^\d+ readings a second · \d+ ms$")
    expect(page.locator("#rate")).to_have_text(rate)
    expect(page.get_by_text("Pictures stay on this computer", exact=True)).to_be_visible()
    expect(page.get_by_text("not what the person feels")).to_be_visible()
    expect(page.get_by_text("Not at work or in education")).to_be_visible()
    expect(page.get_by_role("status")).to_be_empty()


def test_several_faces_have_boxes_and_cards_from_left_to_right(
    launch: Launch,
    camera_flags: CameraFlags,
    live_server: Server,
    open_page: Callable[..., Page],
    three_faces: Image,
) -> None:
    expected = sorted(Reader().read(three_faces), key=lambda reading: reading.box[0])
    assert len(expected) == 3
    page = open_page(launch(*camera_flags([three_faces])), live_server)
    start(page, faces=3)
    names = page.locator("[data-face] h3").all_text_contents()
    assert names == ["Person 1", "Person 2", "Person 3"]
    stage = page.locator("#video").bounding_box()
    assert stage is not None
    scale = min(stage["width"] / 640, stage["height"] / 480)
    left, top = (stage["width"] - 640 * scale) / 2, (stage["height"] - 480 * scale) / 2
    pixels = overlay_pixels(page)
    for reading in expected:
        x1, y1, x2, y2 = (value * scale for value in reading.box)
        middle = int(top + (y1 + y2) / 2)
        for x in (int(left + x1), int(left + x2)):
            assert (pixels[middle, x - 6 : x + 7, 3] > 200).any(), f"no line near {x}, {middle}"


def test_words_change_at_most_five_times_a_second_while_boxes_move_with_every_reading(
    launch: Launch,
    camera_flags: CameraFlags,
    live_server: Server,
    open_page: Callable[..., Page],
    one_face: Image,
) -> None:
    dim = (one_face * 0.6).astype(np.uint8)
    moved = np.roll(one_face, 12, axis=1)
    page = open_page(launch(*camera_flags([one_face, moved, dim])), live_server)
    start(page)
    boxes, changes, others = page.evaluate(
        """() => new Promise((resolve) => {
            const boxes = new Set();
            const changes = [];
            let others = 0;
            const observer = new MutationObserver(() => { others += 1; });
            observer.observe(document.getElementById("cards"),
                { subtree: true, childList: true, characterData: true, attributes: true });
            // Comes after the page has shown the reading, in the same task.
            document.addEventListener("mien:readings", ({ detail }) => {
                boxes.add(detail.answer.readings[0]?.box[0]);
                if (observer.takeRecords().length > 0) changes.push(detail.shown);
                if (boxes.size > 1 && changes.length > 5) resolve([boxes.size, changes, others]);
            });
        })"""
    )
    assert boxes >= 2
    assert np.diff(changes).min() >= 200  # by the clock that the page itself goes by
    assert others == 0


def test_stop_wipes_everything_and_start_begins_again(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, live_server, before=REMEMBER_STREAM)
    start(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("[data-face]")).to_have_count(0)
    page.wait_for_timeout(300)  # answers to frames on their way must not bring anything back
    assert not overlay_pixels(page).any()
    expect(page.locator("[data-face]")).to_have_count(0)
    expect(page.locator("#rate")).to_have_text("Nothing is being read")
    states = "stream.getTracks().map((track) => track.readyState)"
    assert page.evaluate(states) == ["ended"]
    start(page)
    times = page.evaluate(
        """() => new Promise((resolve) => {
            const times = [];
            document.addEventListener("mien:readings", ({ detail }) => {
                if (times.push(detail.answer.capture_time) > 9) resolve(times);
            });
        })"""
    )
    assert len(set(times)) == len(times)  # each picture is sent once, after a second start too


def test_the_keyboard_alone_is_enough(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, live_server)
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "toggle":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("[data-face]")).to_have_count(1, timeout=ENOUGH_MS)


def test_no_request_leaves_this_computer(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    addresses: list[str] = []

    def record(context: BrowserContext) -> None:
        context.on("request", lambda request: addresses.append(request.url))
        context.on(
            "page",
            lambda page: page.on("websocket", lambda socket: addresses.append(socket.url)),
        )

    page = open_page(one_face_browser, live_server, prepare=record)
    start(page)
    page.wait_for_timeout(300)
    host = f"127.0.0.1:{live_server.port}/"
    assert {address.partition("://")[2].partition("/")[0] + "/" for address in addresses} == {host}
    assert f"ws://{host}live" in addresses
    blocked = page.evaluate(
        "fetch('http://127.0.0.1:1/').then(() => 'sent', (error) => error.message)"
    )
    assert blocked == "Failed to fetch"


@pytest.mark.parametrize("running", [False, True], ids=["before", "running"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_on_a_phone(
    one_face_browser: Browser,
    live_server: Server,
    open_page: Callable[..., Page],
    running: bool,
    scheme: Any,
) -> None:
    page = open_page(one_face_browser, live_server, size=PHONE)
    page.emulate_media(color_scheme=scheme)
    if running:
        start(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    for part in page.locator("button, select, p, h1, h2, h3, .card").all():
        box = part.bounding_box()
        if box and part.is_visible():
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE[0]


def failing_camera(name: str) -> str:
    return (
        "navigator.mediaDevices.getUserMedia = () => "
        f"Promise.reject(new DOMException('refused by the test', '{name}'));"
    )


REMEMBER_STREAM = """
    const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) =>
        (globalThis.stream = await original(constraints));
"""


@pytest.mark.parametrize(
    ("flags", "words"),
    [((FAKE_CAMERA,), "does not let mien use the camera"), ((), "There is no camera")],
    ids=["denied", "missing"],
)
def test_a_camera_that_cannot_be_had_is_explained(
    launch: Launch,
    live_server: Server,
    open_page: Callable[..., Page],
    flags: tuple[str, ...],
    words: str,
) -> None:
    page = open_page(launch(*flags), live_server)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("status")).to_contain_text(words, timeout=ENOUGH_MS)
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert page.get_by_role("status").get_attribute("data-kind") == "problem"


def test_a_camera_that_is_taken_is_explained_and_can_be_tried_again(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    taken = f"{REMEMBER_STREAM} globalThis.free = navigator.mediaDevices.getUserMedia;"
    page = open_page(
        one_face_browser, live_server, before=taken + failing_camera("NotReadableError")
    )
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("status")).to_contain_text("Another program is using the camera")
    page.evaluate("void (navigator.mediaDevices.getUserMedia = globalThis.free)")
    start(page)
    expect(page.get_by_role("status")).to_be_empty()


def test_a_camera_that_is_unplugged_is_explained(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, live_server, before=REMEMBER_STREAM)
    start(page)
    page.evaluate("stream.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
    expect(page.get_by_role("status")).to_contain_text("The camera is gone")
    expect(page.locator("[data-face]")).to_have_count(0)
    start(page)


def test_the_server_may_go_away_and_come_back(
    one_face_browser: Browser, own_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, own_server)
    start(page)
    own_server.stop()
    expect(page.get_by_role("status")).to_contain_text("stopped answering", timeout=ENOUGH_MS)
    expect(page.locator("[data-face]")).to_have_count(0)
    expect(page.get_by_text("No face in the picture")).to_be_hidden()  # nobody looked
    assert not overlay_pixels(page).any()
    own_server.start()
    expect(page.get_by_role("status")).to_have_text("mien is back.", timeout=ENOUGH_MS)
    expect(page.locator("[data-face]")).to_have_count(1, timeout=ENOUGH_MS)
    expect(page.get_by_role("status")).to_be_empty(timeout=ENOUGH_MS)


def test_a_server_that_stalls_is_told_and_the_newest_frame_comes_next(
    one_face_browser: Browser, own_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, own_server)
    start(page)
    began = page.evaluate("performance.now()")
    own_server.stall()
    status = page.get_by_role("status")
    expect(status).to_contain_text("Delayed", timeout=ENOUGH_MS)
    page.wait_for_timeout(1000)
    page.evaluate(
        """() => {
            globalThis.ages = [];
            document.addEventListener("mien:readings", ({ detail }) =>
                ages.push(detail.shown - detail.answer.capture_time));
        }"""
    )
    stalled = page.evaluate("performance.now()") - began
    own_server.go_on()
    expect(status).to_be_empty(timeout=ENOUGH_MS)
    page.wait_for_function("() => ages.length >= 5")
    # What was on its way when the server stalled is old; at most its two credits' worth.
    assert max(page.evaluate("ages.slice(2)")) < stalled


def test_an_empty_picture_says_so(
    launch: Launch,
    camera_flags: CameraFlags,
    live_server: Server,
    open_page: Callable[..., Page],
) -> None:
    grey = np.full((480, 640, 3), 120, np.uint8)
    page = open_page(launch(*camera_flags([grey])), live_server)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("No face in the picture")).to_be_visible(timeout=ENOUGH_MS)
    expect(page.locator("#rate")).to_contain_text("readings a second", timeout=ENOUGH_MS)
    expect(page.locator("[data-face]")).to_have_count(0)


def test_a_face_too_small_is_unclear(
    launch: Launch,
    camera_flags: CameraFlags,
    live_server: Server,
    open_page: Callable[..., Page],
    astronaut: Image,
) -> None:
    picture = np.full((480, 640, 3), 110, np.uint8)
    picture[200:242, 300:342] = cv2.resize(astronaut[0:230, 110:340], (42, 42))
    (reading,) = Reader().read(picture)
    assert reading.reason == "too small"
    page = open_page(launch(*camera_flags([picture])), live_server)
    start(page)
    card = page.locator("[data-face='1']")
    expect(card.locator(".verdict-words")).to_have_text("Unclear: too small")
    expect(card.get_by_role("img")).to_have_attribute("aria-label", "too small")
    expect(card.locator(".shares")).to_be_hidden()
    dashes = card.locator(".person").first.evaluate("g => getComputedStyle(g).strokeDasharray")
    assert dashes != "none"
