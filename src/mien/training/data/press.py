"""Read faces of press photographs as records, to train on beside FER2013.

The zip holds 112×112 grey JPEG, upright, FER2013's framing in the middle 96 pixels, and
`faces.csv`: name, one person's label, five landmarks, and the shares that a teacher of expressions
gives (columns `zoo_…`, see `mien.training.data.expressions`). The pictures come from
muxspace/facial_expressions (the repository is Apache-2.0; the photographs are third parties').
"""

import csv
import io
import zipfile
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, FERPLUS_OF
from mien.errors import DataError
from mien.output.progress import with_progress
from mien.training.data.dataset import DTYPE, SIZE, Source, Split, empty_records

SIDE: Final = 112
"""Side of a face's picture in pixels."""

FRAMED: Final = 96
"""Side of FER2013's framing in the middle of that picture, in pixels."""

BLOCK: Final = 50
"""Number of neighbours in the list that stay on one side of the split: they may show one scene."""

VALIDATION: Final = 10
"""Number of blocks of which one is set apart for validation."""

FACES_COLUMNS: Final = ("name", "label", *(f"zoo_{name}" for name in EMOTION_NAMES))
"""Columns of `faces.csv` that are read."""

UNREADABLE: Final = (OSError, KeyError, RuntimeError, zipfile.BadZipFile)
"""Errors of a zip that is missing or damaged, lacks a file, or asks for a password."""

_PREFIX: Final = "press/"
_ROUNDING: Final = 0.01  # allowed error of the sum of shares with four decimals


def press_records(path: Path, problems: list[str]) -> NDArray[np.void]:
    """Read the faces in the zip `path`, in the order of its table.

    Args:
        path: the zip.
        problems: list to which a line is added for each face that is left out.

    Returns:
        Records of `DTYPE` with source `Source.PRESS`. The field `label` holds the person's label,
        the field `votes` the same as one vote.

    Raises:
        DataError: the zip is missing, holds no such table, or no face that can be used.
    """
    before = len(problems)
    try:
        with zipfile.ZipFile(path) as archive:
            rows = _table(path, archive)
            records = empty_records(len(rows))
            kept = np.zeros(len(rows), np.bool_)
            for index, row in enumerate(with_progress(rows, "Reading press faces")):
                try:
                    _fill(records[index : index + 1], row, archive)
                    kept[index] = True
                except (ValueError, TypeError, *UNREADABLE) as error:
                    problems.append(f"{path}: {row['name']}: {error}")
    except (*UNREADABLE, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: no zip of press faces with a faces.csv: {error}") from error
    if not kept.any():
        first = f" First problem: {problems[before]}" if len(problems) > before else ""
        raise DataError(f"{path}: holds no face that can be used.{first}")
    # By position in the table, so that a face left out moves no other to the other side.
    blocks = np.arange(len(rows)) // BLOCK
    validation = blocks % VALIDATION == VALIDATION - 1
    records["split"] = np.where(validation, Split.VALIDATION, Split.TRAIN)
    return records[kept]


def read_face(archive: zipfile.ZipFile, name: str) -> NDArray[np.uint8]:
    """Read the picture of a face in the zip, grey uint8 (112, 112).

    Raises:
        ValueError: the file is no such picture.
        KeyError: the zip holds no file of that name.
    """
    content = np.frombuffer(archive.read(name), np.uint8)
    image = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if len(content) else None
    if image is None or image.shape != (SIDE, SIDE):
        raise ValueError(f"not a picture of {SIDE}×{SIDE} pixels")
    return np.asarray(image, np.uint8)


def name_in_zip(name: bytes) -> str:
    """Return the name in its zip of a press face, from the field `name` of its record."""
    return name.decode().removeprefix(_PREFIX)


def framed(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Cut a picture of `read_face` to FER2013's framing and size, grey uint8 (48, 48)."""
    margin = (SIDE - FRAMED) // 2
    middle = picture[margin : SIDE - margin, margin : SIDE - margin]
    return np.asarray(cv2.resize(middle, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.uint8)


def _table(path: Path, archive: zipfile.ZipFile) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(archive.read("faces.csv").decode("utf-8-sig")))
    missing = [column for column in FACES_COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise DataError(
            f"{path}: its faces.csv lacks the column {missing[0]!r}; expected "
            f"{', '.join(FACES_COLUMNS)}"
        )
    return list(reader)


def _fill(record: NDArray[np.void], row: dict[str, str], archive: zipfile.ZipFile) -> None:
    label, name = row["label"], f"{_PREFIX}{row['name']}".encode()
    if label not in EMOTION_NAMES:
        raise ValueError(f"the label {label!r} is none of {', '.join(EMOTION_NAMES)}")
    if len(name) > DTYPE["name"].itemsize:
        raise ValueError(f"its name is longer than {DTYPE['name'].itemsize - len(_PREFIX)} bytes")
    shares = np.array([float(row[f"zoo_{emotion}"]) for emotion in EMOTION_NAMES])
    if not (shares.min() >= 0 and abs(shares.sum() - 1) <= _ROUNDING):  # NaN is neither
        raise ValueError(f"its columns zoo_… are no shares: they sum to {shares.sum():g}")
    record["image"] = framed(read_face(archive, row["name"]))
    record["label"] = EMOTION_NAMES.index(label)
    record["votes"][:, FERPLUS_NAMES.index(FERPLUS_OF[label])] = 1
    record["expressions"] = shares
    record["source"] = Source.PRESS
    record["name"] = name
