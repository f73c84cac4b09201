"""Measure shares against one label, and against the votes of ten people.

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
"""Number of FER+'s columns that are emotions; they come first."""

LABEL_TO_FERPLUS: Final = np.array(
    [FERPLUS_NAMES.index(FERPLUS_OF[name]) for name in EMOTION_NAMES]
)
"""FER+'s column of each of FER2013's labels."""

LEAST_SHARE: Final = 1e-7
"""Least share in log losses, so that one certain mistake stays finite."""

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

SHOWN_KEYS: Final = (
    "majority_accuracy",
    "majority_images",
    "majority_confusion",
    "log_loss",
    "ece",
)


def label_reliability(labels: Votes, shares: Shares) -> Reliability:
    """Compare the top label's share with how often it is FER2013's; see `label_metrics`."""
    return reliability(shares.max(axis=1), shares.argmax(axis=1) == labels)


def label_metrics(
    labels: Votes, shares: Shares | None, duplicates: NDArray[np.bool_]
) -> dict[str, Any]:
    """Compute the `label.*` metrics: shares against FER2013's labels.

    Args:
        labels: int (N,), 0 to 6, or -1 for an image without a label, which does not count.
        shares: float (N, 7), sum 1; None of a model without this head.
        duplicates: images left out of `accuracy_without_copies`, bool (N,).

    Returns:
        JSON-ready; all None without any label or without the head. `precision`, `recall` and `f1`
        by emotion, 0 where a class is never predicted or does not occur, which also enters
        `macro_f1`; `confusion` counts, with a row for each label and a column for each prediction,
        in label order; `log_loss` in nats; `accuracy_without_copies` None where every image is one.
    """
    known = labels >= 0
    if shares is None or not known.any():
        return dict.fromkeys(LABEL_KEYS)
    labels, shares, duplicates = labels[known], shares[known], duplicates[known]
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
    """Return the answer of most raters for each image, by FER+'s protocol.

    Single votes are dropped. An image counts if its top column has more than half of the remaining
    votes and is one of the eight emotions. Source: Barsoum et al. 2016, and how their published
    code reads the votes.

    Returns:
        int64 (N,), a column 0 to 7, or -1 where the image does not count.
    """
    kept = np.where(votes > 1, votes, 0)
    top = kept.argmax(axis=1)
    counts = (2 * kept.max(axis=1) > kept.sum(axis=1)) & (top < FERPLUS_EMOTIONS)
    return np.where(counts, top, -1)


def answered(votes: Votes) -> NDArray[np.bool_]:
    """Return whether all ten raters gave one of the nine answers, bool (N,), of int (N, 10)."""
    return votes[:, :ANSWERS].sum(axis=1) == RATERS


def over_answers(shares: Shares) -> NDArray[np.float64]:
    """Turn shares of the ten columns, (N, 10), into shares of the nine answers, (N, 9), sum 1."""
    nine = np.maximum(shares[:, :ANSWERS].astype(np.float64), LEAST_SHARE)
    return nine / nine.sum(axis=1, keepdims=True)


def votes_log_loss(votes: Votes, shares: Shares) -> float:
    """Compute the mean cross-entropy in nats of predicted shares against the votes.

    Votes are int (N, 10), of images that are `answered`, N at least 1; shares are float (N, 10),
    and renormalised over the nine answers.
    """
    return float(-(votes[:, :ANSWERS] / RATERS * np.log(over_answers(shares))).sum(axis=1).mean())


def perfect_log_loss(votes: Votes) -> float:
    """Compute the least possible `votes_log_loss`, that of shares equal to the votes."""
    share = votes[:, :ANSWERS] / RATERS
    return float(-(share * np.log(np.where(share > 0, share, 1))).sum(axis=1).mean())


def votes_reliability(votes: Votes, shares: Shares) -> Reliability:
    """Compare the top share with the share of raters who said so; see `votes_log_loss`."""
    predicted = over_answers(shares)
    said = np.take_along_axis(votes, predicted.argmax(axis=1)[:, None], axis=1)[:, 0] / RATERS
    return reliability(predicted.max(axis=1), said)


