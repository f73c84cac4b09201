"""Thresholds beyond which a face is not clear.

They were chosen by eye, on the darkest and least sharp FER2013 images, on portraits that were
darkened, blurred and scaled down step by step, and on turned heads in films. They have not been
measured against people's answers.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.answers import Reason
from mien.emotions import OTHER, VOTE_NAMES
from mien.frames import Quality

SMALLEST_FACE: Final = 24.0
"""Width of a face's box in pixels below which it is "too small": half the side of a crop."""

DARKEST: Final = 0.12
"""Mean grey value below which a crop is "too dark"; 99.9 % of FER2013 are brighter."""

BLURRIEST: Final = 0.1
"""Sharpness below which a crop is "blurred": eyes are smears; 99.9 % of FER2013 are sharper."""

FARTHEST_TURN: Final = 0.75
"""Yaw above which a head is "turned away"; at 0.4 both eyes and the mouth are still visible."""

FEWEST_AGREEING: Final = 0.4
"""Share of the most frequent answer below which "people would disagree"."""

NOT_A_FACE: Final = 0.006
"""Share of "not a face" votes above which a face is left out.

It leaves out 99.2 % of patches without a face and 0.5 % of FER2013's validation faces
(`benchmarks/not_a_face.py`, docs/model-card.md). In 61 faces of photographs and films the share was
at most 0.002.
"""


def hard_to_see(quality: Quality, smallest_face: float = SMALLEST_FACE) -> Reason | None:
    """Return the first reason why people could not see a face well; None if they could.

    Args:
        quality: how well the face can be seen.
        smallest_face: width of its box in pixels below which it is too small.
    """
    reasons = {
        Reason.TOO_SMALL: quality.size < smallest_face,
        Reason.TOO_DARK: quality.brightness < DARKEST,
        Reason.BLURRED: quality.sharpness < BLURRIEST,
        Reason.TURNED_AWAY: quality.yaw > FARTHEST_TURN,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def disagree(votes: NDArray[np.float64]) -> bool:
    """Return whether people would disagree: no answer is frequent enough, or it is "other".

    Args:
        votes: float (8,), shares in the order of `VOTE_NAMES`.
    """
    top = int(votes.argmax())
    return bool(votes[top] < FEWEST_AGREEING) or VOTE_NAMES[top] == OTHER
