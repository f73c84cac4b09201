"""A reading as HTML for notebooks: ten little people and a sentence.

It is plain elements and inline SVG with their own styles; it runs no script and loads nothing. Text
takes the notebook's colour, so that it can be read on a light and on a dark ground.
"""

from typing import TYPE_CHECKING, Final

from mien.answers import Reason, ranked, share_out
from mien.emotions import COLOURS, OTHER, VOTE_NAMES
from mien.output.html import render
from mien.output.texts import load_texts
from mien.output.words import sentence

if TYPE_CHECKING:
    import numpy as np
    from markupsafe import Markup
    from numpy.typing import NDArray

_STEP: Final = 22  # from one little person to the next, in pixels


def reading_html(
    votes: "NDArray[np.float64]", reason: str | None, movements: str = "", said: str | None = None
) -> "Markup":
    """Return ten people in the colours of their answers, a sentence, shares, and what moves.

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
        reason: why the face is not clear; None where it is clear.
        movements: what moves, in words; empty where nothing does.
        said: the sentence; None makes it from the votes.
    """
    texts = load_texts("en")
    people = share_out(votes)
    order = ranked(votes)
    if reason is None or reason == Reason.DISAGREE:
        answers = [VOTE_NAMES[i] for i in order for _ in range(people[i])]
        first = [i for i in order[:3] if votes[i] >= 0.005]
        shares = ", ".join(f"{texts.answers[VOTE_NAMES[i]]} {votes[i]:.0%}" for i in first)
        small = [shares, movements]
    else:  # what cannot be seen is not guessed at
        answers, small = [OTHER] * sum(people), []
    return render(
        "reading.html",
        said=sentence(votes, reason) if said is None else said,
        people=[{"word": texts.answers[answer], "colour": _hex(answer)} for answer in answers],
        unclear="" if reason is None else texts.sentences["unclear"],
        small=small,
        step=_STEP,
    )


def picture_html(name: str, words: str, faces: "list[Markup]") -> "Markup":
    """Return a picture's name and a summary, and below it the HTML of its faces.

    Args:
        name: name of the picture.
        words: summary or error; an error that begins with the name does not repeat it.
        faces: HTML of each face.
    """
    words = words.removeprefix(f"{name}: ")
    return render("picture.html", name=name, words=words, faces=faces)


def _hex(answer: str) -> str:
    red, green, blue = COLOURS[answer]
    return f"#{red:02x}{green:02x}{blue:02x}"
