"""Draw pictures of data, training and evaluation."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, FERPLUS_OF
from mien.errors import DataError, reason_of
from mien.training.evaluation.figures import (
    BLUE,
    COLOURS,
    LIGHT,
    Theme,
    new_axes,
    new_figure,
    style_axes,
)
from mien.training.evaluation.raters import worth_in_words
from mien.training.evaluation.reliability import Reliability

FERPLUS_WORDS: Final = {name: name for name in FERPLUS_NAMES} | {
    **{column: emotion for emotion, column in FERPLUS_OF.items()},
    "NF": "no face",
}
"""Plain words of FER+'s columns, in their order, as the labels have them."""


def plot_learning_curves(epochs_csv: Path, theme: Theme = LIGHT) -> Figure:
    """Draw a run's `epochs.csv`: loss and accuracy by epoch; the best epoch is marked.

    Raises:
        DataError: the file is missing, has no epoch or lacks a column.
    """
    try:
        with epochs_csv.open(newline="", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        names = ("epoch", "training_loss", "validation_loss")
        names += ("training_accuracy", "validation_accuracy")
        if lines and lines[0].get("validation_votes_loss"):  # empty without a votes head
            names += ("validation_votes_loss",)
        columns = {name: np.array([float(line[name]) for line in lines]) for name in names}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{epochs_csv}: not the epochs of a training run: {reason_of(error)}"
        ) from error
    if not lines:
        raise DataError(f"{epochs_csv}: no epoch is finished yet, so there is no curve to draw")
    figure = new_figure(10, 4, theme)
    left, right = (new_axes(figure, theme, 1, 2, place) for place in (1, 2))
    epoch = columns["epoch"]
    best = int(columns["validation_accuracy"].argmax())
    marker = "." if len(epoch) < 3 else ""
    curves = [
        (left, "training_loss", theme.first, "-", "training, what is minimised"),
        (left, "validation_loss", theme.second, "-", "validation, labels"),
        (left, "validation_votes_loss", theme.second, "--", "validation, votes"),
        (right, "training_accuracy", theme.first, "-", "training"),
        (right, "validation_accuracy", theme.second, "-", "validation"),
    ]
    for axes, name, colour, style, label in curves:
        if name in columns:
            values = columns[name]
            axes.plot(epoch, values, style, color=colour, label=label, marker=marker)
    for axes in (left, right):
        axes.legend(frameon=False, labelcolor=theme.text)
        axes.axvline(epoch[best], color=theme.text, linewidth=0.8, linestyle=":")
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    left.set_title("Loss in nats")
    highest = columns["validation_accuracy"][best]
    right.set_title(f"Label accuracy (best on validation {highest:.1%}, epoch {epoch[best]:.0f})")
    right.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure


def plot_confusion(
    confusion: NDArray[np.int64], theme: Theme = LIGHT, *, labelled: str = "FER2013's label"
) -> Figure:
    """Draw counts and shares of each label's images (row) by answer (column), from int (7, 7)."""
    figure = new_figure(7.5, 6.5, theme)
    axes = new_axes(figure, theme)
    _table(axes, confusion, EMOTION_NAMES, EMOTION_NAMES, theme)
    axes.set_xlabel("read as")
    axes.set_ylabel(labelled)
    return figure


def plot_per_class(
    precision: Mapping[str, float], recall: Mapping[str, float], theme: Theme = LIGHT
) -> Figure:
    """Draw precision and recall of each emotion, 0 to 1, as bars; `precision` gives the order."""
    figure = new_figure(7.5, 5, theme)
    axes = new_axes(figure, theme)
    names = list(precision)
    for shift, values, alpha, word in (
        (-0.2, precision, 1.0, "precision"),
        (0.2, recall, 0.45, "recall"),
    ):
        for place, name in enumerate(names):
            value = values[name]
            axes.barh(place + shift, value, 0.38, color=COLOURS[name], alpha=alpha)
            axes.text(
                value + 0.01, place + shift, f"{word} {value:.0%}", va="center", color=theme.text,
                fontsize=9,
            )  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.2)
    axes.set_xticks(np.arange(0, 1.01, 0.2))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure


def plot_reliability(found: Reliability, outcome: str, theme: Theme = LIGHT) -> Figure:
    """Draw outcomes, named as "share that was right", and number of images by confidence."""
    figure = new_figure(6, 6.5, theme)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    edges = np.linspace(0, 1, len(found.count) + 1)
    width = edges[1] - edges[0]
    style_axes(upper, theme)
    style_axes(lower, theme)
    shown = np.nan_to_num(found.outcome)
    upper.bar(edges[:-1], shown, width * 0.94, align="edge", color=BLUE, label="measured")
    upper.plot((0, 1), (0, 1), color=theme.text, linewidth=1, linestyle="--", label="honest")
    upper.legend(frameon=False, labelcolor=theme.text, loc="upper left")
    upper.set_title(f"Expected calibration error {found.error:.1%}")
    upper.set_ylabel(outcome)
    upper.set_ylim(0, 1)
    upper.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    lower.bar(edges[:-1], found.count, width * 0.94, align="edge", color=theme.line)
    lower.set_ylabel("images")
    lower.set_xlabel("top share that the model gives")
    lower.set_xlim(0, 1)
    lower.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure


