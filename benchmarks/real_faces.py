"""Measure whole pictures and films of people whose expression is known; keep a history.

    python benchmarks/real_faces.py [--model FILE] [--name NAME]

Measures `mien evaluate --pictures` on ../shared/data/real. In the stretches of films of
../shared/data/clips/segments.csv it reads every frame by itself: the set "clips" has the share of
frames whose answer is the stretch's label, and its balanced accuracy is the mean over the
stretches. Appends a line for each set to benchmarks/history/real-faces.csv, and prints the table.
Data that are not on this machine are named and left out. Nobody trains on these pictures; the
labels of "web" are weak.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any, Final

import cyclopts
import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray
from remembering import remember

from mien.emotions import EMOTION_NAMES
from mien.errors import DataError
from mien.faces.classifier import PACKAGED_MODEL
from mien.faces.reader import Reader
from mien.media.film import Video
from mien.training.data.labelled import LabelledPicture, read_label
from mien.training.evaluation.picture_metrics import of_seven
from mien.training.evaluation.pictures import ReadPicture, figures, measure_pictures
from mien.training.evaluation.summary import SHARES, number, percent, set_name

HERE: Final = Path(__file__).parent
DATA: Final = HERE.parents[1] / "shared" / "data"
CLIPS: Final = "clips"
"""Name of the set of stretches of films."""

COLUMNS: Final = (
    *("date", "commit", "machine", "model", "sha256", "network", "set", "images", "no_face"),
    *("accuracy", "balanced_accuracy", *(f"recall_{name}" for name in EMOTION_NAMES)),
    *("clear", "accuracy_where_clear", "mean_top_share", "ece", "emotional_auc"),
    *("usual_above", "usual_above_by_1", "usual_balanced_accuracy"),
)
"""Columns of the history; a figure that the set does not allow is empty."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a film whose expression is known: its first and last frame, both included."""

    film: Path
    first: int
    last: int
    label: str

    @property
    def name(self) -> str:
        """Name of the stretch in a table."""
        return f"{self.film.name}, frames {self.first} to {self.last}, {self.label}"


def main(
    *,
    model: Path | None = None,
    name: str | None = None,
    pictures: Path = DATA / "real",
    groups: Path = HERE / "london-groups.csv",
    segments: Path = DATA / "clips" / "segments.csv",
    history: Annotated[Path, Parameter(negative=())] = HERE / "history" / "real-faces.csv",
    keep: bool = True,
) -> None:
    """Measure, print a Markdown table, and add lines to the history.

    Args:
        model: an exported model; without it the one that ships with mien.
        name: name of the model in the history; without it the file's name.
        pictures: folder of labelled pictures, as for `mien evaluate --pictures`.
        groups: table with columns person and group. Each group of a set gets figures of its own.
            The table that comes along says which of London's people look like a woman or a man to
            one of mien's authors; the set's own table is not on the development machines.
        segments: table of stretches of films with columns film, first_frame, last_frame and label.
            Films are relative to the folder above the table's.
        history: CSV to which a line for each set is added.
        keep: add to the history.
    """
    reader = Reader(model=model)
    sets: dict[str, dict[str, Any]] = {}
    if pictures.is_dir():
        measured = measure_pictures(pictures, reader)
        for line in [*measured.notes, *measured.problems]:
            print(line)
        sets |= measured.result["pictures"]
        sets |= measure_groups(measured.read, groups)
    else:
        print(f"{pictures} is not on this machine: labelled pictures are left out")
    there = read_segments(segments) if segments.is_file() else []
    for film in sorted({str(segment.film) for segment in there if not segment.film.is_file()}):
        print(f"{film} is not on this machine: its stretches are left out")
    there = [segment for segment in there if segment.film.is_file()]
    if there:
        sets[CLIPS], by_segment = measure_segments(there, reader)
        print("\n| stretch | frames read as labelled |\n|---|--:|")
        for segment, share in by_segment.items():
            print(f"| {segment} | {percent(share)} |")
    elif not segments.is_file():
        print(f"{segments} is not on this machine: films are left out")
    if not sets:
        raise SystemExit("Nothing is here to measure on; give --pictures or --segments.")
    file = PACKAGED_MODEL if model is None else model
    origin = {
        "model": name or ("shipped" if model is None else model.name),
        "sha256": sha256(file.read_bytes()).hexdigest()[:12],
        "network": reader.classifier.metadata.get("network"),
    }
    rows = [history_row(origin, set_name, of_set) for set_name, of_set in sets.items()]
    if keep:
        remember(history, rows)
    print(f"\n{_markdown(sets)}")


