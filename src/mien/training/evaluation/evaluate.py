"""Measure a model on one split of a data set: the figures of `mien evaluate`.

The headline is one plain pass over the images; the mean with a pass over the mirrored images
("test-time augmentation") stands beside it as `tta`.
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

_MODEL_KEYS: Final = ("network", "version", "commit", "seed", "data", "calibration")


class Predictor(Protocol):
    """What can be measured; `mien.faces.classifier.Classifier` is one."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the model file tells about itself."""
        ...

    def predict_label(self, crops: NDArray[np.uint8]) -> metrics.Shares | None:
        """(N, 7) shares of FER2013's labels for uint8 (N, 48, 48) crops; None without that head."""
        ...

    def predict_votes(self, crops: NDArray[np.uint8]) -> metrics.Shares | None:
        """(N, 10) shares of FER+'s columns; None without that head."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Movements:
    """What moves in N faces: names of M movements, and float (N, M), 0 to 1."""

    names: tuple[str, ...]
    found: metrics.Shares


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What a model says of N images.

    Attributes:
        label: float (N, 7), or None without that head.
        votes: float (N, 10) in the order of `FERPLUS_NAMES`, or None without that head.
        shown: float (N, 8) in the order of `VOTE_NAMES`, what people see; None of a predictor that
            is no `Classifier`.
        movements: None without that head.
    """

    label: metrics.Shares | None
    votes: metrics.Shares | None
    shown: metrics.Shares | None = None
    movements: Movements | None = None


def load_model(model: Path | Predictor | None) -> Predictor:
    """The model in a file; without one that which ships with mien; a predictor as it is.

    Raises:
        ModelError: the file is missing or no model of mien's.
    """
    if model is None or isinstance(model, Path):
        return Classifier(model)
    return model


def describe_model(file: Path | None, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What figures keep of a model: its file, and what that tells of its origin; JSON-ready."""
    return {
        "file": None if file is None else str(file),
        **{key: metadata.get(key) for key in _MODEL_KEYS},
    }


def predict(model: Predictor, images: NDArray[np.uint8]) -> Predictions:
    """What `model` says of uint8 (N, 48, 48) images, N at least 1."""
    images = np.ascontiguousarray(images)
    label, votes = model.predict_label(images), model.predict_votes(images)
    if not isinstance(model, Classifier):
        return Predictions(label, votes)
    faces = model.predict_faces(images)
    found = faces.movements
    movements = None if found is None else Movements(model.movement_names, found)
    return Predictions(label, votes, faces.votes, movements)


def evaluate(
    model: Path | Predictor | None, dataset: NDArray[np.void], split: str
) -> dict[str, Any]:
    """The figures of a model on one split.

    Args:
        model: an exported model's file, anything that predicts, or None for the model that ships.
        dataset: as `load_dataset` gives it. Raters are fitted on its training images.
        split: "train", "validation", "public" or "private".

    Returns:
        JSON-ready: `split`, `images`, `model` (what its file tells of its origin), `label`,
        `votes` and `shown` (the keys of `metrics.LABEL_KEYS`, `VOTES_KEYS` and `SHOWN_KEYS`),
        `movements` (`r2` by name, where the data set is annotated), `tta` (`label` and `votes` of
        the mean with the mirrored images) and `notes`, which say why a figure is None.

    Raises:
        DataError: no such split, or it is empty; the message names those with images.
        ModelError: the file is missing or no model of mien's.
    """
    records = select(dataset, split)
    predictor = load_model(model)
    plain = predict(predictor, records["image"])
    mirrored = predict(predictor, records["image"][:, :, ::-1])
    both = Predictions(_mean(plain.label, mirrored.label), _mean(plain.votes, mirrored.votes))
    training = dataset[dataset["split"] == Split.TRAIN]["votes"]
    training = training[metrics.answered(training)]
    raters = Raters.fit(training) if len(training) else None
    duplicates = duplicates_in_training(dataset, records, split)
    notes: list[str] = []
    if plain.label is None:
        notes.append("label: the model has no label head")
    elif not (records["label"] >= 0).any():
        notes.append(f"label: the images of {split} have no labels")
    if plain.votes is None:
        notes.append("votes: the model has no votes head")
    elif not records["votes"].any():
        notes.append(
            f"votes: the data set has no votes for {split}; `mien data prepare --votes` adds them"
        )
    elif raters is None:
        notes.append("votes.raters: the data set has no training images with ten votes")
    return {
        "split": split,
        "images": len(records),
        "model": describe_model(model if isinstance(model, Path) else None, predictor.metadata),
        "label": label_figures(records, plain, duplicates),
        "votes": votes_figures(records, plain, raters),
        "shown": shown_figures(records, plain),
        "movements": movements_figures(records, plain),
        "tta": {
            "label": label_figures(records, both, duplicates),
            "votes": votes_figures(records, both, raters),
        },
        "notes": notes,
    }


def duplicates_in_training(
    dataset: NDArray[np.void], records: NDArray[np.void], split: str
) -> NDArray[np.bool_]:
    """Whether records of a split have a near duplicate that training may see, bool (N,)."""
    if split == "validation":
        in_training = dataset["split"] == Split.TRAIN
        # `duplicate_in_training` counts both sides of the split, which keeps them on one side.
        return np.isin(records["duplicate_group"], dataset["duplicate_group"][in_training])
    return np.array(records["duplicate_in_training"])


def label_figures(
    records: NDArray[np.void], predictions: Predictions, duplicates: NDArray[np.bool_]
) -> dict[str, Any]:
    """`label.*` on the records that have a label; all None without any or without the head."""
    labelled = records["label"] >= 0
    if predictions.label is None or not labelled.any():
        return dict.fromkeys(metrics.LABEL_KEYS)
    return metrics.label_metrics(
        records["label"][labelled], predictions.label[labelled], duplicates[labelled]
    )


def votes_figures(
    records: NDArray[np.void], predictions: Predictions, raters: Raters | None
) -> dict[str, Any]:
    """`votes.*` on the records that have votes; all None without any or without the head."""
    if predictions.votes is None or not records["votes"].any():
        return dict.fromkeys(metrics.VOTES_KEYS)
    return metrics.votes_metrics(records["votes"], predictions.votes, raters)


def shown_figures(records: NDArray[np.void], predictions: Predictions) -> dict[str, Any]:
    """`shown.*` on the records that have votes; all None without any or of another predictor."""
    if predictions.shown is None or not records["votes"].any():
        return dict.fromkeys(metrics.SHOWN_KEYS)
    return metrics.shown_metrics(records["votes"], predictions.shown)


def movements_figures(records: NDArray[np.void], predictions: Predictions) -> dict[str, Any]:
    """`movements.r2` by name; None without that head or on images that nobody annotated."""
    if predictions.movements is None or not (records["movements"] >= 0).any():
        return {"r2": None}
    names, found = predictions.movements.names, predictions.movements.found
    wanted = records["movements"][:, [MOVEMENT_NAMES.index(name) for name in names]]
    r2 = metrics.movements_r2(wanted, found)
    return {"r2": {n: float(v) if np.isfinite(v) else None for n, v in zip(names, r2, strict=True)}}


def write_json(result: dict[str, Any], path: Path) -> None:
    """Write the figures of `evaluate` to a file; one that exists is replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(result, indent=2, allow_nan=False) + "\n")


def _mean(a: metrics.Shares | None, b: metrics.Shares | None) -> metrics.Shares | None:
    return None if a is None or b is None else (a + b) / 2
