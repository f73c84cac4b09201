"""Measure a model on whole pictures: the figures of `mien evaluate --pictures`.

Each picture goes the way that every picture goes in mien: faces are found, cropped, and read; the
largest face counts. What is measured is what a person would see.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, VOTE_NAMES
from mien.faces.batch import read_sources
from mien.faces.classifier import Classifier
from mien.faces.reader import Reader
from mien.readings import PictureResult
from mien.training.data.labelled import LabelledFolder, LabelledPicture, find_pictures
from mien.training.data.progress import Progress, silent
from mien.training.evaluation.evaluate import describe_model
from mien.training.evaluation.picture_metrics import of_seven, picture_metrics, usual_metrics
from mien.types import Reading


@dataclass(frozen=True, slots=True, eq=False)
class ReadPicture:
    """A labelled picture and its largest face.

    Attributes:
        picture: with its label.
        reading: of its largest face.
        shares: float64 (7,), the votes over the seven emotions, sum 1.
    """

    picture: LabelledPicture
    reading: Reading
    shares: NDArray[np.float64]

    @property
    def label(self) -> int:
        """Its label, 0 to 6."""
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
    """What came of a folder of labelled pictures.

    Attributes:
        result: the figures, JSON-ready, see `evaluate_pictures`.
        read: the pictures in which a face was read, in order.
        without_face: pictures in which none was found.
        problems: what could not be read or used, in words that name it.
        notes: what was left out, and what was taken for what, in words.
    """

    result: dict[str, Any]
    read: list[ReadPicture]
    without_face: list[LabelledPicture]
    problems: list[str]
    notes: list[str]

    def lines(self) -> list[str]:
        """All that a person should know beside the figures: notes, problems, missing faces."""
        without = [
            f"{picture.path}: no face was found; it counts in no figure but no_face"
            for picture in self.without_face
        ]
        return [*self.notes, *self.problems, *without]


def evaluate_pictures(
    folder: Path, model: Path | Classifier | Reader | None = None, *, workers: int | None = None
) -> dict[str, Any]:
    """The figures of a model on whole pictures whose expression is known, by set.

    Args:
        folder: of labelled pictures, see `mien.training.data.labelled.find_pictures`.
        model: an exported model's file or a loaded one, a reader, or None for the model that ships.
        workers: threads; None takes as many as there are cores.

    Returns:
        JSON-ready: `pictures`, by set the figures of `picture_metrics`, and beside them `no_face`
        (pictures without a face that was found, which count in no other figure), `failed` (that
        cannot be read), `left_out` (rows whose label is none of the seven), `weak` (whether the
        labels are), `usual` (`usual_metrics`) and `groups` (figures by group, or None);
        `model`, what its file tells of its origin; `notes`, what was left out or taken for what.

    Raises:
        DataError: the folder holds no labelled pictures.
        ModelError: the model's file is missing or no model of mien's.
    """
    return measure_pictures(folder, model, workers=workers).result


def measure_pictures(
    folder: Path,
    model: Path | Classifier | Reader | None = None,
    *,
    workers: int | None = None,
    progress: Progress = silent,
) -> Measured:
    """Like `evaluate_pictures`, with all that was read; `progress` shows how far it is."""
    found = find_pictures(folder)
    reader = model if isinstance(model, Reader) else Reader(model=model)
    read: list[ReadPicture] = []
    without: list[LabelledPicture] = []
    failed: list[LabelledPicture] = []
    problems = list(found.problems)
    results: Iterable[tuple[LabelledPicture, PictureResult]] = _read(found, reader, workers)
    for picture, result in progress(results, "Reading", len(found.pictures)):
        if result.error is not None:
            failed.append(picture)
            problems.append(result.error)
        elif not result.readings:
            without.append(picture)
        else:
            reading = result.readings[0]
            read.append(ReadPicture(picture, reading, of_seven(reading.votes.shares[None])[0]))
    names = dict.fromkeys([picture.set_name for picture in found.pictures] + list(found.left_out))
    file = model if isinstance(model, Path) else None
    notes = [*found.notes, *found.left_out_in_words()]
    return Measured(
        {
            "folder": str(folder),
            "pictures": {name: _set_figures(name, found, read, without, failed) for name in names},
            "model": describe_model(file, reader.classifier.metadata),
            "notes": notes,
        },
        read,
        without,
        problems,
        notes,
    )


def _read(
    found: LabelledFolder, reader: Reader, workers: int | None
) -> Generator[tuple[LabelledPicture, PictureResult]]:
    sources = ((picture.name, picture.path) for picture in found.pictures)
    results = read_sources(sources, reader, workers, also=None)
    for picture, (result, _) in zip(found.pictures, results, strict=True):
        yield picture, result


def _set_figures(
    name: str,
    found: LabelledFolder,
    read: list[ReadPicture],
    without: list[LabelledPicture],
    failed: list[LabelledPicture],
) -> dict[str, Any]:
    own = [each for each in read if each.picture.set_name == name]
    groups = sorted({each.picture.group for each in own if each.picture.group is not None})
    return {
        **figures(own),
        "no_face": sum(picture.set_name == name for picture in without),
        "failed": sum(picture.set_name == name for picture in failed),
        "left_out": sum(found.left_out.get(name, {}).values()),
        "weak": name in found.weak,
        "usual": usual_metrics(
            _labels(own),
            [each.reading for each in own],
            [each.picture.person for each in own],
        ),
        "groups": {
            group: figures([each for each in own if each.picture.group == group])
            for group in groups
        }
        or None,
    }


def figures(read: list[ReadPicture]) -> dict[str, Any]:
    """`picture_metrics` of pictures that were read."""
    clear = np.array([each.reading.clear for each in read], np.bool_)
    return picture_metrics(_labels(read), _votes(read), clear)


def _labels(read: list[ReadPicture]) -> NDArray[np.int64]:
    return np.array([each.label for each in read], np.int64)


def _votes(read: list[ReadPicture]) -> NDArray[np.float64]:
    return np.array([each.reading.votes for each in read]).reshape(-1, len(VOTE_NAMES))
