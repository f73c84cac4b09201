"""A folder that tells a person how well a model reads whole pictures: one page, set by set."""

from html import escape
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES
from mien.errors import ImageError
from mien.faces.alignment import CROP_SIZE, framing
from mien.faces.usual_face import LEAST
from mien.media.picture import load_image
from mien.training.evaluation import plots
from mien.training.evaluation.pictures import Measured, ReadPicture
from mien.training.evaluation.report import MISTAKES, most_confused
from mien.training.evaluation.report_page import in_rows, picture, write_page
from mien.types import Face

_DETAIL: Final = 3  # pixels of a thumbnail for each pixel that the network sees
_COLUMNS: Final = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced",
    "clear": "clear",
    "accuracy_where_clear": "right where clear",
    "mean_top_share": "mean share",
    "ece": "calibration error",
}
# Of the table of all sets: the figures' keys and their words.

_HOW: Final = f"""<h2 id="how">What is measured, and how</h2>
<p>Each picture goes the way of every picture in mien: faces are found, cropped and read. The
largest face counts, and its answer is the largest of the seven emotions’ shares, “other” left out.
What the folder says of a picture is its label.</p>
<ul>
<li><b>Accuracy</b>: the share of pictures whose answer is the label. <b>Balanced</b>: the mean of
the emotions’ recalls, over those that the set has; every emotion counts the same.</li>
<li><b>Recall</b> of an emotion: of the pictures labelled so, the share that is read so.</li>
<li><b>Clear</b>: the share of faces for which mien shows an answer, and not “unclear”.
<b>Right where clear</b>: accuracy on those.</li>
<li><b>Mean share</b>: how sure the answers are on average. <b>Calibration error</b>: how far that
lies from how often they are right, in 15 bins.</li>
<li><b>Emotional</b>: of an emotional and a neutral picture, how often the emotional one has the
smaller neutral share; 0.5 is chance, 1 is always.</li>
<li><b>No face</b>: pictures in which no face was found. They count in no other figure.
<b>Failed</b>: pictures that could not be read. <b>Left out</b>: pictures whose label is none of
the seven emotions.</li>
<li><b>Above the usual face</b>: of people who are seen neutral and emotional, the share of
emotional pictures whose labelled emotion has larger odds against neutral than in the same person’s
first neutral picture that can be seen well. <b>Balanced accuracy with that picture as the usual
face</b>: the answer is the change from it, as everywhere in mien: the emotion whose odds rose most,
if by more than {LEAST:g} nats (a factor of {np.exp(LEAST):.1f}), and else neutral.</li>
</ul>"""


