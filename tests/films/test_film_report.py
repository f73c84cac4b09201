import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import numpy as np
import pytest
from numpy.typing import NDArray

from mien.answers import Reason, Votes
from mien.emotions import VOTE_NAMES
from mien.faces.reader import Reader
from mien.films.report import About, report
from mien.films.summary import Summary
from mien.frames import Frame
from mien.types import Reading

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def reading(astronaut: Picture) -> Reading:
    return Reader().read(astronaut)[0]


def looks(reading: Reading, answer: str, track: int = 1, why: str | None = None) -> Reading:
    """Make a reading about which 8 of 10 people would say `answer`."""
    votes = np.full(8, 0.2 / 7)
    votes[VOTE_NAMES.index(answer)] = 0.8
    return replace(reading, votes=Votes(votes), track=track, reason=Reason(why) if why else None)


def gather(picture: Picture, *frames: tuple[float, list[Reading]]) -> Summary:
    summary = Summary()
    for index, (time, readings) in enumerate(frames):
        summary.add(Frame(picture, time, index), readings)
    summary.finish()
    return summary


@pytest.fixture(scope="module")
def summary(astronaut: Picture, reading: Reading) -> Summary:
    """Happy for 2 s, unclear for 1, gone for 1, happy for 1; a sad neighbour for the last two."""
    happy, dark = looks(reading, "happy"), looks(reading, "happy", why="too dark")
    sad = looks(reading, "sad", track=2)
    return gather(
        astronaut,
        *((0, [happy]), (1, [happy]), (2, [dark])),
        *((3, [sad]), (4, [happy, sad])),
    )


