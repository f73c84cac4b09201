"""Measure a model on one split of a data set: the figures of `mien evaluate`.

The headline is one plain pass over the images; `tta` ("test-time augmentation") is the mean with a
pass over the mirrored images.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from mien.faces.classifier import Classifier
from mien.movements import MOVEMENT_NAMES
from mien.output.whole_file import write_whole
from mien.training.data.dataset import Split, select
from mien.training.evaluation import metrics
from mien.training.evaluation.raters import Raters
from mien.training.evaluation.reliability import Shares

_MODEL_KEYS: Final = ("network", "version", "commit", "seed", "data", "calibration")


class Predictor(Protocol):
    """A model that can be measured, such as `mien.faces.classifier.Classifier`."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Metadata of the model file."""
        ...

    def predict_label(self, crops: NDArray[np.uint8]) -> Shares | None:
        """(N, 7) shares of FER2013's labels for uint8 (N, 48, 48) crops; None without that head."""
        ...

    def predict_votes(self, crops: NDArray[np.uint8]) -> Shares | None:
        """(N, 10) shares of FER+'s columns; None without that head."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Answers of a model for N images.

    Attributes:
        label: float (N, 7), or None without that head.
        votes: float (N, 10) in the order of `FERPLUS_NAMES`, or None without that head.
        shown: float (N, 8) in the order of `VOTE_NAMES`, what people see; only of a `Classifier`.
        movements: float (N,), 0 to 1, by the movement's name; None without that head.
    """

    label: Shares | None
    votes: Shares | None
    shown: Shares | None = None
    movements: Mapping[str, Shares] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A model measured on a split.

    Attributes:
        result: figures, see `evaluate`.
        records: records of the split.
        answers: the model's answers for them.
    """

    result: dict[str, Any]
    records: NDArray[np.void]
    answers: Answers


def describe_model(file: Path | None, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's file and origin as figures keep them; JSON-ready."""
    origin = {key: metadata.get(key) for key in _MODEL_KEYS}
    return {"file": None if file is None else str(file), **origin}


def evaluate(
    model: Path | Predictor | None, dataset: NDArray[np.void], split: str
) -> dict[str, Any]:
    """Compute the figures of a model on one split.

    Args:
        model: an exported model's file, a predictor, or None for the model that ships.
        dataset: records as `load_dataset` gives them. Raters are fitted on its training images.
        split: "train", "validation", "public" or "private".

    Returns:
        JSON-ready: `split`, `images`, `model` (its file and origin), `label`, `votes` and `shown`
        (the keys of `metrics.LABEL_KEYS`, `VOTES_KEYS` and `SHOWN_KEYS`), `movements` (`r2` by
        name, where the data set is annotated), `tta` (`label` and `votes` of the mean with the
        mirrored images) and `notes`, which say why a figure is None.

    Raises:
        DataError: the split does not exist or is empty; the message names those with images.
        ModelError: the file is missing or no model of mien's.
    """
    return measure(model, dataset, split).result


def measure(model: Path | Predictor | None, dataset: NDArray[np.void], split: str) -> Evaluation:
    """Like `evaluate`, with the model's answers."""
    records = select(dataset, split)
    file = model if isinstance(model, Path) else None
    predictor = Classifier(model) if model is None or isinstance(model, Path) else model
    plain = _answers(predictor, np.ascontiguousarray(records["image"]))
    mirrored = np.ascontiguousarray(records["image"][:, :, ::-1])
    tta_label = _mean(plain.label, predictor.predict_label(mirrored))
    tta_votes = _mean(plain.votes, predictor.predict_votes(mirrored))
    training = dataset[dataset["split"] == Split.TRAIN]["votes"]
    training = training[metrics.answered(training)]
    raters = Raters.fit(training) if len(training) else None
    duplicates = duplicates_in_training(dataset, records, split)
    labels, votes = records["label"], records["votes"]
    notes: list[str] = []
    if plain.label is None:
        notes.append("label: the model has no label head")
    elif not (labels >= 0).any():
        notes.append(f"label: the images of {split} have no labels")
    if plain.votes is None:
        notes.append("votes: the model has no votes head")
    elif not votes.any():
        notes.append(
            f"votes: the data set has no votes for {split}; `mien data prepare --votes` adds them"
        )
    elif raters is None:
        notes.append("votes.raters: the data set has no training images with ten votes")
    result = {
        "split": split,
        "images": len(records),
        "model": describe_model(file, predictor.metadata),
        "label": metrics.label_metrics(labels, plain.label, duplicates),
        "votes": metrics.votes_metrics(votes, plain.votes, raters),
        "shown": metrics.shown_metrics(votes, plain.shown),
        "movements": {"r2": _movements_r2(records, plain)},
        "tta": {
            "label": metrics.label_metrics(labels, tta_label, duplicates),
            "votes": metrics.votes_metrics(votes, tta_votes, raters),
        },
        "notes": notes,
    }
    return Evaluation(result, records, plain)


def duplicates_in_training(
    dataset: NDArray[np.void], records: NDArray[np.void], split: str
) -> NDArray[np.bool_]:
    """Return whether a split's records have a near duplicate that training may see, bool (N,)."""
    if split == "validation":
        in_training = dataset["split"] == Split.TRAIN
        # `duplicate_in_training` counts both sides of the split, which keeps them on one side.
        return np.isin(records["duplicate_group"], dataset["duplicate_group"][in_training])
    return np.array(records["duplicate_in_training"])


def write_json(result: dict[str, Any], path: Path) -> None:
    """Write the figures of `evaluate` to a file; one that exists is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(result, indent=2, allow_nan=False) + "\n")


def _answers(model: Predictor, images: NDArray[np.uint8]) -> Answers:
    label, votes = model.predict_label(images), model.predict_votes(images)
    if not isinstance(model, Classifier):
        return Answers(label, votes)
    faces = model.predict_faces(images)
    movements = None
    if faces.movements is not None:
        movements = dict(zip(model.movement_names, faces.movements.T, strict=True))
    return Answers(label, votes, faces.votes, movements)


def _mean(a: Shares | None, b: Shares | None) -> Shares | None:
    return None if a is None or b is None else (a + b) / 2


def _movements_r2(records: NDArray[np.void], answers: Answers) -> dict[str, float | None] | None:
    if answers.movements is None or not (records["movements"] >= 0).any():
        return None
    names = list(answers.movements)
    wanted = records["movements"][:, [MOVEMENT_NAMES.index(name) for name in names]]
    r2 = metrics.movements_r2(wanted, np.stack(list(answers.movements.values()), axis=1))
    return {n: float(v) if np.isfinite(v) else None for n, v in zip(names, r2, strict=True)}