def write_picture_report(measured: Measured, folder: Path) -> Path:
    """Write `index.html` and its pictures; files of those names are replaced.

    Args:
        measured: what `mien.training.evaluation.pictures.measure_pictures` gave.
        folder: made where it is missing.

    Returns:
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = [_head(measured)]
    for number, name in enumerate(measured.result["pictures"], start=1):
        read = [each for each in measured.read if each.picture.set_name == name]
        parts += _set_parts(measured.result["pictures"][name], name, number, read, folder)
    parts += [_HOW, *_lists(measured)]
    return write_page(folder, _title(measured), parts)


def _title(measured: Measured) -> str:
    return f"How well mien reads {len(measured.read):,} whole pictures"


def _head(measured: Measured) -> str:
    model = measured.result["model"]
    origin = [measured.result["folder"], f"network {model['network'] or 'unknown'}"]
    origin += [f"{key} {model[key]}" for key in ("version", "commit", "seed") if model[key]]
    words = [*_COLUMNS.values(), "emotional", "read", "no face", "failed", "left out"]
    rows: list[list[str]] = []
    for name, figures in measured.result["pictures"].items():
        shares = [_share(figures[key]) for key in _COLUMNS]
        counts = [f"{figures[key]:,}" for key in ("images", "no_face", "failed", "left_out")]
        rows.append([_set_name(name, figures), *shares, _auc(figures), *counts])
    return (
        f"<h1>{escape(_title(measured))}</h1>\n"
        f'<p class="faint">{escape(" · ".join(origin))}</p>\n{_table(["set", *words], rows)}\n'
        '<p>The words are explained <a href="#how">at the end</a>.</p>'
    )


def _set_name(name: str, figures: dict[str, Any]) -> str:
    return f"{name} (weak labels)" if figures["weak"] else name


def _set_parts(
    figures: dict[str, Any], name: str, number: int, read: list[ReadPicture], folder: Path
) -> list[str]:
    parts = [f"<h2>{escape(_set_name(name, figures))}</h2>"]
    if figures["weak"]:
        parts.append(
            "<p>The source calls these labels weak: many pictures show something else than their "
            "label. The figures are good for comparing two models, not for how often one is right."
            "</p>"
        )
    if not read:
        return [*parts, "<p>No face was read.</p>"]
    confusion = np.array(figures["confusion"])
    words = f"Set {name}: table of labels against what the model reads, as counts and shares"
    parts += [
        _tiles(figures),
        f"<p>A row holds the pictures of one label, a column what is read from them. "
        f"{most_confused(confusion)}</p>",
        picture(
            folder,
            f"confusion-{number}",
            words,
            lambda out, theme: plots.plot_confusion(confusion, out, theme, labelled="label"),
        ),
        _recall_table(figures),
    ]
    if figures["usual"] is not None:
        parts.append(_usual_part(figures["usual"]))
    return [*parts, _mistakes_part(name, number, read, folder)]


def _tiles(figures: dict[str, Any]) -> str:
    tiles = [
        ("Balanced accuracy", _share(figures["balanced_accuracy"]), "every label counts the same"),
        ("Accuracy", _share(figures["accuracy"]), f"of {figures['images']:,} pictures"),
        (
            "Clear",
            _share(figures["clear"]),
            f"{_share(figures['accuracy_where_clear'])} right where clear",
        ),
        (
            "Calibration error",
            _share(figures["ece"]),
            f"mean share {_share(figures['mean_top_share'])}",
        ),
        ("Emotional", _auc(figures), "told from neutral; 0.5 is chance"),
    ]
    shown = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>\n"
        for name, value, note in tiles
    )
    return f'<dl class="figures">\n{shown}</dl>'


def _recall_table(figures: dict[str, Any]) -> str:
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
            row += [_share(column["recall"][emotion]), f"{sum(column['confusion'][place]):,}"]
        rows.append(row)
    return _table(head, rows)


def _usual_part(usual: dict[str, Any]) -> str:
    neutral = (
        f"Of {usual['other_neutral_images']:,} further neutral pictures, "
        f"{_share(usual['recall']['neutral'])} are kept neutral."
        if usual["other_neutral_images"]
        else "Each person has one neutral picture only, which is right by construction: how often "
        "neutral is kept is not measured here."
    )
    return (
        f"<p>Beside the usual face of {usual['persons']:,} people: {_share(usual['above'])} of "
        f"{usual['images']:,} emotional pictures lie above the same person’s neutral one, "
        f"{_share(usual['above_by_1'])} by more than 1 nat. With that picture as the usual face, "
        f"balanced accuracy is {_share(usual['balanced_accuracy'])}. {neutral}</p>"
    )


def _mistakes_part(name: str, number: int, read: list[ReadPicture], folder: Path) -> str:
    wrong = confident_mistakes(read)
    if not wrong:
        return "<h3>Most confident mistakes</h3>\n<p>There are none.</p>"
    shown = wrong[:MISTAKES]
    faces = [_face_of(each) for each in shown]
    captions = [
        f"looks {EMOTION_NAMES[each.answer]} {each.share:.0%}\nlabel: {each.picture.label}"
        + ("" if each.reading.clear else f"\nunclear: {each.reading.reason}")
        for each in shown
    ]
    drawn = picture(
        folder,
        f"mistakes-{number}",
        f"Set {name}: the {len(shown)} surest answers that differ from the label",
        lambda out, theme: plots.contact_sheet(
            in_rows(faces), in_rows(captions), out, scale=1, theme=theme
        ),
    )
    rows = [
        [
            each.picture.name,
            f"{EMOTION_NAMES[each.answer]} {each.share:.1%}",
            each.picture.label,
            "clear" if each.reading.clear else f"unclear: {each.reading.reason}",
        ]
        for each in shown
    ]
    return (
        f"<h3>Most confident mistakes</h3>\n<p>{len(wrong):,} of {len(read):,} faces are read "
        "otherwise than they are labelled. These are the surest, framed as the network sees them, "
        f'but in colour and {_DETAIL} times as fine.</p>\n<div class="scroll">{drawn}</div>\n'
        "<details><summary>The same as a table</summary>\n"
        f"{_table(['picture', 'looks', 'label', 'shown as'], rows)}</details>"
    )


def confident_mistakes(read: list[ReadPicture]) -> list[ReadPicture]:
    """The pictures whose answer is not their label, the largest share first."""
    return sorted(
        (each for each in read if each.answer != each.label), key=lambda each: -each.share
    )


def _face_of(read: ReadPicture) -> NDArray[np.uint8]:
    """The face in a picture that is read once more; grey where it is gone meanwhile."""
    try:
        return face_thumbnail(load_image(read.picture.path), read.reading.face)
    except ImageError:
        return np.full((CROP_SIZE * _DETAIL, CROP_SIZE * _DETAIL, 3), 128, np.uint8)


def face_thumbnail(image: NDArray[np.uint8], face: Face) -> NDArray[np.uint8]:
    """A face as the network's crop frames it, for people: RGB uint8 (144, 144, 3).

    Args:
        image: RGB uint8 (H, W, 3).
        face: of that picture.

    Raises:
        ImageError: landmarks or box do not span a face.
    """
    matrix = framing(face) * _DETAIL
    shrink = max(1, int(1 / np.hypot(*matrix[:, 0])))  # whole pixels of the picture a pixel
    if shrink > 1:
        height, width = (max(1, side // shrink) for side in image.shape[:2])
        scale = np.array((image.shape[1] / width, image.shape[0] / height))
        image = np.asarray(
            cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
        matrix[:, :2] *= scale
    # Index i of an array is the pixel from i to i + 1, its middle i + 0.5: hence the halves.
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    side = CROP_SIZE * _DETAIL
    warped = cv2.warpAffine(image, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def _lists(measured: Measured) -> list[str]:
    """What does not stand in the figures, to open."""
    without = [str(picture.path) for picture in measured.without_face]
    lists = (
        ("what was left out or taken for something else", measured.notes),
        ("without a face that was found", without),
        ("that could not be used", measured.problems),
    )
    return [
        f"<details><summary>{len(items):,} {words}</summary>\n<ul>"
        + "".join(f"<li>{escape(item)}</li>\n" for item in items)
        + "</ul></details>"
        for words, items in lists
        if items
    ]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _auc(figures: dict[str, Any]) -> str:
    return "–" if figures["emotional_auc"] is None else f"{figures['emotional_auc']:.3f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    words = "".join(f'<th scope="col">{escape(word)}</th>' for word in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="scroll"><table><thead><tr>{words}</tr></thead>\n'
        f"<tbody>\n{body}</tbody></table></div>"
    )
