"""Readings drawn into a picture: a box and a few words a face."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mien._images import check_rgb
from mien.emotions import ADJECTIVES, COLOURS, OTHER
from mien.types import Reading

_UNCLEAR: Final = COLOURS[OTHER]
_DARK: Final = (0x1B, 0x1F, 0x2A)
_LIGHT: Final = (0xFF, 0xFF, 0xFF)

Rectangle = tuple[float, float, float, float]


def caption(reading: Reading) -> str:
    """A few words, such as "looks happy 81%", "unclear: too small", in films "2: looks sad 70%"."""
    number = "" if reading.track is None else f"{reading.track}: "
    if not reading.clear:
        return f"{number}unclear: {reading.why}"
    name, share = reading.top(1)[0]
    return f"{number}looks {ADJECTIVES[name]} {share:.0%}"


def draw_readings(
    image: NDArray[np.uint8],
    readings: Iterable[Reading],
    *,
    movements: bool = False,
    changes: bool = False,
) -> NDArray[np.uint8]:
    """A copy of the picture with a box and a few words a face.

    Lines and letters grow with the picture, so that they are as easily read in a scaled copy.

    Args:
        image: RGB uint8 (H, W, 3).
        readings: of that picture.
        movements: whether a second line says what moves in a face, where anything does.
        changes: whether a further line says how a face differs from the person's usual one.

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
        colour = COLOURS[reading.top(1)[0][0]] if reading.clear else _UNCLEAR
        _draw_box(draw, reading.box, colour, line)
    taken: list[Rectangle] = []  # words after all boxes and beside each other, so that none hides
    for reading in readings:
        colour = COLOURS[reading.top(1)[0][0]] if reading.clear else _UNCLEAR
        words = caption(reading)
        if movements and (moves := reading.movement_words()):
            words += f"\n{moves}"
        if changes and (change := reading.change_words()):
            words += f"\n{change}"
        taken.append(_draw_words(draw, words, reading.box, colour, font, taken))
    return np.array(picture, dtype=np.uint8)


def _draw_box(
    draw: ImageDraw.ImageDraw, box: Rectangle, colour: tuple[int, int, int], line: int
) -> None:
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
    colour: tuple[int, int, int],
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
    draw.rectangle(
        (place[0] + 1, place[1] + height / 5, place[0] + pad, place[3] - height / 5), fill=colour
    )
    draw.text((place[0] + 2 * pad - left, place[1] + pad - top), words, font=font, fill=_DARK)
    return place


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
