"""A folder that tells a person how well a model reads: one page in plain words, with pictures.

Every picture is there twice, on a light and a dark ground; the page shows the one that fits.
"""

from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES
from mien.training.data.dataset import select
from mien.training.evaluation import metrics, plots
from mien.training.evaluation.evaluate import Predictor, load_model, predict
from mien.training.evaluation.mistakes import Mistake, confident_mistakes
from mien.training.evaluation.raters import worth_in_words
from mien.training.evaluation.reliability import Shares
from mien.training.evaluation.report_page import (
    Drawn,
    Table,
    Tile,
    draw_both,
    in_rows,
    model_origin,
    percent,
    write_page,
)

MISTAKES: Final = 24
"""Mistakes on the contact sheet."""


def write_report(
    result: dict[str, Any],
    dataset: NDArray[np.void],
    folder: Path,
    *,
    model: Path | Predictor | None = None,
    run: Path | None = None,
) -> Path:
    """Write `index.html` and its pictures; files of those names are replaced.

    Args:
        result: what `mien.training.evaluation.evaluate.evaluate` gave for `model` and `dataset`.
        dataset: as `load_dataset` gives it.
        folder: made where it is missing.
        model: the model measured; None for the one that ships with mien.
        run: the model's training run, for its learning curves.

    Returns:
        The page.

    Raises:
        DataError: the run has no learning curves.
        ModelError: the file is missing or no model of mien's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    records = select(dataset, result["split"])
    predictions = predict(load_model(model), records["image"])
    label = votes = mistakes = None
    if result["label"]["accuracy"] is not None and predictions.label is not None:
        known = records["label"] >= 0
        label = _label(result["label"], records["label"][known], predictions.label[known], folder)
        found = confident_mistakes(records, predictions, MISTAKES)
        mistakes = _mistakes(found, records, folder)
    if result["votes"]["log_loss"] is not None and predictions.votes is not None:
        votes = _votes(result["votes"], records["votes"], predictions.votes, folder)
    values = {
        "title": f"How well mien reads: {result['split']} images",
        "origin": " · ".join(model_origin(result["model"])),
        "figures": _tiles(result),
        "count": result["images"],
        "label": label,
        "votes": votes,
        "learning": None if run is None else _learning(run, folder),
        "mistakes": mistakes,
        "notes": result["notes"],
    }
    return write_page(folder, "evaluation.html", values)


def _tiles(result: dict[str, Any]) -> list[Tile]:
    label, votes = result["label"], result["votes"]
    tiles: list[Tile] = []
    if label["accuracy"] is not None:
        tta = f"{result['tta']['label']['accuracy']:.1%} with mirrored images too"
        without = f"{label['images_without_copies']:,} images without one in training"
        tiles += [
            Tile("Label accuracy", percent(label["accuracy"]), tta),
            Tile("… without near duplicates", percent(label["accuracy_without_copies"]), without),
            Tile("Macro F1", f"{label['macro_f1']:.3f}", "every emotion counts the same"),
            Tile("Calibration error", percent(label["ece"]), "of the label's top share"),
        ]
    if votes["majority_accuracy"] is not None:
        agreed = f"{votes['majority_images']:,} images on which raters agree"
        tiles.append(Tile("Majority accuracy", percent(votes["majority_accuracy"]), agreed))
    if votes["log_loss"] is not None:
        perfect = f"{votes['perfect_log_loss']:.3f} would be perfect"
        tiles.append(Tile("Log loss of votes", f"{votes['log_loss']:.3f}", perfect))
    if votes["raters"] is not None:
        worth = worth_in_words(votes["raters"])
        tiles.append(Tile("Worth", worth, "asked about the same face"))
    return tiles


def _label(
    figures: dict[str, Any], labels: NDArray[np.int8], shares: Shares, folder: Path
) -> dict[str, Any]:
    """What the page says of the label head."""
    confusion = np.array(figures["confusion"])
    found = metrics.label_reliability(labels, shares)
    error = percent(figures["ece"])
    rows = [
        [
            name,
            percent(figures["precision"][name]),
            percent(figures["recall"][name]),
            f"{figures['f1'][name]:.3f}",
            f"{images:,}",
        ]
        for name, images in zip(EMOTION_NAMES, confusion.sum(axis=1), strict=True)
    ]
    return {
        "most_confused": most_confused(confusion),
        "error": error,
        "confusion": draw_both(
            folder,
            "confusion",
            "Table of labels against what the model reads, as counts and shares of each row",
            partial(plots.plot_confusion, confusion),
        ),
        "per_class": draw_both(
            folder,
            "per-class",
            "Bars of precision and recall for each emotion; the table below has the figures",
            partial(plots.plot_per_class, figures["precision"], figures["recall"]),
        ),
        "reliability": draw_both(
            folder,
            "reliability",
            f"Share of right answers against the model’s share; {error} apart",
            partial(plots.plot_reliability, found, "share labelled so"),
        ),
        "table": Table(["label", "precision", "recall", "F1", "images"], rows),
    }


def _votes(
    figures: dict[str, Any], votes: NDArray[np.uint8], shares: Shares, folder: Path
) -> dict[str, Any]:
    """What the page says of the votes head."""
    ten = metrics.answered(votes)
    found = metrics.votes_reliability(votes[ten], shares[ten])
    error = percent(figures["ece"])
    worth, raters = "", None
    if figures["raters"] is not None:
        worth = worth_in_words(figures["raters"])
        raters = draw_both(
            folder,
            "raters",
            f"Log loss against people asked; the model is worth {worth}",
            partial(
                plots.plot_raters, figures["rater_curve"], figures["log_loss"], figures["raters"]
            ),
        )
    return {
        "error": error,
        "worth": worth,
        "perfect": f"{figures['perfect_log_loss']:.3f}",
        "raters": raters,
        "reliability": draw_both(
            folder,
            "votes-reliability",
            f"Share of raters against the share expected; {error} apart",
            partial(plots.plot_reliability, found, "raters who said so"),
        ),
    }


def _learning(run: Path, folder: Path) -> Drawn:
    return draw_both(
        folder,
        "learning-curves",
        "Loss and accuracy on training and validation images, epoch by epoch",
        partial(plots.plot_learning_curves, run / "epochs.csv"),
    )


def _mistakes(found: list[Mistake], records: NDArray[np.void], folder: Path) -> dict[str, Any]:
    """What the page says of mistakes; empty where there are none."""
    if not found:
        return {}
    images = [records["image"][mistake.index] for mistake in found]
    captions = [
        f"looks {EMOTION_NAMES[mistake.read]} {mistake.share:.0%}\n"
        f"label: {EMOTION_NAMES[mistake.label]}"
        + ("\n" + ", ".join(_votes_in_words(mistake.votes)[:2]) if mistake.votes.any() else "")
        for mistake in found
    ]
    rows = [
        [
            records["name"][mistake.index].decode(),
            f"{EMOTION_NAMES[mistake.read]} {mistake.share:.1%}",
            EMOTION_NAMES[mistake.label],
            ", ".join(_votes_in_words(mistake.votes)) or "–",
        ]
        for mistake in found
    ]
    agree = [mistake.raters_agree for mistake in found if mistake.raters_agree is not None]
    return {
        "known": len(agree),
        "agreeing": sum(agree),
        "sheet": draw_both(
            folder,
            "mistakes",
            f"The {len(found)} faces on which the model was most sure and the label differs",
            lambda out, theme: plots.contact_sheet(
                in_rows(images), in_rows(captions), out, theme=theme
            ),
        ),
        "table": Table(["image", "looks", "label", "votes"], rows),
    }


def most_confused(confusion: NDArray[np.int64]) -> str:
    """A sentence on what is most often taken for what, of counts (7, 7), a row a label."""
    off = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(off, 0)
    i, j = np.unravel_index(int(off.argmax()), off.shape)
    if not off[i, j]:
        return "Nothing was taken for anything else."
    return (
        f"Most often confused: of the faces labelled {EMOTION_NAMES[i]}, {off[i, j]:.0%} are read "
        f"as {EMOTION_NAMES[j]}."
    )


def _votes_in_words(votes: NDArray[np.uint8]) -> list[str]:
    """The answers that were given, most frequent first: "7 happy", "3 neutral"."""
    words = list(plots.FERPLUS_WORDS.values())
    order = np.argsort(-votes.astype(int), kind="stable")
    return [f"{votes[column]} {words[column]}" for column in order if votes[column]]
