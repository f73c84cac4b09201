"""What people would say, in words and as whole people; and what moves in a face, in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Literal

from mien.emotions import OTHER, VOTE_NAMES
from mien.movements import moving

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DISAGREE: Final = "people would disagree"
"""Why a face is not clear that can be seen well."""

Language = Literal["en", "de"]
"""English or German."""

MOVEMENT_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "mouth corners up": "corners of the mouth up",
        "mouth corners down": "corners of the mouth down",
        "mouth open": "mouth open",
        "upper lip raised": "upper lip raised",
        "lips pressed": "lips pressed together",
        "lips pursed": "lips pursed",
        "mouth stretched": "mouth stretched sideways",
        "chin raised": "chin pushed up",
        "brows lowered": "brows lowered",
        "inner brows raised": "inner brows raised",
        "outer brows raised": "outer brows raised",
        "eyes narrowed": "eyes narrowed",
        "eyes wide": "eyes wide open",
        "eyes closed": "eyes closed",
    },
    "de": {
        "mouth corners up": "Mundwinkel nach oben",
        "mouth corners down": "Mundwinkel nach unten",
        "mouth open": "Mund offen",
        "upper lip raised": "Oberlippe hochgezogen",
        "lips pressed": "Lippen zusammengepresst",
        "lips pursed": "Lippen gespitzt",
        "mouth stretched": "Mund in die Breite gezogen",
        "chin raised": "Kinn hochgeschoben",
        "brows lowered": "Brauen gesenkt",
        "inner brows raised": "Brauen innen gehoben",
        "outer brows raised": "Brauen außen gehoben",
        "eyes narrowed": "Augen verengt",
        "eyes wide": "Augen weit offen",
        "eyes closed": "Augen geschlossen",
    },
}
"""What a movement is called, by language and name; the page's texts say the same."""

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


def movement_words(
    movements: Mapping[str, float], why: str | None = None, language: Language = "en"
) -> str:
    """What moves in a face, such as "corners of the mouth up, eyes narrowed"; it claims no cause.

    Args:
        movements: 0 to 1, by names of `mien.movements.MOVEMENT_NAMES`.
        why: why the face is not clear, where it is not.
        language: of the words.

    Returns:
        At most three movements, the strongest first. Empty where none is strong enough, and where
        the face cannot be seen well.
    """
    if why is not None and why != DISAGREE:
        return ""
    return ", ".join(MOVEMENT_WORDS[language][name] for name in moving(movements))


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
