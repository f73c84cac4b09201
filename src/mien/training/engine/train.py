"""The training loop, whole: data set file in, run folder out.

Every random number of an epoch comes from (seed, epoch), so a run that was interrupted anywhere and
resumed ends with the same weights as one that was not (on the same machine and number of threads).
Under `torchrun` several processes share each batch (`mien.training.engine.distributed`); they see
the same images as one would, and differ in what normalisation and dropout make of a batch's part.
Cost of `baseline` on FER2013: about a minute an epoch on two CPU cores.
"""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress, TaskID, TimeRemainingColumn
from torch import nn
from torch.nn.functional import cross_entropy, interpolate
from torch.optim.swa_utils import AveragedModel

from mien.errors import TrainingError
from mien.training.data.augment import augment_stages, rescale
from mien.training.data.backgrounds import background_records
from mien.training.data.dataset import load_dataset, select
from mien.training.engine.config import Config
from mien.training.engine.distributed import Processes, is_restarted, joined_processes
from mien.training.engine.hardware import autocast, keep_memory
from mien.training.engine.run_folder import (
    VALIDATION_FIELDS,
    State,
    drop_unfinished,
    finish_epoch,
    first_network,
    open_run,
    pass_epoch,
    restore,
)
from mien.training.engine.teachers import load_teacher
from mien.training.evaluation.metrics import movements_r2
from mien.training.evaluation.plots import plot_learning_curves
from mien.training.model.heads import head_slices
from mien.training.model.losses import LABELS, Targets, network_loss, teaching_loss, votes_loss

PROGRESSIVE_SIZE = 32
"""Side in pixels to which `Config.progressive` shrinks images; can be halved as often as 48."""


def train(
    data: Path,
    run: Path,
    config: Config,
    *,
    resume: bool = False,
    after_epoch: Callable[[Mapping[str, Any]], None] | None = None,
) -> dict[str, Any]:
    """Train a network and keep its best weights in the folder `run`.

    Args:
        data: a data set file of `mien data prepare`.
        run: folder to make; with `resume`, one that exists.
        config: what to do; when resuming, the run's own is taken but for `patience`.
        resume: go on after the last complete epoch; goes without saying where torchrun starts the
            processes again.
        after_epoch: called with the epoch's line of `epochs.csv` once it is kept; what it raises
            ends the run.

    Returns:
        `epoch` and `accuracy` of the best epoch by validation, and `epochs` trained.

    Raises:
        TrainingError: the folder holds a run already, or none to resume, or one on other data; or
            a head is asked for of which the data set says nothing.
        DataError: the data set cannot be used.
    """
    with joined_processes() as processes:
        return _train(data, run, config, processes, resume=resume, after_epoch=after_epoch)


