"""A folder that tells a person how well a model reads: one page in plain words, with pictures.

Every picture is there twice, on a light and a dark ground; the page shows the one that fits.
"""

from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES
from mien.training.data.dataset import select
from mien.training.evaluation import metrics, plots
from mien.training.evaluation.evaluate import (
    Predictions,
    Predictor,
    confident_mistakes,
    load_model,
    predict,
)
from mien.training.evaluation.raters import worth_in_words
from mien.training.evaluation.report_page import in_rows, picture, write_page

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
    parts = [_head(result)]
    if result["label"]["accuracy"] is not None and predictions.label is not None:
        known = records["label"] >= 0
        parts += _label_parts(result, records[known], predictions.label[known], folder)
    if result["votes"]["log_loss"] is not None and predictions.votes is not None:
        parts += _votes_parts(result, records, predictions.votes, folder)
    if run is not None:
        parts.append(_learning_part(run, folder))
    if result["label"]["accuracy"] is not None:
        parts.append(_mistakes_part(records, predictions, folder))
    parts += [f'<p class="faint">{escape(note)}.</p>' for note in result["notes"]]
    return write_page(folder, _title(result), parts)


def _title(result: dict[str, Any]) -> str:
    return f"How well mien reads: {result['split']} images"


def _head(result: dict[str, Any]) -> str:
    model, label, votes = result["model"], result["label"], result["votes"]
    origin = [f"network {model['network'] or 'unknown'}"]
    origin += [f"{key} {model[key]}" for key in ("version", "commit", "seed") if model[key]]
    figures: list[tuple[str, str, str]] = []
    if label["accuracy"] is not None:
        without, tta = label["accuracy_without_copies"], result["tta"]["label"]["accuracy"]
        figures += [
            ("Label accuracy", f"{label['accuracy']:.1%}", f"{tta:.1%} with mirrored images too"),
            (
                "… without copies",
                "–" if without is None else f"{without:.1%}",
                f"{label['images_without_copies']:,} images without one in training",
            ),
            ("Macro F1", f"{label['macro_f1']:.3f}", "every emotion counts the same"),
            ("Calibration error", f"{label['ece']:.1%}", "of the label's top share"),
        ]
    if votes["majority_accuracy"] is not None:
        figures.append(
            (
                "Majority accuracy",
                f"{votes['majority_accuracy']:.1%}",
                f"{votes['majority_images']:,} images on which raters agree",
            )
        )
    if votes["log_loss"] is not None:
        figures.append(
            (
                "Log loss of votes",
                f"{votes['log_loss']:.3f}",
                f"{votes['perfect_log_loss']:.3f} would be perfect",
            )
        )
    if votes["raters"] is not None:
        figures.append(("Worth", worth_in_words(votes["raters"]), "asked about the same face"))
    tiles = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>\n"
        for name, value, note in figures
    )
    return (
        f"<h1>{escape(_title(result))}</h1>\n"
        f'<p class="faint">{result["images"]:,} images · {escape(" · ".join(origin))}</p>\n'
        f'<dl class="figures">\n{tiles}</dl>\n'
        "<p>Accuracy is the share of images for which the model’s first answer is the label that "
        "FER2013 gives. That label comes from an image search, checked by hand; the most frequent "
        "answer of ten people is the same on only 62 of 100 images, so 100 % is not to be had. "
        "Some pictures are in the data set twice; “without copies” leaves out those that are in "
        "the training images too.</p>"
    )


def _label_parts(
    result: dict[str, Any], records: NDArray[np.void], shares: metrics.Shares, folder: Path
) -> list[str]:
    label = result["label"]
    confusion = np.array(label["confusion"])
    found = metrics.label_reliability(records["label"], shares)
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{label["precision"][name]:.1%}</td>'
        f"<td>{label['recall'][name]:.1%}</td><td>{label['f1'][name]:.3f}</td>"
        f"<td>{images:,}</td></tr>\n"
        for name, images in zip(EMOTION_NAMES, confusion.sum(axis=1), strict=True)
    )
    return [
        "<h2>What is taken for what</h2>",
        "<p>A row holds the images of one label, a column what the model reads from them. The "
        f"diagonal is what it reads as labelled. {most_confused(confusion)}</p>",
        picture(
            folder,
            "confusion",
            "Table of labels against what the model reads, as counts and shares of each row",
            lambda out, theme: plots.plot_confusion(confusion, out, theme),
        ),
        "<h2>Emotion by emotion</h2>",
        "<p>Precision: of the faces that the model reads as happy, say, how many are labelled "
        "happy. Recall: of the faces labelled happy, how many the model finds. F1 is one figure "
        "for both. Rare emotions stand on few images, so their figures are the least sure.</p>",
        picture(
            folder,
            "per-class",
            "Bars of precision and recall for each emotion; the table below has the figures",
            lambda out, theme: plots.plot_per_class(
                label["precision"], label["recall"], out, theme
            ),
        ),
        '<div class="scroll"><table><thead><tr><th scope="col">label</th>'
        '<th scope="col">precision</th><th scope="col">recall</th><th scope="col">F1</th>'
        f'<th scope="col">images</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div>',
        "<h2>Can its shares be trusted?</h2>",
        "<p>Where the model is 80 % sure, it should be right on 80 of 100 images. Bars below the "
        "line are answers given too surely, bars above it too timidly. On average the two are "
        f"{label['ece']:.1%} apart.</p>",
        picture(
            folder,
            "reliability",
            f"Share of right answers against the model’s share; {label['ece']:.1%} apart",
            lambda out, theme: plots.plot_reliability(found, "share labelled so", out, theme),
        ),
    ]


