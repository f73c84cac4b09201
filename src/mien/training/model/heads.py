"""The heads of a network: which there are, and where their logits stand.

Every network ends in one linear layer. Its outputs are the heads' logits, one head after the other.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.movements import MOVEMENT_NAMES


class Head(StrEnum):
    """A head, by its name in files; in the order in which heads stand."""

    LABEL = "label"
    """FER2013's labels."""

    VOTES = "votes"
    """FER+'s ten columns."""

    EXPRESSIONS = "expressions"
    """What a teacher says that learnt from other photographs (`training.data.expressions`)."""

    MOVEMENTS = "movements"
    """Movements of the face, each its own sigmoid."""


HEADS: Final[dict[str, int]] = {
    Head.LABEL: len(EMOTION_NAMES),
    Head.VOTES: len(FERPLUS_NAMES),
    Head.EXPRESSIONS: len(EMOTION_NAMES),
    Head.MOVEMENTS: len(MOVEMENT_NAMES),
}
"""A head's number of logits."""


def head_slices(heads: Sequence[str]) -> dict[str, slice]:
    """Where each head's logits stand among a network's outputs.

    Args:
        heads: of `Head`, in its order.
    """
    places: dict[str, slice] = {}
    start = 0
    for head in heads:
        places[head] = slice(start, start + HEADS[head])
        start += HEADS[head]
    return places


def count_logits(heads: Sequence[str]) -> int:
    """Number of a network's outputs."""
    return sum(HEADS[head] for head in heads)