def _train(
    data: Path,
    run: Path,
    config: Config,
    processes: Processes,
    *,
    resume: bool,
    after_epoch: Callable[[Mapping[str, Any]], None] | None,
) -> dict[str, Any]:
    keep_memory()
    records = load_dataset(data)
    training, validation = _of_all_sources(records, "train"), _of_all_sources(records, "validation")
    if not training["votes"].any():
        config = replace(config, votes_weight=0.0)
    _check_annotations(data, training, config)
    if config.batch_size < 2 * processes.count:
        raise TrainingError(
            f"--batch-size {config.batch_size}: too few for {processes.count} processes, which "
            "need two images each; give a larger one"
        )
    goes_on = is_restarted() and (run / "config.json").exists()
    resume = processes.once(lambda: resume or goes_on)
    config = processes.once(
        lambda: open_run(run, config, records, resume=resume, processes=processes.count)
    )
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = first_network(run, config, training["image"]).to(device)
    network = network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    state = State(network, *_optimizer(network, config))
    if resume:
        restore(run, state, device)
        if processes.first:
            drop_unfinished(run, state.epoch)
    parallel = processes.parallel(network)
    if config.data_fraction < 1:
        drawn = np.random.default_rng(config.seed).permutation(len(training))
        training = training[np.sort(drawn[: max(1, round(config.data_fraction * len(training)))])]
    if config.votes and config.backgrounds:
        count = round(config.backgrounds * len(training))
        backgrounds = background_records(training["image"], count, config.seed)
        training = np.concatenate([training, backgrounds])
    targets = Targets.of(training, device)
    teachers = [load_teacher(Path(teacher)).to(device) for teacher in config.teachers]
    with _display(quiet=not processes.first) as display:
        task = display.add_task("Training", total=config.epochs, completed=state.epoch)
        for epoch in range(state.epoch + 1, config.epochs + 1):
            if epoch - 1 - state.best_epoch >= config.patience:
                display.console.print(f"No better epoch in {config.patience}: stopped early")
                break
            began = time.perf_counter()
            steps = _train_epoch(
                state, parallel, teachers, config, targets, epoch, processes, display, task
            )
            measured = processes.once(
                lambda: validate(state.average.module, validation, device, config.heads)
            )
            line = {
                "epoch": epoch,
                "learning_rate": steps[-1]["learning_rate"],
                "training_loss": float(np.mean([step["loss"] for step in steps])),
                "training_accuracy": float(np.mean([step["accuracy"] for step in steps])),
                **measured,
                "seconds": time.perf_counter() - began,
            }
            if processes.first:
                finish_epoch(run, state, steps, line)
            else:
                pass_epoch(state, line)
            best = "  best" if state.best_epoch == epoch else ""
            display.console.print(_sentence(line, config.epochs) + best, soft_wrap=True)
            display.update(task, completed=epoch)
            if after_epoch is not None:
                after_epoch(line)
    if processes.first:
        plot_learning_curves(run / "epochs.csv", run / "learning-curves.png")
    return {"epoch": state.best_epoch, "accuracy": state.best_accuracy, "epochs": state.epoch}


def _of_all_sources(records: NDArray[np.void], split: str) -> NDArray[np.void]:
    select(records, split)  # raises without images of FER2013, by whose labels epochs are compared
    return select(records, split, source=None)


def _check_annotations(data: Path, training: NDArray[np.void], config: Config) -> None:
    """Refuse weights without sense, and heads of which the data set says nothing.

    Otherwise hours would go into them.
    """
    if not 0 <= config.distillation_weight <= 1:
        raise TrainingError(
            f"--distillation-weight {config.distillation_weight:g}: it is a share, expected 0 to 1"
        )
    for head in ("expressions", "movements"):
        weight = getattr(config, f"{head}_weight")
        if not weight >= 0:
            raise TrainingError(f"--{head}-weight {weight:g}: expected 0 or more")
    if config.teachers and not config.distillation_weight:
        raise TrainingError(
            "--teachers: they teach nothing with a weight of 0; give --distillation-weight too, as "
            "0.7"
        )
    asked = {
        "expressions": (config.expressions_weight, "--expressions"),
        "movements": (config.movements_weight, "--landmarker … --blendshapes"),
        "taught": (0 if config.teachers else config.distillation_weight, "--teachers"),
    }
    for field, (weight, option) in asked.items():
        if weight and not (training[field] > 0).any():
            raise TrainingError(
                f"{data}: holds no {_ANNOTATIONS[field]} to learn; `mien data annotate {option}` "
                "writes them in"
            )


_ANNOTATIONS: Final = {
    "expressions": "expressions",
    "movements": "movements",
    "taught": "labels and votes of other networks",
}


