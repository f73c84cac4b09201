"""Faces of press photographs → records to train on beside FER2013.

The zip holds 112×112 grey JPEG, upright, FER2013's framing in the middle 96 pixels, and
`faces.csv`: name, one person's label, five landmarks, and what a teacher of expressions says
(columns `zoo_…`, see `mien.training.expressions`). Its pictures come from
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

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError
from mien.training.data import SIZE, SOURCES, SPLITS, Progress, empty_records

SIDE: Final = 112
"""Side of a face's picture in pixels."""

FRAMED: Final = 96
"""Side of FER2013's framing in the middle of it, in pixels."""

BLOCK: Final = 50
"""Neighbours in the list that stay on one side of the split: they may show one scene."""

VALIDATION: Final = 10
"""Each so many blocks one is set apart for validation."""

_FERPLUS: Final = {"neutral": "neutral", "happy": "happiness", "surprise": "surprise"}


def press_records(path: Path, problems: list[str], progress: Progress) -> NDArray[np.void]:
    """The records of the faces in the zip `path`, in the order of its table.

    Args:
        path: the zip.
        problems: gets a line for each face that is left out.
        progress: wraps the loop.

    Returns:
        Of `DTYPE`, source "press". The person's label is the field `label`, and one vote of the
        field `votes`.

    Raises:
        DataError: the zip is missing, or holds no such table.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            table = io.StringIO(archive.read("faces.csv").decode("utf-8-sig"))
            rows = list(csv.DictReader(table))
            records = empty_records(len(rows))
            kept = np.zeros(len(rows), np.bool_)
            for index, row in enumerate(progress(rows, "Reading press faces", len(rows))):
                try:
                    _fill(records[index : index + 1], row, archive.read(row["name"]))
                    kept[index] = True
                except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
                    problems.append(f"{path}: {row.get('name')}: {error}")
    except (OSError, KeyError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: no zip of faces with a faces.csv: {error}") from error
    blocks = np.arange(len(rows)) // BLOCK
    validation = blocks % VALIDATION == VALIDATION - 1
    records["split"] = np.where(validation, SPLITS.index("validation"), SPLITS.index("train"))
    return records[kept]


def _fill(record: NDArray[np.void], row: dict[str, str], content: bytes) -> None:
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None or image.shape != (SIDE, SIDE):
        raise ValueError(f"not a picture of {SIDE}×{SIDE} pixels")
    margin = (SIDE - FRAMED) // 2
    framed = image[margin : SIDE - margin, margin : SIDE - margin]
    record["image"] = cv2.resize(framed, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    record["label"] = EMOTION_NAMES.index(row["label"])
    record["votes"][:, FERPLUS_NAMES.index(_FERPLUS[row["label"]])] = 1
    record["expressions"] = [float(row[f"zoo_{name}"]) for name in EMOTION_NAMES]
    record["source"] = SOURCES.index("press")
    record["name"] = f"press/{row['name']}".encode()
