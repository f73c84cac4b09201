"""Readings drawn into a picture: a box and a few words a face."""

from collections.abc import Iterable
from functools import lru_cache
from math import ceil, floor
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mien.emotions import COLOURS, OTHER
from mien.media.arrays import check_rgb
from mien.output.words import short_sentence
from mien.types import Reading

_UNCLEAR: Final = COLOURS[OTHER]
_DARK: Final = (0x1B, 0x1F, 0x2A)
_LIGHT: Final = (0xFF, 0xFF, 0xFF)

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Rectangle = tuple[float, float, float, float]
Colour = tuple[int, int, int]


def caption(reading: Reading) -> str:
    """Return the words beside a face, such as "happy, 8 of 10", in films "2: sad, 7 of 10"."""
    number = "" if reading.track is None else f"{reading.track}: "
    return number + short_sentence(reading)


def _lines(reading: Reading, movements: bool, changes: bool) -> str:
    """Return the caption, with what the face does over time, and the lines below it."""
    first = ", ".join(filter(None, (caption(reading), reading.over_time_words())))
    moves = reading.movement_words() if movements else ""
    change = reading.change_words() if changes else ""
    return "\n".join(filter(None, (first, moves, change)))


def draw_readings(
    image: NDArray[np.uint8],
    readings: Reading | Iterable[Reading],
    *,
    movements: bool = False,
    changes: bool = False,
) -> NDArray[np.uint8]:
    """Return a copy of a picture with a box and a few words for each face.

    Lines and letters grow with the picture, so that they are as legible in a scaled copy.

    Args:
        image: RGB uint8 (H, W, 3), such as `Readings.image` or `Frame.image`.
        readings: readings of that picture, or one of them.
        movements: whether a second line says what moves in a face, where anything does.
        changes: whether a further line says how a face differs from the person's usual one.

    Returns:
        RGB uint8 (H, W, 3), a new array.

    Raises:
        ImageError: the array is no RGB picture.

    Examples:
        >>> import mien
        >>> for frame, readings in mien.watch("film.mp4"):
        ...     drawn = mien.draw_readings(frame.image, readings)
        >>> drawn.shape
        (240, 480, 3)
    """
    check_rgb(image)
    result = np.array(image, np.uint8, order="C")
    height, width = result.shape[:2]
    side = max(width, height)
    line = max(1, round(side / 250))
    readings = [readings] if isinstance(readings, Reading) else list(readings)
    for reading in readings:
        _draw_box(result, reading.box, _colours(reading), line)
    taken: list[
        Rectangle
    ] = []  # labels come after all boxes and avoid each other, so that none is hidden
    for reading in readings:
        words = _lines(reading, movements, changes)
        label, shape = _label(words, _colours(reading), max(12, side / 36), width)
        taken.append(_draw_words(result, label, shape, reading.box, taken))
    return result


def _colours(reading: Reading) -> tuple[Colour, ...]:
    """Return the colour of each answer that is shown; grey where the face is unclear."""
    return tuple(COLOURS[answer] for answer in reading.answers) or (_UNCLEAR,)


def _part(image: NDArray[np.uint8], box: Rectangle) -> tuple[NDArray[np.uint8], int, int]:
    """Return a view of what a box covers, and its left and top edge; copies of it cost little."""
    height, width = image.shape[:2]
    x1, y1 = (max(0, floor(box[axis])) for axis in (0, 1))
    x2, y2 = min(width, ceil(box[2]) + 1), min(height, ceil(box[3]) + 1)
    return image[y1 : max(y1, y2), x1 : max(x1, x2)], x1, y1