class Checker(HTMLParser):
    """Parser that collects elements, addresses and text, and checks that all is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        if tag not in {"meta", "img", "br", "line"}:
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name in {"src", "href"}:
                self.addresses.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def parse(html: str) -> Checker:
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    return checker


def test_times_are_added_up(summary: Summary) -> None:
    one, two = summary.faces[1], summary.faces[2]
    assert [(s.start, s.end, s.answer, s.reason) for s in one.segments] == [
        (0, 2, "happy", None),
        (2, 3, None, "too dark"),
        (4, 5, "happy", None),
    ]
    assert one.seconds == 4
    assert one.shares() == {"happy": 0.75, None: 0.25}
    assert [(s.start, s.end) for s in two.segments] == [(3, 5)]
    assert summary.end == 5
    assert (summary.frames, summary.size) == (5, (512, 512))


def test_the_strongest_moment_is_kept(astronaut: Picture, reading: Reading) -> None:
    weak = looks(reading, "happy")
    votes = np.array([0, 0, 0, 0.5, 0, 0, 0.5, 0])
    summary = gather(
        astronaut,
        *((0, [replace(weak, votes=Votes(votes))]), (1, [weak])),
        *((2, [replace(weak, votes=Votes(votes))]), (3, [looks(reading, "sad", why="blurred")])),
    )
    moments = summary.faces[1].moments
    assert {name: moment.time for name, moment in moments.items()} == {"happy": 1}
    assert moments["happy"].picture.shape == (112, 112, 3)


def test_half_and_half_is_an_answer_of_its_own(astronaut: Picture, reading: Reading) -> None:
    votes = np.array([0, 0, 0, 0.52, 0, 0, 0.48, 0])
    half = replace(looks(reading, "happy"), votes=Votes(votes))
    other = replace(half, votes=Votes(votes[[0, 1, 2, 6, 4, 5, 3, 7]]))  # neutral a little ahead
    sad = looks(reading, "sad")
    summary = gather(astronaut, *((0, [half]), (1, [other]), (2, [sad]), (3, [sad])))
    assert summary.faces[1].shares() == {"happy+neutral": 0.5, "sad": 0.5}
    assert set(summary.faces[1].moments) == {"sad"}
    html = report(About("film.mp4"), summary)
    assert parse(html)
    assert "half happy, half neutral 50 %" in re.sub("<[^>]*>", "", html)
    assert "<title>half happy, half neutral, 0:00.0 to 0:02.0</title>" in html
    assert "</span>happy</li>" in html  # the legend has each alone


def test_the_report_tells_all(summary: Summary) -> None:
    about = About("film.mp4", marks={"mien-film": "abc"}, day=date(2026, 11, 28))
    html = report(about, summary)
    page = parse(html)
    text = " ".join(page.text.split())
    assert "film.mp4" in text
    assert "0:05.0" in text
    assert "512 × 512" in text
    assert "Face 1 seen for 4.0 s happy 75 %, unclear 25 %" in text
    assert "Face 2 seen for 2.0 s sad 100 %" in text
    assert "8 of 10 people would say happy" in text
    assert "0:03.0 · Face 2" in text
    assert "28 November 2026" in text
    assert "Frames5, all of the film" in text  # of which not all are read
    assert "no evidence of what anybody felt" in text
    assert "unclear (too dark), 0:02.0 to 0:03.0" in text
    assert html.count("<rect") == 4
    assert html.count("</pattern>") == 1
    assert html.count('class="unclear"') == 1
    assert '<meta name="mien-film" content="abc">' in html


def test_a_lasting_change_is_told_once_with_the_time_it_began(
    astronaut: Picture, reading: Reading
) -> None:
    neutral, happy = looks(reading, "neutral"), looks(reading, "happy")
    marked = replace(happy, just_now=True)
    nod = replace(happy, gesture="nod")
    shown = [neutral, neutral, happy, nod, marked, neutral, marked, neutral]
    html = report(About("film.mp4"), gather(astronaut, *((t, [r]) for t, r in enumerate(shown))))
    assert "0:02.0 now happy · 0:03.0 nods<" in html


def test_percentages_add_up_to_a_hundred(astronaut: Picture, reading: Reading) -> None:
    shown = [looks(reading, answer) for answer in ("happy", "sad", "neutral")]
    html = report(About("film.mp4"), gather(astronaut, *((t, [r]) for t, r in enumerate(shown))))
    assert "Face 1 over time: happy 34 %, sad 33 %, neutral 33 %" in html
    shown = [*[shown[0]] * 299, shown[1]]
    html = report(About("film.mp4"), gather(astronaut, *((t, [r]) for t, r in enumerate(shown))))
    assert "Face 1 over time: happy 100 %, sad less than 1 %" in html
    html = report(About("camera 0"), gather(astronaut, (0, [shown[0]])))
    assert "Face 1 over time: happy less than 1 %" in html


def test_what_moves_stands_below_a_moment(astronaut: Picture, reading: Reading) -> None:
    smile = replace(looks(reading, "happy"), movements={"mouth corners up": 0.9})
    page = parse(report(About("film.mp4"), gather(astronaut, (0, [smile]), (1, [smile]))))
    assert page.text.count("corners of the mouth up") == 1
    assert "small" in page.names


def test_the_report_needs_nothing_else_and_runs_nothing(summary: Summary) -> None:
    page = parse(report(About("film.mp4"), summary))
    assert not {"script", "link", "iframe", "object", "form"} & set(page.names)
    assert len(page.addresses) == 4  # of two faces: beside the lane, and the moment
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.addresses)
    html = report(About("film.mp4"), summary)
    assert not re.search(r"url\((?!#unclear\))|@import|https?:", html)
    assert "default-src 'none'" in html


def test_times_jump_in_the_film_that_lies_beside(summary: Summary) -> None:
    page = parse(report(About("film.mp4", film="my: film #1.mp4"), summary))
    links = {address for address in page.addresses if not address.startswith("data:")}
    assert links == {f"my%3A%20film%20%231.mp4#t={time}.0" for time in (0, 2, 3, 4)}


def test_the_report_is_german_where_that_is_asked_for(summary: Summary) -> None:
    about = About("film.mp4", sampled=0.5, day=date(2026, 11, 2), language="de")
    html = report(about, summary)
    text = " ".join(parse(html).text.split())
    assert '<html lang="de">' in html
    assert "2. November 2026" in text
    assert "5, eines alle 0,5 Sekunden" in text
    assert "Gesicht 1 4,0 s lang gesehen fröhlich 75 %, unklar 25 %" in text
    assert "8 von 10 Menschen würden sagen: traurig" in text
    assert "unklar (zu dunkel), 0:02,0 bis 0:03,0" in text
    assert "Länge0:05,0" in text.replace(" ", "")
    assert not re.search(r"0:0\d\.\d", text)
    for word in ("Face", "seen", "happy", "unclear", "people"):
        assert word not in text


def test_a_moment_is_shown_where_eight_of_ten_agree(astronaut: Picture, reading: Reading) -> None:
    votes = np.array([0, 0, 0, 0.72, 0, 0, 0.28, 0])
    seven = replace(looks(reading, "happy"), votes=Votes(votes))
    html = report(About("film.mp4"), gather(astronaut, (0, [seven]), (1, [seven])))
    assert "There is no such moment" in html
    assert "<figure>" not in html


def test_a_crop_has_no_neighbours_head(reading: Reading) -> None:
    picture = np.zeros((200, 300, 3), np.uint8)
    picture[:, 172:] = 255  # the neighbour's head
    left, right = (
        replace(looks(reading, "happy", track), face=replace(reading.face, box=box))
        for track, box in ((1, (100, 60, 160, 140)), (2, (180, 60, 240, 140)))
    )
    crowded = gather(picture, (0, [left, right])).faces[1].moments["happy"].picture
    alone = gather(picture, (0, [left])).faces[1].moments["happy"].picture
    assert alone.max() == 255
    assert crowded.max() == 0


def test_names_are_escaped(summary: Summary) -> None:
    name = '"><script>alert(1)</script>&\udcff.mp4'
    html = report(About(name, damage=f"{name}: damaged", marks={"mien-damage": name}), summary)
    page = parse(html)
    assert "script" not in page.names
    assert "\\udcff.mp4" in page.text
    assert html.encode()


def test_a_film_without_faces(astronaut: Picture) -> None:
    page = parse(report(About("film.mp4", sampled=0.5), gather(astronaut, (0, []), (0.5, []))))
    assert "No face was seen." in page.text
    assert "2, one every 0.5 seconds" in page.text
    assert "img" not in page.names


def test_a_crowd_is_told_in_short(astronaut: Picture, reading: Reading) -> None:
    crowd = [looks(reading, "neutral", track=number) for number in range(1, 41)]
    page = parse(report(About("film.mp4"), gather(astronaut, (0, crowd), (1, crowd))))
    assert "16 more faces were seen for a shorter time." in page.text
    assert page.names.count("rect") == 24
    assert page.names.count("img") == 24 + 12
