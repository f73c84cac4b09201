"""Common parts of report pages: tiles, pictures on both grounds, and mistakes.

A table is a list of rows of text, the header first; a row's first cell is its header.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from mien.emotions import EMOTION_NAMES
from mien.output.html import render
from mien.output.whole_file import write_whole
from mien.training.evaluation.figures import DARK, LIGHT, Theme, save

Item = TypeVar("Item")

MISTAKES: Final = 24
"""Number of mistakes on a contact sheet."""

_SHEET_COLUMNS: Final = 6
_BESIDE: Final = "file: 'self'"  # where a page's pictures come from, by its content security policy


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its name and a few words."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Files of a picture beside the page, and its description for people who do not see it."""

    light: str
    dark: str
    words: str


def write_page(folder: Path, template: str, values: Mapping[str, Any]) -> Path:
    """Write `index.html` by a template of `mien.output.html`; a file of that name is replaced."""
    page = folder / "index.html"
    write_whole(page, str(render(template, images=_BESIDE, **values)))
    return page


def draw_both(
    folder: Path, name: str, words: str, draw: Callable[[Theme], Figure | Image.Image]
) -> Drawn:
    """Draw a picture on both grounds, in files of the page's folder that begin with `name`."""
    files = {theme: f"{name}{theme.suffix}.png" for theme in (LIGHT, DARK)}
    for theme, file in files.items():
        save(draw(theme), folder / file)
    return Drawn(files[LIGHT], files[DARK], words)


def in_rows(items: Sequence[Item]) -> list[Sequence[Item]]:
    """Split items into the rows of a contact sheet."""
    return [items[start : start + _SHEET_COLUMNS] for start in range(0, len(items), _SHEET_COLUMNS)]


def model_origin(model: Mapping[str, Any]) -> list[str]:
    """Describe the origin of a model."""
    known = [f"{key} {model[key]}" for key in ("version", "commit", "seed") if model[key]]
    return [f"network {model['network'] or 'unknown'}", *known]


def most_confused(confusion: NDArray[np.int64]) -> str:
    """Name the commonest confusion, of counts (7, 7) with a row for each label."""
    off = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(off, 0)
    i, j = np.unravel_index(int(off.argmax()), off.shape)
    if not off[i, j]:
        return "No label was read as another."
    return (
        f"Most often confused: of the faces labelled {EMOTION_NAMES[i]}, {off[i, j]:.0%} are read "
        f"as {EMOTION_NAMES[j]}."
    )
