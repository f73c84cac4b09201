"""Measure how many people a prediction of votes is worth, by how well people predict each other.

Votes are FER+'s ten columns in the order of `mien.emotions.FERPLUS_NAMES`.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.stats import hypergeom

RATERS: Final = 10
"""Number of people who voted on each image of FER+."""

ANSWERS: Final = 9
"""Number of FER+'s columns that are answers on a face: the eight emotions and "unknown"."""

Votes = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Raters:
    """People as predictors: k raters' votes of an image predict another rater's vote.

    The prediction is the k votes' share, smoothed towards the prior (a Dirichlet prior's posterior
    mean).

    Attributes:
        prior: share of each answer among the votes on the training images, float64 (9,).
        strength: weight of the prior in votes, with k = 0…9 raters, float64 (10,).
    """

    prior: NDArray[np.float64]
    strength: NDArray[np.float64]

    @staticmethod
    def fit(votes: Votes) -> "Raters":
        """Find prior and strengths of least log loss on `answered` images' votes, int (N, 10)."""
        histogram = _histogram(votes)
        # One more vote for each answer: an answer that nobody gave stays possible.
        prior = votes[:, :ANSWERS].sum(axis=0) + 1.0
        prior /= prior.sum()
        strength = np.ones(RATERS)  # without a rater any strength is the same
        for k in range(1, RATERS):

            def loss(log_strength: float, k: int = k) -> float:
                return _expected_loss(histogram, prior, k, float(np.exp(log_strength)))

            found: Any = minimize_scalar(loss, bounds=(-6, 6), method="bounded")
            strength[k] = np.exp(found.x)
        return Raters(prior, strength)

    def curve(self, votes: Votes) -> NDArray[np.float64]:
        """Compute the log loss in nats of predicting a vote from k others, float64 (10,), k = 0…9.

        This is the exact mean over all choices of the k raters and the one to predict, of votes
        int (N, 10) of images that are `answered`, N at least 1.
        """
        histogram = _histogram(votes)
        strengths = enumerate(self.strength)
        return np.array([_expected_loss(histogram, self.prior, k, s) for k, s in strengths])


def worth(curve: NDArray[np.float64], log_loss: float) -> float:
    """Return how many people predict as well as `log_loss`: interpolated on the curve, 0 to 9."""
    # Further raters that do not help, as on a handful of images, must not fold the curve back.
    falling = np.minimum.accumulate(curve)
    return float(np.interp(log_loss, falling[::-1], np.arange(len(curve))[::-1]))


def worth_in_words(raters: float) -> str:
    """Say the result of `worth`: "6.3 people", or "9 or more people" at the curve's end."""
    most = RATERS - 1
    return f"{most} or more people" if raters >= most else f"{raters:.1f} people"


def _histogram(votes: Votes) -> NDArray[np.int64]:
    """Count for each answer the images with 0…10 votes for it, int64 (9, 11)."""
    counts = [np.bincount(column, minlength=RATERS + 1) for column in votes[:, :ANSWERS].T]
    return np.stack(counts)


def _expected_loss(
    histogram: NDArray[np.int64], prior: NDArray[np.float64], k: int, strength: float
) -> float:
    # Of an image's ten votes n say c. The one to predict says c in n of 10 choices; then n - 1 of
    # the other nine say c, and among k of those nine their number is hypergeometric.
    seen = np.arange(k + 1)
    losses = -np.log((seen + strength * prior[:, None]) / (k + strength))
    total = 0.0
    for n in range(1, RATERS + 1):
        chance = hypergeom.pmf(seen, RATERS - 1, n - 1, k)
        total += float((histogram[:, n] * n / RATERS) @ (losses @ chance))
    return total / int(histogram[0].sum())
