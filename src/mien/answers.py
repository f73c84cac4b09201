"""What votes answer: one emotion, two that are about as frequent, or none; and as ten people.

`page/state/votes.js` is this file's twin: both count in ten-thousandths, as JSON gives shares, so
that they never differ.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal

from mien.emotions import EMOTION_NAMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DISAGREE: Final = "people would disagree"
"""Why a face is not clear that can be seen well."""

Language = Literal["en", "de"]
"""English or German."""

MIXED_LEAD: Final = 0.1
"""Share by which one of two emotions may lead at most for a face to be "mixed"."""

MIXED_TOGETHER: Final = 0.8
"""Share of two emotions together from which a face may be "mixed"."""

PEOPLE: Final = 10
"""How many people shares are told as."""

_WHOLE: Final = 10_000  # shares are compared in parts of it


class State(StrEnum):
    """What kind of answer a reading is."""

    CLEAR = "clear"
    """Most people would give one answer."""

    MIXED = "mixed"
    """About half would give one emotion, and about half another."""

    UNCLEAR = "unclear"
    """People could not tell, or would disagree."""


def ranked(votes: "NDArray[np.float64]") -> list[int]:
    """Indices of `VOTE_NAMES`, the largest share first; equal ones in the order of the names.

    Args:
        votes: float (8,), shares that sum to 1.
    """
    shares = votes.tolist()  # Python compares its own numbers far quicker than NumPy's
    return sorted(range(len(shares)), key=lambda i: -shares[i])


def is_mixed(
    votes: "NDArray[np.float64]", lead: float = MIXED_LEAD, together: float = MIXED_TOGETHER
) -> bool:
    """Whether the two largest of the seven emotions are about as frequent, and nearly all.

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
        lead: share by which one may lead the other at most.
        together: share of both at least.
    """
    first, second = sorted(_parts(votes)[: len(EMOTION_NAMES)], reverse=True)[:2]
    return first - second <= round(lead * _WHOLE) and first + second >= round(together * _WHOLE)


def share_out(votes: "NDArray[np.float64]", people: int = PEOPLE) -> list[int]:
    """Shares as whole people who add up, by the method of the largest remainder.

    A larger share never gets fewer people than a smaller one. Of equal remainders the largest
    share's goes first, then a larger share's, then the order of the names.

    Args:
        votes: float (N,), shares that sum to 1.
        people: to share out.
    """
    parts, first = _parts(votes), ranked(votes)[0]
    total = sum(parts)
    whole = [part * people // total for part in parts]
    rest = [part * people % total for part in parts]
    order = sorted(range(len(parts)), key=lambda i: (-rest[i], i != first, -parts[i]))
    for i in order[: people - sum(whole)]:
        whole[i] += 1
    return whole


def _parts(votes: "NDArray[np.float64]") -> list[int]:
    return [round(round(float(share), 4) * _WHOLE) for share in votes]
