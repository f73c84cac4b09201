"""How rightly labelled pictures are read: by class, by group, and against a person's usual face.

NumPy in, plain numbers out. Votes are a reading's eight shares; an answer is the largest of the
seven emotions', "other" left out.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, roc_auc_score

from mien.emotions import EMOTION_NAMES, Emotion
from mien.training.evaluation.metrics import LEAST_SHARE
from mien.training.evaluation.reliability import Shares, reliability

CHANGE_NATS: Final = 1.5
"""Log odds by which an emotion has to rise above a person's usual face to be read as one."""

NEUTRAL: Final = int(Emotion.NEUTRAL)

Labels = NDArray[np.int64]


def of_seven(votes: Shares) -> NDArray[np.float64]:
    """Shares of the seven emotions, float (N, 7), sum 1, of votes (N, 8)."""
    seven = np.maximum(votes[:, : len(EMOTION_NAMES)].astype(np.float64), LEAST_SHARE)
    return seven / seven.sum(axis=1, keepdims=True)


def picture_metrics(labels: Labels, votes: Shares, clear: NDArray[np.bool_]) -> dict[str, Any]:
    """The figures of one set of pictures.

    Args:
        labels: int (N,), 0 to 6; N may be 0.
        votes: float (N, 8), sum 1.
        clear: bool (N,), whether the reading was shown as clear.

    Returns:
        JSON-ready; None where no picture allows it. `accuracy`, `recall` by emotion and
        `balanced_accuracy`, their mean over the labels that occur; `confusion`, counts, a row a
        label, a column an answer; `clear`, the share of readings that are; `accuracy_where_clear`;
        `mean_top_share` of the answers, of seven shares that sum to 1, and its calibration error
        `ece`; `emotional_auc`, how often 1 − the neutral vote is larger for an emotional picture
        than for a neutral one (0.5 is chance).
    """
    result: dict[str, Any] = {"images": len(labels), **dict.fromkeys(KEYS)}
    shares = of_seven(votes)
    confusion = _confusion(labels, shares.argmax(axis=1))
    counts = confusion.sum(axis=1)
    result["recall"] = {
        name: float(row[index] / row.sum()) if row.sum() else None
        for index, (name, row) in enumerate(zip(EMOTION_NAMES, confusion, strict=True))
    }
    result["confusion"] = confusion.tolist()
    if not len(labels):
        return result
    right = shares.argmax(axis=1) == labels
    top = shares.max(axis=1)
    result["accuracy"] = float(right.mean())
    result["balanced_accuracy"] = float(
        np.mean(confusion.diagonal()[counts > 0] / counts[counts > 0])
    )
    result["clear"] = float(clear.mean())
    result["accuracy_where_clear"] = float(right[clear].mean()) if clear.any() else None
    result["mean_top_share"] = float(top.mean())
    result["ece"] = reliability(top, right).error
    emotional = labels != NEUTRAL
    if emotional.any() and not emotional.all():
        result["emotional_auc"] = float(roc_auc_score(emotional, 1 - votes[:, NEUTRAL]))
    return result


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


def _confusion(labels: Labels, answers: Labels) -> NDArray[np.int64]:
    """Counts, int (7, 7), a row a label, a column an answer."""
    if not len(labels):  # which scikit-learn refuses
        return np.zeros((len(EMOTION_NAMES), len(EMOTION_NAMES)), np.int64)
    return confusion_matrix(labels, answers, labels=range(len(EMOTION_NAMES)))


def usual_metrics(
    labels: Labels, votes: Shares, persons: Sequence[str | None]
) -> dict[str, Any] | None:
    """Figures of persons who are seen both neutral and not, each beside their own neutral picture.

    The first neutral picture of a person stands for the usual face. What counts is the change
    against it: the log odds of an emotion against neutral, less those of the usual face.

    Args:
        labels: int (N,), 0 to 6.
        votes: float (N, 8), sum 1.
        persons: who is seen in each picture; None where unknown.

    Returns:
        JSON-ready; None without any such person. `persons`; `images`, their emotional pictures;
        `above`, the share of those whose labelled emotion lies above the usual face, and
        `above_by_1`, by more than 1 nat; and where the emotion that changed most is the answer, if
        by more than `CHANGE_NATS`, and else neutral: `recall` by emotion and `balanced_accuracy`.
        `other_neutral_images` counts the neutral pictures beside the usual ones; where there is
        none, neutral is right by construction, since each usual face is measured against itself.
    """
    odds = np.log(of_seven(votes))
    odds -= odds[:, NEUTRAL, None]
    usual: dict[str, int] = {}
    for index, (label, person) in enumerate(zip(labels, persons, strict=True)):
        if person is not None and label == NEUTRAL:
            usual.setdefault(person, index)
    emotional_persons = {
        person for label, person in zip(labels, persons, strict=True) if label != NEUTRAL
    }
    places = [
        index
        for index, person in enumerate(persons)
        if person in usual and person in emotional_persons
    ]
    if not places:
        return None
    base = np.array([usual[str(persons[index])] for index in places])
    chosen = np.array(places)
    change = odds[chosen] - odds[base]
    label = labels[chosen]
    emotional = label != NEUTRAL
    own = np.take_along_axis(change, label[:, None], axis=1)[emotional, 0]
    risen = change[:, :NEUTRAL]  # neutral is the last of the seven
    answers = np.where(risen.max(axis=1) > CHANGE_NATS, risen.argmax(axis=1), NEUTRAL)
    others = ~emotional & (chosen != base)
    counted = emotional | (others if others.any() else ~emotional)
    recall = {
        name: float((answers[of] == index).mean()) if of.any() else None
        for index, name in enumerate(EMOTION_NAMES)
        for of in [counted & (label == index)]
    }
    return {
        "persons": len(set(base.tolist())),
        "images": int(emotional.sum()),
        "other_neutral_images": int(others.sum()),
        "above": float((own > 0).mean()),
        "above_by_1": float((own > 1).mean()),
        "recall": recall,
        "balanced_accuracy": float(np.mean([r for r in recall.values() if r is not None])),
    }
