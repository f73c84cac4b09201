"""The networks by name: grey 48×48 images → logits of FER2013's labels and FER+'s votes."""

from collections.abc import Callable
from typing import Final

import torch
from torch import nn

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import TrainingError


def _convolution(channels_in: int, channels_out: int, *, pool: bool) -> list[nn.Module]:
    # Pooling first: max and ReLU commute, and the rest then runs on a quarter of the pixels.
    return [
        nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
        *([nn.MaxPool2d(2)] if pool else []),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    ]


def baseline(outputs: int) -> nn.Module:
    """The plain CNN that the project began with; 2.4 million parameters.

    3×3 convolutions of growing width (32, 64, 64, 128, 128, 256, 256), each with batch
    normalisation and ReLU, 2×2 max-pooling wherever the width grows next, a dense layer of 512
    between dropouts, and a linear layer whose softmax are the shares.

    Takes float32 (N, 1, 48, 48) in 0 to 1; gives logits, float32 (N, outputs).
    """
    return nn.Sequential(
        *_convolution(1, 32, pool=True),
        *_convolution(32, 64, pool=False),
        *_convolution(64, 64, pool=True),
        *_convolution(64, 128, pool=False),
        *_convolution(128, 128, pool=True),
        *_convolution(128, 256, pool=False),
        *_convolution(256, 256, pool=True),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(256 * 3 * 3, 512),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        nn.Linear(512, outputs),
    )


NETWORKS: Final[dict[str, Callable[[int], nn.Module]]] = {"baseline": baseline}
"""Every network that `mien train --network` knows, from its number of outputs."""


def build(name: str, seed: int, *, votes: bool) -> nn.Module:
    """A network with fresh weights drawn from `seed`.

    Args:
        name: of `NETWORKS`.
        seed: of the weights.
        votes: whether a votes head (ten logits, `FERPLUS_NAMES`) follows the label head's seven.

    Raises:
        TrainingError: no network has that name.
    """
    if name not in NETWORKS:
        raise TrainingError(f"no network {name!r}; there are {', '.join(NETWORKS)}")
    outputs = len(EMOTION_NAMES) + (len(FERPLUS_NAMES) if votes else 0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return NETWORKS[name](outputs)
