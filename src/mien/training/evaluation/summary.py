"""Figures in a few lines for a terminal."""

from collections.abc import Mapping
from typing import Any, Final

from mien.emotions import EMOTION_NAMES
from mien.training.evaluation.raters import worth_in_words

_COLUMNS: Final = (
    "accuracy",
    "balanced_accuracy",
    "clear",
    "accuracy_where_clear",
    "mean_top_share",
    "ece",
)


def summary(result: Mapping[str, Any]) -> str:
    """The figures of `mien.training.evaluation.evaluate`."""
    label, votes = result["label"], result["votes"]
    lines = [f"{result['split']}: {result['images']:,} images"]
    if label["accuracy"] is not None:
        lines.append(
            f"label accuracy {label['accuracy']:.4f} "
            f"({_figure(label['accuracy_without_copies'])} without near duplicates, "
            f"{_figure(result['tta']['label']['accuracy'])} with the mirrored images), "
            f"macro F1 {label['macro_f1']:.4f}, log loss {label['log_loss']:.4f}, "
            f"calibration error {label['ece']:.4f}"
        )
        width = max(len(name) for name in EMOTION_NAMES)
        lines.append(f"{'':{width}}  precision  recall      F1  images")
        for index, name in enumerate(EMOTION_NAMES):
            lines.append(
                f"{name:{width}}  {label['precision'][name]:9.3f}  {label['recall'][name]:6.3f}  "
                f"{label['f1'][name]:6.3f}  {sum(label['confusion'][index]):6,}"
            )
    if votes["majority_images"] is not None:
        raters = votes["raters"]
        worth = "–" if raters is None else worth_in_words(raters)
        lines.append(
            f"votes: majority accuracy {_figure(votes['majority_accuracy'])} on "
            f"{votes['majority_images']:,} images; log loss {_figure(votes['log_loss'])} on "
            f"{votes['log_loss_images']:,} (perfect {_figure(votes['perfect_log_loss'])}), worth "
            f"{worth}, calibration error {_figure(votes['ece'])}"
        )
    shown = result["shown"]
    if shown["majority_images"] is not None:
        lines.append(
            f"shown: majority accuracy {_figure(shown['majority_accuracy'])}, log loss "
            f"{_figure(shown['log_loss'])}, calibration error {_figure(shown['ece'])}"
        )
    if result["movements"]["r2"] is not None:
        told = ", ".join(f"{n} {_figure(v, 2)}" for n, v in result["movements"]["r2"].items())
        lines.append(f"movements (R²): {told}")
    return "\n".join([*lines, *result["notes"]])


def _figure(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def pictures_summary(result: Mapping[str, Any]) -> str:
    """The figures of `mien.training.evaluation.pictures` as tables."""
    sets: dict[str, dict[str, Any]] = result["pictures"]
    names = {name: f"{name} (weak labels)" if each["weak"] else name for name, each in sets.items()}
    rows = [["set", "read", "no face", "failed", "left out", "accuracy", "balanced", "clear"]]
    rows[0] += ["right where clear", "mean share", "calibration", "emotional"]
    recall = [["recall", *EMOTION_NAMES]]
    usual = [["beside the usual face", "persons", "above", "above by 1", "balanced"]]
    for name, each in sets.items():
        counts = [f"{each[key]:,}" for key in ("images", "no_face", "failed", "left_out")]
        rows.append([names[name], *counts, *(_share(each[key]) for key in _COLUMNS)])
        rows[-1].append("–" if each["emotional_auc"] is None else f"{each['emotional_auc']:.3f}")
        recall.append(
            [names[name], *(_share(each["recall"][emotion]) for emotion in EMOTION_NAMES)]
        )
        for group, figures_of in (each["groups"] or {}).items():
            shares = (_share(figures_of["recall"][emotion]) for emotion in EMOTION_NAMES)
            recall.append([f"  {group} ({figures_of['images']:,})", *shares])
        if each["usual"] is not None:
            keys = ("above", "above_by_1", "balanced_accuracy")
            persons = f"{each['usual']['persons']:,}"
            usual.append([names[name], persons, *(_share(each["usual"][key]) for key in keys)])
    tables = [rows, recall, usual] if len(usual) > 1 else [rows, recall]
    return "\n\n".join(map(_table, tables))


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _table(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
