"""Write a report on a model: one page in plain words, with pictures.

Every picture exists twice, on a light and a dark ground; the page shows the one that fits.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES
from mien.output.texts import load_texts
from mien.training.evaluation import metrics, plots
from mien.training.evaluation.evaluate import Evaluation
from mien.training.evaluation.raters import worth_in_words
from mien.training.evaluation.reliability import Shares
from mien.training.evaluation.report_page import (
    MISTAKES,
    Tile,
    draw_both,
    in_rows,
    model_origin,
    most_confused,
    write_page,
)
from mien.training.evaluation.summary import label_rows, percent


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """An image whose label the model did not read.

    Attributes:
        index: index of the record.
        read: the label with the model's largest share, 0 to 6.
        share: that share.
        label: FER2013's label, 0 to 6.
        votes: number of raters by answer, uint8 (10,); all 0 where unknown.
        raters_agree: whether the raters' most frequent answer is the model's; None where unknown.
    """

    index: int
    read: int
    share: float
    label: int
    votes: NDArray[np.uint8]
    raters_agree: bool | None


def write_report(measured: Evaluation, folder: Path, *, run: Path | None = None) -> Path:
    """Write `index.html` and its pictures; files of those names are replaced.

    Args:
        measured: result of `mien.training.evaluation.evaluate.measure`.
        folder: folder of the page, made if it is missing.
        run: the model's training run, for its learning curves.

    Raises:
        DataError: the run has no learning curves.
    """
    folder.mkdir(parents=True, exist_ok=True)
    result, records, answers = measured.result, measured.records, measured.answers
    label = votes = mistakes = learning = None
    if result["label"]["accuracy"] is not None and answers.label is not None:
        known = records["label"] >= 0
        label = _label(result["label"], records["label"][known], answers.label[known], folder)
        mistakes = _mistakes(confident_mistakes(records, answers.label, MISTAKES), records, folder)
    if result["votes"]["log_loss"] is not None and answers.votes is not None:
        votes = _votes(result["votes"], records["votes"], answers.votes, folder)
    if run is not None:
        words = "Loss and accuracy on training and validation images, epoch by epoch"
        draw = partial(plots.plot_learning_curves, run / "epochs.csv")
        learning = draw_both(folder, "learning-curves", words, draw)
    values = {
        "title": f"How well mien reads: {result['split']} images",
        "origin": " · ".join(model_origin(result["model"])),
        "figures": _tiles(result),
        "count": result["images"],
        "label": label,
        "votes": votes,
        "learning": learning,
        "mistakes": mistakes,
        "notes": result["notes"],
    }
    return write_page(folder, "evaluation.html", values)


def confident_mistakes(records: NDArray[np.void], shares: Shares, count: int) -> list[Mistake]:
    """Find up to `count` images whose label was not read, the model's largest share first.

    Records without a label are passed over; `shares` are the labels' shares, float (N, 7).
    """
    read, share = shares.argmax(axis=1), shares.max(axis=1)
    wrong = np.flatnonzero((records["label"] >= 0) & (read != records["label"]))
    mistakes: list[Mistake] = []
    for index in wrong[np.argsort(-share[wrong], kind="stable")][:count].tolist():
        votes = records["votes"][index]
        agree = bool(votes.argmax() == metrics.LABEL_TO_FERPLUS[read[index]])
        mistakes.append(
            Mistake(
                index,
                int(read[index]),
                float(share[index]),
                int(records["label"][index]),
                votes,
                agree if votes.any() else None,
            )
        )
    return mistakes


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
    """Make the page's parts on the label head."""
    confusion = np.array(figures["confusion"])
    found = metrics.label_reliability(labels, shares)
    error = percent(figures["ece"])
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
        "table": [["label", "precision", "recall", "F1", "images"], *label_rows(figures)],
    }


def _votes(
    figures: dict[str, Any], votes: NDArray[np.uint8], shares: Shares, folder: Path
) -> dict[str, Any]:
    """Make the page's parts on the votes head."""
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


def _mistakes(found: list[Mistake], records: NDArray[np.void], folder: Path) -> dict[str, Any]:
    """Make the page's part on mistakes; empty without any."""
    if not found:
        return {}
    images = [records["image"][mistake.index] for mistake in found]
    captions: list[str] = []
    rows = [["image", "looks", "label", "votes"]]
    words = load_texts("en").answers
    for mistake in found:
        read, label = words[EMOTION_NAMES[mistake.read]], EMOTION_NAMES[mistake.label]
        votes = _votes_in_words(mistake.votes)
        lines = [f"looks {read} {mistake.share:.0%}", f"label: {label}", ", ".join(votes[:2])]
        captions.append("\n".join(filter(None, lines)))
        name = records["name"][mistake.index].decode()
        rows.append([name, f"{read} {mistake.share:.1%}", label, ", ".join(votes) or "–"])
    agree = [mistake.raters_agree for mistake in found if mistake.raters_agree is not None]
    sheet = draw_both(
        folder,
        "mistakes",
        f"The {len(found)} faces on which the model was most sure and the label differs",
        partial(plots.contact_sheet, in_rows(images), in_rows(captions)),
    )
    return {"known": len(agree), "agreeing": sum(agree), "sheet": sheet, "table": rows}


def _votes_in_words(votes: NDArray[np.uint8]) -> list[str]:
    """List the answers given, most frequent first: "7 happy", "3 neutral"."""
    words = list(plots.FERPLUS_WORDS.values())
    order = np.argsort(-votes.astype(int), kind="stable")
    return [f"{votes[column]} {words[column]}" for column in order if votes[column]]
