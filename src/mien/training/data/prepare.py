"""Prepare FER2013, FER+'s votes and press faces as one file that training memory-maps.

`prepare` joins FER+'s votes, marks near duplicates, splits, and writes one NumPy structured array.
Whole FER2013: about half a minute on two cores, 80 MB.

Source: FER+ votes, Barsoum et al. 2016.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError, reason_of
from mien.output.whole_file import check_writable
from mien.training.data.dataset import SPLIT_SEED, Split, empty_records, write_dataset
from mien.training.data.fer2013 import fer2013_records
from mien.training.data.near_duplicates import duplicate_groups, find_near_duplicates
from mien.training.data.press import press_records


@dataclass(frozen=True, slots=True)
class Prepared:
    """Outcome of `prepare`: number of images, of those with FER+'s votes, and of press faces.

    Problems are lines, one for each file or row left out, with its name and the reason.
    """

    images: int
    problems: tuple[str, ...]
    votes: int
    press: int = 0


def prepare(
    source: Path,
    out: Path,
    votes: Path | None = None,
    *,
    press: Path | None = None,
    seed: int = SPLIT_SEED,
) -> Prepared:
    """Write the data set file `out` from FER2013 at `source` (`mien.training.data.fer2013`).

    Args:
        source: Kaggle's zip, its unpacked folder, a part of either, or fer2013.csv.
        out: the file to write.
        votes: FER+'s fer2013new.csv.
        press: a zip of faces from press photographs (`mien.training.data.press`), to train on too.
        seed: seed of the 80–20 split of the training images.

    Raises:
        DataError: nothing usable at `source`, or `votes` or `press` is not what it should be.
        OSError: `out` cannot be written.
    """
    # What needs no images is checked first: they take minutes.
    out.parent.mkdir(parents=True, exist_ok=True)
    check_writable(out)
    table = None if votes is None else _read_votes(votes)
    problems: list[str] = []
    records = fer2013_records(source, problems)
    if table is not None:
        _join_votes(records, table)
    _mark_near_duplicates(records)
    _split(records, seed)
    with_votes = int(records["votes"].any(axis=1).sum())
    faces = empty_records(0)
    if press is not None:
        faces = press_records(press, problems)
        faces["duplicate_group"] = len(records) + np.arange(len(faces))  # each in its own
    records = np.concatenate((records, faces))
    write_dataset(records, out)
    return Prepared(len(records), tuple(problems), with_votes, len(faces))


def _read_votes(path: Path) -> NDArray[np.uint8]:
    """Return FER+'s table of votes, uint8 (N, 10)."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows = [[int(row[name]) for name in FERPLUS_NAMES] for row in reader]
        return np.array(rows, dtype=np.uint8).reshape(-1, len(FERPLUS_NAMES))
    except OSError as error:
        raise DataError(f"{path}: {reason_of(error)}. Expected FER+'s fer2013new.csv.") from error
    except (KeyError, ValueError, TypeError, OverflowError, csv.Error) as error:
        raise DataError(
            f"{path}: not FER+'s fer2013new.csv, with the columns {', '.join(FERPLUS_NAMES)}, "
            "each a number of people."
        ) from error


def _join_votes(records: NDArray[np.void], table: NDArray[np.uint8]) -> None:
    """Fill in the votes; row i of FER+'s table belongs to row i of fer2013.csv."""
    known = (records["row"] >= 0) & (records["row"] < len(table))
    records["votes"][known] = table[records["row"][known]]


def _mark_near_duplicates(records: NDArray[np.void]) -> None:
    pairs = find_near_duplicates(records["image"])
    records["duplicate_group"] = duplicate_groups(pairs, len(records))
    in_training = records["split"] == Split.TRAIN
    i, j = pairs.T
    records["duplicate_in_training"][i[in_training[j]]] = True
    records["duplicate_in_training"][j[in_training[i]]] = True


def _split(records: NDArray[np.void], seed: int) -> None:
    """Set a fifth of the training images apart for validation, by class.

    Near duplicates stay on one side.
    """
    training = np.flatnonzero(records["split"] == Split.TRAIN)
    folds = 5
    if len(training) < folds * len(EMOTION_NAMES):
        return  # A handful of images, as in a test: nothing to stratify.
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    labels, groups = records["label"][training], records["duplicate_group"][training]
    _, validation = next(splitter.split(np.zeros(len(training)), labels, groups))
    records["split"][training[validation]] = Split.VALIDATION
