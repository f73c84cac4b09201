"""The images whose label a model does not read, the surest first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.training.evaluation.evaluate import Predictions
from mien.training.evaluation.metrics import LABEL_TO_FERPLUS


@dataclass(frozen=True, slots=True, eq=False)
class Mistake:
    """An image whose label the model did not read.

    Attributes:
        index: of the record.
        read: the label to which the model gives the largest share, 0 to 6.
        share: that share.
        label: FER2013's label, 0 to 6.
        votes: uint8 (10,), the raters' answers; all 0 where unknown.
        raters_agree: whether the raters' most frequent answer is the model's; None where unknown.
    """

    index: int
    read: int
    share: float
    label: int
    votes: NDArray[np.uint8]
    raters_agree: bool | None


def confident_mistakes(
    records: NDArray[np.void], predictions: Predictions, count: int
) -> list[Mistake]:
    """The images whose label was not read, the model's largest share first.

    Args:
        records: of a data set; those without a label are passed over.
        predictions: of the same images; without a label head there are no mistakes.
        count: at most so many.
    """
    if predictions.label is None:
        return []
    read = predictions.label.argmax(axis=1)
    share = predictions.label.max(axis=1)
    wrong = np.flatnonzero((records["label"] >= 0) & (read != records["label"]))
    mistakes: list[Mistake] = []
    for index in wrong[np.argsort(-share[wrong], kind="stable")][:count]:
        votes = records["votes"][index]
        agree = bool(votes.argmax() == LABEL_TO_FERPLUS[read[index]])
        mistakes.append(
            Mistake(
                int(index),
                int(read[index]),
                float(share[index]),
                int(records["label"][index]),
                votes,
                agree if votes.any() else None,
            )
        )
    return mistakes
