"""Find labelled pictures in a folder with a folder for each emotion, or with a `labels.csv`.

No picture is opened here. A row that cannot be used is named, and the others count.
"""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
    found = LabelledFolder()
    table = folder / LABELS_FILE
    others: Counter[tuple[str, str]] = Counter()
    for picture in _by_table(table, found) if table.is_file() else _by_folders(folder, found):
        word, emotion = picture.label, read_label(picture.label)
        if emotion is None:
            found.left_out.setdefault(picture.set_name, Counter())[word] += 1
            continue
        if word.lower() != emotion:
            others[word, emotion] += 1
        found.pictures.append(replace(picture, label=emotion))
    found.notes[:0] = (
        f'"{word}" counts as {emotion} ({count:,} {"picture" if count == 1 else "pictures"})'
        for (word, emotion), count in sorted(others.items())
    )
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


def _by_table(table: Path, found: LabelledFolder) -> Iterator[LabelledPicture]:
    """Yield the pictures of a table, with labels as they are written."""
    lines: dict[tuple[str, str], int] = {}
    for line, row in _rows(table):
        name, label = row.get("file", ""), row.get("label", "")
        set_name, weak = read_source(row.get("source", ""))
        set_name = set_name or table.parent.resolve().name
        if weak:
            found.weak.add(set_name)
        if read_label(label) is not None:
            if not name:
                found.problems.append(f"{table}, line {line}: no file is named.")
                continue
            before = lines.setdefault((set_name, name), line)
            if before != line:
                found.problems.append(
                    f"{table}, line {line}: {name} stands in line {before} already; it counts once."
                )
                continue
        group = next((row[key] for key in _GROUP_COLUMNS if row.get(key)), None)
        path, person = _path(table.parent, name), row.get("person") or None
        yield LabelledPicture(name, path, label, set_name, person, group)


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


def _by_folders(folder: Path, found: LabelledFolder) -> Iterator[LabelledPicture]:
    """Yield the pictures of a folder's folders, whose names are the labels."""
    set_name = folder.resolve().name
    for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
        if not inner.name.startswith("."):
            for path in find_images([inner]):
                name = path.relative_to(folder).as_posix()
                yield LabelledPicture(name, path, inner.name, set_name)
    loose = sum(p.suffix.lower() in EXTENSIONS for p in folder.iterdir() if p.is_file())
    if loose:
        found.notes.append(f"{folder}: {loose:,} pictures beside the folders are not used")
