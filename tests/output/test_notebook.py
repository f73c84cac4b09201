from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

import mien
from mien.answers import Reason
from mien.output.notebook import picture_html, reading_html
from mien.readings import PictureResult

VOTES = np.array([0, 0, 0, 0.81, 0, 0, 0.12, 0.07])


def test_ten_people_and_the_sentence() -> None:
    page = ElementTree.fromstring(reading_html(VOTES, None))
    titles = [element.text for element in page.iter("{http://www.w3.org/2000/svg}title")]
    assert titles == ["happy"] * 8 + ["neutral", "something else"]
    told = "8 of 10 people would say happy, 1 neutral, 1 something else"
    assert [element.text for element in page.iter("div")][1:] == [
        told,
        "happy 81%, neutral 12%, something else 7%",
    ]


def test_what_cannot_be_seen_is_not_guessed_at() -> None:
    html = reading_html(VOTES, "too small")
    assert "unclear: too small" in html
    assert "happy" not in html
    assert "happy" in reading_html(VOTES, Reason.DISAGREE)


def test_what_moves_stands_below_the_shares() -> None:
    page = ElementTree.fromstring(reading_html(VOTES, None, "mouth open, <eyes closed>"))
    assert [element.text for element in page.iter("div")][2:] == [
        "happy 81%, neutral 12%, something else 7%",
        "mouth open, <eyes closed>",
    ]


def test_what_a_notebook_asks_for_is_a_plain_string(astronaut: NDArray[np.uint8]) -> None:
    readings = mien.read(astronaut)
    result = PictureResult("a.jpg", readings=tuple(readings))
    for thing in (readings, readings[0], result):
        html = thing._repr_html_()  # pyright: ignore[reportPrivateUsage]
        assert type(html) is str
        assert "<svg" in html
        assert "&lt;" not in html


def test_nothing_is_loaded_or_run() -> None:
    html = reading_html(VOTES, "<script>alert(1)</script>")
    html += picture_html('<img src="x" onerror="alert(1)">', "1 face", [html])
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("http") == html.count('xmlns="http://www.w3.org/2000/svg"')


def test_a_picture_shows_its_name_and_what_came_of_it() -> None:
    html = PictureResult("a & b.jpg", error="a & b.jpg: empty.")._repr_html_()  # pyright: ignore[reportPrivateUsage]
    assert html == "<div><b>a &amp; b.jpg</b>: empty.</div>"
