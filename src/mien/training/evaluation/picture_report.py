"""Write a report on how well a model reads whole pictures: one page, set by set."""

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
from mien.output.texts import load_texts
from mien.training.data.cut_faces import framed_face
from mien.training.evaluation import plots
from mien.training.evaluation.pictures import Measured, ReadPicture
from mien.training.evaluation.report_page import (
    MISTAKES,
    Tile,
    draw_both,
    in_rows,
    model_origin,
    most_confused,
    write_page,
)
from mien.training.evaluation.summary import number, overview, percent, set_name

_DETAIL: Final = 3  # pixels of a thumbnail for each pixel that the network sees


def write_picture_report(measured: Measured, folder: Path) -> Path:
    """Write `index.html` and its pictures to a folder; files of those names are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    result = measured.result
    sets: list[dict[str, Any]] = []
    for place, (name, figures) in enumerate(result["pictures"].items(), start=1):
        read = [each for each in measured.read if each.picture.set_name == name]
        about = {"name": set_name(name, figures), "weak": figures["weak"], "figures": []}
        sets.append(about | _set(figures, name, place, read, folder) if read else about)
    lists = {
        "lines on what was left out or read as another word": measured.notes,
        "pictures without a face that was found": [str(p.path) for p in measured.without_face],
        "pictures that could not be used": measured.problems,
    }
    values = {
        "title": f"How well mien reads {len(measured.read):,} whole pictures",
        "origin": " · ".join([result["folder"], *model_origin(result["model"])]),
        "overview": overview(result["pictures"]),
        "sets": sets,
        "detail": _DETAIL,
        "change_nats": f"{LEAST:g}",
        "change_factor": f"{np.exp(LEAST):.1f}",
        "lists": {words: entries for words, entries in lists.items() if entries},
    }
    return write_page(folder, "evaluation_pictures.html", values)


def _set(
    figures: dict[str, Any], name: str, place: int, read: list[ReadPicture], folder: Path
) -> dict[str, Any]:
    """Make the page's part on a set with faces that were read."""
    confusion = np.array(figures["confusion"])
    return {
        "figures": _tiles(figures),
        "most_confused": most_confused(confusion),
        "confusion": draw_both(
            folder,
            f"confusion-{place}",
            f"Set {name}: table of labels against what the model reads, as counts and shares",
            partial(plots.plot_confusion, confusion, labelled="label"),
        ),
        "recall": _recall(figures),
        "usual": figures["usual"],
        "mistakes": _mistakes(name, place, read, folder),
    }


def _tiles(figures: dict[str, Any]) -> list[Tile]:
    balanced, auc = percent(figures["balanced_accuracy"]), number(figures["emotional_auc"], 3)
    where_clear = f"{percent(figures['accuracy_where_clear'])} right where clear"
    mean = f"mean share {percent(figures['mean_top_share'])}"
    return [
        Tile("Balanced accuracy", balanced, "every label counts the same"),
        Tile("Accuracy", percent(figures["accuracy"]), f"of {figures['images']:,} pictures"),
        Tile("Clear", percent(figures["clear"]), where_clear),
        Tile("Calibration error", percent(figures["ece"]), mean),
        Tile("Emotional", auc, "distinguished from neutral; 0.5 is chance"),
    ]


def _recall(figures: dict[str, Any]) -> list[list[str]]:
    """Tabulate recall by emotion and number of pictures, of all and of each group."""
    columns = {"recall": figures, **(figures["groups"] or {})}
    rows = [["label", *(word for name in columns for word in (name, "pictures"))]]
    for place, emotion in enumerate(EMOTION_NAMES):
        if figures["recall"][emotion] is not None:
            row = [emotion]
            for column in columns.values():
                row += [percent(column["recall"][emotion]), f"{sum(column['confusion'][place]):,}"]
            rows.append(row)
    return rows


def _mistakes(
    name: str, place: int, read: list[ReadPicture], folder: Path
) -> dict[str, Any] | None:
    wrong = confident_mistakes(read)
    if not wrong:
        return None
    shown = wrong[:MISTAKES]
    faces = [_face_of(each) for each in shown]
    captions: list[str] = []
    rows = [["picture", "looks", "label", "shown as"]]
    words = load_texts("en").answers
    for each in shown:
        answer, label = words[EMOTION_NAMES[each.answer]], each.picture.label
        unclear = "" if each.reading.clear else f"unclear: {each.reading.reason}"
        lines = [f"looks {answer} {each.share:.0%}", f"label: {label}", unclear]
        captions.append("\n".join(filter(None, lines)))
        rows.append([each.picture.name, f"{answer} {each.share:.1%}", label, unclear or "clear"])
    return {
        "count": len(wrong),
        "read": len(read),
        "sheet": draw_both(
            folder,
            f"mistakes-{place}",
            f"Set {name}: the {len(shown)} surest answers that differ from the label",
            partial(plots.contact_sheet, in_rows(faces), in_rows(captions), scale=1),
        ),
        "table": rows,
    }


def confident_mistakes(read: list[ReadPicture]) -> list[ReadPicture]:
    """Return the pictures whose answer is not their label, the largest share first."""
    wrong = (each for each in read if each.answer != each.label)
    return sorted(wrong, key=lambda each: -each.share)


def _face_of(read: ReadPicture) -> NDArray[np.uint8]:
    """Cut the face out of its picture, which is read again; grey if the picture is gone."""
    try:
        return framed_face(load_image(read.picture.path), read.reading.face, _DETAIL)
    except ImageError:
        return np.full((CROP_SIZE * _DETAIL, CROP_SIZE * _DETAIL, 3), 128, np.uint8)
