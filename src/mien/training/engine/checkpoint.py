"""Where a run stands after an epoch, and the files in its folder that keep it.

`metrics.csv` has a line a step, `epochs.csv` a line an epoch, `best.pt` the weights of the best
epoch by validation accuracy, and `checkpoint.pt` all that resuming needs.
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
from mien.training.engine.validation import Validation

BEST: Final = "best.pt"
"""File of the best epoch's weights."""

CHECKPOINT: Final = "checkpoint.pt"
"""File of all that resuming needs."""

STEPS: Final = "metrics.csv"
"""File with a line a step."""

EPOCHS: Final = "epochs.csv"
"""File with a line an epoch."""

_PREFIX: Final = "module."  # of the average's weights
_COUNT: Final = "n_averaged"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a line of `metrics.csv`.

    Attributes:
        epoch: from 1.
        step: from 0, over the whole run.
        learning_rate: of this step.
        loss: of the batch, in nats.
        accuracy: share of the batch's labels that come first.
    """

    epoch: int
    step: int
    learning_rate: float
    loss: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch: a line of `epochs.csv`.

    Attributes:
        epoch: from 1.
        learning_rate: of its last step.
        training_loss: mean of its steps, in nats.
        training_accuracy: mean of its steps.
        validation: how well the network read the validation images after it.
        seconds: that it took.
    """

    epoch: int
    learning_rate: float
    training_loss: float
    training_accuracy: float
    validation: Validation
    seconds: float

    def line(self) -> dict[str, float | None]:
        """By column of `epochs.csv`."""
        line: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Validation):
                line |= {f"validation_{name}": found for name, found in asdict(value).items()}
            else:
                line[field.name] = value
        return line


@dataclass(slots=True)
class State:
    """Where a run stands after its last complete epoch; `average` is what is validated and kept."""

    network: nn.Module
    average: AveragedModel
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    best_epoch: int = 0
    best_accuracy: float = -1.0

    def advance(self, epoch: Epoch) -> bool:
        """Take note of an epoch; whether it is the best yet."""
        self.epoch = epoch.epoch
        best = epoch.validation.accuracy > self.best_accuracy
        if best:
            self.best_epoch, self.best_accuracy = self.epoch, epoch.validation.accuracy
        return best

    def keep(self, run: Path, steps: Iterable[Step], epoch: Epoch) -> None:
        """Take note of an epoch and write it down: lines, weights if they are best, checkpoint."""
        if self.advance(epoch):
            save(self.average.module.state_dict(), run / BEST)
        _append(run / STEPS, [asdict(step) for step in steps])
        _append(run / EPOCHS, [epoch.line()])
        save(
            {field.name: _plain(getattr(self, field.name)) for field in fields(self)},
            run / CHECKPOINT,
        )

    def restore(self, run: Path, device: torch.device) -> None:
        """Return to where the run's last complete epoch left it, and drop lines after that."""
        path = run / CHECKPOINT
        if path.exists():  # else it was interrupted within the first epoch
            kept = torch.load(path, map_location=device, weights_only=True)
            for field in fields(self):
                value = getattr(self, field.name)
                if hasattr(value, "load_state_dict"):
                    value.load_state_dict(kept[field.name])
                else:
                    setattr(self, field.name, kept[field.name])


def last_weights(run: Path) -> dict[str, torch.Tensor]:
    """The average's weights after the run's last epoch, on the CPU.

    Raises:
        FileNotFoundError: the run has no checkpoint.
    """
    average = torch.load(run / CHECKPOINT, map_location="cpu", weights_only=True)["average"]
    return {key.removeprefix(_PREFIX): average[key] for key in average if key != _COUNT}


def drop_unfinished(run: Path, epoch: int) -> None:
    """Drop lines after `epoch`: an interruption between lines and checkpoint leaves such."""
    for path in (run / STEPS, run / EPOCHS):
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


def _plain(value: Any) -> Any:
    return value.state_dict() if hasattr(value, "state_dict") else value


def _append(path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        if new:
            writer.writeheader()
        writer.writerows(lines)
