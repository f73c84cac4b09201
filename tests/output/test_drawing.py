from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from mien.answers import Reason, Votes
from mien.change import Change
from mien.emotions import COLOURS, VOTE_NAMES
from mien.errors import ImageError
from mien.faces.reader import Reader
from mien.frames import Box, Face, Quality
from mien.output.drawing import caption, draw_readings
from mien.types import Reading

Picture = NDArray[np.uint8]


def reading(box: Box, top: str = "happy", why: str | None = None) -> Reading:
    """81 % say `top`, the others are shared out evenly."""
    votes = np.full(8, 0.19 / 7)
    votes[VOTE_NAMES.index(top)] = 0.81
    quality = Quality(size=box[2] - box[0], brightness=0.5, contrast=0.2, sharpness=1, yaw=0)
    face = Face(box, np.zeros((5, 2), np.float32), 0.9)
    return Reading(
        face=face, votes=Votes(votes), quality=quality, reason=Reason(why) if why else None
    )


def has(picture: Picture, colour: tuple[int, int, int]) -> bool:
    return bool((picture == colour).all(axis=2).any())


def test_words_say_what_it_looks_like() -> None:
    assert caption(reading((0, 0, 9, 9))) == "happy, 8 of 10"
    assert caption(reading((0, 0, 9, 9), why="too small")) == "unclear: too small"


def test_faces_of_films_have_numbers() -> None:
    assert caption(replace(reading((0, 0, 9, 9)), track=2)) == "2: happy, 8 of 10"


def test_a_change_is_a_further_line_where_asked_for() -> None:
    picture = np.full((480, 640, 3), 90, np.uint8)
    plain = reading((200, 80, 400, 340))
    changed = replace(plain, compared=True, change=Change("happy", 2.0))
    without = draw_readings(picture, [changed])
    np.testing.assert_array_equal(without, draw_readings(picture, [plain]))
    np.testing.assert_array_equal(without, draw_readings(picture, [plain], changes=True))
    told = draw_readings(picture, [changed], changes=True)
    heights = [int((d == 255).all(axis=2).any(axis=1).sum()) for d in (without, told)]
    assert 1.6 * heights[0] < heights[1] < 2.2 * heights[0]


@pytest.mark.parametrize("size", [(260, 200), (900, 400), (1400, 1000)])
def test_long_words_continue_on_the_next_line(size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 90, np.uint8)
    smile = replace(
        reading((0.3 * size[1], 40, 0.6 * size[1], 100)),
        movements=dict.fromkeys(
            ("mouth corners up", "upper lip raised", "outer brows raised"), 0.9
        ),
    )
    drawn = draw_readings(picture, [smile], movements=True)
    # A label that is cut has no edge there, but its light ground.
    assert has(drawn, (255, 255, 255))
    assert not has(drawn[:, :1], (255, 255, 255))
    assert not has(drawn[:, -1:], (255, 255, 255))


def test_what_moves_is_a_second_line_where_asked_for() -> None:
    picture = np.full((480, 640, 3), 90, np.uint8)
    smile = replace(reading((200, 80, 400, 340)), movements={"mouth corners up": 0.8})
    plain = draw_readings(picture, [smile])
    both = draw_readings(picture, [smile], movements=True)
    heights = [int((d == 255).all(axis=2).any(axis=1).sum()) for d in (plain, both)]
    assert 1.6 * heights[0] < heights[1] < 2.2 * heights[0]
    for other in (
        replace(smile, movements={}),
        replace(smile, movements={"mouth corners up": 0.1}),
    ):
        np.testing.assert_array_equal(draw_readings(picture, [other], movements=True), plain)
    dark = replace(smile, reason=Reason.TOO_DARK)
    np.testing.assert_array_equal(
        draw_readings(picture, [dark], movements=True), draw_readings(picture, [dark])
    )


