"""Measure readings of labelled pictures: by class, by group, and beside a person's usual face.

NumPy and readings in, plain numbers out. Votes are a reading's eight shares; an answer is the
emotion of the seven with the largest share, "other" left out.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, roc_auc_score

from mien.emotions import EMOTION_NAMES, Emotion
from mien.faces.usual_face import usual_face
from mien.training.evaluation.metrics import LEAST_SHARE, recalls
from mien.training.evaluation.reliability import Shares, reliability
from mien.types import Reading

NEUTRAL: Final = int(Emotion.NEUTRAL)

KEYS: Final = (
    "accuracy",
    "balanced_accuracy",
    "recall",
    "confusion",
    "clear",
    "accuracy_where_clear",
    "mean_top_share",
    "ece",
    "emotional_auc",
)

Labels = NDArray[np.int64]


def of_seven(votes: Shares) -> NDArray[np.float64]:
    """Turn votes, (N, 8), into shares of the seven emotions, float (N, 7), sum 1."""
    seven = np.maximum(votes[:, : len(EMOTION_NAMES)].astype(np.float64), LEAST_SHARE)
    return seven / seven.sum(axis=1, keepdims=True)


def picture_metrics(labels: Labels, votes: Shares, clear: NDArray[np.bool_]) -> dict[str, Any]:
    """Compute the figures of one set of pictures.

    Args:
        labels: int (N,), 0 to 6; N may be 0.
        votes: float (N, 8), sum 1.
        clear: whether the reading was shown as clear, bool (N,).

    Returns:
        JSON-ready; None where no picture allows a figure. `accuracy`, `recall` by emotion and
        `balanced_accuracy`, their mean over the labels that occur; `confusion`, counts with a row
        for each label and a column for each answer; `clear`, the share of clear readings;
        `accuracy_where_clear`; `mean_top_share` of the answers, of seven shares that sum to 1, and
        its calibration error `ece`; `emotional_auc`, how often 1 − the neutral vote is larger for
        an emotional picture than for a neutral one (0.5 is chance).
    """
    result: dict[str, Any] = {"images": len(labels), **dict.fromkeys(KEYS)}
    shares = of_seven(votes)
    confusion = _confusion(labels, shares.argmax(axis=1))
    result["recall"] = recalls(EMOTION_NAMES, confusion)
    result["confusion"] = confusion.tolist()
    if not len(labels):
        return result
    right = shares.argmax(axis=1) == labels
    top = shares.max(axis=1)
    result["accuracy"] = float(right.mean())
    result["balanced_accuracy"] = _mean_recall(result["recall"])
    result["clear"] = float(clear.mean())
    result["accuracy_where_clear"] = float(right[clear].mean()) if clear.any() else None
    result["mean_top_share"] = float(top.mean())
    result["ece"] = reliability(top, right).error
    emotional = labels != NEUTRAL
    if emotional.any() and not emotional.all():
        result["emotional_auc"] = float(roc_auc_score(emotional, 1 - votes[:, NEUTRAL]))
    return result


def usual_metrics(
    labels: Labels, readings: Sequence[Reading], persons: Sequence[str | None]
) -> dict[str, Any] | None:
    """Compute figures of persons with neutral and other pictures, beside their own neutral one.

    A person's first neutral picture in which the face can be seen well stands for the usual face,
    as `mien.usual_face` makes it; `UsualFace.compare` says how each picture differs from it.

    Args:
        labels: int (N,), 0 to 6.
        readings: N readings by one network.
        persons: N persons, one for each picture; None where unknown.

    Returns:
        JSON-ready; None without any such person. `persons`; `images`, their emotional pictures;
        `above`, the share of those whose labelled emotion lies above the usual face, and
        `above_by_1`, by more than 1 nat. `recall` by emotion and `balanced_accuracy` take the
        change as the answer, and neutral where there is none. `other_neutral_images` counts the
        neutral pictures beside the usual ones; where there is none, neutral is right by
        construction, since each usual face is measured against itself.
    """
    bases: dict[str, int] = {}
    for index, (label, person) in enumerate(zip(labels, persons, strict=True)):
        if person is not None and label == NEUTRAL and readings[index].can_be_seen:
            bases.setdefault(person, index)
    usual = {person: usual_face([readings[index]]) for person, index in bases.items()}
    emotional_persons = {
        person for label, person in zip(labels, persons, strict=True) if label != NEUTRAL
    } & set(usual)
    own: list[float] = []
    answers: dict[int, list[bool]] = {}
    kept: list[bool] = []  # of the neutral pictures beside the usual ones
    for index, (label, person) in enumerate(zip(labels.tolist(), persons, strict=True)):
        if person is None or person not in emotional_persons:
            continue
        change = usual[person].compare(readings[index])
        name = EMOTION_NAMES[label]
        if label != NEUTRAL:
            own.append(usual[person].differences(readings[index])[name])
            answers.setdefault(label, []).append(change is not None and change.emotion == name)
        elif index != bases[person]:
            kept.append(change is None)
    if not own:
        return None
    answers[NEUTRAL] = kept or [True]
    recall = {
        name: float(np.mean(answers[place])) if place in answers else None
        for place, name in enumerate(EMOTION_NAMES)
    }
    return {
        "persons": len(emotional_persons),
        "images": len(own),
        "other_neutral_images": len(kept),
        "above": float(np.mean([value > 0 for value in own])),
        "above_by_1": float(np.mean([value > 1 for value in own])),
        "recall": recall,
        "balanced_accuracy": _mean_recall(recall),
    }


def _confusion(labels: Labels, answers: Labels) -> NDArray[np.int64]:
    """Count answers, int (7, 7), with a row for each label and a column for each answer."""
    if not len(labels):  # which scikit-learn refuses
        return np.zeros((len(EMOTION_NAMES), len(EMOTION_NAMES)), np.int64)
    return confusion_matrix(labels, answers, labels=range(len(EMOTION_NAMES)))


def _mean_recall(recall: dict[str, float | None]) -> float:
    return float(np.mean([value for value in recall.values() if value is not None]))
