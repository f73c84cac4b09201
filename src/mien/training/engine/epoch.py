"""Train for one pass over the training images."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import interpolate

from mien.training.data.augment import augment_stages, rescale
from mien.training.engine.checkpoint import State, Step
from mien.training.engine.config import Config
from mien.training.engine.distributed import Processes
from mien.training.engine.hardware import autocast
from mien.training.model.heads import Head, head_slices
from mien.training.model.losses import LABELS, Targets, network_loss, teaching_loss

_PROGRESSIVE_SIZE: Final = 32  # pixels; can be halved as often as 48


@dataclass(frozen=True, slots=True)
class Batch:
    """This process's part of a batch.

    Attributes:
        images: images as the network sees them, float32 (N, 1, H, W).
        clear: images as teachers see them, float32 (N, 1, 48, 48); None without teachers.
        blend: weights that sum to 1, each with the indices of its N training images.
        share: size of this part as a share of the whole batch.
    """

    images: torch.Tensor
    clear: torch.Tensor | None
    blend: list[tuple[float, torch.Tensor]]
    share: float


@dataclass(frozen=True, slots=True)
class Trainer:
    """Parts that the epochs of a run share.

    Attributes:
        config: options of the run.
        state: state of the run, with the network that learns.
        parallel: the network, with gradients averaged over the processes.
        targets: the training images and what is learnt from them.
        teachers: networks whose answers are learnt too.
        processes: the processes that train together.
    """

    config: Config
    state: State
    parallel: nn.Module
    targets: Targets
    teachers: list[nn.Module]
    processes: Processes

    def run(self, epoch: int, show: Callable[[float], None]) -> list[Step]:
        """Train for one epoch, counted from 1; all its random numbers come from it and the seed.

        After each step `show` is called with the number of epochs done.
        """
        config, processes = self.config, self.processes
        rng = np.random.default_rng((config.seed, epoch))
        order = _order(self.targets.labels.cpu().numpy(), config.balance, rng)
        batches = np.array_split(order, max(1, len(order) // config.batch_size))
        torch.manual_seed(config.seed * 100_003 + epoch + (processes.number << 40))  # dropout
        self.state.network.train()
        rates: list[float] = []
        sums: list[list[float]] = []
        for index, chosen in enumerate(batches):
            step = (epoch - 1) * len(batches) + index
            rates.append(learning_rate(config, step, config.epochs * len(batches)))
            for group in self.state.optimizer.param_groups:
                group["lr"] = rates[-1]
            seed = int(np.random.SeedSequence((config.seed, epoch, index)).generate_state(1)[0])
            small = epoch <= config.progressive * config.epochs
            sums.append(self._learn(self._batch(chosen, rng, seed, small=small)))
            show(epoch - 1 + (index + 1) / len(batches))
        first = (epoch - 1) * len(batches)
        return [
            Step(epoch, first + index, rate, loss, accuracy)
            for index, (rate, (loss, accuracy)) in enumerate(
                zip(rates, processes.sums(sums), strict=True)
            )
        ]

    def _batch(
        self, batch: NDArray[np.int64], rng: np.random.Generator, seed: int, *, small: bool
    ) -> Batch:
        chosen = torch.from_numpy(batch).to(self.targets.images.device)
        augmentation = self.config.augmentation
        augmented = augment_stages(rescale(self.targets.images[chosen]), augmentation, seed)
        worse = augmented.worse
        if small:  # teachers see them whole: some take 48×48 only
            worse = interpolate(worse, _PROGRESSIVE_SIZE, mode="bilinear", antialias=True)
        stages = [worse, augmented.moved] if self.teachers else [worse]
        blend = [(1.0, chosen)]
        if self.config.mixup:
            weight = float(rng.beta(self.config.mixup, self.config.mixup))
            partners = torch.from_numpy(rng.permutation(len(batch))).to(chosen.device)
            stages = [torch.lerp(stage[partners], stage, weight) for stage in stages]
            blend = [(weight, chosen), (1 - weight, chosen[partners])]
        mine = self.processes.share(batch)
        images = stages[0][mine].contiguous(memory_format=torch.channels_last)
        return Batch(
            images,
            stages[1][mine] if self.teachers else None,
            [(weight, indices[mine]) for weight, indices in blend],
            len(images) / len(batch),
        )

    def _learn(self, batch: Batch) -> list[float]:
        """Take one step, and return this process's part of the batch's loss and accuracy."""
        with autocast(batch.images.device):
            logits = self.parallel(batch.images).float()
        loss = torch.zeros((), device=logits.device)
        known = torch.ones(len(logits), dtype=torch.bool, device=logits.device)
        slices = head_slices(self.config.heads)
        for weight, indices in batch.blend:
            wanted = self.targets[indices]
            loss = loss + weight * network_loss(logits, wanted, slices, self.config)
            known &= wanted.labels >= 0
        if batch.clear is not None and known.any():
            loss = loss + self.config.distillation_weight * self._taught(
                logits[known], batch.clear[known]
            )
        self.state.optimizer.zero_grad()
        # Shares of the processes may differ by an image.
        (loss * (batch.share * self.processes.count)).backward()
        self.state.optimizer.step()
        self.state.average.update_parameters(self.state.network)
        right = logits[:, :LABELS].argmax(dim=1) == self.targets.labels[batch.blend[0][1]]
        accuracy = (right & known).sum() / known.sum().clamp(min=1)
        return [batch.share * loss.item(), batch.share * accuracy.item()]

    def _taught(self, logits: torch.Tensor, clear: torch.Tensor) -> torch.Tensor:
        """Compute the loss by the teachers' answers."""
        seen = clear.contiguous(memory_format=torch.channels_last)
        slices = head_slices(self.config.heads)
        columns = slices[Head.VOTES].stop if self.config.votes else LABELS
        with autocast(seen.device):
            return teaching_loss(logits[:, :columns], self.teachers, seen, self.config.votes_weight)


def learning_rate(config: Config, step: int, steps: int) -> float:
    """Return Adam's learning rate at `step` of `steps` (counted over the whole run, from 0)."""
    warmup = config.warmup * steps
    if step < warmup:
        return config.learning_rate * (step + 1) / warmup
    return config.learning_rate * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def _order(
    labels: NDArray[np.int64], balance: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Shuffle the images of an epoch, int64 (N,); images without a label count as one class."""
    if not balance:
        return rng.permutation(len(labels))
    chances = np.bincount(labels + 1)[labels + 1] ** -balance
    return rng.choice(len(labels), len(labels), p=chances / chances.sum())
