"""The heads of a network: which there are, and where their logits stand.

Every network ends in one linear layer. Its outputs are the heads' logits, one head after the other.
"""

from collections.abc import Sequence
from typing import Final

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.movements import MOVEMENT_NAMES

HEADS: Final = {
    "label": len(EMOTION_NAMES),
    "votes": len(FERPLUS_NAMES),
    "expressions": len(EMOTION_NAMES),
    "movements": len(MOVEMENT_NAMES),
}
"""A head's name and its number of logits, in the order in which heads stand.

label: FER2013's labels. votes: FER+'s ten columns. expressions: what a teacher says who learnt from
other photographs (`mien.training.data.expressions`). movements: each its own sigmoid.
"""


def head_slices(heads: Sequence[str]) -> dict[str, slice]:
    """Where each head's logits stand among a network's outputs.

    Args:
        heads: names of `HEADS`, in its order.
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
