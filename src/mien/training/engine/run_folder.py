"""Make a training run's folder, and read its config and weights.

`config.json` holds the options, the data set, the commit and the command. The other files are those
of `mien.training.engine.checkpoint`.
"""

import hashlib
import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from mien.errors import TrainingError, reason_of
from mien.faces.classifier import Classifier
from mien.output.whole_file import write_whole
from mien.training.engine.checkpoint import BEST, CHECKPOINT, kept_weights
from mien.training.engine.config import Config, config_from
from mien.training.engine.hardware import precision
from mien.training.model.dlib_resnet import DlibResNet
from mien.training.model.networks import ONE_SIZE, build, grown, with_heads

AVERAGE: Final = "average"
"""Key of `config.json` that only a mean of runs has (`mien.training.engine.average`)."""


def open_run(
    run: Path, config: Config, records: NDArray[np.void], *, resume: bool, processes: int = 1
) -> Config:
    """Make the folder of a new run, or check that of an old one.

    Returns:
        The run's config: `config` itself, or the old run's config with the patience of `config`.

    Raises:
        TrainingError: the folder holds a run already, or none to resume, or one on other data; or
            the weights to begin with or the teachers do not fit.
        ModelError: a teacher's file is no model of mien's, or weights to begin with are missing.
    """
    if resume:
        content = read_config(run)
        old: Config = content["config"]
        if AVERAGE in content:
            raise TrainingError(
                f"{run}: holds a mean of other runs' weights, which cannot be resumed; begin a run "
                f"with it by --start {run}"
            )
        if content["data"] != fingerprint(records):
            raise TrainingError(f"{run}: was trained on another data set; start a new run")
        if old.epochs != config.epochs:
            raise TrainingError(
                f"{run}: was started for {old.epochs} epochs, which shape its learning rate; "
                f"resume it with --epochs {old.epochs} or start a new run"
            )
        return replace(old, patience=config.patience)
    if run.exists() and any(run.iterdir()):
        raise TrainingError(f"{run}: not empty; resume it with --resume or name another folder")
    if config.progressive and config.network in ONE_SIZE:
        raise TrainingError(f"{config.network} takes images of 48×48 only; leave out --progressive")
    if config.start:
        started: Config = read_config(Path(config.start))["config"]
        lost = [head for head in started.heads if head not in config.heads]
        if lost:
            raise TrainingError(
                f"{config.start}: its weights are of another network: this run would lose its head "
                f"{lost[0]!r}; give --{lost[0]}-weight more than 0, and a data set that has "
                f"{lost[0]}"
            )
    first_network(run, config, records["image"][:1])  # raises where there is none to begin with
    teachers = [_teacher(Path(teacher)) for teacher in config.teachers]
    for teacher, (_, votes) in zip(config.teachers, teachers, strict=True):
        if votes != config.votes:
            raise TrainingError(
                f"{teacher}: cannot teach this run: expected a network "
                f"with{'' if config.votes else 'out'} a votes head"
            )
    run.mkdir(parents=True, exist_ok=True)
    content = {
        "config": asdict(config),
        "data": fingerprint(records),
        "start": sha256(Path(config.start) / BEST) if config.start else None,
        "teachers": [sha256(weights) for weights, _ in teachers],
        **origin(),
        "processes": processes,
    }
    write_whole(run / "config.json", json.dumps(content, indent=2) + "\n")
    return config


def origin() -> dict[str, Any]:
    """Return the commit, command and machine, for `config.json`."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return {
        "commit": git_commit(),
        "command": ["mien", *sys.argv[1:]],
        "torch": torch.__version__,
        "device": device.type,
        "precision": str(precision(device)).removeprefix("torch."),
        "threads": torch.get_num_threads(),
    }


def read_config(run: Path) -> dict[str, Any]:
    """Read a run's config.json, with its `config` as a `Config`; runs of mien 0.1.0 too.

    Raises:
        TrainingError: the folder holds no run that this version of mien knows.
    """
    try:
        content = json.loads((run / "config.json").read_text())
        content["config"] = config_from(content["config"])
    except OSError as error:
        raise TrainingError(
            f"{run}: holds no run of `mien train`: config.json: {reason_of(error)}"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrainingError(
            f"{run}: holds no run that this version of mien knows ({error})"
        ) from error
    return content


def load_run(run: Path, *, last: bool = False) -> tuple[Config, nn.Module]:
    """Load a run's config and its network, in evaluation mode, on the CPU.

    With `last` the weights are those of the last epoch, not those of the best by label accuracy.

    Raises:
        TrainingError: the folder holds no run, or none that finished an epoch, or its weights do
            not fit its config, or the last epoch of a mean is asked for.
    """
    content = read_config(run)
    config: Config = content["config"]
    if last and AVERAGE in content:
        raise TrainingError(
            f"{run}: holds a mean of other runs' weights, which has no last epoch; leave out --last"
        )
    network = build(config.network, config.seed, config.heads)
    try:
        network.load_state_dict(kept_weights(run, last=last))
    except FileNotFoundError as error:
        raise TrainingError(f"{run}: the run has finished no epoch yet") from error
    except RuntimeError as error:
        raise TrainingError(f"{run}: its weights do not fit its config.json: {error}") from error
    return config, network.eval()


def first_network(run: Path, config: Config, images: NDArray[np.uint8]) -> nn.Module:
    """Make the network that a run begins with; its weights count until there is a checkpoint.

    `DlibResNet.begin` takes some of the training images, uint8 (N, 48, 48).

    Raises:
        TrainingError: no such network, or `start` holds no weights, or those of another network.
        ModelError: the package whose weights `dlib_resnet` begins with is missing.
    """
    begins = not (run / CHECKPOINT).exists()
    if config.start and begins:
        started, network = load_run(Path(config.start))
        if started.heads != config.heads:
            network = with_heads(
                network, started.network, config.seed, config.heads, known=started.heads
            )
        if started.network == config.network:
            return network
        try:
            return grown(network, config.network, config.heads)
        except TrainingError as error:
            raise TrainingError(
                f"{config.start}: its weights are of {started.network}: {error}"
            ) from error
    network = build(config.network, config.seed, config.heads)
    if begins and isinstance(network, DlibResNet):
        network.begin(images[:512])
    return network


def fingerprint(records: NDArray[np.void]) -> str:
    """Return the SHA-256 of all that training sees of a data set."""
    digest = hashlib.sha256()
    for name in ("image", "label", "votes", "split", "expressions", "movements", "taught"):
        digest.update(np.ascontiguousarray(records[name]).tobytes())
    return digest.hexdigest()


def git_commit() -> str | None:
    """Return the commit of mien's checkout, "-dirty" if its sources differ; None outside one."""
    command = ["git", "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
    try:
        result = subprocess.run(
            command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout.strip()


def _teacher(teacher: Path) -> tuple[Path, bool]:
    """Return the file of a teacher's weights, and whether it has a votes head."""
    if not teacher.exists():
        raise TrainingError(f"{teacher}: no such run, and no such file of `mien export`")
    if teacher.is_file():
        return teacher, Classifier(teacher).metadata.get("votes") is not None
    return teacher / BEST, read_config(teacher)["config"].votes


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
