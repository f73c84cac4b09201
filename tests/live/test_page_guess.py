"""Guess first, in Chromium: nothing shows the answer until the person has answered."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from axe import barriers
from chromium import ENOUGH_MS, Image, Server, drop, jpeg, start
from playwright.sync_api import Browser, Page, expect

KEPT = "localStorage.getItem('mien.guesses')"


def guess_first(page: Page) -> None:
    page.get_by_role("button", name="Guess first").click()


def expect_question(page: Page) -> None:
    expect(page.get_by_role("button", name="Cannot tell")).to_be_visible(timeout=ENOUGH_MS)
    expect(page.locator(".guess-choice")).to_have_count(8)


@pytest.fixture
def asked(one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]) -> Page:
    """A page that asks about a happy face, with a screen reader's announcements on."""
    kept = """localStorage.setItem("mien.settings", '{"announce": true}')"""
    page = open_page(one_face_browser, live_server, before=kept)
    start(page)
    guess_first(page)
    expect_question(page)
    return page


def test_nothing_tells_the_answer_before_the_person_has(asked: Page) -> None:
    asked.wait_for_timeout(1500)
    assert asked.locator("[data-face]").count() == 0
    for place in ("#cards", "#session", "#overlay", "#float"):
        expect(asked.locator(place)).to_be_hidden()
    assert asked.locator("#announcer").text_content() == ""
    told = asked.locator("#guess [role=status]").text_content() or ""
    assert "happy" not in told
    assert "happy" not in asked.title()
    # The word stands on its button, and nowhere else that is shown.
    text = asked.locator("body").inner_text()
    assert text.count("happy") == 1
    expect(asked.locator(".guess-mark")).to_be_visible()


def test_after_the_guess_ten_people_what_moves_and_the_usual_face_are_told(asked: Page) -> None:
    asked.keyboard.press("5")
    result = asked.locator(".guess-result")
    expect(result.locator(".guess-verdict")).to_contain_text("You said sad.")
    expect(result.locator(".guess-verdict")).to_contain_text("would say happy.")
    assert result.locator(".person").count() == 10
    expect(result).to_contain_text("corners of the mouth up")
    expect(result).to_contain_text("Compared with usual")
    expect(result).to_contain_text("Of 10 faces that mien calls happy, people agree on ")
    expect(asked.locator("#guess [role=status]")).to_contain_text("would say happy")
    asked.keyboard.press("4")  # the first counts
    expect(result.locator(".guess-verdict")).to_contain_text("You said sad.")
    expect(asked.get_by_role("button", name="Next face")).to_be_focused()
    asked.keyboard.press("Enter")  # the face looks as before, so it is asked about on demand
    asked.get_by_role("button", name="Ask again now").click()
    asked.get_by_role("button", name="happy").click()
    expect(result.locator(".guess-verdict")).to_contain_text("You said happy. So would")
    guess_first(asked)
    expect(asked.locator("[data-face]")).to_have_count(1)
    expect(asked.locator("#guess")).to_be_hidden()


def test_the_still_shows_the_face_that_is_marked_in_the_picture(asked: Page) -> None:
    still = asked.evaluate(
        """() => {
            const still = document.querySelector(".guess-still");
            const { data } = still.getContext("2d")
                .getImageData(0, 0, still.width, still.height);
            return [...data].filter((_, index) => index % 4 < 3);
        }"""
    )
    assert np.std(still) > 20  # a picture, not an empty canvas
    mark = asked.locator(".guess-mark").bounding_box()
    stage = asked.locator("#video").bounding_box()
    assert mark is not None
    assert stage is not None
    assert stage["x"] < mark["x"] < mark["x"] + mark["width"] < stage["x"] + stage["width"]


def test_several_faces_are_asked_about_one_by_one_while_it_is_paused(
    launch: Callable[..., Browser],
    camera_flags: Callable[[Sequence[Image]], list[str]],
    live_server: Server,
    open_page: Callable[..., Page],
    three_faces: Image,
) -> None:
    page = open_page(launch(*camera_flags([three_faces])), live_server)
    start(page, faces=3)
    guess_first(page)
    expect_question(page)
    page.get_by_role("button", name="Pause").click()
    expect_question(page)
    names = [page.locator(".guess-still").get_attribute("aria-label")]
    page.keyboard.press("0")
    expect(page.locator(".guess-verdict")).to_contain_text("You could not tell.")
    page.keyboard.press("Enter")
    expect_question(page)
    names.append(page.locator(".guess-still").get_attribute("aria-label"))
    assert len(set(names)) == 2
    page.get_by_role("button", name="Stop").click()  # everything off, the picture too
    expect(page.locator(".guess-still")).to_have_count(0)


