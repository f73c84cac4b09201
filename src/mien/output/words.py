"""What people would say, and what moves in a face, in words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mien.answers import PEOPLE, Language, Reason, is_mixed, ranked, share_out
from mien.emotions import OTHER, VOTE_NAMES
from mien.movements import moving

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    "en": {
        "angry": "angry",
        "disgust": "disgusted",
        "fear": "afraid",
        "happy": "happy",
        "sad": "sad",
        "surprise": "surprised",
        "neutral": "neutral",
        OTHER: "something else",
    },
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
"""What people would say, by language and name; the page says the same."""

REASON_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {},  # reasons are English themselves
    "de": {
        "too small": "zu klein",
        "too dark": "zu dunkel",
        "blurred": "verwischt",
        "turned away": "abgewandt",
        "not a face": "kein Gesicht",
        Reason.DISAGREE: "Menschen wären uneins",
    },
}
"""Why a face is not clear, by language and reason; the page's German texts say the same."""

_UNLIKE: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "angry": "frowning, unlike usual",
        "disgust": "looking disgusted, unlike usual",
        "fear": "looking afraid, unlike usual",
        "happy": "smiling, unlike usual",
        "sad": "looking sad, unlike usual",
        "surprise": "looking surprised, unlike usual",
    },
    "de": {
        "angry": "zieht die Stirn kraus, anders als sonst",
        "disgust": "wirkt angeekelt, anders als sonst",
        "fear": "wirkt ängstlich, anders als sonst",
        "happy": "lächelt, anders als sonst",
        "sad": "wirkt traurig, anders als sonst",
        "surprise": "wirkt überrascht, anders als sonst",
    },
}
"""What is said of an emotion that the person's usual face does not show."""

_MORE: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "angry": "frowning more than usual",
        "disgust": "looking more disgusted than usual",
        "fear": "looking more afraid than usual",
        "happy": "more smiling than usual",
        "sad": "looking sadder than usual",
        "surprise": "looking more surprised than usual",
    },
    "de": {
        "angry": "zieht die Stirn krauser als sonst",
        "disgust": "wirkt angeekelter als sonst",
        "fear": "wirkt ängstlicher als sonst",
        "happy": "lächelt mehr als sonst",
        "sad": "wirkt trauriger als sonst",
        "surprise": "wirkt überraschter als sonst",
    },
}
"""What is said of an emotion of which the person's usual face shows some."""

AS_USUAL: Final[Mapping[Language, str]] = {"en": "as usual", "de": "wie sonst"}
"""What is said of a face that does not differ from the person's usual one."""

OVER_TIME_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {"talking": "talking", "nod": "nods", "shake": "shakes the head"},
    "de": {"talking": "spricht", "nod": "nickt", "shake": "schüttelt den Kopf"},
}
"""What is said of what a face does over time, by language."""

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
    reason: str | None = None,
    mixed: bool | None = None,
    language: Language = "en",
) -> str:
    """What people would say, such as "8 of 10 people would say happy, 2 neutral".

    The first answer is the largest share's. Where two are about as frequent, both come before the
    figures: "about half happy, half neutral: 5 of 10 people would say happy, 5 neutral".

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
        reason: why the face is not clear, where it is not.
        mixed: whether two answers are about as frequent; None takes it from the votes.
        language: of the words.
    """
    texts, words = _SENTENCES[language], ANSWER_WORDS[language]
    if reason is not None and reason != Reason.DISAGREE:
        return texts["unclear"].format(reason=REASON_WORDS[language].get(reason, reason))
    people = share_out(votes)
    parts = [
        texts[kind].format(count=people[i], people=PEOPLE, answer=words[VOTE_NAMES[i]])
        for place, i in enumerate(ranked(votes))
        if people[i]
        for kind in ("more" if place else "most" if reason is None else "would",)
    ]
    told = ", ".join(parts)
    if reason is not None:
        said = f"{REASON_WORDS[language].get(reason, reason)} ({told})"
        return texts["unclear"].format(reason=said)
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
    movements: Mapping[str, float], reason: str | None = None, language: Language = "en"
) -> str:
    """What moves in a face, such as "corners of the mouth up, eyes narrowed"; it claims no cause.

    Args:
        movements: 0 to 1, by names of `mien.MOVEMENT_NAMES`.
        reason: why the face is not clear, where it is not.
        language: of the words.

    Returns:
        At most three movements, the strongest first. Empty where none is strong enough, and where
        the face cannot be seen well.
    """
    if reason is not None and reason != Reason.DISAGREE:
        return ""
    return ", ".join(MOVEMENT_WORDS[language][name] for name in moving(movements))


def change_sentence(
    emotion: str, more: bool, movements: Sequence[str] = (), language: Language = "en"
) -> str:
    """How a face differs from the person's usual one, such as "smiling, unlike usual".

    Args:
        emotion: of the seven but neutral: what people would say more often than usual.
        more: whether the usual face shows some of that emotion, too.
        movements: what moves more than usual, by names of `mien.MOVEMENT_NAMES`.
        language: of the words.
    """
    told = (_MORE if more else _UNLIKE)[language][emotion]
    moves = ", ".join(MOVEMENT_WORDS[language][name] for name in movements)
    return f"{told}: {moves}" if moves else told


def over_time_words(talking: bool | None, gesture: str | None, language: Language = "en") -> str:
    """What a face does over time, such as "talking, nods"; empty where it does nothing.

    Args:
        talking: whether it talks.
        gesture: "nod", "shake", or None.
        language: of the words.
    """
    told = (["talking"] if talking else []) + ([gesture] if gesture else [])
    return ", ".join(OVER_TIME_WORDS[language][name] for name in told)


def say(name: str) -> str:
    """The word that fits after "people would say", for one of `VOTE_NAMES`."""
    return ANSWER_WORDS["en"][name]