def measure_groups(read: list[ReadPicture], table: Path) -> dict[str, dict[str, Any]]:
    """Compute the figures of each group of each set, such as "london, women"."""
    with table.open(newline="", encoding="utf-8-sig") as file:
        group_of = {row["person"]: row["group"] for row in csv.DictReader(file)}
    grouped: dict[str, list[ReadPicture]] = {}
    for each in read:
        person = each.picture.person
        if person is not None and person in group_of:
            grouped.setdefault(f"{each.picture.set_name}, {group_of[person]}", []).append(each)
    further = {"no_face": 0, "usual": None, "weak": False}
    return {name: {**figures(grouped[name]), **further} for name in sorted(grouped)}


def read_segments(table: Path) -> list[Segment]:
    """Read a table's stretches; films are relative to the folder above.

    Raises:
        DataError: a label is none of the seven emotions.
    """
    found: list[Segment] = []
    with table.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            label = read_label(row["label"])
            if label is None:
                raise DataError(f"{table}: {row['label']!r} is none of {', '.join(EMOTION_NAMES)}.")
            film = table.resolve().parents[1] / row["film"]
            found.append(Segment(film, int(row["first_frame"]), int(row["last_frame"]), label))
    return found


def measure_segments(
    segments: list[Segment], reader: Reader
) -> tuple[dict[str, Any], dict[str, float | None]]:
    """Compute the figures of all frames, and by stretch the share of frames read as labelled.

    Frames without a face count in no figure but `no_face`. `balanced_accuracy` is the mean over the
    stretches, and `recall` the mean over those of one label.
    """
    every: list[ReadPicture] = []
    shares: dict[str, float | None] = {}
    by_label: dict[str, list[float]] = {}
    no_face = 0
    for segment in segments:
        frames = _frames(segment)
        picture = LabelledPicture(segment.name, segment.film, segment.label, CLIPS)
        read: list[ReadPicture] = []
        for readings in reader.read_many(frames):
            if readings:
                largest = readings[0]
                read.append(ReadPicture(picture, largest, of_seven(largest.votes.shares[None])[0]))
            else:
                no_face += 1
        every += read
        shares[segment.name] = None
        if read:
            right = float(np.mean([each.answer == each.label for each in read]))
            shares[segment.name] = right
            by_label.setdefault(segment.label, []).append(right)
    result = figures(every)
    result["recall"] |= {label: float(np.mean(values)) for label, values in by_label.items()}
    if by_label:
        result["balanced_accuracy"] = float(np.mean(list(chain(*by_label.values()))))
    return {**result, "no_face": no_face, "usual": None, "weak": False}, shares


def _frames(segment: Segment) -> Iterator[NDArray[np.uint8]]:
    with Video(segment.film) as video:
        frames = video.frames(after=segment.first - 1)
        for frame in islice(frames, segment.last - segment.first + 1):
            yield frame.image


def history_row(origin: dict[str, Any], name: str, of_set: dict[str, Any]) -> dict[str, Any]:
    """Make a line of the history: origin, and the figures of a set to four digits."""
    usual = of_set["usual"] or {}
    values = {
        **{key: of_set[key] for key in COLUMNS if key in of_set},
        **{f"recall_{emotion}": share for emotion, share in of_set["recall"].items()},
        **{f"usual_{key}": usual.get(key) for key in ("above", "above_by_1", "balanced_accuracy")},
    }
    rounded = {
        key: round(value, 4) if isinstance(value, float) else value for key, value in values.items()
    }
    return {**origin, "set": name, **rounded}


def _markdown(sets: dict[str, dict[str, Any]]) -> str:
    usual = {
        "above": "above the usual face",
        "above_by_1": "by 1 nat",
        "balanced_accuracy": "balanced, with it",
    }
    head = ["set", "images", "no face", *SHARES.values(), "happy", "neutral", "emotional"]
    head += usual.values()
    lines = [f"| {' | '.join(head)} |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for name, of_set in sets.items():
        row = [set_name(name, of_set)]
        row += [f"{of_set['images']:,}", f"{of_set['no_face']:,}"]
        row += [percent(of_set[key]) for key in SHARES]
        row += [percent(of_set["recall"][emotion]) for emotion in ("happy", "neutral")]
        row.append(number(of_set["emotional_auc"], 3))
        row += [percent((of_set["usual"] or {}).get(key)) for key in usual]
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    cyclopts.run(main)