def _draw_box(
    image: NDArray[np.uint8], box: Rectangle, colours: tuple[Colour, ...], line: int
) -> None:
    """Draw a coloured line with a thin dark one on either side, visible on light and dark ground.

    Of two colours, the right half of the box has the second.
    """
    edge = max(1, line // 2)
    part, left, top = _part(image, _grown(box, edge))
    if not part.size:
        return
    lines = Image.new("L", part.shape[1::-1])
    draw = ImageDraw.Draw(lines)
    x1, y1, x2, y2 = box[0] - left, box[1] - top, box[2] - left, box[3] - top
    radius = (x2 - x1) / 12
    for grow, width, ink in ((edge, edge, 1), (0, line, 2), (-line, edge, 1)):
        if x2 - x1 + 2 * grow > 2 * line:
            outline = _grown((x1, y1, x2, y2), grow)
            draw.rounded_rectangle(outline, radius, outline=ink, width=width)
    inks = np.asarray(lines)
    middle = min(max(0, round((x1 + x2) / 2)), part.shape[1])
    is_dark, is_coloured = inks == 1, inks == 2
    _fill(part, is_dark, _DARK)
    for half, colour in zip((slice(middle), slice(middle, None)), (colours * 2)[:2], strict=True):
        _fill(part[:, half], is_coloured[:, half], colour)


def _fill(image: NDArray[np.uint8], where: NDArray[np.bool_], colour: Colour) -> None:
    """Give pixels a colour; OpenCV does that far faster than NumPy."""
    if image.size:
        ink = np.empty_like(image, order="C")
        cv2.rectangle(ink, (0, 0), ink.shape[1::-1], colour, cv2.FILLED)
        cv2.copyTo(ink, where.view(np.uint8), image)


def _grown(box: Rectangle, by: float) -> Rectangle:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


@lru_cache(maxsize=256)  # most labels of a film's frame are those of the frame before
def _label(
    words: str, colours: tuple[Colour, ...], size: float, room: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return dark words on a light ground with a coloured edge, and a mask, 0 at its corners.

    Lines that are longer than the room, in pixels, continue on the next one.
    """
    font = _font(size)
    words = "\n".join(_wrapped(line, font, room - 1.4 * size) for line in words.splitlines())
    left, top, right, bottom = ImageDraw.Draw(Image.new("RGB", (1, 1))).textbbox(
        (0, 0), words, font=font
    )
    pad = (bottom - top) / 3 / (1 + words.count("\n"))
    width, height = ceil(right - left + 3 * pad), ceil(bottom - top + 2 * pad)
    picture, shape = Image.new("RGB", (width, height)), Image.new("1", (width, height))
    whole = (0, 0, width - 1, height - 1)
    ImageDraw.Draw(shape).rounded_rectangle(whole, height / 5, fill=1)
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle(whole, height / 5, fill=_LIGHT, outline=_DARK)
    tall = (height - 1 - 2 * height / 5) / len(colours)
    for number, colour in enumerate(colours):
        above = height / 5 + number * tall
        draw.rectangle((1, above, pad, above + tall), fill=colour)
    draw.text((2 * pad - left, pad - top), words, font=font, fill=_DARK)
    return np.array(picture, np.uint8), np.array(shape, np.uint8)


def _wrapped(line: str, font: _Font, room: float) -> str:
    words = iter(line.split(" "))
    lines = [next(words)]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if font.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


@lru_cache(maxsize=8)
def _font(size: float) -> _Font:
    return ImageFont.load_default(size)


def _draw_words(
    image: NDArray[np.uint8],
    label: NDArray[np.uint8],
    shape: NDArray[np.uint8],
    box: Rectangle,
    taken: list[Rectangle],
) -> Rectangle:
    """Draw a label under the box or where there is room, and return its place."""
    height, width = label.shape[:2]
    down, across = image.shape[:2]
    pad = height / 5
    x = round(min(max(0.0, box[0]), max(0.0, across - width)))
    lowest = max(0, down - height)
    places = (box[3] + pad, box[1] - pad - height, box[3] - pad - height, box[1] + pad)
    fitting = [
        (x, y, x + width, y + height)
        for y in map(round, places)
        if 0 <= y <= lowest and not any(_overlap((x, y, x + width, y + height), t) for t in taken)
    ]
    y = round(min(max(0.0, places[0]), lowest))
    place = fitting[0] if fitting else (x, y, x + width, y + height)
    part = image[place[1] : place[3], x : x + width]
    rows, columns = part.shape[:2]
    cv2.copyTo(label[:rows, :columns], shape[:rows, :columns], part)
    return place


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
