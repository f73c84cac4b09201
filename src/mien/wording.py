"""What people would say, and what moves in a face, in words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from mien.answers import PEOPLE, is_mixed, ranked, share_out
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

ANSWER_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {name: "something else" if name == OTHER else name for name in VOTE_NAMES},
    "de": {
        "angry": "wütend",
        "disgust": "angeekelt",
        "fear": "ängstlich",
        "happy": "fröhlich",
        "sad": "traurig",
        "surprise": "überrascht",
        "neutral": "neutral",
        OTHER: "etwas anderes",
    },
}
"""What people would say, by language and name; the page's German texts say the same."""

REASON_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {},  # reasons are English themselves
    "de": {
        "too small": "zu klein",
        "too dark": "zu dunkel",
        "blurred": "verwischt",
        "turned away": "abgewandt",
        "not a face": "kein Gesicht",
        DISAGREE: "Menschen wären uneins",
    },
}
"""Why a face is not clear, by language and reason; the page's German texts say the same."""

_SENTENCES: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "most": "{count} of {people} people would say {answer}",
        "more": "{count} {answer}",
        "mixed": "about half {one}, half {other}",
        "unclear": "unclear: {reason}",
        "would": "{count} of {people} would say {answer}",
    },
    "de": {
        "most": "{count} von {people} Menschen würden sagen: {answer}",
        "more": "{count} {answer}",
        "mixed": "etwa halb {one}, halb {other}",
        "unclear": "unklar: {reason}",
        "would": "{count} von {people} würden sagen: {answer}",
    },
}


def sentence(
    votes: "NDArray[np.float64]",
    why: str | None = None,
    mixed: bool | None = None,
    language: Language = "en",
) -> str:
    """What people would say, such as "8 of 10 people would say happy, 2 neutral".

    The first answer is the largest share's. Where two are about as frequent, both come before the
    figures: "about half happy, half neutral: 5 of 10 people would say happy, 5 neutral".

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
        why: why the face is not clear, where it is not.
        mixed: whether two answers are about as frequent; None takes it from the votes.
        language: of the words.
    """
    texts, words = _SENTENCES[language], ANSWER_WORDS[language]
    if why is not None and why != DISAGREE:
        return texts["unclear"].format(reason=REASON_WORDS[language].get(why, why))
    people = share_out(votes)
    parts = [
        texts[kind].format(count=people[i], people=PEOPLE, answer=words[VOTE_NAMES[i]])
        for place, i in enumerate(ranked(votes))
        if people[i]
        for kind in ("more" if place else "most" if why is None else "would",)
    ]
    told = ", ".join(parts)
    if why is not None:
        reason = f"{REASON_WORDS[language].get(why, why)} ({told})"
        return texts["unclear"].format(reason=reason)
    if not (is_mixed(votes) if mixed is None else mixed):
        return told
    return f"{halves([VOTE_NAMES[i] for i in ranked(votes)[:2]], language)}: {told}"


def halves(answers: Sequence[str], language: Language = "en") -> str:
    """Two answers that are about as frequent: "about half happy, half neutral".

    Args:
        answers: two of `VOTE_NAMES`.
        language: of the words.
    """
    one, other = (ANSWER_WORDS[language][name] for name in answers)
    return _SENTENCES[language]["mixed"].format(one=one, other=other)


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
    return ANSWER_WORDS["en"][name]
