"""A folder that tells a person how well a model reads whole pictures: one page, set by set."""

from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES
from mien.errors import ImageError
from mien.faces.alignment import CROP_SIZE
from mien.faces.usual_face import LEAST
from mien.media.picture import load_image
from mien.training.data.framed_face import framed_face
from mien.training.evaluation import plots
from mien.training.evaluation.pictures import Measured, ReadPicture
from mien.training.evaluation.report import MISTAKES, most_confused
from mien.training.evaluation.report_page import (
    Table,
    Tile,
    draw_both,
    in_rows,
    model_origin,
    percent,
    write_page,
)

_DETAIL: Final = 3  # pixels of a thumbnail for each pixel that the network sees
_OVERVIEW: Final = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced",
    "clear": "clear",
    "accuracy_where_clear": "right where clear",
    "mean_top_share": "mean share",
    "ece": "calibration error",
}
# Of the table of all sets: the figures' keys and their words.


def write_picture_report(measured: Measured, folder: Path) -> Path:
    """Write `index.html` and its pictures; files of those names are replaced.

    Args:
        measured: what `mien.training.evaluation.pictures.measure_pictures` gave.
        folder: made where it is missing.

    Returns:
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    result = measured.result
    sets: list[dict[str, Any]] = []
    for number, (name, figures) in enumerate(result["pictures"].items(), start=1):
        read = [each for each in measured.read if each.picture.set_name == name]
        sets.append(_set(figures, name, number, read, folder))
    values = {
        "title": f"How well mien reads {len(measured.read):,} whole pictures",
        "origin": " · ".join([result["folder"], *model_origin(result["model"])]),
        "overview": _overview(result["pictures"]),
        "sets": sets,
        "detail": _DETAIL,
        "change_nats": f"{LEAST:g}",
        "change_factor": f"{np.exp(LEAST):.1f}",
        "lists": _lists(measured),
    }
    return write_page(folder, "evaluation_pictures.html", values)


def _overview(sets: dict[str, dict[str, Any]]) -> Table:
    words = [*_OVERVIEW.values(), "emotional", "read", "no face", "failed", "left out"]
    rows: list[list[str]] = []
    for name, figures in sets.items():
        shares = [percent(figures[key]) for key in _OVERVIEW]
        counts = [f"{figures[key]:,}" for key in ("images", "no_face", "failed", "left_out")]
        rows.append([_set_name(name, figures), *shares, _auc(figures), *counts])
    return Table(["set", *words], rows)


def _set_name(name: str, figures: dict[str, Any]) -> str:
    return f"{name} (weak labels)" if figures["weak"] else name


def _set(
    figures: dict[str, Any], name: str, number: int, read: list[ReadPicture], folder: Path
) -> dict[str, Any]:
    """What the page says of a set; without figures where no face was read."""
    about = {"name": _set_name(name, figures), "weak": figures["weak"]}
    if not read:
        return {**about, "figures": []}
    confusion = np.array(figures["confusion"])
    return {
        **about,
        "figures": _tiles(figures),
        "most_confused": most_confused(confusion),
        "confusion": draw_both(
            folder,
            f"confusion-{number}",
            f"Set {name}: table of labels against what the model reads, as counts and shares",
            partial(plots.plot_confusion, confusion, labelled="label"),
        ),
        "recall": _recall(figures),
        "usual": _usual(figures["usual"]),
        "mistakes": _mistakes(name, number, read, folder),
    }


def _tiles(figures: dict[str, Any]) -> list[Tile]:
    where_clear = f"{percent(figures['accuracy_where_clear'])} right where clear"
    mean = f"mean share {percent(figures['mean_top_share'])}"
    return [
        Tile(
            "Balanced accuracy",
            percent(figures["balanced_accuracy"]),
            "every label counts the same",
        ),
        Tile("Accuracy", percent(figures["accuracy"]), f"of {figures['images']:,} pictures"),
        Tile("Clear", percent(figures["clear"]), where_clear),
        Tile("Calibration error", percent(figures["ece"]), mean),
        Tile("Emotional", _auc(figures), "told from neutral; 0.5 is chance"),
    ]


def _recall(figures: dict[str, Any]) -> Table:
    """Recall by emotion, of all and of each group, and how many pictures stand behind it."""
    columns = {"recall": figures, **(figures["groups"] or {})}
    head = ["label"]
    for name in columns:
        head += [name, "pictures"]
    rows: list[list[str]] = []
    for place, emotion in enumerate(EMOTION_NAMES):
        if figures["recall"][emotion] is None:
            continue
        row = [emotion]
        for column in columns.values():
            row += [percent(column["recall"][emotion]), f"{sum(column['confusion'][place]):,}"]
        rows.append(row)
    return Table(head, rows)


def _usual(usual: dict[str, Any] | None) -> dict[str, str] | None:
    """What the page says beside people's usual faces."""
    if usual is None:
        return None
    neutral = usual["other_neutral_images"]
    return {
        "persons": f"{usual['persons']:,}",
        "images": f"{usual['images']:,}",
        "above": percent(usual["above"]),
        "above_by_1": percent(usual["above_by_1"]),
        "balanced": percent(usual["balanced_accuracy"]),
        "neutral_images": f"{neutral:,}" if neutral else "",
        "kept_neutral": percent(usual["recall"]["neutral"]),
    }


