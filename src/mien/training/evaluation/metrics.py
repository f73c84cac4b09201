"""How good shares are: against one label, and against the votes of ten people.

Everything here is NumPy in, plain numbers out. Votes are FER+'s ten columns in the order of
`mien.emotions.FERPLUS_NAMES`: eight emotions, "unknown", and "NF" (not a face).
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, FERPLUS_OF, VOTE_NAMES, VOTE_OF_FERPLUS
from mien.training.evaluation.raters import ANSWERS, RATERS, Raters, Votes, worth
from mien.training.evaluation.reliability import Reliability, Shares, reliability

FERPLUS_EMOTIONS: Final = 8
"""FER+'s first eight columns are emotions."""

LABEL_TO_FERPLUS: Final = np.array(
    [FERPLUS_NAMES.index(FERPLUS_OF[name]) for name in EMOTION_NAMES]
)
"""FER+'s column of each of FER2013's labels."""

LEAST_SHARE: Final = 1e-7
"""Shares below count as this in log losses, so that one certain mistake stays finite."""


def label_reliability(labels: Votes, shares: Shares) -> Reliability:
    """Share of the top label against whether it is FER2013's; arguments as `label_metrics`."""
    return reliability(shares.max(axis=1), shares.argmax(axis=1) == labels)


def label_metrics(labels: Votes, shares: Shares, duplicates: NDArray[np.bool_]) -> dict[str, Any]:
    """The `label.*` metrics: shares against FER2013's labels.

    Args:
        labels: int (N,), 0 to 6, N at least 1.
        shares: float (N, 7), sum 1.
        duplicates: bool (N,), images left out of `accuracy_without_copies`.

    Returns:
        JSON-ready. `precision`, `recall` and `f1` by emotion, 0 where a class is never predicted
        or does not occur, which also enters `macro_f1`; `confusion` counts, a row a label, a
        column a prediction, in label order; `log_loss` in nats; `accuracy_without_copies` None
        where every image is one.
    """
    classes = np.arange(len(EMOTION_NAMES))
    predicted = shares.argmax(axis=1)
    right = predicted == labels
    precision, recall, f1, _ = precision_recall_fscore_support(
        labels,
        predicted,
        labels=classes,
        zero_division=0,  # pyright: ignore[reportArgumentType]
    )
    own_share = np.take_along_axis(shares, labels[:, None].astype(int), axis=1)
    return {
        "accuracy": float(right.mean()),
        "accuracy_without_copies": None if duplicates.all() else float(right[~duplicates].mean()),
        "images_without_copies": int((~duplicates).sum()),
        "macro_f1": float(np.mean(f1)),
        "precision": _by_emotion(precision),
        "recall": _by_emotion(recall),
        "f1": _by_emotion(f1),
        "confusion": confusion_matrix(labels, predicted, labels=classes).tolist(),
        "log_loss": float(-np.log(np.maximum(own_share, LEAST_SHARE)).mean()),
        "ece": label_reliability(labels, shares).error,
    }


def majority(votes: Votes) -> NDArray[np.int64]:
    """FER+'s protocol: what most raters say of each image.

    Single votes are dropped; an image counts if its top column has more than half of the remaining
    votes and is one of the eight emotions. Source: Barsoum et al. 2016, and the reading of the
    votes in their published code.

    Args:
        votes: int (N, 10).

    Returns:
        int64 (N,), a column 0 to 7, or -1 where the image does not count.
    """
    kept = np.where(votes > 1, votes, 0)
    top = kept.argmax(axis=1)
    counts = (2 * kept.max(axis=1) > kept.sum(axis=1)) & (top < FERPLUS_EMOTIONS)
    return np.where(counts, top, -1)


def answered(votes: Votes) -> NDArray[np.bool_]:
    """Whether all ten raters gave one of the nine answers, bool (N,), of int (N, 10) votes."""
    return votes[:, :ANSWERS].sum(axis=1) == RATERS


def over_answers(shares: Shares) -> NDArray[np.float64]:
    """Shares of the ten columns, (N, 10) → of the nine answers, (N, 9), sum 1."""
    nine = np.maximum(shares[:, :ANSWERS].astype(np.float64), LEAST_SHARE)
    return nine / nine.sum(axis=1, keepdims=True)


def votes_log_loss(votes: Votes, shares: Shares) -> float:
    """Mean cross-entropy in nats of predicted shares against the votes.

    Args:
        votes: int (N, 10), of images that are `answered`, N at least 1.
        shares: float (N, 10), sum 1; renormalised over the nine answers.
    """
    return float(-(votes[:, :ANSWERS] / RATERS * np.log(over_answers(shares))).sum(axis=1).mean())


def perfect_log_loss(votes: Votes) -> float:
    """`votes_log_loss` of shares that are the votes themselves: no prediction can be better."""
    share = votes[:, :ANSWERS] / RATERS
    return float(-(share * np.log(np.where(share > 0, share, 1))).sum(axis=1).mean())


def votes_reliability(votes: Votes, shares: Shares) -> Reliability:
    """Top share against the share of raters who said so; arguments as `votes_log_loss`."""
    predicted = over_answers(shares)
    top = predicted.argmax(axis=1)
    said = np.take_along_axis(votes, top[:, None], axis=1)[:, 0] / RATERS
    return reliability(predicted.max(axis=1), said)


