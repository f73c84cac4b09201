"""What all pictures have in common: colours, axes, and how they are kept.

Figures are made as objects, without pyplot: nothing global is touched, no display is needed. Every
picture can be drawn on a light or a dark ground.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

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
    """Colours of a picture's ground, text, lines and two curves; the end of its file's name."""

    ground: str
    text: str
    line: str
    first: str
    second: str
    suffix: str


LIGHT: Final = Theme("#ffffff", "#1f2733", "#d5dae1", BLUE, COLOURS["angry"], "")
DARK: Final = Theme("#1a202a", "#e9edf4", "#3a4250", "#56b4e9", "#e69f00", "-dark")


def new_figure(width: float, height: float, theme: Theme = LIGHT) -> Figure:
    """An empty figure of so many inches on the theme's ground."""
    return Figure((width, height), layout="constrained", facecolor=theme.ground)


def new_axes(
    figure: Figure, theme: Theme = LIGHT, rows: int = 1, columns: int = 1, place: int = 1
) -> Axes:
    """Axes in the theme's colours, at one of rows × columns places."""
    return style_axes(figure.add_subplot(rows, columns, place), theme)


def style_axes(axes: Axes, theme: Theme) -> Axes:
    """Axes in the theme's colours, without a frame above and on the right."""
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


def save(figure: Figure, out: Path) -> None:
    """Write a figure as a PNG; its folder is made where it is missing."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as new:
        figure.savefig(new, format="png", dpi=_PIXELS_PER_INCH)