def _mistakes(
    name: str, number: int, read: list[ReadPicture], folder: Path
) -> dict[str, Any] | None:
    wrong = confident_mistakes(read)
    if not wrong:
        return None
    shown = wrong[:MISTAKES]
    faces = [_face_of(each) for each in shown]
    captions = [
        f"looks {EMOTION_NAMES[each.answer]} {each.share:.0%}\nlabel: {each.picture.label}"
        + ("" if each.reading.clear else f"\nunclear: {each.reading.reason}")
        for each in shown
    ]
    rows = [
        [
            each.picture.name,
            f"{EMOTION_NAMES[each.answer]} {each.share:.1%}",
            each.picture.label,
            "clear" if each.reading.clear else f"unclear: {each.reading.reason}",
        ]
        for each in shown
    ]
    return {
        "count": f"{len(wrong):,}",
        "read": f"{len(read):,}",
        "sheet": draw_both(
            folder,
            f"mistakes-{number}",
            f"Set {name}: the {len(shown)} surest answers that differ from the label",
            lambda out, theme: plots.contact_sheet(
                in_rows(faces), in_rows(captions), out, scale=1, theme=theme
            ),
        ),
        "table": Table(["picture", "looks", "label", "shown as"], rows),
    }


def confident_mistakes(read: list[ReadPicture]) -> list[ReadPicture]:
    """The pictures whose answer is not their label, the largest share first."""
    return sorted(
        (each for each in read if each.answer != each.label), key=lambda each: -each.share
    )


def _face_of(read: ReadPicture) -> NDArray[np.uint8]:
    """The face in a picture that is read once more; grey where it is gone meanwhile."""
    try:
        return framed_face(load_image(read.picture.path), read.reading.face, _DETAIL)
    except ImageError:
        return np.full((CROP_SIZE * _DETAIL, CROP_SIZE * _DETAIL, 3), 128, np.uint8)


def _lists(measured: Measured) -> list[dict[str, Any]]:
    """What does not stand in the figures, to open."""
    without = [str(picture.path) for picture in measured.without_face]
    lists = (
        ("what was left out or taken for something else", measured.notes),
        ("without a face that was found", without),
        ("that could not be used", measured.problems),
    )
    return [{"words": words, "entries": entries} for words, entries in lists if entries]


def _auc(figures: dict[str, Any]) -> str:
    return "–" if figures["emotional_auc"] is None else f"{figures['emotional_auc']:.3f}"
