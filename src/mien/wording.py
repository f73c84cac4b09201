"""What people would say, in words and as whole people."""

from typing import TYPE_CHECKING, Final

from mien.emotions import OTHER, VOTE_NAMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DISAGREE: Final = "people would disagree"
"""Why a face is not clear that can be seen well."""

_PEOPLE: Final = 10


def sentence(votes: "NDArray[np.float64]", why: str | None = None) -> str:
    """What people would say, such as "8 of 10 people would say happy, 2 neutral".

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
        why: why the face is not clear, where it is not.
    """
    people = share_out(votes)
    first, *others = sorted((i for i in range(len(people)) if people[i]), key=lambda i: -people[i])
    words = [f"{people[i]} {say(VOTE_NAMES[i])}" for i in others]
    if why is None:
        told = f"{people[first]} of {_PEOPLE} people would say {say(VOTE_NAMES[first])}"
        return ", ".join((told, *words))
    if why != DISAGREE:
        return f"unclear: {why}"
    told = f"{people[first]} of {_PEOPLE} would say {say(VOTE_NAMES[first])}"
    return f"unclear: {DISAGREE} ({', '.join((told, *words))})"


def say(name: str) -> str:
    """The word that fits after "people would say", for one of `VOTE_NAMES`."""
    return "something else" if name == OTHER else name


def share_out(votes: "NDArray[np.float64]", people: int = _PEOPLE) -> list[int]:
    """Shares as whole people who add up, by the method of the largest remainder.

    Args:
        votes: shares that sum to 1.
        people: to share out.
    """
    exact = [float(share) * people for share in votes]
    whole = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
    for i in by_remainder[: people - sum(whole)]:
        whole[i] += 1
    return whole
