"""How far shares say how often they come true."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.floating[Any]]

BINS: Final = 15
"""Bins of the calibration error, as in Guo et al. 2017."""


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Confidence against what came true, in bins of equal width over (0, 1].

    Attributes:
        count: int (BINS,), cases in each bin.
        confidence: float (BINS,), their mean confidence; NaN in an empty bin.
        outcome: float (BINS,), their mean outcome; NaN in an empty bin.
    """

    count: NDArray[np.int64]
    confidence: NDArray[np.float64]
    outcome: NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error: mean gap between the two, weighted by count."""
        used = self.count > 0
        gaps = np.abs(self.confidence[used] - self.outcome[used])
        return float(np.average(gaps, weights=self.count[used]))


def reliability(confidence: Shares, outcome: NDArray[Any]) -> Reliability:
    """Sort cases into bins by confidence.

    Args:
        confidence: float (N,), 0 to 1, N at least 1.
        outcome: (N,), whether it came true, or the share of people who said so, 0 to 1.
    """
    index = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    count = np.bincount(index, minlength=BINS)
    with np.errstate(invalid="ignore"):
        return Reliability(
            count,
            np.bincount(index, weights=confidence, minlength=BINS) / count,
            np.bincount(index, weights=outcome, minlength=BINS) / count,
        )
