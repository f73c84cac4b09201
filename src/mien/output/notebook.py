"""A reading as HTML for notebooks: ten little people and a sentence.

Plain elements and inline SVG with styles of their own, no script, nothing loaded; letters take the
notebook's colour, so that it is read on light and dark ground alike.
"""

from typing import TYPE_CHECKING, Final

from mien.answers import Reason, ranked, share_out
from mien.emotions import COLOURS, OTHER, VOTE_NAMES
from mien.output.html import render
from mien.output.texts import load_texts
from mien.output.words import say, sentence

if TYPE_CHECKING:
    import numpy as np
    from markupsafe import Markup
    from numpy.typing import NDArray

_STEP: Final = 22  # from one little person to the next, in pixels


def reading_html(
    votes: "NDArray[np.float64]", reason: str | None, movements: str = "", told: str | None = None
) -> "Markup":
    """Ten people in the colours of what they would say, the sentence, shares, and what moves.

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
        reason: why the face is not clear, where it is not.
        movements: what moves, in words, where anything does.
        told: the sentence; None makes it from the votes.
    """
    people = share_out(votes)
    order = ranked(votes)
    if reason is None or reason == Reason.DISAGREE:
        answers = [VOTE_NAMES[i] for i in order for _ in range(people[i])]
        first = [i for i in order[:3] if votes[i] >= 0.005]
        shares = ", ".join(f"{say(VOTE_NAMES[i])} {votes[i]:.0%}" for i in first)
        small = [shares, movements]
    else:  # what cannot be seen is not guessed at
        answers, small = [OTHER] * sum(people), []
    return render(
        "reading.html",
        told=sentence(votes, reason) if told is None else told,
        people=[{"word": say(answer), "colour": _hex(answer)} for answer in answers],
        unclear="" if reason is None else load_texts("en").sentences["unclear"],
        small=small,
        step=_STEP,
    )


def picture_html(name: str, words: str, faces: "list[Markup]") -> "Markup":
    """A picture's name and what came of it, and below it the HTML of its faces."""
    words = words.removeprefix(f"{name}: ")  # errors tell it themselves
    return render("picture.html", name=name, words=words, faces=faces)


def _hex(answer: str) -> str:
    red, green, blue = COLOURS[answer]
    return f"#{red:02x}{green:02x}{blue:02x}"
