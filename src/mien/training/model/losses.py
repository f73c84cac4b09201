"""What is learnt of images, and how far a network is from it."""

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
from mien.training.model.heads import HEADS, Head

LABELS = len(EMOTION_NAMES)
"""Number of the label head's logits, which are a network's first."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Images and what is to be learnt of them, on one device.

    Attributes:
        images: uint8 (N, 48, 48).
        labels: int64 (N,), 0 to 6 of FER2013's labels, or -1 where there is none.
        votes: float32 (N, 10), shares of the ten columns; all 0 where there are no votes.
        expressions: float32 (N, 7), shares; all 0 where there are none.
        movements: float32 (N, 14), 0 to 1; -1 where they are unknown.
        taught: float32 (N, 17), shares of labels and of votes; all 0 where there are none.
    """

    images: torch.Tensor
    labels: torch.Tensor
    votes: torch.Tensor
    expressions: torch.Tensor
    movements: torch.Tensor
    taught: torch.Tensor

    @classmethod
    def of(cls, records: NDArray[np.void], device: torch.device) -> "Targets":
        """The targets of data set records."""
        counts = records["votes"].astype(np.float32)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        # Another source's labels are not FER2013's; there they are one person's vote.
        labels = np.where(
            records["source"] == Source.FER2013, records["label"].astype(np.int64), -1
        )
        return cls(
            torch.from_numpy(np.ascontiguousarray(records["image"])).to(device),
            torch.from_numpy(labels).to(device),
            torch.from_numpy(shares).to(device),
            *(
                torch.from_numpy(np.ascontiguousarray(records[name])).to(device)
                for name in ("expressions", "movements", "taught")
            ),
        )

    def __getitem__(self, indices: torch.Tensor) -> "Targets":
        """Those of some images."""
        return Targets(*(getattr(self, field.name)[indices] for field in fields(self)))


def votes_loss(logits: torch.Tensor, votes: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy in nats of predicted votes, over the images that have votes.

    Args:
        logits: float32 (N, 10).
        votes: float32 (N, 10), shares that sum to 1, or all 0 for an image without votes.
    """
    known = votes.sum(dim=1)  # 1, or 0 without votes, which leaves the image out of the sum
    return cross_entropy(logits, votes, reduction="sum") / known.sum().clamp(min=1)


def data_loss(
    logits: torch.Tensor,
    labels: torch.Tensor,
    votes: torch.Tensor,
    label_smoothing: float,
    votes_weight: float,
) -> torch.Tensor:
    """Cross-entropy in nats of a network's shares with what the data say, over both heads.

    Args:
        logits: float32 (N, 7 or 17), the network's.
        labels: int64 (N,), 0 to 6, or -1 where there is none, which leaves the label head out.
        votes: float32 (N, 10), shares that sum to 1, or all 0 for an image without votes.
        label_smoothing: share of each label's target spread evenly over the classes.
        votes_weight: weight of the votes head.
    """
    # The sum, as the mean over no label at all is NaN: a small batch may be of press faces alone.
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
    """Mean binary cross-entropy in nats of predicted movements, over those that are known.

    Args:
        logits: float32 (N, 14).
        movements: float32 (N, 14), 0 to 1; -1 where they are unknown.
    """
    known = movements >= 0
    losses = binary_cross_entropy_with_logits(logits, movements.clamp(min=0), reduction="none")
    return (losses * known).sum() / known.sum().clamp(min=1)


def network_loss(
    logits: torch.Tensor, targets: Targets, slices: Mapping[str, slice], config: Config
) -> torch.Tensor:
    """What a run minimises on a batch: the weighted losses of all heads, in nats.

    Where the run has teachers, their part (`teaching_loss`) is still to be added.

    Args:
        logits: float32 (N, L), the network's.
        targets: of the same N images.
        slices: where each head's logits stand.
        config: the heads' weights, label smoothing and distillation.
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
    """Cross-entropy in nats of a network's shares with its teachers' mean ones, over both heads.

    Args:
        logits: float32 (N, 7 or 17), the network's.
        teachers: in evaluation mode, with the same heads.
        images: float32 (N, 1, 48, 48); the teachers see them and their mirror images, of which they
            know more together than of either.
        votes_weight: weight of the votes head.
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
