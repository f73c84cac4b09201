"""What is shown of one face over time: steady, and yet quick.

What is shown is the largest share of the smoothed votes, always. Steadiness is the smoothing's:
small differences take seconds, large ones show as soon as a few readings agree on them. Only
"unclear" and "mixed" stay a little longer than the votes alone would have them, and neither names
another answer than the votes do. Of somebody who talks, votes are smoothed more slowly, see
`mien.faces.talking`; and before it can be known whether somebody talks, an answer must be as
frequent as of who does. Times are seconds; nothing here counts frames.

The constants were chosen on ../shared/data/clips and on London's smiles by benchmarks/over_time.py.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.answers import MIXED_LEAD, MIXED_TOGETHER, Reason, Votes, is_mixed
from mien.faces.gestures import Gestures
from mien.faces.just_now import JustNow
from mien.faces.reasons import FEWEST_AGREEING, disagree
from mien.faces.talking import KNOWN, SpokenVotes, Talking
from mien.types import Reading

SMOOTHING: Final = 3.0
"""Longest time constant in seconds of the exponential smoothing of votes. It holds for small
differences and falls by the sixth power to 0 for a total change, so that noise is smoothed and a
real change shows (the idea of the 1€ filter, Casiez, Roussel & Vogel 2012)."""

FOLLOWING: Final = 0.7
"""Seconds for which a change counts by the largest size that it had, as far as it still goes the
same way: else what is left of it would be taken for a small one, and a smile would creep in."""

AGREEING: Final = 0.2
"""Seconds of readings whose mean tells how large a change is: one odd reading is none."""

MOVEMENT_SMOOTHING: Final = 0.45
"""Like `SMOOTHING` for movements; it falls in proportion."""

PATIENCE: Final = 0.3
"""Seconds for which a face must be seen badly for one reason, or well, before that is shown."""

AGREED: Final = FEWEST_AGREEING + 0.05
"""Share of the largest answer from which people agree again who disagreed."""

AGREED_PATIENCE: Final = 0.5
"""Seconds for which people must agree again, by `AGREED`, before that is shown."""

MIXED_PATIENCE: Final = 0.5
"""Seconds for which two answers must be close together, or apart, before that is shown."""

TALKING_AGREED: Final = FEWEST_AGREEING + 0.15
"""Like `AGREED`, while somebody talks, and before that is known, see `talking.KNOWN`."""

TALKING_PATIENCE: Final = 1.0
"""Like `AGREED_PATIENCE` and `MIXED_PATIENCE`, where `TALKING_AGREED` holds."""

_STAYS_MIXED: Final = (MIXED_LEAD + 0.06, MIXED_TOGETHER - 0.05)  # lead, together
_IS_APART: Final = (MIXED_LEAD + 0.1, MIXED_TOGETHER - 0.1)  # beyond: at once

Shares = NDArray[np.float64]


class Steady:
    """What is shown of one face."""

    def __init__(self, reading: Reading, time: float, smoothing: float, patience: float) -> None:
        """Begin with a face's first reading, which is shown as it is.

        Args:
            reading: the first.
            time: of it, in seconds.
            smoothing: longest time constant of the votes in seconds; 0 leaves them as they are.
            patience: seconds before a change between seen well and badly is shown.
        """
        self._smoothing = smoothing
        self._patience = patience
        self._begun = self._time = time
        self._recent: list[tuple[float, Shares]] = [(time, reading.votes.shares)]
        self._changes: list[tuple[float, Shares]] = []  # that the votes did not show yet
        self._votes = reading.votes.shares
        self._movements: Mapping[str, float] = dict(reading.movements)
        self._unseen = self._next_unseen = _unseen(reading)  # why it cannot be seen well
        self._next_since = time
        self._mixed = is_mixed(reading.votes.shares)
        few = not self._mixed and reading.votes.shares.max() < TALKING_AGREED
        self._disagree = few or disagree(reading.votes.shares)
        self._disagreed = time  # when people disagreed last
        self._mixed_since = time  # when the votes last were as `_mixed` says
        self._talking = Talking()
        self._spoken = SpokenVotes()
        self._gestures = Gestures()
        self._just_now = JustNow()
        self._notice(reading, time)
        self._just_now.add(self._shown(reading).answers, time)

    def add(self, reading: Reading, time: float) -> None:
        """Take in the next reading.

        Args:
            reading: of the same face.
            time: of it, in seconds, not before the last one's.
        """
        gap = time - self._time
        self._notice(reading, time)
        self._smooth(reading.votes.shares, time, gap)
        self._movements = {
            name: before
            + _share(MOVEMENT_SMOOTHING * (1 - abs(value - before)), gap) * (value - before)
            for name, value in reading.movements.items()
            for before in (self._movements.get(name, value),)
        }
        unseen = _unseen(reading)
        if unseen != self._next_unseen:
            # Where readings come seldom, the last one is long ago enough.
            self._next_unseen = unseen
            self._next_since = self._time if gap >= self._patience else time
        if time - self._next_since >= self._patience:
            self._unseen = unseen
        self._judge(time)
        self._just_now.add(self._shown(reading).answers, time)
        self._time = time

    def apply(self, reading: Reading) -> Reading:
        """The reading with what is shown."""
        return replace(
            self._shown(reading),
            talking=self._talking.now if self._unseen is None else None,
            gesture=self._gestures.now,
            just_now=self._just_now.now,
        )

    def _notice(self, reading: Reading, time: float) -> None:
        """What the face does over time: it talks, nods, shakes the head."""
        if _unseen(reading) is None:
            self._talking.add(reading.movements, time)
        else:
            self._talking.forget()
        self._gestures.add(reading.landmarks, time, self._talking.now)
        self._spoken.add(reading.votes.shares, time)

    def _shown(self, reading: Reading) -> Reading:
        reason = self._unseen or (Reason.DISAGREE if self._disagree else None)
        return replace(
            reading,
            votes=Votes(self._votes),
            movements=self._movements,
            reason=reason,
            mixed=self._mixed,
        )

    def _smooth(self, votes: Shares, time: float, gap: float) -> None:
        if self._smoothing <= 0:
            self._votes = votes
            return
        recent = [(at, old) for at, old in self._recent if time - at <= AGREEING + 1e-6]
        self._recent = [*recent, (time, votes)]
        change = np.mean([old for _, old in self._recent], axis=0) - self._votes
        if self._talking.now:
            self._votes = self._spoken.smoothed(gap)
            return
        self._spoken.begin()
        self._changes = [each for each in self._changes if time - each[0] <= FOLLOWING + 1e-6]
        self._changes.append((time, change))
        size = max(_size(change, of) for _, of in self._changes)
        self._votes = self._votes + _share(self._smoothing * (1 - size) ** 6, gap) * change

    def _judge(self, time: float) -> None:
        """Whether people disagree, or are of two minds, by the votes that are shown."""
        talks = self._talking.now
        if talks is None:
            talks = time - self._begun <= KNOWN
        if disagree(self._votes):
            self._disagree, self._disagreed = True, time
        elif self._disagree:
            if self._votes.max() < (TALKING_AGREED if talks else AGREED):
                self._disagreed = time
            patience = TALKING_PATIENCE if talks else AGREED_PATIENCE
            self._disagree = time - self._disagreed < patience
        mixed = is_mixed(self._votes, *(_STAYS_MIXED if self._mixed else ()))
        patience = TALKING_PATIENCE if talks else MIXED_PATIENCE
        if mixed == self._mixed:
            self._mixed_since = time
        elif time - self._mixed_since >= patience or not is_mixed(self._votes, *_IS_APART):
            self._mixed = mixed


def _unseen(reading: Reading) -> Reason | None:
    """Why a face cannot be seen well. Whether people disagree is a matter of the votes shown."""
    return None if reading.can_be_seen else reading.reason


def _size(change: Shares, before: Shares) -> float:
    """How large a change is, 0 to 1; an earlier one counts as far as it went the same way."""
    now, then = (min(float(np.abs(of).sum()) / 2, 1.0) for of in (change, before))
    lengths = float(np.linalg.norm(change) * np.linalg.norm(before))
    same = float(change @ before) / lengths if lengths > 0 else 0.0
    return now + max(then - now, 0.0) * max(same, 0.0)


def _share(constant: float, gap: float) -> float:
    """The share of a change that shows after a gap, by the time constant, both in seconds."""
    return 1 - math.exp(-gap / constant) if constant > 0 else 1.0
