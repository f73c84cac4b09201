"""The data set file: one NumPy structured array that training memory-maps.

`mien.training.data.prepare` writes it, `mien.training.data.annotate` adds what teachers say.
"""

from enum import IntEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError
from mien.movements import MOVEMENT_NAMES
from mien.output.whole_file import whole_file

SIZE: Final = 48
"""Side of FER2013's images in pixels."""

SPLIT_SEED: Final = 2013
"""Seed of the split of the training images into training and validation."""


class Split(IntEnum):
    """Splits; the value of the field `split`."""

    TRAIN = 0
    VALIDATION = 1
    PUBLIC = 2
    PRIVATE = 3


SPLITS: Final = tuple(split.name.lower() for split in Split)
"""Names of the splits, in the order of their values."""


class Source(IntEnum):
    """Where images come from; the value of the field `source`."""

    FER2013 = 0
    PRESS = 1


SOURCES: Final = tuple(source.name.lower() for source in Source)
"""Names of the sources, in the order of their values."""

DTYPE: Final = np.dtype(
    [
        ("image", np.uint8, (SIZE, SIZE)),
        ("label", np.int8),
        ("votes", np.uint8, (len(FERPLUS_NAMES),)),
        ("split", np.uint8),
        ("duplicate_group", np.int32),
        ("duplicate_in_training", np.bool_),
        ("row", np.int32),
        ("name", "S40"),
        ("source", np.uint8),
        ("expressions", np.float32, (len(EMOTION_NAMES),)),
        ("movements", np.float32, (len(MOVEMENT_NAMES),)),
        ("taught", np.float32, (len(EMOTION_NAMES) + len(FERPLUS_NAMES),)),
    ]
)
"""A data set's record: grey image; label 0–6, or -1; FER+ votes (all 0: none known); `Split`; group
of near duplicates (index of the group's first image, of most images their own); whether Kaggle's
training part holds a near duplicate; row of fer2013.csv, or -1; emotion and file name
("angry/Training_1.jpg"); `Source`; shares of the seven emotions that a teacher of
expressions gives (all 0: none known); movements of the face, 0 to 1 in the order of
`MOVEMENT_NAMES` (-1: unknown); shares of labels and votes that other networks of mien's give (all
0: none known). The last three are filled in by `mien.training.data.annotate`."""

_OLD_NAMES: Final = {"duplicate_group": "copies", "duplicate_in_training": "copy_in_training"}
_OLD_DTYPE: Final = np.dtype(  # of mien 0.1.0's files, the same but for these names
    [(_OLD_NAMES.get(name, name), DTYPE[name]) for name in DTYPE.names or ()]
)


def annotated_counts(records: NDArray[np.void]) -> dict[str, int]:
    """How many records have what teachers say (`mien.training.data.annotate`), by its words."""
    return {
        "expressions": int(records["expressions"].any(axis=1).sum()),
        "movements": int((records["movements"][:, 0] >= 0).sum()),
        "labels and votes of other networks": int(records["taught"].any(axis=1).sum()),
    }


def write_dataset(records: NDArray[np.void], out: Path) -> None:
    """Write a data set file whole, or not at all.

    Args:
        records: of `DTYPE`, shape (N,).
        out: the file; one that exists is replaced.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as new, new.open("wb") as file:
        np.save(file, records)


def load_dataset(path: Path | str) -> NDArray[np.void]:
    """Memory-map a data set file: a read-only array of `DTYPE`, shape (N,).

    Raises:
        DataError: the file is missing or was not written by `mien data prepare`.
    """
    try:
        records = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"{path}: not a data set file ({error}). Make one with `mien data prepare SOURCE "
            f"--out {path}`."
        ) from error
    if isinstance(records, np.ndarray) and records.dtype == _OLD_DTYPE:
        records = records.view(DTYPE)
    if not isinstance(records, np.ndarray) or records.dtype != DTYPE:
        raise DataError(
            f"{path}: not a data set of this version of mien. Make it again with "
            "`mien data prepare`."
        )
    return records


def select(
    records: NDArray[np.void], split: str, source: str | None = "fer2013"
) -> NDArray[np.void]:
    """The records of one split.

    Args:
        records: a data set's.
        split: a name of `SPLITS`.
        source: a name of `SOURCES`; None takes the images of all.

    Raises:
        DataError: no such split, or it is empty.
    """
    if split not in SPLITS:
        raise DataError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    if source is not None:
        records = records[records["source"] == SOURCES.index(source)]
    chosen = records[records["split"] == SPLITS.index(split)]
    if not len(chosen):
        there = [SPLITS[index] for index in np.unique(records["split"])]
        raise DataError(f"the split {split!r} has no images; those with images: {', '.join(there)}")
    return chosen


def empty_records(count: int) -> NDArray[np.void]:
    """Records of black images about which nothing is known: of `DTYPE`, shape (count,)."""
    records = np.zeros(count, DTYPE)
    records["label"], records["row"] = -1, -1
    records["movements"] = -1
    return records
