"""A folder that tells a person how well a model reads: one page in plain words, with pictures.

Every picture is there twice, on a light and a dark ground; the page shows the one that fits.
"""

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mien._whole import write_whole
from mien.emotions import EMOTION_NAMES
from mien.training import metrics, plots
from mien.training.data import select
from mien.training.evaluate import (
    Predictions,
    Predictor,
    confident_mistakes,
    load_model,
    predict,
)
from mien.training.figures import DARK, LIGHT, Theme
from mien.training.raters import worth_in_words

MISTAKES: Final = 24
"""Mistakes on the contact sheet."""

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
        result: what `mien.training.evaluate.evaluate` gave for `model` and `dataset`.
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
    page = folder / "index.html"
    write_whole(
        page,
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(_title(result))}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body>\n</html>\n",
    )
    return page


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
        f"diagonal is what it reads as labelled. {_most_confused(confusion)}</p>",
        _picture(
            folder,
            "confusion",
            "Table of labels against what the model reads, as counts and shares of each row",
            lambda out, theme: plots.plot_confusion(confusion, out, theme),
        ),
        "<h2>Emotion by emotion</h2>",
        "<p>Precision: of the faces that the model reads as happy, say, how many are labelled "
        "happy. Recall: of the faces labelled happy, how many the model finds. F1 is one figure "
        "for both. Rare emotions stand on few images, so their figures are the least sure.</p>",
        _picture(
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
        _picture(
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
        _picture(
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
            _picture(
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
    picture = _picture(
        folder,
        "learning-curves",
        "Loss and accuracy on training and validation images, epoch by epoch",
        lambda out, theme: plots.plot_learning_curves(run / "epochs.csv", out, theme),
    )
    return (
        "<h2>How it learnt</h2>\n<p>An epoch is one pass over the training images. The weights of "
        "the dotted epoch were kept: the best on validation images, which it did not learn from. "
        "Where validation gets worse while training gets better, it learns by heart.</p>\n"
        + picture
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
    picture = _picture(
        folder,
        "mistakes",
        f"The {len(mistakes)} faces on which the model was most sure and the label differs",
        lambda out, theme: plots.contact_sheet(
            _in_rows(images), _in_rows(captions), out, theme=theme
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
        f'<div class="scroll">{picture}</div>\n'
        '<details><summary>The same as a table</summary>\n<div class="scroll"><table><thead><tr>'
        '<th scope="col">image</th><th scope="col">looks</th><th scope="col">label</th>'
        f'<th scope="col">votes</th></tr></thead>\n<tbody>\n{rows}</tbody></table></div></details>'
    )


def _most_confused(confusion: NDArray[np.int64]) -> str:
    off = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(off, 0)
    i, j = np.unravel_index(int(off.argmax()), off.shape)
    if not off[i, j]:
        return "Nothing was taken for anything else."
    return (
        f"Most often confused: of the faces labelled {EMOTION_NAMES[i]}, {off[i, j]:.0%} are read "
        f"as {EMOTION_NAMES[j]}."
    )


def _picture(folder: Path, name: str, words: str, draw: Callable[[Path, Theme], None]) -> str:
    """Draw a picture on both grounds; the HTML that shows the fitting one."""
    for theme in (LIGHT, DARK):
        draw(folder / f"{name}{theme.suffix}.png", theme)
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" '
        f'srcset="{name}{DARK.suffix}.png">'
        f'<img src="{name}.png" alt="{escape(words)}" loading="lazy"></picture>'
    )


def _votes_in_words(votes: NDArray[np.uint8]) -> list[str]:
    """The answers that were given, most frequent first: "7 happy", "3 neutral"."""
    words = list(plots.FERPLUS_WORDS.values())
    order = np.argsort(-votes.astype(int), kind="stable")
    return [f"{votes[column]} {words[column]}" for column in order if votes[column]]


def _in_rows(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[start : start + _COLUMNS] for start in range(0, len(items), _COLUMNS)]
