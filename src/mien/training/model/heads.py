"""The heads of a network, and the places of their logits.

Every network ends in one linear layer, whose outputs are the logits of one head after the other.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.movements import MOVEMENT_NAMES


class Head(StrEnum):
    """Head of a network, by its name in files, in the order of their logits."""

    LABEL = "label"
    """FER2013's seven labels."""

    VOTES = "votes"
    """FER+'s ten columns."""

    EXPRESSIONS = "expressions"
    """Answers of a teacher that learnt from other photographs (`training.data.expressions`)."""

    MOVEMENTS = "movements"
    """Movements of the face, each with its own sigmoid."""


HEADS: Final[dict[str, int]] = {
    Head.LABEL: len(EMOTION_NAMES),
    Head.VOTES: len(FERPLUS_NAMES),
    Head.EXPRESSIONS: len(EMOTION_NAMES),
    Head.MOVEMENTS: len(MOVEMENT_NAMES),
}
"""Number of logits of each head."""


def head_slices(heads: Sequence[str]) -> dict[str, slice]:
    """Return the place of each head's logits among a network's outputs; heads as in `Head`."""
    places: dict[str, slice] = {}
    start = 0
    for head in heads:
        places[head] = slice(start, start + HEADS[head])
        start += HEADS[head]
    return places


def count_logits(heads: Sequence[str]) -> int:
    """Return the number of a network's outputs."""
    return sum(HEADS[head] for head in heads)