def validate(
    network: nn.Module,
    records: NDArray[np.void],
    device: torch.device,
    heads: Sequence[str] = ("label", "votes"),
) -> dict[str, float | None]:
    """How well a network reads images that are not augmented.

    Returns:
        `validation_loss` (nats) and `validation_accuracy` of the label head,
        `validation_votes_loss` (nats, on FER2013's images with votes),
        `validation_expressions_loss` (nats), `validation_movements_r2` (mean over the movements),
        and `validation_press_accuracy` (the votes head's answer against the one person's label of
        press faces); None where the network has no such head or the records no such answers.
    """
    logits = predict_logits(network, records["image"], device)
    targets = Targets.of(records, torch.device("cpu"))
    places = head_slices(heads)
    labelled = targets.labels >= 0
    label = logits[labelled][:, places["label"]]
    measured: dict[str, float | None] = dict.fromkeys(VALIDATION_FIELDS)
    measured["validation_loss"] = float(cross_entropy(label, targets.labels[labelled]))
    right = label.argmax(dim=1) == targets.labels[labelled]
    measured["validation_accuracy"] = float(right.float().mean())
    if "votes" in places and logits.shape[1] > LABELS:
        votes = logits[:, places["votes"]]
        measured["validation_votes_loss"] = _known_loss(votes[labelled], targets.votes[labelled])
        if not labelled.all():
            same = votes[~labelled].argmax(dim=1) == targets.votes[~labelled].argmax(dim=1)
            measured["validation_press_accuracy"] = float(same.float().mean())
    if "expressions" in places:
        measured["validation_expressions_loss"] = _known_loss(
            logits[:, places["expressions"]], targets.expressions
        )
    if "movements" in places:
        found = logits[:, places["movements"]].sigmoid().numpy()
        r2 = movements_r2(targets.movements.numpy(), found)
        if np.isfinite(r2).any():
            measured["validation_movements_r2"] = float(np.mean(r2[np.isfinite(r2)]))
    return measured


def _known_loss(logits: torch.Tensor, shares: torch.Tensor) -> float | None:
    return float(votes_loss(logits, shares)) if shares.any() else None


def predict_logits(
    network: nn.Module, images: NDArray[np.uint8], device: torch.device, batch_size: int = 512
) -> torch.Tensor:
    """Logits, float32 (N, L) on the CPU, of uint8 (N, 48, 48); leaves evaluation mode on."""
    network.eval()
    with torch.inference_mode():
        batches = [
            network(rescale(torch.from_numpy(images[start : start + batch_size].copy()).to(device)))
            for start in range(0, len(images), batch_size)
        ]
    return torch.cat(batches).cpu()


def learning_rate(config: Config, step: int, steps: int) -> float:
    """Adam's learning rate at `step` of `steps` (both counted over the whole run, from 0)."""
    warmup = config.warmup * steps
    if step < warmup:
        return config.learning_rate * (step + 1) / warmup
    return config.learning_rate * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def _optimizer(network: nn.Module, config: Config) -> tuple[AveragedModel, torch.optim.Optimizer]:
    """The running mean of the network's weights, and what changes them."""

    def mean(average: torch.Tensor, now: torch.Tensor, steps: torch.Tensor | int) -> torch.Tensor:
        if not average.is_floating_point():
            return now  # how many batches a normalisation has seen
        # Less at first, or fresh weights and their normalisation would linger for epochs.
        keep = min(config.ema_decay, (1 + int(steps)) / (10 + int(steps)))
        return torch.lerp(now, average, keep)

    average = AveragedModel(network, avg_fn=mean, use_buffers=True)
    # Biases and normalisation are few and need no shrinking.
    kernels = [weights for weights in network.parameters() if weights.ndim > 1]
    others = [weights for weights in network.parameters() if weights.ndim <= 1]
    groups = [{"params": kernels}, {"params": others, "weight_decay": 0.0}]
    rate, decay = config.learning_rate, config.weight_decay
    return average, torch.optim.AdamW(groups, lr=rate, weight_decay=decay)


