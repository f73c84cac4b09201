"""Estimate the votes of people who see the face as it is on the screen.

FER+'s raters saw thumbnails of 48 pixels, many of strong expressions, and called most mild ones
neutral. The shown votes are a logarithmic opinion pool (Genest & Zidek 1986, "Combining probability
distributions") of the network's three opinions: FER+'s votes, FER2013's label, and those of a
teacher that learnt from other photographs. A part of the prior is divided out, because faces on a
screen are less often neutral than FER2013's (Saerens et al. 2002, "Adjusting the outputs of a
classifier to new a priori probabilities"), and mild smiles count a little more. One temperature is
fitted on validation images.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, VOTE_NAMES, VOTE_OF_FERPLUS
from mien.training.data.dataset import Source

POOL: Final = {"votes": 0.33, "label": 0.33, "expressions": 0.34}
"""Weights of the opinions before the temperature.

Chosen on validation images and on whole pictures outside of training (London, Yale, parts of
films). Weights fitted on FER2013's own images leave the third opinion out.
"""

PRIOR: Final = 0.25
"""Power of the votes' prior by which the pool is divided: 0.5 costs FER+'s majority accuracy about
1.5 points on validation images, 0.25 half a point."""

HAPPY: Final = 0.35
"""Nats that are added for happy before the temperature.

FER+'s raters call mild smiles neutral. Of London's 51 smiles this finds three to five more, and
calls one neutral face more a smile at most. Of the neutral faces of FER2013's and of the press it
takes two or three more of 100 for smiles.
"""

_LEAST_PRIOR: Final = 0.01  # an emotion that nobody named is not always shown

_TINY: Final = 1e-7


class Shown(nn.Module):
    """The pool of a network's opinions."""

    def __init__(self, prior: NDArray[np.float64], temperature: float) -> None:
        """Make the pool with a prior, float64 (7,) in label order, and a temperature."""
        super().__init__()
        self.temperature = temperature
        self.prior = torch.from_numpy(prior / prior.sum()).float()
        self.bias = torch.tensor([HAPPY * (name == "happy") for name in EMOTION_NAMES])

    def forward(self, shares: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Turn calibrated shares of each of `POOL`, float32 (N, columns), into the shown shares.

        Returns:
            float32 (N, 8), in the order of `VOTE_NAMES`, sum 1. The share of "other" is that of
            FER+'s votes.
        """
        _, other = gathered(shares["votes"])
        seven = torch.softmax(self.pooled(shares) / self.temperature, dim=1)
        return torch.cat((seven * (1 - other), other), dim=1)

    def pooled(self, shares: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Compute the logarithms of the pooled shares up to a constant, float (N, 7)."""
        opinions = {**shares, "votes": gathered(shares["votes"])[0]}
        logs = [weight * opinions[name].clamp(min=_TINY).log() for name, weight in POOL.items()]
        return torch.stack(logs).sum(dim=0) - PRIOR * self.prior.log() + self.bias

    def described(self) -> dict[str, Any]:
        """Describe the pool for the file's metadata."""
        return {
            "method": "logarithmic opinion pool",
            "weights": POOL,
            "prior_power": PRIOR,
            "happy_bias": HAPPY,
            "prior": dict(zip(EMOTION_NAMES, self.prior.tolist(), strict=True)),
            "temperature": self.temperature,
        }


def gathered(votes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Turn FER+'s columns, float (N, 10), into shares of the seven emotions and of "other".

    NF is dropped.

    Returns:
        float (N, 7), which may sum to less than 1, and float (N, 1).
    """
    matrix = torch.zeros(len(FERPLUS_NAMES), len(VOTE_NAMES), dtype=votes.dtype)
    for column, name in VOTE_OF_FERPLUS.items():
        matrix[FERPLUS_NAMES.index(column), VOTE_NAMES.index(name)] = 1
    eight = votes @ matrix
    eight = eight / eight.sum(dim=1, keepdim=True).clamp(min=_TINY)
    return eight[:, :-1], eight[:, -1:]


def fit_shown(shares: Mapping[str, torch.Tensor], validation: NDArray[np.void]) -> Shown:
    """Fit the pool's prior and temperature to validation images.

    The target of FER2013's images is half their label and half their raters' votes, that of press
    faces the one person's label. Each image counts the same.

    Args:
        shares: calibrated shares of each of `POOL`, float32 (N, columns).
        validation: the N records, of all sources.
    """
    fer2013 = torch.from_numpy(validation["source"] == Source.FER2013)
    labels = torch.from_numpy(validation["label"].astype(np.int64))
    named = one_hot(labels.clamp(min=0), len(EMOTION_NAMES)).double() * (labels >= 0)[:, None]
    votes, _ = gathered(torch.from_numpy(validation["votes"].astype(np.float64)))
    votes = votes / votes.sum(dim=1, keepdim=True).clamp(min=_TINY)
    rated = votes[fer2013 & (votes.sum(dim=1) > 0)]
    prior = rated.mean(dim=0).clamp(min=_LEAST_PRIOR) if len(rated) else torch.ones(votes.shape[1])
    both = named + votes * fer2013[:, None]
    known = both.sum(dim=1) > 0
    wanted = both[known] / both[known].sum(dim=1, keepdim=True)
    pooled = Shown(prior.numpy(), 1.0).pooled(shares)[known].double()
    temperatures = np.exp(np.linspace(np.log(0.3), np.log(3), 93))
    costs = [float(cross_entropy(pooled / float(t), wanted)) for t in temperatures]
    return Shown(prior.numpy(), float(temperatures[int(np.argmin(costs))]))