def votes_metrics(votes: Votes, shares: Shares, raters: Raters | None) -> dict[str, Any]:
    """The `votes.*` metrics: shares of answers against the votes of ten people.

    Args:
        votes: int (N, 10); an image without votes is all zero.
        shares: float (N, 10), sum 1.
        raters: fitted on training images; without them `raters` and `rater_curve` are None.

    Returns:
        JSON-ready; what no image allows is None. `log_loss`, `perfect_log_loss`, `rater_curve`
        (k = 0…9) in nats; `raters` between 0 and 9. `majority_confusion` counts the images of
        `majority_accuracy`, a row what most raters say, a column a prediction, both in the order of
        FER+'s eight emotions; `majority_recall` by FER+'s names, None where nobody says it.
    """
    result: dict[str, Any] = dict.fromkeys(VOTES_KEYS)
    top = majority(votes)
    counts = top >= 0
    result["majority_images"] = int(counts.sum())
    if counts.any():
        predicted = shares[counts, :FERPLUS_EMOTIONS].argmax(axis=1)
        result["majority_accuracy"] = float((predicted == top[counts]).mean())
        confusion = confusion_matrix(top[counts], predicted, labels=range(FERPLUS_EMOTIONS))
        result["majority_confusion"] = confusion.tolist()
        result["majority_recall"] = {
            name: float(row[index] / row.sum()) if row.sum() else None
            for index, (name, row) in enumerate(zip(FERPLUS_NAMES, confusion, strict=False))
        }
    ten = answered(votes)
    result["log_loss_images"] = int(ten.sum())
    if ten.any():
        votes, shares = votes[ten], shares[ten]
        result["log_loss"] = votes_log_loss(votes, shares)
        result["perfect_log_loss"] = perfect_log_loss(votes)
        result["ece"] = votes_reliability(votes, shares).error
        if raters is not None:
            curve = raters.curve(votes)
            result["raters"] = worth(curve, result["log_loss"])
            result["rater_curve"] = curve.tolist()
    return result


VOTES_KEYS: Final = (
    "majority_accuracy",
    "majority_images",
    "majority_recall",
    "majority_confusion",
    "log_loss",
    "log_loss_images",
    "perfect_log_loss",
    "raters",
    "rater_curve",
    "ece",
)

LABEL_KEYS: Final = (
    "accuracy",
    "accuracy_without_copies",
    "images_without_copies",
    "macro_f1",
    "precision",
    "recall",
    "f1",
    "confusion",
    "log_loss",
    "ece",
)


def shown_metrics(votes: Votes, shares: Shares) -> dict[str, Any]:
    """The `shown.*` metrics: the shares that people see against the votes of ten people.

    FER+'s raters saw thumbnails, so that shown shares may agree with them less than the votes head.

    Args:
        votes: int (N, 10); an image without votes is all zero.
        shares: float (N, 8) in the order of `VOTE_NAMES`, sum 1.

    Returns:
        JSON-ready; what no image allows is None. `majority_accuracy` on the `majority_images` of
        FER+'s protocol, contempt being "other"; `majority_confusion` counts the same images, a row
        what most raters say, a column what is shown, both in the order of `VOTE_NAMES`; `log_loss`
        in nats over the eight answers and `ece` of the top share, on the images that are
        `answered`.
    """
    result: dict[str, Any] = dict.fromkeys(SHOWN_KEYS)
    column = np.array([VOTE_NAMES.index(VOTE_OF_FERPLUS[n]) for n in FERPLUS_NAMES[:ANSWERS]])
    top = majority(votes)
    counts = top >= 0
    result["majority_images"] = int(counts.sum())
    if counts.any():
        said, shown = column[top[counts]], shares[counts].argmax(axis=1)
        result["majority_accuracy"] = float((shown == said).mean())
        confusion = confusion_matrix(said, shown, labels=range(len(VOTE_NAMES)))
        result["majority_confusion"] = confusion.tolist()
    ten = answered(votes)
    if ten.any():
        eight = np.zeros((int(ten.sum()), len(VOTE_NAMES)))
        for place, name in enumerate(column):
            eight[:, name] += votes[ten, place] / RATERS
        predicted = np.maximum(shares[ten].astype(np.float64), LEAST_SHARE)
        result["log_loss"] = float(-(eight * np.log(predicted)).sum(axis=1).mean())
        said = np.take_along_axis(eight, predicted.argmax(axis=1)[:, None], axis=1)[:, 0]
        result["ece"] = reliability(predicted.max(axis=1), said).error
    return result


SHOWN_KEYS: Final = (
    "majority_accuracy",
    "majority_images",
    "majority_confusion",
    "log_loss",
    "ece",
)


def _by_emotion(values: Any) -> dict[str, float]:
    return {name: float(value) for name, value in zip(EMOTION_NAMES, values, strict=True)}


def movements_r2(movements: Shares, found: Shares) -> NDArray[np.float64]:
    """How much of each movement is told: 1 is all, 0 no more than the mean tells.

    Args:
        movements: float (N, M), the Face Landmarker's; rows of -1 where it found no face.
        found: float (N, M), the network's.

    Returns:
        float64 (M,): coefficients of determination over the known rows; NaN for a movement that
        never changes, or without any known row.
    """
    known = (movements >= 0).all(axis=1)
    wanted, told = movements[known].astype(np.float64), found[known].astype(np.float64)
    if not len(wanted):
        return np.full(movements.shape[1], np.nan)
    spread = ((wanted - wanted.mean(axis=0)) ** 2).sum(axis=0)
    missed = ((wanted - told) ** 2).sum(axis=0)
    return 1 - missed / np.where(spread > 0, spread, np.nan)
