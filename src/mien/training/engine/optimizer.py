"""Optimizer of the weights, its learning rate, and the weights' moving average."""

import math

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from mien.training.engine.config import Config


def learning_rate(config: Config, step: int, steps: int) -> float:
    """Return Adam's learning rate at `step` of `steps` (counted over the whole run, from 0)."""
    warmup = config.warmup * steps
    if step < warmup:
        return config.learning_rate * (step + 1) / warmup
    return config.learning_rate * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def make_optimizer(network: nn.Module, config: Config) -> torch.optim.Optimizer:
    """Make AdamW for a network's weights."""
    # Biases and normalisation are few, and are not shrunk.
    kernels = [weights for weights in network.parameters() if weights.ndim > 1]
    others = [weights for weights in network.parameters() if weights.ndim <= 1]
    groups = [{"params": kernels}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, weight_decay=config.weight_decay)


def make_average(network: nn.Module, config: Config) -> AveragedModel:
    """Make the exponential moving average of a network's weights."""

    def mean(average: torch.Tensor, now: torch.Tensor, steps: torch.Tensor | int) -> torch.Tensor:
        if not average.is_floating_point():
            return now  # how many batches a normalisation has seen
        # Less at first: fresh weights and their normalisation would linger for epochs.
        keep = min(config.ema_decay, (1 + int(steps)) / (10 + int(steps)))
        return torch.lerp(now, average, keep)

    return AveragedModel(network, avg_fn=mean, use_buffers=True)