def _votes_parts(
    result: dict[str, Any], records: NDArray[np.void], shares: metrics.Shares, folder: Path
) -> list[str]:
    votes = result["votes"]
    ten = metrics.answered(records["votes"])
    found = metrics.votes_reliability(records["votes"][ten], shares[ten])
    parts = [
        "<h2>Can its votes be trusted?</h2>",
        "<p>Where the model expects 8 of 10 people to say the same, 8 of 10 should. On average "
        f"the two are {votes['ece']:.1%} apart.</p>",
        picture(
            folder,
            "votes-reliability",
            f"Share of raters against the share expected; {votes['ece']:.1%} apart",
            lambda out, theme: plots.plot_reliability(found, "raters who said so", out, theme),
        ),
    ]
    if votes["raters"] is not None:
        worth = worth_in_words(votes["raters"])
        parts += [
            "<h2>How many people is it worth?</h2>",
            "<p>If you ask a few people what a face looks like, you can guess what the next one "
            "will say; the more you ask, the better. The model’s guess is as good as that from "
            f"asking {worth} (lower is better; {votes['perfect_log_loss']:.3f}"
            " would be perfect).</p>",
            picture(
                folder,
                "raters",
                f"Log loss against people asked; the model is worth {worth}",
                lambda out, theme: plots.plot_raters(
                    votes["rater_curve"], votes["log_loss"], votes["raters"], out, theme
                ),
            ),
        ]
    return parts


def _learning_part(run: Path, folder: Path) -> str:
    drawn = picture(
        folder,
        "learning-curves",
        "Loss and accuracy on training and validation images, epoch by epoch",
        lambda out, theme: plots.plot_learning_curves(run / "epochs.csv", out, theme),
    )
    return (
        "<h2>How it learnt</h2>\n<p>An epoch is one pass over the training images. The weights of "
        "the dotted epoch were kept: the best on validation images, which it did not learn from. "
        "Where validation gets worse while training gets better, it learns by heart.</p>\n" + drawn
    )


def _mistakes_part(records: NDArray[np.void], predictions: Predictions, folder: Path) -> str:
    mistakes = confident_mistakes(records, predictions, MISTAKES)
    if not mistakes:
        return "<h2>Most confident mistakes</h2>\n<p>There are none.</p>"
    images = [records["image"][mistake.index] for mistake in mistakes]
    captions = [
        f"looks {EMOTION_NAMES[m.read]} {m.share:.0%}\nlabel: {EMOTION_NAMES[m.label]}"
        + ("\n" + ", ".join(_votes_in_words(m.votes)[:2]) if m.votes.any() else "")
        for m in mistakes
    ]
    drawn = picture(
        folder,
        "mistakes",
        f"The {len(mistakes)} faces on which the model was most sure and the label differs",
        lambda out, theme: plots.contact_sheet(
            in_rows(images), in_rows(captions), out, theme=theme
        ),
    )
    known = [m.raters_agree for m in mistakes if m.raters_agree is not None]
    agreement = (
        f" For {sum(known)} of the {len(known)} here whose votes are known, people’s most frequent "
        "answer is the model’s."
        if known
        else ""
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(records["name"][m.index].decode())}</th>'
        f"<td>{EMOTION_NAMES[m.read]} {m.share:.1%}</td><td>{EMOTION_NAMES[m.label]}</td>"
        f"<td>{', '.join(_votes_in_words(m.votes)) or '–'}</td></tr>\n"
        for m in mistakes
    )
    return (
        "<h2>Most confident mistakes</h2>\n<p>Faces that the model read otherwise than they are "
        "labelled, the surest first: what it reads, FER2013’s label, and the two answers that ten "
        f"people gave most often.{agreement}</p>\n"
        f'<div class="scroll">{drawn}</div>\n'
        '<details><summary>The same as a table</summary>\n<div class="scroll"><table><thead><tr>'
        '<th scope="col">image</th><th scope="col">looks</th><th scope="col">label</th>'
        f'<th scope="col">votes</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div></details>'
    )


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
