"""Find labelled pictures in a folder with a folder for each emotion, or with a `labels.csv`.

No picture is opened here. A row that cannot be used is named, and the others count.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from mien.emotions import EMOTION_NAMES
from mien.errors import DataError
from mien.media.formats import EXTENSIONS
from mien.media.search import find_images

LABELS_FILE: Final = "labels.csv"

SYNONYMS: Final = {
    **dict.fromkeys(("anger", "mad"), "angry"),
    "disgusted": "disgust",
    **dict.fromkeys(("fearful", "afraid", "scared"), "fear"),
    **dict.fromkeys(("happiness", "joy", "smile", "smiling"), "happy"),
    "sadness": "sad",
    "surprised": "surprise",
    "normal": "neutral",
}
"""Other words for the seven emotions that are accepted as labels."""

_GROUP_COLUMNS: Final = ("group", "sex")
_EXPECTED: Final = (
    f"Expected a folder with {LABELS_FILE} (columns file and label; person, source and group or "
    f"sex where known), or with a folder for each emotion: {', '.join(EMOTION_NAMES)}"
)


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture whose expression is known.

    Attributes:
        name: name of the file, relative to the folder.
        path: path of the file, which may be missing.
        label: one of `mien.emotions.EMOTION_NAMES`.
        set_name: name of the set that the picture belongs to.
        person: the person seen, within this set; None where unknown.
        group: group of people, for figures by group; None where unknown.
    """

    name: str
    path: Path
    label: str
    set_name: str
    person: str | None = None
    group: str | None = None


@dataclass(slots=True)
class LabelledFolder:
    """Contents of a folder of labelled pictures.

    Attributes:
        pictures: pictures with a label of the seven.
        left_out: by set, count of each label that is none of the seven; "" is no label.
        weak: names of the sets whose source calls its labels weak.
        problems: lines that name the rows that cannot be used.
        notes: lines on labels read as another word.
    """

    pictures: list[LabelledPicture] = field(default_factory=list[LabelledPicture])
    left_out: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    weak: set[str] = field(default_factory=set[str])
    problems: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])

    def left_out_in_words(self) -> list[str]:
        """Lines, one for each set, on the labels that are none of the seven."""
        return [
            f"{name}: {labels.total():,} left out, whose label is none of the seven: "
            + ", ".join(f"{label or 'no label'} ({n:,})" for label, n in labels.most_common())
            for name, labels in self.left_out.items()
        ]


def find_pictures(folder: Path) -> LabelledFolder:
    """Find the labelled pictures of a folder, by its `labels.csv` or else by its folders' names.

    The set of a row is its source up to a colon or bracket: "yale:happy" belongs to the set "yale"
    and "web (weak label)" to "web", whose labels are weak. Without a source it is the folder's
    name. Labels may be written in capitals or as one of `SYNONYMS`.

    Raises:
        DataError: it is no folder, it holds no labelled picture, or `labels.csv` is no such table.
    """
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder. {_EXPECTED}.")
    table = folder / LABELS_FILE
    found = _by_table(folder, table) if table.is_file() else _by_folders(folder)
    if not found.pictures and not found.problems:
        left_out = " ".join(f"{line}." for line in found.left_out_in_words())
        raise DataError(f"{folder}: no labelled picture. {_EXPECTED}. {left_out}".rstrip())
    return found


def read_label(text: str) -> str | None:
    """Return the emotion that a label names, or None: " Happiness" is "happy", "sleepy" is None."""
    word = text.strip().lower()
    return word if word in EMOTION_NAMES else SYNONYMS.get(word)


def read_source(text: str) -> tuple[str, bool]:
    """Return a source's set name, which may be empty, and whether it calls its labels weak."""
    name, _, remark = text.partition("(")
    return name.partition(":")[0].strip(), "weak" in remark.lower()


def _by_table(folder: Path, table: Path) -> LabelledFolder:
    found = LabelledFolder()
    taken: Counter[tuple[str, str]] = Counter()
    lines: dict[tuple[str, str], int] = {}
    own_name = folder.resolve().name
    for line, row in _rows(table):
        name, label = row.get("file", ""), row.get("label", "")
        set_name, weak = read_source(row.get("source", ""))
        set_name = set_name or own_name
        if weak:
            found.weak.add(set_name)
        emotion = read_label(label)
        if emotion is None:
            found.left_out.setdefault(set_name, Counter())[label] += 1
            continue
        if not name:
            found.problems.append(f"{table}, line {line}: no file is named.")
            continue
        before = lines.setdefault((set_name, name), line)
        if before != line:
            found.problems.append(
                f"{table}, line {line}: {name} stands in line {before} already; it counts once."
            )
            continue
        if label.lower() != emotion:
            taken[label, emotion] += 1
        group = next((row[key] for key in _GROUP_COLUMNS if row.get(key)), None)
        found.pictures.append(
            LabelledPicture(
                name, _path(folder, name), emotion, set_name, row.get("person") or None, group
            )
        )
    found.notes += _taken_in_words(taken)
    return found


def _rows(table: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield a table's rows with their line numbers; column names in lower case, values stripped."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            header = file.readline()
            file.seek(0)
            delimiter = ";" if header.count(";") > header.count(",") else ","
            reader = csv.DictReader(file, delimiter=delimiter, restkey="", restval="")
            names = [name.strip().lower() for name in reader.fieldnames or ()]
            if not {"file", "label"} <= set(names):
                raise DataError(
                    f"{table}: expected columns file and label (person, source, group or sex where "
                    f"known), got {', '.join(names) or 'an empty file'}."
                )
            reader.fieldnames = names
            for row in reader:
                yield reader.line_num, {key: value.strip() for key, value in row.items() if key}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{table}: cannot be read as a CSV table in UTF-8: {error}.") from error


def _path(folder: Path, name: str) -> Path:
    """Return the file of a row; a table from Windows may name it by backslashes."""
    path = folder / name
    if "\\" in name and not path.exists():
        return folder / PurePosixPath(name.replace("\\", "/"))
    return path


def _by_folders(folder: Path) -> LabelledFolder:
    found = LabelledFolder()
    taken: Counter[tuple[str, str]] = Counter()
    set_name = folder.resolve().name
    for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
        if inner.name.startswith("."):
            continue
        images = find_images([inner])
        emotion = read_label(inner.name)
        if emotion is None:
            if images:
                found.left_out.setdefault(set_name, Counter())[inner.name] += len(images)
            continue
        if images and inner.name.lower() != emotion:
            taken[inner.name, emotion] += len(images)
        found.pictures += (
            LabelledPicture(path.relative_to(folder).as_posix(), path, emotion, set_name)
            for path in images
        )
    found.notes += _taken_in_words(taken)
    loose = sum(p.suffix.lower() in EXTENSIONS for p in folder.iterdir() if p.is_file())
    if loose:
        found.notes.append(f"{folder}: {loose:,} pictures beside the folders are not used")
    return found


def _taken_in_words(taken: Counter[tuple[str, str]]) -> Iterable[str]:
    return (
        f'"{word}" counts as {emotion} ({count:,} {"picture" if count == 1 else "pictures"})'
        for (word, emotion), count in sorted(taken.items())
    )