def plot_raters(
    curve: Sequence[float], log_loss: float, worth: float, theme: Theme = LIGHT
) -> Figure:
    """Draw the log loss of k = 0…9 people, and the k at which it meets the model's."""
    figure = new_figure(7.5, 4.5, theme)
    axes = new_axes(figure, theme)
    axes.plot(range(len(curve)), curve, color=theme.first, marker="o")
    axes.annotate("people", (len(curve) - 1, curve[-1]), (0, 8), textcoords="offset points",
                  ha="right", color=theme.first)  # fmt: skip
    axes.axhline(log_loss, color=theme.second, linestyle="--")
    axes.plot([worth], [log_loss], color=theme.second, marker="D")
    axes.annotate(f"model: worth {worth_in_words(worth)}", (worth, log_loss), (10, 10),
                  textcoords="offset points", color=theme.second)  # fmt: skip
    axes.set_xlabel("people asked")
    axes.set_ylabel("log loss of the next vote (nats)")
    axes.set_xticks(range(len(curve)))
    return figure


def plot_class_balance(counts: Mapping[str, Sequence[int]], theme: Theme = LIGHT) -> Figure:
    """Draw images by label and split, as bars, from seven counts for each split."""
    figure = new_figure(8, 4.5, theme)
    axes = new_axes(figure, theme)
    left = np.zeros(len(EMOTION_NAMES))
    colours = [COLOURS[name] for name in EMOTION_NAMES]
    for (split, values), alpha in zip(counts.items(), (1.0, 0.7, 0.45, 0.25), strict=False):
        axes.barh(
            EMOTION_NAMES, values, left=left, color=colours, alpha=alpha, edgecolor=theme.ground
        )
        largest = int(np.argmax(values))
        if values[largest]:
            middle = left[largest] + values[largest] / 2
            axes.text(middle, largest, split, ha="center", va="center", color=theme.text)
        left += values
    for place, total in enumerate(left):
        axes.annotate(
            f"{total:,.0f}", (total, place), (4, 0), textcoords="offset points", va="center",
            color=theme.text,
        )  # fmt: skip
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlim(0, max(float(left.max()), 1.0) * 1.1)
    axes.set_xlabel("images")
    return figure


def plot_label_against_votes(table: NDArray[np.int64], theme: Theme = LIGHT) -> Figure:
    """Draw images by label, and by the raters' most frequent answer, from int (7, 10) counts."""
    figure = new_figure(9.5, 6, theme)
    axes = new_axes(figure, theme)
    _table(axes, table, EMOTION_NAMES, tuple(FERPLUS_WORDS.values()), theme)
    axes.set_xlabel("most frequent answer of ten raters (FER+)")
    axes.set_ylabel("FER2013's label")
    return figure


def contact_sheet(
    rows: Sequence[Sequence[NDArray[np.uint8]]],
    captions: Sequence[Sequence[str]],
    theme: Theme = LIGHT,
    *,
    scale: int = 3,
) -> Image.Image:
    """Draw images in rows, enlarged, each above its caption.

    Args:
        rows: grey (H, W) or RGB (H, W, 3) images, all of one size.
        captions: a text for each image, of one or more lines; "" for none.
        theme: colours.
        scale: factor by which an image is enlarged, without smoothing.
    """
    font = ImageFont.load_default(14)
    lines = max((text.count("\n") + 1 for row in captions for text in row if text), default=0)
    height, width = (side * scale for side in rows[0][0].shape[:2])
    gap, line = 12, 19
    step_x, step_y = width + gap, height + gap + lines * line
    size = (gap + max(map(len, rows)) * step_x, gap + len(rows) * step_y)
    sheet = Image.new("RGB", size, theme.ground)
    pen = ImageDraw.Draw(sheet)
    for i, (images, texts) in enumerate(zip(rows, captions, strict=True)):
        for j, (image, text) in enumerate(zip(images, texts, strict=True)):
            place = (gap + j * step_x, gap + i * step_y)
            picture = Image.fromarray(np.ascontiguousarray(image)).convert("RGB")
            sheet.paste(picture.resize((width, height), Image.Resampling.NEAREST), place)
            for number, part in enumerate(text.split("\n")):
                at = (place[0], place[1] + height + 2 + number * line)
                pen.text(at, part, fill=theme.text, font=font)
    return sheet


def _table(
    axes: Axes,
    counts: NDArray[np.int64],
    rows: Sequence[str],
    columns: Sequence[str],
    theme: Theme,
) -> None:
    """Draw counts as a grid of cells, coloured by their share of the row."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ramp = LinearSegmentedColormap.from_list("share", [theme.ground, BLUE])
    axes.imshow(shares, cmap=ramp, vmin=0, vmax=1, aspect="auto")
    for (i, j), count in np.ndenumerate(counts):
        text: Any = {"ha": "center", "color": "#ffffff" if shares[i, j] > 0.6 else theme.text}
        axes.text(j, i, f"{shares[i, j]:.0%}", va="bottom", fontsize=11, **text)
        axes.text(j, i + 0.08, f"{count:,}", va="top", fontsize=8, **text)
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.grid(visible=False)
    axes.tick_params(length=0)
