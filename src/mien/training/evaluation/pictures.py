"""Measure a model on whole pictures: the figures of `mien evaluate --pictures`.

Each picture takes the way of every picture in mien: faces are found, cropped, and read. The largest
face counts. The figures are about what a person would see.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, VOTE_NAMES
from mien.faces.batch import read_sources
from mien.faces.classifier import Classifier
from mien.faces.reader import Reader
from mien.output.progress import with_progress
from mien.training.data.labelled import LabelledPicture, find_pictures
from mien.training.evaluation.evaluate import describe_model
from mien.training.evaluation.picture_metrics import of_seven, picture_metrics, usual_metrics
from mien.types import Reading


@dataclass(frozen=True, slots=True, eq=False)
class ReadPicture:
    """A labelled picture and its largest face.

    Attributes:
        picture: the picture, with its label.
        reading: reading of its largest face.
        shares: the votes over the seven emotions, float64 (7,), sum 1.
    """

    picture: LabelledPicture
    reading: Reading
    shares: NDArray[np.float64]

    @property
    def label(self) -> int:
        """The picture's label, 0 to 6."""
        return EMOTION_NAMES.index(self.picture.label)

    @property
    def answer(self) -> int:
        """The emotion with the largest share, 0 to 6."""
        return int(self.shares.argmax())

    @property
    def share(self) -> float:
        """The largest share, 0 to 1."""
        return float(self.shares.max())


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A model measured on a folder of labelled pictures.

    Attributes:
        result: figures, JSON-ready, see `evaluate_pictures`.
        read: pictures in which a face was read, in order.
        without_face: pictures in which no face was found.
        problems: lines that name pictures and rows that cannot be used.
        notes: lines on labels that were left out or read as another word.
    """

    result: dict[str, Any]
    read: list[ReadPicture]
    without_face: list[LabelledPicture]
    problems: list[str]
    notes: list[str]

    def lines(self) -> list[str]:
        """Return all lines that a person should see: notes, problems, missing faces."""
        without = [
            f"{picture.path}: no face was found; it counts in no figure but no_face"
            for picture in self.without_face
        ]
        return [*self.notes, *self.problems, *without]


def evaluate_pictures(
    folder: Path, model: Path | Classifier | Reader | None = None, *, workers: int | None = None
) -> dict[str, Any]:
    """Compute the figures of a model on whole pictures whose expression is known, by set.

    Args:
        folder: folder of labelled pictures, see `mien.training.data.labelled.find_pictures`.
        model: an exported model's file or a loaded one, a reader, or None for the model that ships.
        workers: number of threads; None takes as many as there are cores.

    Returns:
        JSON-ready: `pictures`, by set the figures of `picture_metrics`, and beside them `no_face`
        (pictures without a face that was found, which count in no other figure), `failed`
        (pictures that cannot be read), `left_out` (rows whose label is none of the seven), `weak`
        (whether the labels are), `usual` (`usual_metrics`) and `groups` (figures by group, or
        None); `model`, its file and origin; `notes`, lines on labels that were left out or read as
        another word.

    Raises:
        DataError: the folder holds no labelled pictures.
        ModelError: the model's file is missing or no model of mien's.
    """
    return measure_pictures(folder, model, workers=workers).result


def measure_pictures(
    folder: Path, model: Path | Classifier | Reader | None = None, *, workers: int | None = None
) -> Measured:
    """Like `evaluate_pictures`, with all that was read."""
    found = find_pictures(folder)
    reader = model if isinstance(model, Reader) else Reader(model=model)
    read: list[ReadPicture] = []
    without: list[LabelledPicture] = []
    failed: Counter[str] = Counter()
    problems = list(found.problems)
    sources = ((picture.name, picture.path) for picture in found.pictures)
    results = read_sources(sources, reader, workers, also=None)
    pairs = zip(found.pictures, results, strict=True)
    for picture, (result, _) in with_progress(pairs, "Reading", len(found.pictures)):
        if result.error is not None:
            failed[picture.set_name] += 1
            problems.append(result.error)
        elif not result.readings:
            without.append(picture)
        else:
            reading = result.readings[0]
            read.append(ReadPicture(picture, reading, of_seven(reading.votes.shares[None])[0]))
    no_face = Counter(picture.set_name for picture in without)
    names = dict.fromkeys([picture.set_name for picture in found.pictures] + list(found.left_out))
    file = model if isinstance(model, Path) else None
    notes = [*found.notes, *found.left_out_in_words()]
    result = {
        "folder": str(folder),
        "pictures": {
            name: {
                **_set_figures([each for each in read if each.picture.set_name == name]),
                "no_face": no_face[name],
                "failed": failed[name],
                "left_out": found.left_out.get(name, Counter()).total(),
                "weak": name in found.weak,
            }
            for name in names
        },
        "model": describe_model(file, reader.classifier.metadata),
        "notes": notes,
    }
    return Measured(result, read, without, problems, notes)


def figures(read: list[ReadPicture]) -> dict[str, Any]:
    """Compute `picture_metrics` of pictures that were read."""
    clear = np.array([each.reading.clear for each in read], np.bool_)
    votes = np.array([each.reading.votes for each in read]).reshape(-1, len(VOTE_NAMES))
    return picture_metrics(_labels(read), votes, clear)


def _set_figures(read: list[ReadPicture]) -> dict[str, Any]:
    groups = sorted({each.picture.group for each in read if each.picture.group is not None})
    readings, persons = [each.reading for each in read], [each.picture.person for each in read]
    by_group = {
        group: figures([each for each in read if each.picture.group == group]) for group in groups
    }
    return {
        **figures(read),
        "usual": usual_metrics(_labels(read), readings, persons),
        "groups": by_group or None,
    }


def _labels(read: list[ReadPicture]) -> NDArray[np.int64]:
    return np.array([each.label for each in read], np.int64)
