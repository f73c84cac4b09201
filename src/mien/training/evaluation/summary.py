"""Write figures in words and tables."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mien.emotions import EMOTION_NAMES
from mien.training.evaluation.raters import worth_in_words

_COUNTS: Final = {
    "images": "read",
    "no_face": "no face",
    "failed": "failed",
    "left_out": "left out",
}
SHARES: Final = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced",
    "clear": "clear",
    "accuracy_where_clear": "right where clear",
    "mean_top_share": "mean share",
    "ece": "calibration error",
}
"""Figures of whole pictures that are shares, by key: their heads in tables."""


def percent(share: float | None) -> str:
    """Write a share as "87.5%", and an unknown one as a dash."""
    return "–" if share is None else f"{share:.1%}"


def number(value: float | None, digits: int = 4) -> str:
    """Write a number with so many digits after the point, and an unknown one as a dash."""
    return "–" if value is None else f"{value:.{digits}f}"


def text_table(rows: Sequence[Sequence[str]]) -> str:
    """Write a table for a terminal: the first column to the left, the others to the right."""
    first, *others = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join([row[0].ljust(first), *map(str.rjust, row[1:], others)]).rstrip() for row in rows
    )


def summary(result: Mapping[str, Any]) -> str:
    """Write the figures of `mien.training.evaluation.evaluate` for a terminal."""
    label, votes, shown = result["label"], result["votes"], result["shown"]
    lines = [f"{result['split']}: {result['images']:,} images"]
    if label["accuracy"] is not None:
        lines.append(
            f"label accuracy {label['accuracy']:.4f} "
            f"({number(label['accuracy_without_copies'])} without near duplicates, "
            f"{number(result['tta']['label']['accuracy'])} with the mirrored images), "
            f"macro F1 {label['macro_f1']:.4f}, log loss {label['log_loss']:.4f}, "
            f"calibration error {label['ece']:.4f}"
        )
        lines.append(text_table([["", "precision", "recall", "F1", "images"], *label_rows(label)]))
    if votes["majority_images"] is not None:
        worth = "–" if votes["raters"] is None else worth_in_words(votes["raters"])
        lines.append(
            f"votes: majority accuracy {number(votes['majority_accuracy'])} on "
            f"{votes['majority_images']:,} images; log loss {number(votes['log_loss'])} on "
            f"{votes['log_loss_images']:,} (perfect {number(votes['perfect_log_loss'])}), worth "
            f"{worth}, calibration error {number(votes['ece'])}"
        )
    if shown["majority_images"] is not None:
        lines.append(
            f"shown: majority accuracy {number(shown['majority_accuracy'])}, log loss "
            f"{number(shown['log_loss'])}, calibration error {number(shown['ece'])}"
        )
    if (r2 := result["movements"]["r2"]) is not None:
        figures = ", ".join(f"{name} {number(value, 2)}" for name, value in r2.items())
        lines.append(f"movements (R²): {figures}")
    return "\n".join([*lines, *result["notes"]])


def label_rows(label: Mapping[str, Any]) -> list[list[str]]:
    """Write precision, recall, F1 and number of images in rows by emotion."""
    return [
        [
            name,
            percent(label["precision"][name]),
            percent(label["recall"][name]),
            f"{label['f1'][name]:.3f}",
            f"{sum(images):,}",
        ]
        for name, images in zip(EMOTION_NAMES, label["confusion"], strict=True)
    ]


def set_name(name: str, figures: Mapping[str, Any]) -> str:
    """Return the name of a set of pictures, and whether its labels are weak."""
    return f"{name} (weak labels)" if figures["weak"] else name


def overview(sets: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Write the main figures of sets of pictures in rows, the header first."""
    rows = [["set", *_COUNTS.values(), *SHARES.values(), "emotional"]]
    for name, figures in sets.items():
        counts = [f"{figures[key]:,}" for key in _COUNTS]
        shares = [percent(figures[key]) for key in SHARES]
        row = [set_name(name, figures), *counts, *shares, number(figures["emotional_auc"], 3)]
        rows.append(row)
    return rows


def pictures_summary(result: Mapping[str, Any]) -> str:
    """Write the figures of `mien.training.evaluation.pictures` as tables for a terminal."""
    sets: dict[str, dict[str, Any]] = result["pictures"]
    recall = [["recall", *EMOTION_NAMES]]
    usual = [["beside the usual face", "persons", "above", "above by 1", "balanced"]]
    for name, figures in sets.items():
        rows = {set_name(name, figures): figures}
        for group, of_group in (figures["groups"] or {}).items():
            rows[f"  {group} ({of_group['images']:,})"] = of_group
        recall += [[row, *map(percent, each["recall"].values())] for row, each in rows.items()]
        if figures["usual"] is not None:
            keys = ("above", "above_by_1", "balanced_accuracy")
            shares = (percent(figures["usual"][key]) for key in keys)
            usual.append([set_name(name, figures), f"{figures['usual']['persons']:,}", *shares])
    tables = [overview(sets), recall, usual] if len(usual) > 1 else [overview(sets), recall]
    return "\n\n".join(map(text_table, tables))
