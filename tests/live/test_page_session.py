"""Looking back: the timeline, notes, marks, the summary and what can be saved, in Chromium."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from chromium import ENOUGH_MS, Image, Server, start
from playwright.sync_api import Browser, Page, expect


@pytest.fixture
def page(one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]) -> Page:
    """A page that read a happy face for some seconds, with a note and a mark, and was stopped."""
    page = open_page(one_face_browser, live_server)
    start(page)
    expect(page.get_by_role("heading", name="Looking back")).to_be_visible(timeout=ENOUGH_MS)
    page.wait_for_timeout(1500)
    expect(page.locator("#session-body")).to_be_hidden()  # closed during a call
    page.keyboard.press("b")
    expect(page.locator("#bookmarked")).to_contain_text("Bookmarked ")
    page.get_by_role("textbox", name="A note").fill("<b>She</b> laughed, twice")
    page.get_by_role("button", name="Add the note").click()
    page.get_by_role("button", name="Wrong?").click()
    page.get_by_role("group", name="What would you say?").get_by_role("button", name="sad").click()
    expect(page.get_by_role("button", name="Noted: sad")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    return page


def test_the_session_stays_after_stop_and_is_summed_up(page: Page) -> None:
    expect(page.locator("#session-summary")).to_contain_text("Person 1, from ")
    session, stage = page.locator("#session").bounding_box(), page.locator(".stage").bounding_box()
    assert session is not None
    assert stage is None or session["y"] < stage["y"]  # the main thing
    expect(page.locator(".events .bookmark")).to_contain_text("<b>She</b> laughed, twice")
    expect(page.locator("#session-summary")).to_contain_text("happy")
    marks = "You marked 1 reading as wrong: 1 happy that you would call sad."
    expect(page.locator("#session-summary")).to_contain_text(marks)
    mark = page.locator(".events .wrong")
    expect(mark).to_contain_text("happy, marked as wrong; you would say sad")
    page.locator("#session summary").first.click()
    table = page.locator("#session-table tbody tr")
    expect(
        table.filter(has_text="<b>She</b> laughed, twice").first
    ).to_be_visible()  # filled once opened
    expect(table.filter(has_text="marked as wrong; you would say sad")).to_have_count(1)
    expect(table.filter(has_text="10 happy").first).to_be_visible()


def test_the_timeline_is_read_by_mouse_and_by_keys(page: Page) -> None:
    timeline = page.get_by_role("slider", name="What the faces looked like")
    moment = page.locator(".moment")
    expect(moment).to_be_empty()
    timeline.scroll_into_view_if_needed()
    box = timeline.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 15)  # the name, left of all blocks
    expect(moment).to_be_empty()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 15)
    expect(moment).to_contain_text("Person 1 looks happy")
    by_mouse = moment.inner_text()
    timeline.focus()
    page.keyboard.press("Home")
    expect(moment).to_contain_text("Person 1 looks happy")
    assert timeline.get_attribute("aria-valuetext") == moment.inner_text()
    page.keyboard.press("End")
    assert moment.inner_text().split(" · ")[1] == by_mouse.split(" · ")[1]


def test_what_is_saved_is_whole(
    page: Page, one_face_browser: Browser, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    saved: dict[str, Path] = {}
    page.locator("#saving summary").click()
    for kind in ("HTML", "CSV", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"({kind})").click()
        name = download.value.suggested_filename
        assert name.startswith("mien-20")
        assert name.endswith("." + kind.lower())
        saved[kind] = tmp_path / name
        download.value.save_as(saved[kind])

    with saved["CSV"].open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["answer"] == "happy"
    assert float(rows[0]["happy"]) > 0.5
    assert {row["remark"] for row in rows} >= {"wrong", "<b>She</b> laughed, twice"}
    (wrong,) = (row for row in rows if row["remark"] == "wrong")
    assert (wrong["answer"], wrong["right"]) == ("happy", "sad")

    data = json.loads(saved["JSON"].read_text(encoding="utf-8"))
    (source,) = data["sources"]
    assert source["kind"] == "camera"
    stretch = source["faces"][0]["stretches"][0]
    assert stretch["answer"] == "happy"
    assert sum(stretch["votes"].values()) == pytest.approx(1, abs=0.01)
    assert [remark["kind"] for remark in source["remarks"]] == ["bookmark", "wrong"]
    assert source["marked_wrong"] == [{"shown": "happy", "right": "sad", "count": 1}]

    text = saved["HTML"].read_text(encoding="utf-8")
    for needed in ("<script", "http://1", "https://", "src="):
        assert needed not in text
    assert "default-src 'none'" in text
    context = one_face_browser.new_context(offline=True)
    report = context.new_page()
    complaints: list[str] = []
    report.on("console", lambda message: complaints.append(message.text))
    report.goto(saved["HTML"].as_uri())
    expect(report.get_by_role("heading", level=1)).to_contain_text("what faces looked like")
    expect(report.get_by_role("img")).to_be_visible()
    expect(report.locator(".events")).to_contain_text("<b>She</b> laughed, twice")
    expect(report.locator(".marks")).to_contain_text("1 happy that you would call sad")
    report.locator("summary").click()
    expect(report.get_by_role("table")).to_contain_text("<b>She</b> laughed, twice")
    assert (
        report.locator("section").first.evaluate("e => getComputedStyle(e).borderRadius") == "16px"
    )
    assert complaints == []  # nothing that its own policy refuses
    report.emulate_media(media="print")
    assert report.pdf().count(b"/Type /Page\n") == 1
    assert report.locator("svg path[fill='#E69F00']").count() >= 1
    context.close()


def test_it_is_forgotten_after_a_second_press_alone(page: Page) -> None:
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#session")).to_be_visible()
    page.get_by_role("button", name="Press again to delete it all").click()
    expect(page.locator("#session")).to_be_hidden()
    assert page.locator(".timeline").count() == 0
    expect(page.locator("#toggle")).to_be_focused()  # not lost with its button


def test_nothing_is_stored_unless_the_person_saves(page: Page) -> None:
    kept = page.evaluate(
        """async () => [
            localStorage.length, sessionStorage.length, document.cookie,
            (await indexedDB.databases()).length, (await caches.keys()).length,
        ]"""
    )
    assert kept == [0, 0, "", 0, 0]
    page.reload()
    expect(page.locator("#session")).to_be_hidden()


def test_without_a_timeline_nothing_is_kept(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(
        one_face_browser,
        live_server,
        before="localStorage.setItem('mien.settings', '{\"record\": false}')",
    )
    start(page)
    page.wait_for_timeout(2000)
    expect(page.locator("#session")).to_be_hidden()


def test_two_faces_have_a_lane_each_and_the_arrows_go_between(
    launch: Callable[..., Browser],
    camera_flags: Callable[..., list[str]],
    live_server: Server,
    open_page: Callable[..., Page],
    three_faces: Image,
) -> None:
    page = open_page(launch(*camera_flags([three_faces])), live_server)
    start(page, faces=3)
    page.locator("#open-session").click()
    expect(page.locator("#session-summary li")).to_have_count(3)  # whoever was seen for a second
    page.get_by_role("button", name="Stop").click()
    page.locator(".timeline").focus()
    seen: list[str] = []
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
        seen.append(page.locator(".moment").inner_text().split(" · ")[1][:8])
    lanes = page.locator(".timeline g[font-weight='600'] text").all_text_contents()
    assert lanes == ["Person 1", "Person 2", "Person 3"]
    start_at = lanes.index(seen[0])
    expected = [min(start_at + step, 2) for step in range(4)]
    assert seen[:4] == [lanes[index] for index in expected]


def test_pictures_are_kept_where_the_person_wants_them(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(
        one_face_browser,
        live_server,
        before="localStorage.setItem('mien.settings', '{\"pictures\": true}')",
    )
    start(page)
    expect(page.locator("#session")).to_be_visible(timeout=ENOUGH_MS)
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#session-summary canvas")).to_have_count(1)
    expect(page.locator("#session-summary canvas")).to_be_visible()
    page.locator("#saving summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="(HTML)").click()
    download.value.save_as(tmp_path / "report.html")
    assert 'src="data:image/jpeg;base64,' in (tmp_path / "report.html").read_text(encoding="utf-8")
