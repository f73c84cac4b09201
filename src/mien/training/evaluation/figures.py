"""Colours, axes and files of all pictures.

Figures are made as objects, without pyplot: nothing global is touched, and no display is needed.
Every picture can be drawn on a light or a dark ground.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from mien import emotions
from mien.output.whole_file import whole_file

COLOURS: Final = {
    name: "#{:02x}{:02x}{:02x}".format(*rgb) for name, rgb in emotions.COLOURS.items()
}
"""The emotions' colours, "#rrggbb"; always with a word beside."""

BLUE: Final = COLOURS["sad"]
_PIXELS_PER_INCH: Final = 150


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of a picture's ground, text, lines and two curves, and the end of its file's name."""

    ground: str
    text: str
    line: str
    first: str
    second: str
    suffix: str


LIGHT: Final = Theme("#ffffff", "#1f2733", "#d5dae1", BLUE, COLOURS["angry"], "")
DARK: Final = Theme("#1a202a", "#e9edf4", "#3a4250", "#56b4e9", "#e69f00", "-dark")


def new_figure(width: float, height: float, theme: Theme = LIGHT) -> Figure:
    """Make an empty figure on the theme's ground; sizes in inches."""
    return Figure((width, height), layout="constrained", facecolor=theme.ground)


def new_axes(
    figure: Figure, theme: Theme = LIGHT, rows: int = 1, columns: int = 1, place: int = 1
) -> Axes:
    """Add axes in the theme's colours, at one of rows × columns places."""
    return style_axes(figure.add_subplot(rows, columns, place), theme)


def style_axes(axes: Axes, theme: Theme) -> Axes:
    """Give axes the theme's colours, without a frame above and on the right."""
    axes.set_facecolor(theme.ground)
    axes.tick_params(colors=theme.text)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(theme.line)
    axes.grid(color=theme.line, linewidth=0.5)
    axes.set_axisbelow(True)
    for text in (axes.title, axes.xaxis.label, axes.yaxis.label):
        text.set_color(theme.text)
    axes.title.set_fontsize(11)
    return axes


def save(picture: Figure | Image.Image, out: Path, **options: Any) -> Path:
    """Write a picture, whole or not at all, and return its file; missing folders are made.

    A figure is written as PNG, with options of `Figure.savefig`, and an image in the format of the
    file's ending.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as new:
        if isinstance(picture, Figure):
            picture.savefig(new, format="png", dpi=_PIXELS_PER_INCH, **options)
        else:
            kind = Image.registered_extensions().get(out.suffix.lower(), "PNG")
            picture.save(new, kind, optimize=True)
    return out
