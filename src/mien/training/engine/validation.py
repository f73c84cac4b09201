"""Measure a network on the validation images, epoch by epoch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from mien.training.data.augment import rescale
from mien.training.evaluation.metrics import movements_r2
from mien.training.model.heads import Head, head_slices
from mien.training.model.losses import Targets, votes_loss


@dataclass(frozen=True, slots=True)
class Validation:
    """Figures of a network on images that are not augmented.

    A figure is None without its head, or without answers in the records.

    Attributes:
        loss: loss of the label head, in nats.
        accuracy: accuracy of the label head.
        votes_loss: loss of the votes head in nats, on FER2013's images with votes.
        expressions_loss: loss of the expressions head, in nats.
        movements_r2: mean R² over the movements.
        press_accuracy: accuracy of the votes head against the one person's label of press faces.
    """

    loss: float
    accuracy: float
    votes_loss: float | None = None
    expressions_loss: float | None = None
    movements_r2: float | None = None
    press_accuracy: float | None = None


def validate(
    network: nn.Module,
    records: NDArray[np.void],
    device: torch.device,
    heads: Sequence[str] = (Head.LABEL, Head.VOTES),
) -> Validation:
    """Measure a network with these heads on a data set's records."""
    logits = predict_logits(network, records["image"], device)
    targets = Targets.of(records, torch.device("cpu"))
    answers = {head: logits[:, place] for head, place in head_slices(heads).items()}
    labelled = targets.labels >= 0
    label = answers[Head.LABEL][labelled]
    right = label.argmax(dim=1) == targets.labels[labelled]
    of_votes = of_press = of_expressions = r2 = None
    votes = answers.get(Head.VOTES, logits[:, :0])
    if votes.shape[1]:
        of_votes = _known_loss(votes[labelled], targets.votes[labelled])
        if not labelled.all():
            one_vote = torch.from_numpy(records["votes"].argmax(axis=1))
            same = votes[~labelled].argmax(dim=1) == one_vote[~labelled]
            of_press = float(same.float().mean())
    if Head.EXPRESSIONS in answers:
        of_expressions = _known_loss(answers[Head.EXPRESSIONS], targets.expressions)
    if Head.MOVEMENTS in answers:
        predicted = answers[Head.MOVEMENTS].sigmoid().numpy()
        each = movements_r2(targets.movements.numpy(), predicted)
        r2 = float(np.mean(each[np.isfinite(each)])) if np.isfinite(each).any() else None
    return Validation(
        loss=float(cross_entropy(label, targets.labels[labelled])),
        accuracy=float(right.float().mean()),
        votes_loss=of_votes,
        expressions_loss=of_expressions,
        movements_r2=r2,
        press_accuracy=of_press,
    )


def predict_logits(
    network: nn.Module, images: NDArray[np.uint8], device: torch.device, batch_size: int = 512
) -> torch.Tensor:
    """Compute logits, float32 (N, L) on the CPU, of uint8 (N, 48, 48) images.

    The network is left in evaluation mode.
    """
    network.eval()
    with torch.inference_mode():
        batches = [
            network(rescale(torch.from_numpy(images[start : start + batch_size].copy()).to(device)))
            for start in range(0, len(images), batch_size)
        ]
    return torch.cat(batches).cpu()


def _known_loss(logits: torch.Tensor, shares: torch.Tensor) -> float | None:
    return float(votes_loss(logits, shares)) if shares.any() else None