def test_a_folder_of_pictures_is_asked_through_and_nothing_of_it_is_kept(
    one_face_browser: Browser,
    live_server: Server,
    open_page: Callable[..., Page],
    one_face: Image,
    tmp_path: Path,
) -> None:
    for name, content in {
        "one.jpg": jpeg(one_face),
        "two.jpg": jpeg(np.ascontiguousarray(one_face[:, ::-1])),
        "grey.jpg": jpeg(np.full((240, 320, 3), 128, np.uint8)),
        "broken.png": b"no picture",
        "notes.txt": b"happy",
    }.items():
        (tmp_path / name).write_bytes(content)
    page = open_page(one_face_browser, live_server)
    guess_first(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder").click()
    chooser.value.set_files(tmp_path)
    for button in ("happy", "Cannot tell"):
        expect_question(page)
        expect(page.locator(".guess-place")).to_contain_text("of 4")
        page.get_by_role("button", name=button).click()
        page.get_by_role("button", name="Next picture").click()
    expect(page.locator(".guess-waiting")).to_contain_text(
        "Those were all 4 pictures. 2 had no clear face", timeout=ENOUGH_MS
    )
    # The last picture is read no longer, and none of them is a session's.
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    expect(page.locator("#status")).to_be_empty()
    guess_first(page)
    expect(page.locator("#session")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage)") == []


def test_several_pictures_can_be_dropped_and_a_broken_one_is_left_out(
    plain_browser: Browser, live_server: Server, open_page: Callable[..., Page], one_face: Image
) -> None:
    page = open_page(plain_browser, live_server, before="Math.random = () => 0.999")  # in order
    guess_first(page)
    picture = jpeg(one_face)
    broken = ("broken.png", "image/png", b"no picture")
    drop(page, broken, ("one.jpg", "image/jpeg", picture), broken)
    expect_question(page)
    expect(page.locator(".guess-place")).to_have_text("Picture 2 of 3")
    page.keyboard.press("4")
    expect(page.locator(".guess-verdict")).to_contain_text("You said happy. So would")
    page.get_by_role("button", name="Next picture").click()
    waiting = page.locator(".guess-waiting")
    expect(waiting).to_have_text(
        "Those were all 3 pictures. 2 had no clear face and were left out."
    )
    expect(page.locator("#status")).to_be_empty()  # the broken one at the end is no fault to mend
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    drop(page, *[("notes.txt", "text/plain", b"happy")] * 2)
    expect(waiting).to_contain_text("There is no picture among these files.")
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Language").select_option("de")
    expect(waiting).to_contain_text("Unter diesen Dateien ist kein Bild.")
    page.get_by_label("Sprache").select_option("en")
    page.get_by_role("button", name="Close").click()
    # A single file is opened as at any other time, and asked about.
    drop(page, ("one.jpg", "image/jpeg", picture))
    expect_question(page)
    expect(page.locator(".guess-place")).to_be_empty()


def test_pictures_dropped_while_another_opens_are_asked_about(
    plain_browser: Browser, live_server: Server, open_page: Callable[..., Page], one_face: Image
) -> None:
    slow = """
        const make = createImageBitmap;
        globalThis.createImageBitmap = (...of) =>
            new Promise((go) => setTimeout(go, 1000)).then(() => make(...of));
    """
    page = open_page(plain_browser, live_server, before=slow)
    guess_first(page)
    picture = jpeg(one_face)
    drop(page, *[("one.jpg", "image/jpeg", picture)] * 2)
    drop(page, *[("one.jpg", "image/jpeg", picture)] * 3)
    expect_question(page)
    expect(page.locator(".guess-place")).to_have_text("Picture 1 of 3")


PAUSED = "document.getElementById('video').paused"


def test_a_film_stops_for_the_question_and_goes_on_after_it(
    plain_browser: Browser, live_server: Server, open_page: Callable[..., Page], film: Path
) -> None:
    page = open_page(plain_browser, live_server)
    page.evaluate("document.getElementById('video').loop = true")  # however busy the machine is
    guess_first(page)
    drop(page, ("film.webm", "video/webm", film.read_bytes()))
    expect_question(page)
    assert page.evaluate(PAUSED)
    page.keyboard.press("4")
    expect(page.locator(".guess-verdict")).to_contain_text("You said happy.")
    assert page.evaluate(PAUSED)  # the result is read in peace, too
    page.get_by_role("button", name="Next face").click()
    page.wait_for_function(f"() => !{PAUSED}")
    page.get_by_role("button", name="Ask again now").click()
    expect_question(page)
    assert page.evaluate(PAUSED)
    guess_first(page)  # off
    page.wait_for_function(f"() => !{PAUSED}")
    expect(page.locator("[data-face]")).to_have_count(1)

    # A film that was paused by hand continues by hand.
    page.evaluate("document.getElementById('video').pause()")
    guess_first(page)
    page.wait_for_timeout(300)
    assert page.evaluate(PAUSED)
    page.evaluate("document.getElementById('video').play()")
    expect_question(page)
    page.get_by_role("button", name="Stop").click()  # everything off, the question too
    expect(page.locator(".guess-still")).to_have_count(0)
    expect(page.locator(".guess-waiting")).to_contain_text("Press Start")


def test_the_score_is_kept_only_where_it_is_wanted_and_can_be_deleted(asked: Page) -> None:
    asked.keyboard.press("7")
    assert asked.evaluate(KEPT) is None
    asked.locator("summary", has_text="Your score").click()
    asked.get_by_role("checkbox", name="Keep score in this browser").check()
    asked.get_by_role("button", name="Next face").click()
    asked.get_by_role("button", name="Ask again now").click()
    asked.keyboard.press("7")
    row = asked.locator(".guess-score tbody tr")
    expect(row).to_have_text("happy0 of 1neutral")
    assert asked.evaluate(f"JSON.parse({KEPT}).score") == {"happy": {"neutral": 1}}
    asked.get_by_role("button", name="Delete the score").click()
    asked.get_by_role("button", name="Press again to delete it").click()
    expect(row).to_have_count(0)
    asked.get_by_role("checkbox", name="Keep score in this browser").uncheck()
    assert asked.evaluate(KEPT) is None


@pytest.mark.parametrize("width", [320, 1280, 3840])
def test_no_barriers_and_nothing_beyond_the_edge(asked: Page, axe: str, width: int) -> None:
    asked.set_viewport_size({"width": width, "height": 800})
    for summary in asked.locator("#guess summary").all():
        summary.click()
    beyond = "document.documentElement.scrollWidth > innerWidth"
    assert not asked.evaluate(beyond)
    assert barriers(asked, axe) == [], "at the question"
    asked.emulate_media(color_scheme="dark")
    asked.keyboard.press("4")
    assert not asked.evaluate(beyond)
    assert barriers(asked, axe) == [], "after it"
