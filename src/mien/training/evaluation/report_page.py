"""What every report page has in common: tiles, tables, and pictures on both grounds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from mien.output.html import render
from mien.output.whole_file import write_whole
from mien.training.evaluation.figures import DARK, LIGHT, Theme

Item = TypeVar("Item")

_SHEET_COLUMNS: Final = 6
_BESIDE: Final = "file: 'self'"  # where a page's pictures come from, by its content security policy


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with its name and a few words."""

    name: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table's header, and its rows as text; a row's first cell is its header."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture beside the page.

    Attributes:
        light: name of its file on a light ground.
        dark: name of its file on a dark ground.
        words: what it shows, for those who do not see it.
    """

    light: str
    dark: str
    words: str


def write_page(folder: Path, template: str, values: Mapping[str, Any]) -> Path:
    """Write `index.html` of a template of `mien.output.html`; a file of that name is replaced."""
    page = folder / "index.html"
    write_whole(page, str(render(template, images=_BESIDE, **values)))
    return page


def draw_both(folder: Path, name: str, words: str, draw: Callable[[Path, Theme], None]) -> Drawn:
    """Draw a picture on both grounds.

    Args:
        folder: of the page.
        name: of the picture's file, less its ending.
        words: what it shows.
        draw: writes the picture into a file, in a theme.
    """
    files = {theme: f"{name}{theme.suffix}.png" for theme in (LIGHT, DARK)}
    for theme, file in files.items():
        draw(folder / file, theme)
    return Drawn(files[LIGHT], files[DARK], words)


def model_origin(model: Mapping[str, Any]) -> list[str]:
    """What a model's file tells of its origin, in words."""
    told = [f"{key} {model[key]}" for key in ("version", "commit", "seed") if model[key]]
    return [f"network {model['network'] or 'unknown'}", *told]


def percent(share: float | None) -> str:
    """A share as "87.5%"; a dash where it is unknown."""
    return "–" if share is None else f"{share:.1%}"


def in_rows(items: Sequence[Item]) -> list[Sequence[Item]]:
    """Items in rows of a contact sheet."""
    return [items[start : start + _SHEET_COLUMNS] for start in range(0, len(items), _SHEET_COLUMNS)]
