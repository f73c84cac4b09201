"""What people would say, and what moves in a face, in words."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mien.answers import PEOPLE, Language, Reason, is_mixed, ranked, share_out
from mien.emotions import VOTE_NAMES
from mien.movements import moving
from mien.output.texts import load_texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mien.types import Reading


def sentence(
    votes: "NDArray[np.float64]",
    reason: str | None = None,
    mixed: bool | None = None,
    language: Language = "en",
) -> str:
    """Return what people would say, such as "8 of 10 people would say happy, 2 neutral".

    The first answer is the largest share's. Where two are about as frequent, both come before the
    figures: "about half happy, half neutral: 5 of 10 people would say happy, 5 neutral".

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
        reason: why the face is not clear; None where it is clear.
        mixed: whether two answers are about as frequent; None takes it from the votes.
        language: language of the sentence.
    """
    words = load_texts(language)
    forms = words.sentences
    why = reason and words.reasons.get(reason, reason)
    if reason not in (None, Reason.DISAGREE):
        return forms["unclear_because"].format(reason=why)
    people = share_out(votes)
    answers = [(people[i], VOTE_NAMES[i]) for i in ranked(votes) if people[i]]
    (count, first), *others = answers
    form = forms["most" if reason is None else "would"]
    figures = [form.format(count=count, people=PEOPLE, answer=words.answers[first])]
    figures += [forms["more"].format(count=n, answer=words.answers[name]) for n, name in others]
    said = ", ".join(figures)
    if reason is not None:
        return forms["unclear_because"].format(reason=f"{why} ({said})")
    if is_mixed(votes) if mixed is None else mixed:
        both = [VOTE_NAMES[i] for i in ranked(votes)[:2]]
        return f"{halves(both, language)}: {said}"
    return said


def short_sentence(reading: "Reading", language: Language = "en") -> str:
    """Return a few words, such as "happy, 8 of 10" or "unclear: too small".

    Of two answers that are about as frequent: "about half happy, half neutral".
    """
    words = load_texts(language)
    if reading.reason is not None:
        why = words.reasons.get(reading.reason, reading.reason)
        return words.sentences["unclear_because"].format(reason=why)
    if len(reading.answers) > 1:
        return halves(reading.answers, language)
    count = share_out(reading.votes.shares)[VOTE_NAMES.index(reading.emotion)]
    answer = words.answers[reading.emotion]
    return words.sentences["short"].format(answer=answer, count=count, people=PEOPLE)


def halves(answers: Sequence[str], language: Language = "en") -> str:
    """Return words for two answers that are about as frequent: "about half happy, half neutral".

    Args:
        answers: two of `VOTE_NAMES`.
        language: language of the words.
    """
    words = load_texts(language)
    one, other = (words.answers[name] for name in answers)
    return words.sentences["mixed"].format(one=one, other=other)


def movement_words(
    movements: Mapping[str, float], reason: str | None = None, language: Language = "en"
) -> str:
    """Return what moves in a face, such as "corners of the mouth up, eyes narrowed".

    Args:
        movements: 0 to 1, by names of `mien.MOVEMENT_NAMES`.
        reason: why the face is not clear; None where it is clear.
        language: language of the words.

    Returns:
        At most three movements, the strongest first. Empty where none is strong enough, and where
        the face cannot be seen well.
    """
    words = load_texts(language).movements
    if reason not in (None, Reason.DISAGREE):
        return ""
    return ", ".join(words[name] for name in moving(movements))


def change_sentence(
    emotion: str, more: bool, movements: Sequence[str] = (), language: Language = "en"
) -> str:
    """Return how a face differs from the person's usual one, such as "smiling, unlike usual".

    Args:
        emotion: one of the seven but neutral: what people would say more often than usual.
        more: whether the usual face shows some of that emotion, too.
        movements: what moves more than usual, by names of `mien.MOVEMENT_NAMES`.
        language: language of the sentence.
    """
    words = load_texts(language)
    said = (words.more if more else words.unlike)[emotion]
    moves = ", ".join(words.movements[name] for name in movements)
    return f"{said}: {moves}" if moves else said


def as_usual(language: Language = "en") -> str:
    """Return what is said of a face that does not differ from the person's usual one."""
    return load_texts(language).sentences["as_usual"]


def over_time_words(talking: bool | None, gesture: str | None, language: Language = "en") -> str:
    """Return what a face does over time, such as "talking, nods"; empty where it does nothing.

    Args:
        talking: whether it talks; None where that is not known.
        gesture: "nod", "shake", or None.
        language: language of the words.
    """
    words = load_texts(language).over_time
    shown = (["talking"] if talking else []) + ([gesture] if gesture else [])
    return ", ".join(words[name] for name in shown)
