"""What every report page has in common: its frame and style, and pictures on both grounds."""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Final, TypeVar

from mien.output.whole_file import write_whole
from mien.training.evaluation.figures import DARK, LIGHT, Theme

Item = TypeVar("Item")

_COLUMNS: Final = 6

_STYLE: Final = """
:root { color-scheme: light dark; --ground: #fff; --text: #1f2733; --faint: #5b6675;
  --line: #d5dae1; --card: #f5f6f8; }
@media (prefers-color-scheme: dark) { :root { --ground: #171b22; --text: #e4e8ee;
  --faint: #a3adba; --line: #3a4250; --card: #1f252e; } }
body { margin: 0 auto; max-width: 52rem; padding: 2rem 1.25rem 4rem; background: var(--ground);
  color: var(--text); font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.75rem 0 .5rem; }
p { margin: .5rem 0; max-width: 42rem; }
.faint { color: var(--faint); overflow-wrap: anywhere; }
.figures { display: grid; gap: .75rem; margin: 1.5rem 0; padding: 0;
  grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
.figures div { background: var(--card); border-radius: .6rem; padding: .8rem 1rem; }
.figures dt { color: var(--faint); font-size: .9rem; }
.figures dd { margin: 0; font-size: 1.7rem; font-variant-numeric: tabular-nums; }
.figures small { display: block; font-size: .85rem; line-height: 1.35; color: var(--faint); }
img { max-width: 100%; max-height: 36rem; margin: .75rem 0; display: block; }
.scroll { overflow-x: auto; }
.scroll img { max-width: none; max-height: none; width: max(100%, 44rem); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .3rem .8rem; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 0; font-weight: 500; }
summary { cursor: pointer; margin: .5rem 0; }
"""


def write_page(folder: Path, title: str, parts: Sequence[str]) -> Path:
    """Write `index.html` of parts in HTML; a file of that name is replaced."""
    page = folder / "index.html"
    write_whole(
        page,
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n",
    )
    return page


def picture(folder: Path, name: str, words: str, draw: Callable[[Path, Theme], None]) -> str:
    """Draw a picture on both grounds; the HTML that shows the fitting one.

    Args:
        folder: of the page.
        name: of the picture's file, less its ending.
        words: what it shows, for those who do not see it.
        draw: writes the picture into a file, in a theme.
    """
    for theme in (LIGHT, DARK):
        draw(folder / f"{name}{theme.suffix}.png", theme)
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" '
        f'srcset="{name}{DARK.suffix}.png">'
        f'<img src="{name}.png" alt="{escape(words)}" loading="lazy"></picture>'
    )


def in_rows(items: Sequence[Item]) -> list[Sequence[Item]]:
    """Items in rows of a contact sheet."""
    return [items[start : start + _COLUMNS] for start in range(0, len(items), _COLUMNS)]