def test_a_box_and_words_are_drawn_and_the_rest_is_left(astronaut: Picture) -> None:
    readings = Reader().read(astronaut)
    before = astronaut.copy()
    drawn = draw_readings(astronaut, readings)
    assert drawn.shape == astronaut.shape
    assert drawn.dtype == np.uint8
    np.testing.assert_array_equal(astronaut, before)
    changed = (drawn != astronaut).any(axis=2)
    x1, y1, x2, y2 = (round(value) for value in readings[0].box)
    middle = (y1 + y2) // 2
    assert tuple(drawn[middle, x1]) == COLOURS["happy"]
    assert tuple(drawn[middle, x2]) == COLOURS["happy"]
    assert not changed[y1 + 20 : y2 - 20, x1 + 20 : x2 - 20].any()
    assert changed[y2 + 3 : y2 + 40, x1:x2].any()  # the words
    assert not changed[:20].any()
    assert not changed[300:].any()
    assert not changed[:, 400:].any()


@pytest.mark.parametrize("name", VOTE_NAMES)
def test_every_answer_has_its_colour(name: str) -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    drawn = draw_readings(picture, [reading((50, 50, 120, 130), top=name)])
    assert has(drawn, COLOURS[name])
    assert len(set(COLOURS.values())) == len(VOTE_NAMES)


def test_the_unclear_have_no_answer_s_colour() -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    drawn = draw_readings(picture, [reading((50, 50, 120, 130), "happy", "blurred")])
    assert drawn.any()
    assert not has(drawn, COLOURS["happy"])


@pytest.mark.parametrize("ground", [0, 255])
def test_words_and_box_are_seen_on_light_and_dark(ground: int) -> None:
    picture = np.full((240, 320, 3), ground, np.uint8)
    drawn = draw_readings(picture, [reading((100, 40, 180, 140), "neutral")])
    words = drawn[145:175, 102:200].mean(axis=2)
    assert (words > 240).mean() > 0.2
    assert (words < 60).mean() > 0.02
    column = drawn[90, 90:110].mean(axis=1)  # across the box's left edge
    assert column.max() - column.min() > 80


def test_lines_grow_with_the_picture() -> None:
    widths: list[int] = []
    for scale in (1, 4):
        picture = np.zeros((250 * scale, 250 * scale, 3), np.uint8)
        box = (50.0 * scale, 50.0 * scale, 150.0 * scale, 150.0 * scale)
        drawn = draw_readings(picture, [reading(box)])
        row = drawn[100 * scale, : 100 * scale]
        widths.append(int((row == COLOURS["happy"]).all(axis=1).sum()))
    assert widths[1] == 4 * widths[0] > 0


def test_words_of_neighbours_do_not_hide_each_other() -> None:
    picture = np.zeros((300, 400, 3), np.uint8)
    near = [reading((50, 100, 90, 150)), reading((95, 100, 135, 150), "sad")]
    drawn = draw_readings(picture, near)
    alone = [draw_readings(picture, [one]) for one in near]
    white = [int((image == 255).all(axis=2).sum()) for image in (drawn, *alone)]
    assert white[0] == white[1] + white[2]


@pytest.mark.parametrize(
    "box",
    [(-40, -30, 60, 50), (10, 10, 11, 11), (60, 60, 200, 300), (0, 0, 0, 0), (500, 9, 600, 99)],
)
def test_boxes_over_the_edge_and_tiny_pictures_are_drawn(box: Box) -> None:
    for side in (1, 20, 100):
        picture = np.full((side, side, 3), 128, np.uint8)
        assert draw_readings(picture, [reading(box)]).shape == picture.shape


def test_nothing_to_draw_is_a_copy(astronaut: Picture) -> None:
    drawn = draw_readings(astronaut, [])
    np.testing.assert_array_equal(drawn, astronaut)
    assert drawn is not astronaut


def test_other_arrays_are_refused() -> None:
    with pytest.raises(ImageError, match="RGB"):
        draw_readings(np.zeros((9, 9), np.uint8), [])