def _train_epoch(
    state: State,
    parallel: nn.Module,
    teachers: list[nn.Module],
    config: Config,
    targets: Targets,
    epoch: int,
    processes: Processes,
    display: Progress,
    task: TaskID,
) -> list[dict[str, float]]:
    rng = np.random.default_rng((config.seed, epoch))
    order = _order(targets.labels.cpu().numpy(), config.balance, rng)
    places = head_slices(config.heads)
    batches = np.array_split(order, max(1, len(order) // config.batch_size))
    torch.manual_seed(config.seed * 100_003 + epoch + (processes.number << 40))  # dropout
    state.network.train()
    lines: list[dict[str, float]] = []
    for index, batch in enumerate(batches):
        step = (epoch - 1) * len(batches) + index
        rate = learning_rate(config, step, config.epochs * len(batches))
        for group in state.optimizer.param_groups:
            group["lr"] = rate
        chosen = torch.from_numpy(batch).to(targets.images.device)
        seed = int(np.random.SeedSequence((config.seed, epoch, index)).generate_state(1)[0])
        clear, worse = augment_stages(rescale(targets.images[chosen]), config.augmentation, seed)
        stages = [worse, clear] if teachers else [worse]  # what the network sees, and its teachers
        if epoch <= config.progressive * config.epochs:
            # Teachers see them whole: some take 48×48 alone.
            stages[0] = interpolate(worse, PROGRESSIVE_SIZE, mode="bilinear", antialias=True)
        blend = [(1.0, chosen)]
        if config.mixup:
            weight = float(rng.beta(config.mixup, config.mixup))
            partners = torch.from_numpy(rng.permutation(len(batch))).to(chosen.device)
            stages = [torch.lerp(stage[partners], stage, weight) for stage in stages]
            blend = [(weight, chosen), (1 - weight, chosen[partners])]
        mine = processes.share(batch)
        images = stages[0][mine].contiguous(memory_format=torch.channels_last)
        blend = [(weight, indices[mine]) for weight, indices in blend]
        with autocast(images.device):
            logits = parallel(images).float()
        loss = torch.zeros((), device=logits.device)
        known = torch.ones(len(images), dtype=torch.bool, device=logits.device)
        for weight, indices in blend:
            wanted = targets[indices]
            loss = loss + weight * network_loss(logits, wanted, places, config)
            known &= wanted.labels >= 0
        if teachers and known.any():
            seen = stages[-1][mine][known].contiguous(memory_format=torch.channels_last)
            with autocast(images.device):
                mine_of_them = logits[known][:, : places["votes"].stop if config.votes else LABELS]
                taught = teaching_loss(mine_of_them, teachers, seen, config.votes_weight)
            loss = loss + config.distillation_weight * taught
        share = len(images) / len(batch)
        state.optimizer.zero_grad()
        (loss * (share * processes.count)).backward()  # shares may differ by an image
        state.optimizer.step()
        state.average.update_parameters(state.network)
        right = logits[:, :LABELS].argmax(dim=1) == targets.labels[chosen[mine]]
        accuracy = (right & known).sum() / known.sum().clamp(min=1)
        lines.append(
            {
                "epoch": epoch,
                "step": step,
                "learning_rate": rate,
                "loss": share * loss.item(),
                "accuracy": share * accuracy.item(),
            }
        )
        display.update(task, completed=epoch - 1 + (index + 1) / len(batches))
    processes.add(lines, ("loss", "accuracy"))
    return lines


def _order(
    labels: NDArray[np.int64], balance: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """The images of an epoch, int64 (N,), shuffled; those without a label count as one more."""
    if not balance:
        return rng.permutation(len(labels))
    chances = np.bincount(labels + 1)[labels + 1] ** -balance
    return rng.choice(len(labels), len(labels), p=chances / chances.sum())


def _sentence(line: dict[str, Any], epochs: int) -> str:
    left = line["seconds"] * (epochs - line["epoch"]) / 60
    told = {
        "votes": line["validation_votes_loss"],
        "expressions": line["validation_expressions_loss"],
        "movements R²": line["validation_movements_r2"],
        "press": line["validation_press_accuracy"],
    }
    further = "".join(f" {name} {value:.4f}" for name, value in told.items() if value is not None)
    return (
        f"epoch {line['epoch']}/{epochs}  training loss {line['training_loss']:.4f} "
        f"accuracy {line['training_accuracy']:.4f}  validation loss {line['validation_loss']:.4f} "
        f"accuracy {line['validation_accuracy']:.4f}"
        f"{further}  "
        f"{line['seconds']:.0f} s, {left:.0f} min left"
    )


def _display(*, quiet: bool) -> Progress:
    console = Console(stderr=True, quiet=quiet)
    return Progress(*Progress.get_default_columns()[:2], TimeRemainingColumn(), console=console)
