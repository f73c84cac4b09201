"""Votes, the kind of answer that they give, and their shares as ten people.

`page/state/votes.js` has the same rules. Both count in ten-thousandths, the precision of shares in
JSON, so their results are equal.
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
"""Language of the words: English or German."""

MIXED_LEAD: Final = 0.1
"""Largest difference between the shares of two emotions of a "mixed" face."""

MIXED_TOGETHER: Final = 0.8
"""Smallest sum of the shares of two emotions of a "mixed" face."""

PEOPLE: Final = 10
"""Number of people that shares are shown as."""

_WHOLE: Final = 10_000  # shares are compared as integers, in parts of this


@public
class Votes(Mapping[str, float]):
    """Shares of people by what they would say about a face: seven emotions and "other".

    `votes["happy"]` gives one share; `votes.shares` and `np.asarray(votes)` give the array.

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
        """Copy shares.

        Args:
            shares: float (8,), in the order of `mien.VOTE_NAMES`.

        Raises:
            ValueError: `shares` are not eight numbers of 0 and more.
        """
        import numpy as np

        values = np.array(shares, np.float64)
        if values.shape != (len(VOTE_NAMES),):
            raise ValueError(f"Expected eight shares, got an array of shape {values.shape}.")
        if not (np.isfinite(values) & (values >= 0)).all():
            raise ValueError(f"Expected shares of 0 and more, got {values.tolist()}.")
        values.flags.writeable = False
        object.__setattr__(self, "shares", values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Votes cannot be changed. Create new ones: mien.Votes(shares).")

    def __getitem__(self, name: str) -> float:
        try:
            return float(self.shares[_PLACES[name]])
        except (KeyError, TypeError):
            names = ", ".join(VOTE_NAMES)
            raise KeyError(f"{name!r} is not an answer; they are: {names}") from None

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
        shown = [(name, share) for name, share in self.items() if share >= 0.005]
        shown.sort(key=lambda each: -each[1])
        return f"Votes({', '.join(f'{name} {share:.2f}' for name, share in shown)})"


@public
class Reason(StrEnum):
    """Reason why a face is not clear; each value is a phrase in English.

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
    """Only for faces that the caller found."""
    DISAGREE = "people would disagree"
    """The only reason for a face that can be seen well."""


@public
class State(StrEnum):
    """Kind of answer that a reading gives.

    Examples:
        >>> import mien
        >>> mien.read("photo.jpg")[0].state == mien.State.CLEAR
        True
    """

    CLEAR = "clear"
    """Most people would give one answer."""

    MIXED = "mixed"
    """About half would name one emotion, and about half another."""

    UNCLEAR = "unclear"
    """People could not tell, or would disagree."""


def ranked(votes: "NDArray[np.float64]") -> list[int]:
    """Return the indices of `VOTE_NAMES` by falling share; equal shares keep the order of names.

    Args:
        votes: float (8,), shares that sum to 1.
    """
    shares = votes.tolist()  # Python sorts its own numbers much faster than NumPy's
    return sorted(range(len(shares)), key=lambda i: -shares[i])


def is_mixed(
    votes: "NDArray[np.float64]", lead: float = MIXED_LEAD, together: float = MIXED_TOGETHER
) -> bool:
    """Return whether two of the seven emotions have most of the votes and similar shares.

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
        lead: largest allowed difference between the two shares.
        together: smallest allowed sum of the two shares.
    """
    first, second = sorted(_parts(votes)[: len(EMOTION_NAMES)], reverse=True)[:2]
    return first - second <= round(lead * _WHOLE) and first + second >= round(together * _WHOLE)


def share_out(votes: "NDArray[np.float64]", people: int = PEOPLE) -> list[int]:
    """Convert shares to whole people by the largest-remainder method.

    A larger share never gets fewer people than a smaller one. Equal remainders are ordered by
    share, the largest first, then by position.

    Args:
        votes: float (N,), shares that sum to 1.
        people: total number of people.
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
