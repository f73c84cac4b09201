"""The training loop, whole: data set file in, run folder out.

A run folder holds `config.json` (what was asked, on which data, by which commit), `metrics.csv` (a
line a step), `epochs.csv` (a line an epoch), `best.pt` (weights of the best epoch by validation
accuracy), `checkpoint.pt` (all that resuming needs) and `learning-curves.png`.

Every random number of an epoch comes from (seed, epoch), so a run that was interrupted anywhere and
resumed ends with the same weights as one that was not (on the same machine and number of threads).
Cost of `baseline` on FER2013: about 45 s an epoch on two CPU cores.
"""

import csv
import ctypes
import hashlib
import json
import math
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import torch
from cyclopts import Parameter
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress, TaskID, TimeRemainingColumn
from torch import nn
from torch.nn.functional import cross_entropy

from mien.errors import TrainingError
from mien.training.augment import Augmentation, augment_batch, rescale
from mien.training.data import load_dataset, select
from mien.training.networks import build
from mien.training.plots import plot_learning_curves

STEP_FIELDS: Final = ("epoch", "step", "learning_rate", "loss", "accuracy")
EPOCH_FIELDS: Final = (
    "epoch",
    "learning_rate",
    "training_loss",
    "training_accuracy",
    "validation_loss",
    "validation_accuracy",
    "seconds",
)


@dataclass(frozen=True, slots=True)
class Config:
    """What a run is asked to do.

    Attributes:
        network: a name of `mien.training.networks.NETWORKS`.
        epochs: at most so many passes over the training images.
        batch_size: images a step.
        learning_rate: Adam's highest; reached after `warmup`, then falling to 0 along a cosine.
        warmup: share of all steps over which the rate rises; 0 with `decay` off keeps it constant.
        decay: whether the rate falls at all.
        label_smoothing: share of each target spread evenly over the classes.
        patience: stop after so many epochs without a better validation accuracy.
        seed: of weights, order, augmentation and dropout.
        augmentation: what happens to each training image.
    """

    network: str = "baseline"
    epochs: int = 60
    batch_size: int = 128
    learning_rate: float = 2e-3
    warmup: float = 0.05
    decay: bool = True
    label_smoothing: float = 0.1
    patience: int = 20
    seed: int = 0
    augmentation: Annotated[Augmentation, Parameter(name="*")] = field(default_factory=Augmentation)


@dataclass(slots=True)
class _State:
    """Where a run stands after its last complete epoch."""

    network: nn.Module
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    best_epoch: int = 0
    best_accuracy: float = -1.0


def train(data: Path, run: Path, config: Config, *, resume: bool = False) -> dict[str, Any]:
    """Train a network and keep its best weights in the folder `run`.

    Args:
        data: a data set file of `mien data prepare`.
        run: folder to make; with `resume`, one that exists.
        config: what to do; when resuming, the run's own is taken but for `epochs` and `patience`.
        resume: go on after the last complete epoch.

    Returns:
        `epoch` and `accuracy` of the best epoch by validation, and `epochs` trained.

    Raises:
        TrainingError: the folder holds a run already, or none to resume, or one on other data.
        DataError: the data set cannot be used.
    """
    _keep_memory()
    records = load_dataset(data)
    training, validation = select(records, "training"), select(records, "validation")
    config = _open_run(run, config, fingerprint(records), resume=resume)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = build(config.network, config.seed).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.Adam(network.parameters(), lr=config.learning_rate)
    state = _State(network, optimizer)
    if resume:
        _restore(run, state, device)
    images, labels = _tensors(training, device)
    epochs_left = range(state.epoch + 1, config.epochs + 1)
    with _display() as display:
        task = display.add_task("Training", total=config.epochs, completed=state.epoch)
        for epoch in epochs_left:
            if epoch - 1 - state.best_epoch >= config.patience:
                display.console.print(f"No better epoch in {config.patience}: stopped early")
                break
            began = time.perf_counter()
            steps = _train_epoch(state, config, images, labels, epoch, display, task)
            loss, accuracy = validate(network, validation, device)
            line = {
                "epoch": epoch,
                "learning_rate": steps[-1]["learning_rate"],
                "training_loss": float(np.mean([step["loss"] for step in steps])),
                "training_accuracy": float(np.mean([step["accuracy"] for step in steps])),
                "validation_loss": loss,
                "validation_accuracy": accuracy,
                "seconds": time.perf_counter() - began,
            }
            _finish_epoch(run, state, steps, line)
            left = line["seconds"] * (config.epochs - epoch) / 60
            display.console.print(
                f"epoch {epoch}/{config.epochs}  training loss {line['training_loss']:.4f} "
                f"accuracy {line['training_accuracy']:.4f}  validation loss {loss:.4f} "
                f"accuracy {accuracy:.4f}  {line['seconds']:.0f} s, {left:.0f} min left"
                f"{'  best' if state.best_epoch == epoch else ''}",
                soft_wrap=True,
            )
            display.update(task, completed=epoch)
    plot_learning_curves(run / "epochs.csv", run / "learning-curves.png")
    return {
        "epoch": state.best_epoch,
        "accuracy": state.best_accuracy,
        "epochs": state.epoch,
    }


