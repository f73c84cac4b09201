"""Measure how well shares say how often they come true."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.floating[Any]]

_BINS: Final = 15  # number of bins, as in Guo et al. 2017


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Confidence against outcome in 15 bins of equal width over (0, 1].

    The bins have a number of cases, and means of confidence and outcome, NaN in an empty bin.
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
    """Sort cases into bins by confidence, float (N,), 0 to 1, N at least 1.

    The outcome, (N,), is whether it came true, or the share of people who said so, 0 to 1.
    """
    index = np.clip(np.ceil(confidence * _BINS).astype(int) - 1, 0, _BINS - 1)
    count = np.bincount(index, minlength=_BINS)
    with np.errstate(invalid="ignore"):
        return Reliability(
            count,
            np.bincount(index, weights=confidence, minlength=_BINS) / count,
            np.bincount(index, weights=outcome, minlength=_BINS) / count,
        )
