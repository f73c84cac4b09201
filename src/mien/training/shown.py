"""From what FER+'s raters say to what people would say who see the face as it is on the screen.

FER+'s raters saw thumbnails of 48 pixels, many of strong expressions, and called most mild ones
neutral. The shown votes are a logarithmic opinion pool (Genest & Zidek 1986, "Combining probability
distributions") of the network's three opinions, FER+'s votes, FER2013's label, and the teacher's of
other photographs, with a bias an emotion. Weights and biases are fitted on validation images.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy, one_hot, softplus

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, VOTE_NAMES, VOTE_OF_FERPLUS

POOLED: Final = ("votes", "label", "expressions")
"""Heads whose opinions are pooled, in the order of `Shown.weights`."""

BALANCE: Final = 0.5
"""How much more rare emotions count: by how often they occur, to the power of minus this."""

PRESS: Final = 0.3
"""Share of the press faces in what is fitted, FER2013's images being the rest."""

CAUTION: Final = 0.002
"""Nats that a mean squared bias of 1 costs, so that a few images cannot move it far."""

_TINY: Final = 1e-7


class Shown(nn.Module):
    """The pool of a network's opinions."""

    def __init__(self, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        """Take what was fitted.

        Args:
            weights: float64 (3,), of `POOLED`, at least 0.
            bias: float64 (7,), in nats, of the emotions in label order.
        """
        super().__init__()
        self.weights = torch.from_numpy(weights).float()
        self.bias = torch.from_numpy(bias).float()

    def forward(self, shares: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The shown shares.

        Args:
            shares: of each of `POOLED`, float32 (N, columns), calibrated.

        Returns:
            float32 (N, 8), in the order of `VOTE_NAMES`, sum 1. The share of "other" is that of
            FER+'s votes.
        """
        emotions, other = gathered(shares["votes"])
        opinions = (emotions, shares["label"], shares["expressions"])
        pooled = self.bias
        for weight, opinion in zip(self.weights, opinions, strict=True):
            pooled = pooled + weight * opinion.clamp(min=_TINY).log()
        seven = torch.softmax(pooled, dim=1) * (1 - other)
        return torch.cat((seven, other), dim=1)

    def described(self) -> dict[str, Any]:
        """Weights and biases by name, for the file's metadata."""
        return {
            "method": "logarithmic opinion pool",
            "weights": dict(zip(POOLED, self.weights.tolist(), strict=True)),
            "bias": dict(zip(EMOTION_NAMES, self.bias.tolist(), strict=True)),
        }


def gathered(votes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """FER+'s ten columns as shares of the seven emotions and of "other"; NF goes nowhere.

    Args:
        votes: float (N, 10).

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
    """The pool that validation images ask for.

    FER2013's images ask for half their label and half their raters' votes, press faces for the one
    person's label. Emotions count alike in either source, however rare (to the power of
    `BALANCE`), since a face on a screen is no more often neutral than FER2013's.

    Args:
        shares: of each of `POOLED`, float32 (N, columns), calibrated.
        validation: the N records, of all sources.
    """
    opinions = [gathered(shares["votes"])[0], shares["label"], shares["expressions"]]
    logs = torch.stack([opinion.clamp(min=_TINY).log() for opinion in opinions]).double()
    wanted, weights = _asked(validation)
    raw = torch.zeros(len(POOLED), dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(len(EMOTION_NAMES), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([raw, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        pooled = (softplus(raw)[:, None, None] * logs).sum(dim=0) + bias
        value = (weights * cross_entropy(pooled, wanted, reduction="none")).sum()
        value = value + CAUTION * (bias**2).mean()
        value.backward()  # pyright: ignore[reportUnknownMemberType]
        return value

    optimizer.step(loss)  # pyright: ignore[reportArgumentType]
    return Shown(softplus(raw).detach().numpy(), (bias - bias.mean()).detach().numpy())


def _asked(validation: NDArray[np.void]) -> tuple[torch.Tensor, torch.Tensor]:
    """What each image should be shown as, float64 (N, 7), and how much it counts (sum 1)."""
    press = torch.from_numpy(validation["source"] > 0)
    labels = torch.from_numpy(validation["label"].astype(np.int64))
    named = one_hot(labels.clamp(min=0), len(EMOTION_NAMES)).double() * (labels >= 0)[:, None]
    votes, _ = gathered(torch.from_numpy(validation["votes"].astype(np.float64)))
    votes = votes / votes.sum(dim=1, keepdim=True).clamp(min=_TINY)
    both = named + votes * ~press[:, None]
    wanted = both / both.sum(dim=1, keepdim=True).clamp(min=_TINY)
    weights = torch.zeros(len(wanted), dtype=torch.float64)
    for source, share in ((~press, 1 - PRESS), (press, PRESS)):
        known = source & (both.sum(dim=1) > 0)
        if not known.any():
            continue
        counts = wanted[known].sum(dim=0).clamp(min=1.0)
        own = (wanted[known] * counts**-BALANCE).sum(dim=1)
        weights[known] = share * own / own.sum()
    return wanted, weights / weights.sum()