def load_run(run: Path) -> tuple[Config, nn.Module]:
    """A run's config and its network with the best weights, in evaluation mode, on the CPU.

    Raises:
        TrainingError: the folder holds no run, or none that finished an epoch.
    """
    config: Config = read_config(run)["config"]
    network = build(config.network, config.seed)
    try:
        weights = torch.load(run / "best.pt", map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise TrainingError(f"{run}: the run has finished no epoch yet") from error
    network.load_state_dict(weights)
    return config, network.eval()


def validate(
    network: nn.Module, records: NDArray[np.void], device: torch.device
) -> tuple[float, float]:
    """Mean cross-entropy in nats and accuracy of the label head on `records`, not augmented."""
    logits = predict_logits(network, records["image"], device)
    labels = torch.from_numpy(records["label"].astype(np.int64))
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    return float(cross_entropy(logits, labels)), float(accuracy)


def predict_logits(
    network: nn.Module, images: NDArray[np.uint8], device: torch.device, batch_size: int = 512
) -> torch.Tensor:
    """Logits, float32 (N, 7) on the CPU, of uint8 (N, 48, 48) images; leaves evaluation mode on."""
    network.eval()
    with torch.inference_mode():
        batches = [
            network(rescale(torch.from_numpy(images[start : start + batch_size].copy()).to(device)))
            for start in range(0, len(images), batch_size)
        ]
    return torch.cat(batches).cpu()


def fingerprint(records: NDArray[np.void]) -> str:
    """SHA-256 of all that training sees of a data set."""
    digest = hashlib.sha256()
    for name in ("image", "label", "votes", "split"):
        digest.update(np.ascontiguousarray(records[name]).tobytes())
    return digest.hexdigest()


def learning_rate(config: Config, step: int, steps: int) -> float:
    """Adam's learning rate at `step` of `steps` (both counted over the whole run, from 0)."""
    warmup = config.warmup * steps
    if step < warmup:
        return config.learning_rate * (step + 1) / warmup
    if not config.decay:
        return config.learning_rate
    return config.learning_rate * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def _train_epoch(
    state: _State,
    config: Config,
    images: torch.Tensor,
    labels: torch.Tensor,
    epoch: int,
    display: Progress,
    task: TaskID,
) -> list[dict[str, float]]:
    order = np.random.default_rng((config.seed, epoch)).permutation(len(images))
    batches = np.array_split(order, max(1, len(order) // config.batch_size))
    torch.manual_seed(config.seed * 100_003 + epoch)  # dropout
    state.network.train()
    lines: list[dict[str, float]] = []
    for index, batch in enumerate(batches):
        step = (epoch - 1) * len(batches) + index
        rate = learning_rate(config, step, config.epochs * len(batches))
        for group in state.optimizer.param_groups:
            group["lr"] = rate
        chosen = torch.from_numpy(batch).to(images.device)
        seed = int(np.random.SeedSequence((config.seed, epoch, index)).generate_state(1)[0])
        x = augment_batch(rescale(images[chosen]), config.augmentation, seed)
        y = labels[chosen]
        logits = state.network(x.contiguous(memory_format=torch.channels_last))
        loss = cross_entropy(logits, y, label_smoothing=config.label_smoothing)
        state.optimizer.zero_grad()
        loss.backward()
        state.optimizer.step()
        accuracy = (logits.argmax(dim=1) == y).float().mean()
        lines.append(
            {
                "epoch": epoch,
                "step": step,
                "learning_rate": rate,
                "loss": loss.item(),
                "accuracy": accuracy.item(),
            }
        )
        display.update(task, completed=epoch - 1 + (index + 1) / len(batches))
    return lines


def _finish_epoch(
    run: Path, state: _State, steps: list[dict[str, float]], line: dict[str, Any]
) -> None:
    state.epoch = line["epoch"]
    if line["validation_accuracy"] > state.best_accuracy:
        state.best_epoch, state.best_accuracy = state.epoch, line["validation_accuracy"]
        _save(state.network.state_dict(), run / "best.pt")
    _append(run / "metrics.csv", STEP_FIELDS, steps)
    _append(run / "epochs.csv", EPOCH_FIELDS, [line])
    checkpoint = {
        "network": state.network.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "epoch": state.epoch,
        "best_epoch": state.best_epoch,
        "best_accuracy": state.best_accuracy,
    }
    _save(checkpoint, run / "checkpoint.pt")


def _restore(run: Path, state: _State, device: torch.device) -> None:
    if not (run / "checkpoint.pt").exists():
        return  # Interrupted within the first epoch.
    checkpoint = torch.load(run / "checkpoint.pt", map_location=device, weights_only=True)
    state.network.load_state_dict(checkpoint["network"])
    state.optimizer.load_state_dict(checkpoint["optimizer"])
    state.epoch = checkpoint["epoch"]
    state.best_epoch = checkpoint["best_epoch"]
    state.best_accuracy = checkpoint["best_accuracy"]
    # An interruption between the lines and the checkpoint leaves lines of an unfinished epoch.
    for name in ("metrics.csv", "epochs.csv"):
        with (run / name).open(newline="") as file:
            reader = csv.DictReader(file)
            fields = reader.fieldnames or ()
            lines = [line for line in reader if int(line["epoch"]) <= state.epoch]
        (run / name).unlink()
        _append(run / name, tuple(fields), lines)


def _open_run(run: Path, config: Config, data: str, *, resume: bool) -> Config:
    if resume:
        content = read_config(run)
        old: Config = content["config"]
        if content["data"] != data:
            raise TrainingError(f"{run}: was trained on another data set; start a new run")
        if old.epochs != config.epochs and (run / "checkpoint.pt").exists():
            raise TrainingError(
                f"{run}: was begun for {old.epochs} epochs, which shape its learning rate; "
                f"resume it with --epochs {old.epochs} or start a new run"
            )
        return replace(old, patience=config.patience)
    if run.exists() and any(run.iterdir()):
        raise TrainingError(f"{run}: not empty; resume it with --resume or name another folder")
    run.mkdir(parents=True, exist_ok=True)
    content = {
        "config": asdict(config),
        "data": data,
        "commit": git_commit(),
        "command": ["mien", *sys.argv[1:]],
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }
    (run / "config.json").write_text(json.dumps(content, indent=2) + "\n")
    return config


def read_config(run: Path) -> dict[str, Any]:
    """A run's config.json, with its `config` as a `Config`.

    Raises:
        TrainingError: the folder holds no run of this version of mien.
    """
    try:
        content = json.loads((run / "config.json").read_text())
        content["config"]["augmentation"] = Augmentation(**content["config"]["augmentation"])
        content["config"] = Config(**content["config"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{run}: holds no run of this version of mien ({error})") from error
    return content


def git_commit() -> str | None:
    """The commit of mien's checkout, with "-dirty" where its sources differ; None outside one."""
    command = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
    try:
        result = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout.strip()


def _tensors(records: NDArray[np.void], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    images = torch.from_numpy(np.ascontiguousarray(records["image"])).to(device)
    labels = torch.from_numpy(records["label"].astype(np.int64)).to(device)
    return images, labels


def _append(path: Path, fields: tuple[str, ...], lines: list[dict[str, Any]]) -> None:
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, fields)
        if new:
            writer.writeheader()
        writer.writerows(lines)


def _save(content: Any, path: Path) -> None:
    partial = path.with_name(path.name + ".partial")
    torch.save(content, partial)
    os.replace(partial, path)  # noqa: PTH105


def _display() -> Progress:
    console = Console(stderr=True)
    return Progress(*Progress.get_default_columns()[:2], TimeRemainingColumn(), console=console)


def _keep_memory() -> None:
    """Tell glibc to keep freed memory: asking for it anew each step costs a third of the time."""
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    m_trim_threshold, m_mmap_max = -1, -4
    mallopt(m_mmap_max, 0)
    mallopt(m_trim_threshold, 2**31 - 1)
