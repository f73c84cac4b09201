"""The training loop: from a data set file to a run folder.

Every random number of an epoch comes from (seed, epoch): a run that was interrupted anywhere and
resumed ends with the same weights as one that was not (on the same machine and number of threads).
Under `torchrun` several processes share each batch (`mien.training.engine.distributed`). They see
the same images as one would; normalisation and dropout differ, as each process sees its part only.
Cost of `baseline` on FER2013: about a minute an epoch on two CPU cores.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from mien.errors import TrainingError
from mien.output.console import tell
from mien.output.progress import progress
from mien.training.data.backgrounds import background_records
from mien.training.data.dataset import load_dataset, select
from mien.training.engine.checkpoint import EPOCHS, Epoch, State, drop_unfinished
from mien.training.engine.config import Config
from mien.training.engine.distributed import Processes, is_restarted, joined_processes
from mien.training.engine.epoch import Trainer
from mien.training.engine.hardware import keep_memory
from mien.training.engine.run_folder import first_network, open_run
from mien.training.engine.teachers import load_teacher
from mien.training.engine.validation import validate
from mien.training.evaluation.figures import save
from mien.training.evaluation.plots import plot_learning_curves
from mien.training.model.losses import Targets


@dataclass(frozen=True, slots=True)
class Trained:
    """Outcome of a run: best epoch, its label accuracy on validation images, and all epochs."""

    epoch: int
    accuracy: float
    epochs: int


def train(
    data: Path,
    run: Path,
    config: Config,
    *,
    resume: bool = False,
    after_epoch: Callable[[Epoch], None] | None = None,
) -> Trained:
    """Train a network and keep its best weights in the folder `run`.

    Args:
        data: a data set file of `mien data prepare`.
        run: folder to make; with `resume`, one that exists.
        config: options of the run; a resumed run keeps its own, but for `patience`.
        resume: continue after the last complete epoch, as always where torchrun restarted the
            processes.
        after_epoch: called with each epoch once it is kept; its exceptions end the run.

    Raises:
        TrainingError: the folder holds a run already, or none to resume, or one on other data; or
            the data set has no answers for a head that is asked for.
        DataError: the data set cannot be used.
    """
    with joined_processes() as processes:
        keep_memory()
        records = load_dataset(data)
        training = _of_all_sources(records, "train")
        if not training["votes"].any():
            config = replace(config, votes_weight=0.0)
        config.check()
        _check_annotations(data, training, config)
        if config.batch_size < 2 * processes.count:
            raise TrainingError(
                f"--batch-size {config.batch_size}: too few for {processes.count} processes, which "
                "need two images each; give a larger one"
            )
        restarted = is_restarted() and (run / "config.json").exists()
        resume = processes.once(lambda: resume or restarted)
        config = processes.once(
            lambda: open_run(run, config, records, resume=resume, processes=processes.count)
        )
        trainer = _trainer(run, config, training, processes, resume=resume)
        _train(run, trainer, _of_all_sources(records, "validation"), after_epoch)
        state = trainer.state
        return Trained(state.best_epoch, state.best_accuracy, state.epoch)


def _trainer(
    run: Path, config: Config, training: NDArray[np.void], processes: Processes, *, resume: bool
) -> Trainer:
    """Make the run's network, as its last epoch left it, and load all that it learns from."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = first_network(run, config, training["image"]).to(device)
    network = network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    state = State.fresh(network, config)
    if resume:
        state.restore(run, device)
        if processes.first:
            drop_unfinished(run, state.epoch)
    return Trainer(
        config,
        state,
        processes.parallel(network),
        Targets.of(_learnt_from(training, config), device),
        [load_teacher(Path(teacher)).to(device) for teacher in config.teachers],
        processes,
    )


def _learnt_from(training: NDArray[np.void], config: Config) -> NDArray[np.void]:
    """Return the records of an epoch: a fraction of the training images, and backgrounds."""
    if config.data_fraction < 1:
        drawn = np.random.default_rng(config.seed).permutation(len(training))
        count = max(1, round(config.data_fraction * len(training)))
        training = training[np.sort(drawn[:count])]
    if config.votes and config.backgrounds:
        count = round(config.backgrounds * len(training))
        backgrounds = background_records(training["image"], count, config.seed)
        training = np.concatenate([training, backgrounds])
    return training


def _train(
    run: Path,
    trainer: Trainer,
    validation: NDArray[np.void],
    after_epoch: Callable[[Epoch], None] | None,
) -> None:
    """Train epoch by epoch, keep each, and show progress."""
    config, state, processes = trainer.config, trainer.state, trainer.processes
    device = trainer.targets.images.device
    with progress("Training", config.epochs, state.epoch, hidden=not processes.first) as show_done:
        for number in range(state.epoch + 1, config.epochs + 1):
            if number - 1 - state.best_epoch >= config.patience:
                if processes.first:
                    tell(f"No better epoch in {config.patience}: stopped early")
                break
            began = time.perf_counter()
            steps = trainer.run(number, show_done)
            measured = processes.once(
                lambda: validate(state.average.module, validation, device, config.heads)
            )
            epoch = Epoch(
                epoch=number,
                learning_rate=steps[-1].learning_rate,
                training_loss=float(np.mean([step.loss for step in steps])),
                training_accuracy=float(np.mean([step.accuracy for step in steps])),
                validation=measured,
                seconds=time.perf_counter() - began,
            )
            if processes.first:
                state.keep(run, steps, epoch)
                best = "  best" if state.best_epoch == number else ""
                tell(_sentence(epoch, config.epochs) + best)
            else:
                state.advance(epoch)
            if after_epoch is not None:
                after_epoch(epoch)
    if processes.first:
        save(plot_learning_curves(run / EPOCHS), run / "learning-curves.png")


def _of_all_sources(records: NDArray[np.void], split: str) -> NDArray[np.void]:
    select(records, split)  # raises without images of FER2013, by whose labels epochs are compared
    return select(records, split, source=None)


def _check_annotations(data: Path, training: NDArray[np.void], config: Config) -> None:
    """Refuse heads for which the data set has no answers, before hours go into them."""
    from_data = 0 if config.teachers else config.distillation_weight
    for field, words, option, weight in (
        ("expressions", "expressions", "--expressions", config.expressions_weight),
        ("movements", "movements", "--landmarker … --blendshapes", config.movements_weight),
        ("taught", "labels and votes of other networks", "--teachers", from_data),
    ):
        if weight and not (training[field] > 0).any():
            raise TrainingError(
                f"{data}: holds no {words} to learn; `mien data annotate {option}` adds them"
            )


def _sentence(epoch: Epoch, epochs: int) -> str:
    left = epoch.seconds * (epochs - epoch.epoch) / 60
    validation = epoch.validation
    figures = {
        "votes": validation.votes_loss,
        "expressions": validation.expressions_loss,
        "movements R²": validation.movements_r2,
        "press": validation.press_accuracy,
    }
    further = "".join(
        f" {name} {value:.4f}" for name, value in figures.items() if value is not None
    )
    return (
        f"epoch {epoch.epoch}/{epochs}  training loss {epoch.training_loss:.4f} "
        f"accuracy {epoch.training_accuracy:.4f}  validation loss {validation.loss:.4f} "
        f"accuracy {validation.accuracy:.4f}{further}  {epoch.seconds:.0f} s, {left:.0f} min left"
    )
