"""The data set file: one NumPy structured array that training memory-maps.

`mien.training.data.prepare` writes it, `mien.training.data.annotate` adds what teachers say.
"""

from enum import IntEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError, reason_of
from mien.movements import MOVEMENT_NAMES
from mien.output.whole_file import whole_file

SIZE: Final = 48
"""Side of FER2013's images in pixels."""

SPLIT_SEED: Final = 2013
"""Seed of the split of the training images into training and validation."""


class Split(IntEnum):
    """Split of an image; the value of the field `split`."""

    TRAIN = 0
    VALIDATION = 1
    PUBLIC = 2
    PRIVATE = 3


SPLITS: Final = tuple(split.name.lower() for split in Split)
"""Names of the splits, in the order of their values."""


class Source(IntEnum):
    """Source of an image; the value of the field `source`."""

    FER2013 = 0
    PRESS = 1


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
"""A data set's record: grey image; label 0–6, or -1; FER+ votes (all 0: unknown); `Split`; group of
near duplicates (index of the group's first image, of most images their own); whether Kaggle's
training part holds a near duplicate; row of fer2013.csv, or -1; emotion and file name
("angry/Training_1.jpg"); `Source`; shares of the seven emotions by a teacher of expressions (all 0:
unknown); movements of the face, 0 to 1 in the order of `MOVEMENT_NAMES` (-1: unknown); shares of
labels and votes by other networks of mien's (all 0: unknown). `mien.training.data.annotate` fills
in the last three."""

_OLD_NAMES: Final = {"duplicate_group": "copies", "duplicate_in_training": "copy_in_training"}
_OLD_DTYPE: Final = np.dtype(  # of mien 0.1.0's files, the same but for these names
    [(_OLD_NAMES.get(name, name), DTYPE[name]) for name in DTYPE.names or ()]
)


def annotated_counts(records: NDArray[np.void]) -> dict[str, int]:
    """Number of records with each kind of teachers' answers (`mien.training.data.annotate`)."""
    return {
        "expressions": int(records["expressions"].any(axis=1).sum()),
        "movements": int((records["movements"][:, 0] >= 0).sum()),
        "labels and votes of other networks": int(records["taught"].any(axis=1).sum()),
    }


def write_dataset(records: NDArray[np.void], out: Path) -> None:
    """Write records of `DTYPE` as a data set file, whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as new, new.open("wb") as file:
        np.save(file, records)


_EXPECTED: Final = "Expected a file of `mien data prepare SOURCE --out DATASET`."


def load_dataset(path: Path | str) -> NDArray[np.void]:
    """Memory-map a data set file: a read-only array of `DTYPE`, shape (N,).

    Raises:
        DataError: the file is missing or was not written by `mien data prepare`.
    """
    try:
        records = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise DataError(f"{path}: {reason_of(error)}. {_EXPECTED}") from error
    except (ValueError, EOFError) as error:  # NumPy's words speak of pickles
        raise DataError(f"{path}: not a data set file. {_EXPECTED}") from error
    if isinstance(records, np.ndarray) and records.dtype == _OLD_DTYPE:
        records = records.view(DTYPE)
    if not isinstance(records, np.ndarray) or records.dtype != DTYPE:
        raise DataError(
            f"{path}: not a data set of this version of mien. Make it again with "
            "`mien data prepare`."
        )
    return records


def select(
    records: NDArray[np.void], split: str, source: Source | None = Source.FER2013
) -> NDArray[np.void]:
    """Return the records of one split.

    Args:
        records: records of a data set.
        split: a name of `SPLITS`.
        source: the source of the images; None takes all sources.

    Raises:
        DataError: the split does not exist or has no images.
    """
    if split not in SPLITS:
        raise DataError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    if source is not None:
        records = records[records["source"] == source]
    chosen = records[records["split"] == SPLITS.index(split)]
    if not len(chosen):
        there = [SPLITS[index] for index in np.unique(records["split"])]
        raise DataError(f"the split {split!r} has no images; those with images: {', '.join(there)}")
    return chosen


def empty_records(count: int) -> NDArray[np.void]:
    """Make records of black images without any known field: `DTYPE`, shape (count,)."""
    records = np.zeros(count, DTYPE)
    records["label"], records["row"], records["movements"] = -1, -1, -1
    return records
