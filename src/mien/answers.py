"""What votes answer: one emotion, two that are about as frequent, or none; and as ten people.

`page/state/votes.js` is this file's twin: both count in ten-thousandths, as JSON gives shares, so
that they never differ.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal

from mien.emotions import EMOTION_NAMES, VOTE_NAMES
from mien.public import public

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_PLACES: Final = {name: place for place, name in enumerate(VOTE_NAMES)}

Language = Literal["en", "de"]
"""English or German."""

MIXED_LEAD: Final = 0.1
"""Share by which one of two emotions may lead at most for a face to be "mixed"."""

MIXED_TOGETHER: Final = 0.8
"""Share of two emotions together from which a face may be "mixed"."""

PEOPLE: Final = 10
"""How many people shares are told as."""

_WHOLE: Final = 10_000  # shares are compared in parts of it


@public
class Votes(Mapping[str, float]):
    """Shares of people by what they would say of a face: the seven emotions and "other".

    Asked by name, `votes["happy"]`; `np.asarray(votes)` and `votes.shares` give the array.

    Attributes:
        shares: float64 (8,), in the order of `mien.VOTE_NAMES`, sum 1; read-only.

    Examples:
        >>> import mien
        >>> votes = mien.Votes([0, 0, 0, 0.8, 0, 0, 0.2, 0])
        >>> votes["happy"], max(votes, key=votes.get)
        (0.8, 'happy')
    """

    __slots__ = ("shares",)
    shares: "NDArray[np.float64]"

    def __init__(self, shares: "ArrayLike") -> None:
        """Take shares over.

        Args:
            shares: float (8,), in the order of `mien.VOTE_NAMES`.

        Raises:
            ValueError: they are not eight numbers.
        """
        import numpy as np

        values = np.array(shares, np.float64)
        if values.shape != (len(VOTE_NAMES),):
            raise ValueError(f"Expected eight shares, got an array of shape {values.shape}.")
        values.flags.writeable = False
        object.__setattr__(self, "shares", values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Votes do not change; make others: mien.Votes(shares).")

    def __getitem__(self, name: str) -> float:
        try:
            return float(self.shares[_PLACES[name]])
        except (KeyError, TypeError):
            names = ", ".join(VOTE_NAMES)
            raise KeyError(f"{name!r} is no answer; they are: {names}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(VOTE_NAMES)

    def __len__(self) -> int:
        return len(VOTE_NAMES)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> "NDArray[Any]":
        import numpy as np

        return np.array(self.shares, dtype) if copy else np.asarray(self.shares, dtype)

    def __reduce__(self) -> tuple[type["Votes"], tuple[list[float]]]:
        return Votes, (self.shares.tolist(),)

    def __repr__(self) -> str:
        said = [(name, share) for name, share in self.items() if share >= 0.005]
        said.sort(key=lambda each: -each[1])
        return f"Votes({', '.join(f'{name} {share:.2f}' for name, share in said)})"


@public
class Reason(StrEnum):
    """Why a face is not clear; each is its own English words.

    Examples:
        >>> import mien
        >>> mien.Reason.TOO_DARK == "too dark"
        True
    """

    TOO_SMALL = "too small"
    TOO_DARK = "too dark"
    BLURRED = "blurred"
    TURNED_AWAY = "turned away"
    NOT_A_FACE = "not a face"
    """Only of faces that the caller found."""
    DISAGREE = "people would disagree"
    """The only reason of a face that can be seen well."""


@public
class State(StrEnum):
    """What kind of answer a reading is.

    Examples:
        >>> import mien
        >>> mien.read("photo.jpg")[0].state == mien.State.CLEAR
        True
    """

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
