"""Steady and still quick answers for one face over time.

The answer is always the largest share of the smoothed votes. Smoothing makes it steady: small
differences take seconds to show, large ones only until a few readings agree. "Unclear" and "mixed"
stay a little longer than the votes require, but never name another answer than the votes do. While
somebody talks, votes are smoothed more slowly, see `mien.faces.talking`; before it is known whether
somebody talks, an answer must be as frequent as if they did. Times are in seconds; nothing here
counts frames.

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
"""Longest time constant of the exponential smoothing of votes, in seconds.

It applies to small differences and falls by the sixth power to 0 for a total change. So noise is
smoothed, and a real change shows (the idea of the 1€ filter, Casiez, Roussel & Vogel 2012).
"""

FOLLOWING: Final = 0.7
"""Seconds for which a change counts with its largest size, as far as the direction is the same.

Otherwise the rest of a change would count as a small one, and a smile would appear slowly.
"""

AGREEING: Final = 0.2
"""Seconds of readings whose mean determines the size of a change, so that one outlier is none."""

MOVEMENT_SMOOTHING: Final = 0.45
"""Longest time constant for movements in seconds; it falls linearly to 0 for a total change."""

PATIENCE: Final = 0.3
"""Seconds for which a face must be hard to see for one reason, or easy, before that is shown."""

AGREED: Final = FEWEST_AGREEING + 0.05
"""Share of the largest answer from which people who disagreed agree again."""

AGREED_PATIENCE: Final = 0.5
"""Seconds for which people must agree again, by `AGREED`, before that is shown."""

MIXED_PATIENCE: Final = 0.5
"""Seconds for which two answers must be close together, or apart, before that is shown."""

TALKING_AGREED: Final = FEWEST_AGREEING + 0.15
"""`AGREED` while somebody talks, and before that is known, see `talking.KNOWN`."""

TALKING_PATIENCE: Final = 1.0
"""`AGREED_PATIENCE` and `MIXED_PATIENCE` when `TALKING_AGREED` applies."""

_STAYS_MIXED: Final = (MIXED_LEAD + 0.06, MIXED_TOGETHER - 0.05)  # arguments of `is_mixed`
_MAY_BE_MIXED: Final = (MIXED_LEAD + 0.1, MIXED_TOGETHER - 0.1)  # beyond, not mixed at once

Shares = NDArray[np.float64]


class Steady:
    """Steady answers for one face."""

    def __init__(self, reading: Reading, time: float, smoothing: float, patience: float) -> None:
        """Start with the first reading of a face, which is shown as it is.

        Args:
            reading: first reading.
            time: its time in seconds.
            smoothing: longest time constant of the votes in seconds; 0 leaves them as they are.
            patience: seconds before a change between easy and hard to see is shown.
        """
        self._smoothing = smoothing
        self._patience = patience
        self._begun = self._time = time
        self._recent: list[tuple[float, Shares]] = [(time, reading.votes.shares)]
        self._changes: list[tuple[float, Shares]] = []  # not yet shown by the votes
        self._votes = reading.votes.shares
        self._movements: Mapping[str, float] = dict(reading.movements)
        self._unseen = self._next_unseen = _unseen(reading)  # why it is hard to see
        self._next_since = time
        self._mixed = is_mixed(reading.votes.shares)
        few = not self._mixed and reading.votes.shares.max() < TALKING_AGREED
        self._disagree = few or disagree(reading.votes.shares)
        self._disagreed = time  # when people last disagreed
        self._mixed_since = time  # when the votes last agreed with `_mixed`
        self._talking = Talking()
        self._spoken = SpokenVotes()
        self._gestures = Gestures()
        self._just_now = JustNow()
        self._notice(reading, time)
        self._just_now.add(self._shown(reading).answers, time)

    def add(self, reading: Reading, time: float) -> None:
        """Add the next reading.

        Args:
            reading: reading of the same face.
            time: its time in seconds, not before that of the last reading.
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
            # If readings are rare, the last one is long enough ago.
            self._next_unseen = unseen
            self._next_since = self._time if gap >= self._patience else time
        if time - self._next_since >= self._patience:
            self._unseen = unseen
        self._judge(time)
        self._just_now.add(self._shown(reading).answers, time)
        self._time = time

    def apply(self, reading: Reading) -> Reading:
        """Return the reading with the steady answers."""
        return replace(
            self._shown(reading),
            talking=self._talking.now if self._unseen is None else None,
            gesture=self._gestures.now,
            just_now=self._just_now.now,
        )

    def _notice(self, reading: Reading, time: float) -> None:
        """Update what the face does over time: talking, nodding, shaking the head."""
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
        """Update whether people disagree, or are of two minds, by the votes that are shown."""
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
        elif time - self._mixed_since >= patience or not is_mixed(self._votes, *_MAY_BE_MIXED):
            self._mixed = mixed


def _unseen(reading: Reading) -> Reason | None:
    """Return why a face is hard to see; whether people disagree depends on the votes shown."""
    return None if reading.can_be_seen else reading.reason


def _size(change: Shares, before: Shares) -> float:
    """Return the size of a change, 0 to 1; an earlier one counts as far as it went the same way."""
    now, then = (min(float(np.abs(of).sum()) / 2, 1.0) for of in (change, before))
    lengths = float(np.linalg.norm(change) * np.linalg.norm(before))
    same = float(change @ before) / lengths if lengths > 0 else 0.0
    return now + max(then - now, 0.0) * max(same, 0.0)


def _share(constant: float, gap: float) -> float:
    """Return the share of a change that shows after a gap, for a time constant, in seconds."""
    return 1 - math.exp(-gap / constant) if constant > 0 else 1.0
