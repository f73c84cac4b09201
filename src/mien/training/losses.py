"""What is learnt of images, and how far a network is from it."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from mien.emotions import EMOTION_NAMES

LABELS = len(EMOTION_NAMES)
"""A network's first so many logits are the label head, the others the votes head."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Images and what is to be learnt of them, on one device.

    Attributes:
        images: uint8 (N, 48, 48).
        labels: int64 (N,), 0 to 6, or -1 where there is none.
        votes: float32 (N, 10), shares of the ten columns; all 0 where there are no votes.
    """

    images: torch.Tensor
    labels: torch.Tensor
    votes: torch.Tensor

    @classmethod
    def of(cls, records: NDArray[np.void], device: torch.device) -> "Targets":
        """The targets of data set records."""
        counts = records["votes"].astype(np.float32)
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        return cls(
            torch.from_numpy(np.ascontiguousarray(records["image"])).to(device),
            torch.from_numpy(records["label"].astype(np.int64)).to(device),
            torch.from_numpy(shares).to(device),
        )


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
    loss = cross_entropy(
        logits[:, :LABELS], labels, ignore_index=-1, label_smoothing=label_smoothing
    )
    if logits.shape[1] > LABELS:
        loss = loss + votes_weight * votes_loss(logits[:, LABELS:], votes)
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
