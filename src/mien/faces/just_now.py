"""A lasting change of what is shown of one face, marked once, for a few seconds."""

import math
from typing import Final

LASTING: Final = 2.0
"""Seconds for which a new answer must have been shown to be a lasting change."""

MARKED: Final = 4.0
"""Seconds for which a lasting change is marked from then on."""


class JustNow:
    """Whether what is shown of one face has changed lastingly just now."""

    def __init__(self) -> None:
        """Begin with nothing shown."""
        self.now = False
        """Whether a lasting change is to be marked."""
        self._lasting: frozenset[str] = frozenset()  # the last answer that stayed; empty: none yet
        self._next: frozenset[str] = frozenset()
        self._since = -math.inf
        self._marked = -math.inf

    def add(self, answers: tuple[str, ...], time: float) -> None:
        """Take in what is shown.

        Unclear is no answer: who is unclear for a while and then as before has not changed.

        Args:
            answers: `Reading.answers`.
            time: in seconds, not before the last one's.
        """
        answer = frozenset(answers)
        if answer != self._next:
            self._next, self._since = answer, time
        if answer and answer != self._lasting and time - self._since >= LASTING:
            if self._lasting:
                self._marked = time
            self._lasting = answer
        self.now = time - self._marked < MARKED and answer == self._lasting
