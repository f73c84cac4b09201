"""Readings with made votes, for tests without pictures."""

from collections.abc import Mapping

import numpy as np

from mien.answers import Reason, Votes
from mien.emotions import VOTE_NAMES
from mien.frames import Face, Quality
from mien.types import Reading


def reading(
    why: str | None = None, moves: Mapping[str, float] | None = None, **shares: float
) -> Reading:
    """Reading of a face with the given shares, the rest neutral."""
    shares["neutral"] = 1 - sum(shares.values())
    votes = np.array([shares.get(name, 0.0) for name in VOTE_NAMES])
    face = Face((0.0, 0.0, 100.0, 100.0), np.zeros((5, 2), np.float32), 0.9)
    quality = Quality(100, 0.5, 0.2, 1.0, 0.0)
    return Reading(face, Votes(votes), quality, Reason(why) if why else None, movements=moves or {})


def happy_reading(why: str | None = None) -> Reading:
    """Reading of a face of 30 by 40 pixels that 7 of 10 people call happy."""
    face = Face((1.0, 2.0, 31.0, 42.0), np.zeros((0, 2), np.float32), 0.9)
    votes = np.array([0, 0, 0, 0.7, 0, 0.1, 0.2, 0])
    return Reading(face, Votes(votes), Quality(30, 0.5, 0.2, 1, 0), Reason(why) if why else None)
