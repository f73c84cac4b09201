"""Targets of training, and the losses of a network's answers."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from mien.emotions import EMOTION_NAMES
from mien.training.data.dataset import Source
from mien.training.engine.config import Config
from mien.training.evaluation.metrics import LABEL_TO_FERPLUS
from mien.training.model.heads import HEADS, Head

LABELS = len(EMOTION_NAMES)
"""Number of the label head's logits, which come first."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Images and the answers to learn, on one device.

    Attributes:
        images: uint8 (N, 48, 48).
        labels: FER2013's labels, int64 (N,), 0 to 6, or -1 where there is none.
        votes: shares of FER+'s ten columns, float32 (N, 10); all 0 without votes.
        expressions: shares of the seven emotions, float32 (N, 7); all 0 where unknown.
        movements: movements, float32 (N, 14), 0 to 1; -1 where unknown.
        taught: shares of labels and of votes, float32 (N, 17); all 0 where unknown.
    """

    images: torch.Tensor
    labels: torch.Tensor
    votes: torch.Tensor
    expressions: torch.Tensor
    movements: torch.Tensor
    taught: torch.Tensor

    @classmethod
    def of(cls, records: NDArray[np.void], device: torch.device) -> "Targets":
        """Make the targets of data set records.

        A press face has one person's label, which calls mild smiles neutral. So there the teacher
        of expressions has half of the votes, and half of what other networks say.
        """
        counts = records["votes"].astype(np.float32)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        taught = records["taught"].copy()
        as_votes = np.zeros_like(shares)
        as_votes[:, LABEL_TO_FERPLUS] = records["expressions"]
        press = (records["source"] == Source.PRESS) & records["expressions"].any(axis=1)
        for own, teacher in (
            (shares, as_votes),
            (taught[:, :LABELS], records["expressions"]),
            (taught[:, LABELS:], as_votes),
        ):
            both = press & own.any(axis=1)
            own[both] = (own[both] + teacher[both]) / 2
        # Another source's labels are not FER2013's; there they are one person's vote.
        labels = np.where(
            records["source"] == Source.FER2013, records["label"].astype(np.int64), -1
        )
        return cls(
            torch.from_numpy(np.ascontiguousarray(records["image"])).to(device),
            torch.from_numpy(labels).to(device),
            torch.from_numpy(shares).to(device),
            *(
                torch.from_numpy(np.ascontiguousarray(array)).to(device)
                for array in (records["expressions"], records["movements"], taught)
            ),
        )

    def __getitem__(self, indices: torch.Tensor) -> "Targets":
        """Return the targets of some images."""
        return Targets(*(getattr(self, field.name)[indices] for field in fields(self)))


def votes_loss(logits: torch.Tensor, votes: torch.Tensor) -> torch.Tensor:
    """Compute the mean cross-entropy in nats of predicted votes, over the images with votes.

    Both are float32 (N, 10). Votes are shares that sum to 1, or all 0 for an image without votes.
    """
    known = votes.sum(dim=1)  # 1, or 0 for an image without votes, which leaves it out
    return cross_entropy(logits, votes, reduction="sum") / known.sum().clamp(min=1)


def data_loss(
    logits: torch.Tensor,
    labels: torch.Tensor,
    votes: torch.Tensor,
    label_smoothing: float,
    votes_weight: float,
) -> torch.Tensor:
    """Compute the cross-entropy in nats of a network's shares with labels and votes.

    Logits are float32 (N, 7 or 17), labels int64 (N,), 0 to 6, or -1 without a label, and votes
    float32 (N, 10), shares that sum to 1, or all 0 for an image without votes.
    """
    # The sum, as the mean over no label is NaN: a small batch may hold press faces only.
    summed = cross_entropy(
        logits[:, :LABELS],
        labels,
        ignore_index=-1,
        label_smoothing=label_smoothing,
        reduction="sum",
    )
    loss = summed / (labels >= 0).sum().clamp(min=1)
    if logits.shape[1] > LABELS:
        loss = loss + votes_weight * votes_loss(logits[:, LABELS:], votes)
    return loss


def movements_loss(logits: torch.Tensor, movements: torch.Tensor) -> torch.Tensor:
    """Compute the mean binary cross-entropy in nats of movements, over those that are known.

    Both are float32 (N, 14). Movements are 0 to 1, or -1 where unknown.
    """
    known = movements >= 0
    losses = binary_cross_entropy_with_logits(logits, movements.clamp(min=0), reduction="none")
    return (losses * known).sum() / known.sum().clamp(min=1)


def network_loss(
    logits: torch.Tensor, targets: Targets, slices: Mapping[str, slice], config: Config
) -> torch.Tensor:
    """Compute the weighted losses of all heads on a batch's logits, float32 (N, L), in nats.

    The loss of teachers (`teaching_loss`) is to be added. Slices are the places of each head.
    """
    share = config.distillation_weight
    data = data_loss(
        logits[:, : slices[Head.VOTES].stop if config.votes else LABELS],
        targets.labels,
        targets.votes,
        config.label_smoothing,
        config.votes_weight,
    )
    loss = (1 - share) * data
    if share and not config.teachers:
        loss = loss + share * votes_loss(logits[:, slices[Head.LABEL]], targets.taught[:, :LABELS])
        if config.votes:
            taught = targets.taught[:, LABELS : LABELS + HEADS[Head.VOTES]]
            votes = votes_loss(logits[:, slices[Head.VOTES]], taught)
            loss = loss + share * config.votes_weight * votes
    if Head.EXPRESSIONS in slices:
        expressions = votes_loss(logits[:, slices[Head.EXPRESSIONS]], targets.expressions)
        loss = loss + config.expressions_weight * expressions
    if Head.MOVEMENTS in slices:
        movements = movements_loss(logits[:, slices[Head.MOVEMENTS]], targets.movements)
        loss = loss + config.movements_weight * movements
    return loss


def teaching_loss(
    logits: torch.Tensor, teachers: list[nn.Module], images: torch.Tensor, votes_weight: float
) -> torch.Tensor:
    """Compute the cross-entropy in nats of a network's shares with its teachers' mean shares.

    Logits are float32 (N, 7 or 17). The teachers, in evaluation mode and with the same heads, see
    the images, float32 (N, 1, 48, 48), and their mirror images: both say more than either.
    """
    views = torch.cat((images, images.flip(3)))
    with torch.no_grad():
        seen = [view for teacher in teachers for view in teacher(views).float().chunk(2)]
    loss = torch.zeros((), device=logits.device)
    for head, weight in ((slice(0, LABELS), 1.0), (slice(LABELS, None), votes_weight)):
        if not logits[:, head].shape[1]:
            continue
        shares = torch.stack([torch.softmax(one[:, head], dim=1) for one in seen]).mean(dim=0)
        loss = loss + weight * cross_entropy(logits[:, head], shares)
    return loss
