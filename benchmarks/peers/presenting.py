"""Write the table and picture of docs/comparison.md from the figures."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

Figures = Mapping[str, Any]
Scale = Callable[[float], float]

BEGIN: Final = "<!-- Written by `make peers`: begin -->"
END: Final = "<!-- Written by `make peers`: end -->"

_OWN, _OTHER = "#0072B2", "#8A919D"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Attributes:
        title: title of the row.
        value: gets the value from a contender's figures; None if it was not measured.
        text: writes a value.
        best: min or max.
    """

    title: str
    value: Callable[[Figures], float | None]
    text: Callable[[float], str]
    best: Callable[..., float] = min


def _under(*keys: str) -> Callable[[Figures], float | None]:
    """Return a function that gets the figure under nested keys; None without it."""

    def value(figures: Figures) -> float | None:
        found: Any = figures
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    return value


def _milliseconds(value: float) -> str:
    return f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def _megabytes(value: float) -> str:
    return f"{value / 1e6:,.0f} MB"


def _percent(value: float) -> str:
    return f"{value:.1%}".replace("%", " %")


ROWS: Final = (
    Row("a 640×480 frame with one face", _under("default", "one"), _milliseconds),
    Row("the same, one thread", _under("one", "one"), _milliseconds),
    Row("a 640×480 frame with nine faces", _under("default", "nine"), _milliseconds),
    Row("the same, one thread", _under("one", "nine"), _milliseconds),
    Row("a frame of a 640×480 film with one face", _under("default", "film"), _milliseconds),
    Row("the same, one thread", _under("one", "film"), _milliseconds),
    Row("a face, once found", _under("default", "face"), _milliseconds),
    Row("the same, one thread", _under("one", "face"), _milliseconds),
    Row("start-up, to the first reading", _under("start_seconds"), lambda v: f"{v:.2f} s"),
    Row("peak memory", _under("peak_memory"), _megabytes),
    Row("installed size", _under("install_size"), _megabytes),
    Row("FER2013's label, PublicTest", _under("label_accuracy"), _percent, max),
    Row("the same, without copies", _under("label_accuracy_without_copies"), _percent, max),
    Row("FER+'s majority, PublicTest", _under("majority_accuracy"), _percent, max),
)


def table(results: Mapping[str, Any]) -> str:
    """Write a Markdown table, the best of each row in bold, and reasons of missing figures."""
    contenders: Mapping[str, Figures] = results["contenders"]
    lines = [f"| | {' | '.join(contenders)} |", f"|---|{'--:|' * len(contenders)}"]
    for row in ROWS:
        values = [row.value(figures) for figures in contenders.values()]
        measured = [row.text(value) for value in values if value is not None]
        best = row.best(value for value in values if value is not None) if measured else None
        cells = ["not measured" if v is None else row.text(v) for v in values]
        cells = [
            f"**{cell}**" if best is not None and cell == row.text(best) else cell for cell in cells
        ]
        lines.append(f"| {row.title} | {' | '.join(cells)} |")
    counts = [figures.get("found") for figures in contenders.values()]
    found = ["not measured" if n is None else f"{n['one']}, {n['nine']}" for n in counts]
    lines.insert(2, f"| faces found in the two frames, of 1 and 9 | {' | '.join(found)} |")
    reasons = [
        f"\n{name} was not measured: {figures['not_measured'].rstrip('.')}."
        for name, figures in contenders.items()
        if "not_measured" in figures
    ]
    return "\n".join([*lines, *reasons])


def conditions(results: Mapping[str, Any]) -> str:
    """Write a paragraph on where, when and how the figures were measured."""
    host = results["machine"]
    versions: dict[str, str] = {}
    for figures in results["contenders"].values():
        versions |= figures.get("versions", {})
    named = ("mien", "fer", "tensorflow", "torch", "@vladmandic/face-api", "node")
    told = ", ".join(f"{name} {versions[name]}" for name in named if name in versions)
    load = host["load"]
    busy = (
        f" The machine was busy with other work (load {load} before), so all times are too long."
        if load is not None and load > host["cores"] / 2
        else ""
    )
    return (
        f"{results['date']}, {host['cores']} cores of {host['processor']}, no GPU; {told}. "
        f"Medians: {3 * results['rounds']} readings of each frame and face, all contenders in "
        f"turn; starts: {results['starts']} of each. Threads are the libraries' defaults where no "
        "row says one."
        f"{busy}"
    )


_PANELS: Final[tuple[tuple[str, Callable[[Figures], float | None], Scale], ...]] = (
    ("frames a second, one face", _under("default", "one"), lambda ms: 1000 / ms),
    ("frames a second, nine faces", _under("default", "nine"), lambda ms: 1000 / ms),
    ("installed, MB", _under("install_size"), lambda size: size / 1e6),
    ("FER+'s majority, %", _under("majority_accuracy"), lambda share: 100 * share),
)


def _few_digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def draw(results: Mapping[str, Any], file: Path) -> None:
    """Draw bars of four rows, as a PNG."""
    contenders: Mapping[str, Figures] = results["contenders"]
    names = list(contenders)
    figure, axes = plt.subplots(1, len(_PANELS), figsize=(11, 2.3), sharey=True)
    for axis, (title, value, scale) in zip(axes, _PANELS, strict=True):
        values = [value(figures) for figures in contenders.values()]
        heights = [0.0 if v is None else scale(v) for v in values]
        colours = [_OWN if name == "mien" else _OTHER for name in names]
        bars = axis.barh(names, heights, color=colours)
        words = ["not measured" if v is None else _few_digits(scale(v)) for v in values]
        axis.bar_label(bars, words, padding=3, fontsize=9)
        axis.set_title(title, fontsize=10, loc="left")
        axis.set_xlim(0, 1.25 * max([*heights, 1e-9]))
        axis.set_xticks([])
        axis.spines[["top", "right", "bottom"]].set_visible(False)
    axes[0].invert_yaxis()
    figure.tight_layout()
    figure.savefig(file, dpi=140)
    plt.close(figure)


def write_into(page: Path, results: Mapping[str, Any]) -> None:
    """Put table and conditions between the two comments of a Markdown page.

    Raises:
        ValueError: the page has no such comments.
    """
    text = page.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{page}: expected the lines {BEGIN!r} and {END!r}.")
    words = f"{BEGIN}\n{table(results)}\n\n{conditions(results)}\n{END}"
    page.write_text(pattern.sub(lambda _: words, text), encoding="utf-8")
