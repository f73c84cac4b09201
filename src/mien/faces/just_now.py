"""Lasting changes of the answer that is shown for one face, marked once, for a few seconds."""

import math
from typing import Final

LASTING: Final = 2.0
"""Seconds after which a new answer is a lasting change."""

MARKED: Final = 4.0
"""Seconds for which a lasting change is marked from then on."""


class JustNow:
    """Whether the answer that is shown for one face has just changed for some time."""

    def __init__(self) -> None:
        """Start without an answer."""
        self.now = False
        """Whether to mark a lasting change."""
        self._lasting: frozenset[str] = frozenset()  # the last lasting answer; empty: none yet
        self._next: frozenset[str] = frozenset()
        self._since = -math.inf
        self._marked = -math.inf

    def add(self, answers: tuple[str, ...], time: float) -> None:
        """Add what is shown next.

        "Unclear" is not an answer: a face that is unclear for a while and then as before has not
        changed.

        Args:
            answers: `Reading.answers`.
            time: time in seconds, not before the last one.
        """
        answer = frozenset(answers)
        if answer != self._next:
            self._next, self._since = answer, time
        if answer and answer != self._lasting and time - self._since >= LASTING:
            if self._lasting:
                self._marked = time
            self._lasting = answer
        self.now = time - self._marked < MARKED and answer == self._lasting