def votes_metrics(votes: Votes, shares: Shares | None, raters: Raters | None) -> dict[str, Any]:
    """Compute the `votes.*` metrics: shares of answers against the votes of ten people.

    Args:
        votes: int (N, 10); an image without votes is all zero.
        shares: float (N, 10), sum 1; None of a model without this head.
        raters: fitted on training images; without them `raters` and `rater_curve` are None.

    Returns:
        JSON-ready; None where no image allows a figure, all None without votes or without the head.
        `log_loss`, `perfect_log_loss` and
        `rater_curve` (k = 0…9) in nats; `raters` between 0 and 9. `majority_confusion` counts the
        images of `majority_accuracy`, with a row for what most raters say and a column for each
        prediction, both in the order of FER+'s eight emotions; `majority_recall` by FER+'s names,
        None where nobody says it.
    """
    result: dict[str, Any] = dict.fromkeys(VOTES_KEYS)
    if shares is None or not votes.any():
        return result
    top = majority(votes)
    counts = top >= 0
    result["majority_images"] = int(counts.sum())
    if counts.any():
        predicted = shares[counts, :FERPLUS_EMOTIONS].argmax(axis=1)
        result["majority_accuracy"] = float((predicted == top[counts]).mean())
        confusion = confusion_matrix(top[counts], predicted, labels=range(FERPLUS_EMOTIONS))
        result["majority_confusion"] = confusion.tolist()
        result["majority_recall"] = recalls(FERPLUS_NAMES[:FERPLUS_EMOTIONS], confusion)
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


def shown_metrics(votes: Votes, shares: Shares | None) -> dict[str, Any]:
    """Compute the `shown.*` metrics: the shares that people see against the votes of ten people.

    FER+'s raters saw thumbnails, so shown shares may agree with them less than the votes head.

    Args:
        votes: int (N, 10); an image without votes is all zero.
        shares: float (N, 8) in the order of `VOTE_NAMES`, sum 1; None where nothing is shown.

    Returns:
        JSON-ready; None where no image allows a figure. `majority_accuracy` on the
        `majority_images` of FER+'s protocol, contempt being "other"; `majority_confusion` counts
        the same images, with a row for what most raters say and a column for what is shown, both in
        the order of `VOTE_NAMES`; `log_loss` in nats over the eight answers and `ece` of the top
        share, on the images that are `answered`.
    """
    result: dict[str, Any] = dict.fromkeys(SHOWN_KEYS)
    if shares is None or not votes.any():
        return result
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


def recalls(names: tuple[str, ...], confusion: NDArray[np.int64]) -> dict[str, float | None]:
    """Compute recall by name from counts with a row for each; None for an empty row."""
    totals = confusion.sum(axis=1)
    found = zip(names, confusion.diagonal(), totals, strict=True)
    return {name: float(right / total) if total else None for name, right, total in found}


def movements_r2(movements: Shares, found: Shares) -> NDArray[np.float64]:
    """Compute R² of each movement: 1 is perfect, 0 no better than the mean.

    Args:
        movements: the Face Landmarker's, float (N, M); rows of -1 where it found no face.
        found: the network's, float (N, M).

    Returns:
        float64 (M,): coefficients of determination over the known rows; NaN for a movement that
        never changes, or without any known row.
    """
    known = (movements >= 0).all(axis=1)
    wanted, predicted = movements[known].astype(np.float64), found[known].astype(np.float64)
    if not len(wanted):
        return np.full(movements.shape[1], np.nan)
    spread = ((wanted - wanted.mean(axis=0)) ** 2).sum(axis=0)
    missed = ((wanted - predicted) ** 2).sum(axis=0)
    return 1 - missed / np.where(spread > 0, spread, np.nan)


def _by_emotion(values: Any) -> dict[str, float]:
    return {name: float(value) for name, value in zip(EMOTION_NAMES, values, strict=True)}
