"""State of a run after an epoch, and the files in its folder that keep it.

`metrics.csv` has a line for each step, `epochs.csv` a line for each epoch, `best.pt` the weights of
the best epoch by validation accuracy, and `checkpoint.pt` all that resuming needs.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from mien.output.whole_file import whole_file
from mien.training.engine.config import Config
from mien.training.engine.validation import Validation

BEST: Final = "best.pt"
"""File of the best epoch's weights."""

CHECKPOINT: Final = "checkpoint.pt"
"""File of all that resuming needs."""

_STEPS: Final = "metrics.csv"  # file with a line for each step

EPOCHS: Final = "epochs.csv"
"""File with a line for each epoch."""

_PREFIX: Final = "module."  # of the average's weights
_COUNT: Final = "n_averaged"


@dataclass(frozen=True, slots=True)
class Step:
    """A training step: a line of `metrics.csv`.

    Epochs are counted from 1, steps from 0 over the whole run. The loss is in nats, and the
    accuracy is the share of the batch's labels that come first.
    """

    epoch: int
    step: int
    learning_rate: float
    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch, counted from 1: a line of `epochs.csv`.

    The learning rate is that of the last step; training loss, in nats, and training accuracy are
    means over the steps.
    """

    epoch: int
    learning_rate: float
    training_loss: float
    training_accuracy: float
    validation: Validation
    seconds: float

    def line(self) -> dict[str, float | None]:
        """Return the values by column of `epochs.csv`."""
        line: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if isinstance(value, dict):
                line |= {f"validation_{key}": found for key, found in value.items()}
            else:
                line[name] = value
        return line


@dataclass(slots=True)
class State:
    """State of a run after its last complete epoch; `average` is validated and kept."""

    network: nn.Module
    average: AveragedModel
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    best_epoch: int = 0
    best_accuracy: float = -1.0

    @staticmethod
    def fresh(network: nn.Module, config: Config) -> "State":
        """Make AdamW and the exponential moving average of a network's weights."""
        # Biases and normalisation are few, and are not shrunk.
        kernels = [weights for weights in network.parameters() if weights.ndim > 1]
        others = [weights for weights in network.parameters() if weights.ndim <= 1]
        groups = [{"params": kernels}, {"params": others, "weight_decay": 0.0}]
        decay, rate = config.weight_decay, config.learning_rate
        optimizer = torch.optim.AdamW(groups, lr=rate, weight_decay=decay)

        def mean(
            average: torch.Tensor, now: torch.Tensor, steps: torch.Tensor | int
        ) -> torch.Tensor:
            if not average.is_floating_point():
                return now  # how many batches a normalisation has seen
            # Less at first: fresh weights and their normalisation would linger for epochs.
            keep = min(config.ema_decay, (1 + int(steps)) / (10 + int(steps)))
            return torch.lerp(now, average, keep)

        return State(network, AveragedModel(network, avg_fn=mean, use_buffers=True), optimizer)

    def advance(self, epoch: Epoch) -> bool:
        """Count a finished epoch, and return whether it is the best yet."""
        self.epoch = epoch.epoch
        best = epoch.validation.accuracy > self.best_accuracy
        if best:
            self.best_epoch, self.best_accuracy = self.epoch, epoch.validation.accuracy
        return best

    def keep(self, run: Path, steps: Iterable[Step], epoch: Epoch) -> None:
        """Count a finished epoch and write its lines, weights if they are best, and checkpoint."""
        if self.advance(epoch):
            save(self.average.module.state_dict(), run / BEST)
        _append(run / _STEPS, [asdict(step) for step in steps])
        _append(run / EPOCHS, [epoch.line()])
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {
            name: value.state_dict() if hasattr(value, "state_dict") else value
            for name, value in values.items()
        }
        save(plain, run / CHECKPOINT)

    def restore(self, run: Path, device: torch.device) -> None:
        """Return to the state after the run's last complete epoch, if there is one."""
        path = run / CHECKPOINT
        if path.exists():
            kept = torch.load(path, map_location=device, weights_only=True)
            for field in fields(self):
                value = getattr(self, field.name)
                if hasattr(value, "load_state_dict"):
                    value.load_state_dict(kept[field.name])
                else:
                    setattr(self, field.name, kept[field.name])


def kept_weights(run: Path, *, last: bool) -> dict[str, torch.Tensor]:
    """Load the average's weights after the run's best or last epoch, on the CPU.

    Raises:
        FileNotFoundError: the run has finished no epoch.
    """
    if not last:
        return torch.load(run / BEST, map_location="cpu", weights_only=True)
    average = torch.load(run / CHECKPOINT, map_location="cpu", weights_only=True)["average"]
    return {key.removeprefix(_PREFIX): average[key] for key in average if key != _COUNT}


def drop_unfinished(run: Path, epoch: int) -> None:
    """Drop lines after `epoch`, which an interruption between lines and checkpoint leaves."""
    for path in (run / _STEPS, run / EPOCHS):
        if not path.exists():
            continue
        with path.open(newline="") as file:
            lines = [line for line in csv.DictReader(file) if int(line["epoch"]) <= epoch]
        path.unlink()
        if lines:
            _append(path, lines)


def save(content: Any, path: Path) -> None:
    """Write weights or a checkpoint, all or nothing."""
    with whole_file(path) as new:
        torch.save(content, new)


def _append(path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        if new:
            writer.writeheader()
        writer.writerows(lines)
