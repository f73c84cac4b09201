"""Readings drawn into a picture: a box and a few words a face."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mien._images import check_rgb
from mien.emotions import ADJECTIVES, COLOURS, OTHER
from mien.types import Reading
from mien.wording import halves

_UNCLEAR: Final = COLOURS[OTHER]
_DARK: Final = (0x1B, 0x1F, 0x2A)
_LIGHT: Final = (0xFF, 0xFF, 0xFF)

Rectangle = tuple[float, float, float, float]
Colour = tuple[int, int, int]


def caption(reading: Reading) -> str:
    """A few words, such as "looks happy 81%", "unclear: too small", in films "2: looks sad 70%".

    Of two answers that are about as frequent: "about half happy, half neutral".
    """
    number = "" if reading.track is None else f"{reading.track}: "
    if not reading.clear:
        return f"{number}unclear: {reading.why}"
    if len(reading.answers) > 1:
        return f"{number}{halves(reading.answers)}"
    name, share = reading.top(1)[0]
    return f"{number}looks {ADJECTIVES[name]} {share:.0%}"


def draw_readings(
    image: NDArray[np.uint8], readings: Iterable[Reading], *, movements: bool = False
) -> NDArray[np.uint8]:
    """A copy of the picture with a box and a few words a face.

    Lines and letters grow with the picture, so that they are as easily read in a scaled copy.

    Args:
        image: RGB uint8 (H, W, 3).
        readings: of that picture.
        movements: whether a second line says what moves in a face, where anything does.

    Returns:
        RGB uint8 (H, W, 3), an array of its own.

    Raises:
        ImageError: the array is of another kind.
    """
    check_rgb(image)
    picture = Image.fromarray(image)
    draw = ImageDraw.Draw(picture)
    side = max(picture.size)
    line = max(1, round(side / 250))
    font = ImageFont.load_default(max(12, side / 36))
    readings = list(readings)
    for reading in readings:
        _draw_boxes(picture, reading.box, _colours(reading), line)
    taken: list[Rectangle] = []  # words after all boxes and beside each other, so that none hides
    for reading in readings:
        words = caption(reading)
        if movements and (moves := reading.movement_words()):
            words += f"\n{moves}"
        taken.append(_draw_words(draw, words, reading.box, _colours(reading), font, taken))
    return np.array(picture, dtype=np.uint8)


def _colours(reading: Reading) -> list[Colour]:
    """One of each answer that is shown; grey where it is unclear."""
    return [COLOURS[answer] for answer in reading.answers] or [_UNCLEAR]


def _draw_boxes(picture: Image.Image, box: Rectangle, colours: list[Colour], line: int) -> None:
    """The box; where there are two colours, its right half in the second."""
    _draw_box(ImageDraw.Draw(picture), box, colours[0], line)
    middle = round((box[0] + box[2]) / 2)
    if len(colours) > 1 and 0 <= middle < picture.width:
        second = picture.copy()
        _draw_box(ImageDraw.Draw(second), box, colours[1], line)
        right = second.crop((middle, 0, picture.width, picture.height))
        picture.paste(right, (middle, 0))


def _draw_box(draw: ImageDraw.ImageDraw, box: Rectangle, colour: Colour, line: int) -> None:
    """A coloured line with a thin dark one on either side, seen on light and dark alike."""
    x1, y1, x2, y2 = box
    radius = (x2 - x1) / 12
    edge = max(1, line // 2)
    for grow, width, ink in ((edge, edge, _DARK), (0, line, colour), (-line, edge, _DARK)):
        if x2 - x1 + 2 * grow > 2 * line:
            grown = (x1 - grow, y1 - grow, x2 + grow, y2 + grow)
            draw.rounded_rectangle(grown, radius, outline=ink, width=width)


def _draw_words(
    draw: ImageDraw.ImageDraw,
    words: str,
    box: Rectangle,
    colours: list[Colour],
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    taken: list[Rectangle],
) -> Rectangle:
    """Dark words on light ground with a coloured edge, under the box or where there is room."""
    left, top, right, bottom = draw.textbbox((0, 0), words, font=font)
    pad = (bottom - top) / 3 / (1 + words.count("\n"))
    width, height = right - left + 3 * pad, bottom - top + 2 * pad
    x = min(max(0.0, box[0]), max(0.0, draw.im.size[0] - width))
    lowest = max(0.0, draw.im.size[1] - height)
    places = (box[3] + pad, box[1] - pad - height, box[3] - pad - height, box[1] + pad)
    fitting = [
        (x, y, x + width, y + height)
        for y in places
        if 0 <= y <= lowest and not any(_overlap((x, y, x + width, y + height), t) for t in taken)
    ]
    y = min(max(0.0, places[0]), lowest)
    place = fitting[0] if fitting else (x, y, x + width, y + height)
    draw.rounded_rectangle(place, height / 5, fill=_LIGHT, outline=_DARK)
    edge, part = place[1] + height / 5, 0.6 * height / len(colours)
    for number, colour in enumerate(colours):
        above = edge + number * part
        draw.rectangle((place[0] + 1, above, place[0] + pad, above + part), fill=colour)
    draw.text((place[0] + 2 * pad - left, place[1] + pad - top), words, font=font, fill=_DARK)
    return place


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
