"""A reading as HTML for notebooks: ten little people and a sentence.

Plain elements and inline SVG with styles of their own, no script, nothing loaded; letters take the
notebook's colour, so that it is read on light and dark ground alike.
"""

from html import escape
from typing import TYPE_CHECKING, Final

from mien.answers import Reason, ranked, share_out
from mien.emotions import COLOURS, OTHER, VOTE_NAMES
from mien.output.words import say, sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STEP: Final = 22
_BODY: Final = "M1 31v-6q0-8 8-8t8 8v6q0 1-1 1H2q-1 0-1-1z"


def reading_html(
    votes: "NDArray[np.float64]", reason: str | None, movements: str = "", told: str | None = None
) -> str:
    """Ten people in the colours of what they would say, the sentence, shares, and what moves.

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
        reason: why the face is not clear, where it is not.
        movements: what moves, in words, where anything does.
        told: the sentence; None makes it from the votes.
    """
    told = escape(sentence(votes, reason) if told is None else told)
    people = share_out(votes)
    order = ranked(votes)
    if reason is None or reason == Reason.DISAGREE:
        answers = [VOTE_NAMES[i] for i in order for _ in range(people[i])]
        first = [i for i in order[:3] if votes[i] >= 0.005]
        shares = ", ".join(f"{say(VOTE_NAMES[i])} {votes[i]:.0%}" for i in first)
        small = "".join(
            f'<div style="opacity:.75;font-size:.85em">{escape(line)}</div>'
            for line in (shares, movements)
            if line
        )
    else:  # what cannot be seen is not guessed at
        answers, small = [OTHER] * sum(people), ""
    figures = "".join(_person(i, answer, reason is None) for i, answer in enumerate(answers))
    return (
        '<div style="margin:.3em 0;line-height:1.35">'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{len(answers) * _STEP}" height="34" '
        f'role="img" aria-label="{told}" style="display:block">{figures}</svg>'
        f"<div>{told}</div>{small}</div>"
    )


def picture_html(name: str, words: str, faces: list[str]) -> str:
    """A picture's name and what came of it, and below it the HTML of its faces."""
    words = words.removeprefix(f"{name}: ")  # errors tell it themselves
    return f"<div><b>{escape(name)}</b>: {escape(words)}{''.join(faces)}</div>"


def _person(place: int, answer: str, clear: bool) -> str:
    red, green, blue = COLOURS[answer]
    opacity = "" if clear else ' opacity=".55"'
    return (
        f'<g transform="translate({place * _STEP} 1)" fill="#{red:02x}{green:02x}{blue:02x}"'
        f' stroke="#555" stroke-width=".8"{opacity}><title>{say(answer) if clear else "unclear"}'
        f'</title><circle cx="9" cy="8" r="7"/><path d="{_BODY}"/></g>'
    )
