"""The mean of several runs' weights: often better than each, and as quick as one.

Source: Wortsman et al. 2022, "Model soups", arXiv 2203.05482. It works for runs of one network of
which one was begun with the other's weights, or both with a third's.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import torch
from torch import nn

from mien.errors import TrainingError
from mien.output.whole_file import write_whole
from mien.training.engine.checkpoint import BEST, CHECKPOINT, save
from mien.training.engine.config import Config
from mien.training.engine.run_folder import AVERAGE, load_run, origin, read_config, sha256
from mien.training.model.heads import Head, head_slices
from mien.training.model.networks import build, last_layer

_HEAD_OPTIONS: Final = {
    Head.VOTES: "votes_weight",
    Head.EXPRESSIONS: "expressions_weight",
    Head.MOVEMENTS: "movements_weight",
}


@dataclass(frozen=True, slots=True)
class _Run:
    """A run that is averaged."""

    folder: Path
    weight: float
    last: bool
    config: Config
    network: nn.Module

    @property
    def file(self) -> Path:
        return self.folder / (CHECKPOINT if self.last else BEST)

    @property
    def epoch(self) -> str:
        return "last epoch" if self.last else "best epoch"


def average(
    runs: Sequence[Path], out: Path, weights: Sequence[float] = (), *, last: bool = False
) -> str:
    """Write the folder `out` with the mean of several runs' weights.

    It can be begun with (`mien train --start`), exported and averaged again, but not resumed. A
    head that some runs lack is the mean of those that have it. Its config and data set are those of
    the run with the most heads, of several the one with the largest weight.

    Args:
        runs: folders of at least two runs of one network.
        out: folder to make.
        weights: a share for each run, which sum to 1; none: all alike.
        last: take the weights of each run's last epoch, where its folder has them, and not those of
            the best epoch by label accuracy.

    Returns:
        A line that says what was averaged.

    Raises:
        TrainingError: a folder holds no run that finished an epoch, the runs are of different
            networks, the weights do not fit, or `out` is not empty.
    """
    shares = _shares(runs, weights)
    if out.exists() and any(out.iterdir()):
        raise TrainingError(f"{out}: not empty; name another folder")
    read = [_read(run, share, last=last) for run, share in zip(runs, shares, strict=True)]
    networks = {run.config.network: run.folder for run in read}
    if len(networks) > 1:
        told = ", ".join(f"{folder} is {name}" for name, folder in networks.items())
        raise TrainingError(f"only weights of one network have a mean: {told}")
    main = max(read, key=lambda run: (len(run.config.heads), run.weight))
    config = _with_all_heads(main.config, read)
    network = _mean(read, config)
    out.mkdir(parents=True, exist_ok=True)
    save(network.state_dict(), out / BEST)
    content = {
        "config": asdict(config),
        "data": read_config(main.folder)["data"],
        AVERAGE: [
            {
                "run": str(run.folder),
                "weight": run.weight,
                "weights": run.epoch,
                "sha256": sha256(run.file),
            }
            for run in read
        ],
        **origin(),
    }
    write_whole(out / "config.json", json.dumps(content, indent=2) + "\n")
    parts = ", ".join(f"{run.folder} × {run.weight:g} ({run.epoch})" for run in read)
    return f"{out}: {config.network}, heads {', '.join(config.heads)}; mean of {parts}"


def _shares(runs: Sequence[Path], weights: Sequence[float]) -> list[float]:
    if len(runs) < 2:
        raise TrainingError("a mean takes two runs at least")
    shares = list(weights) or [1 / len(runs)] * len(runs)
    if len(shares) != len(runs):
        raise TrainingError(f"--weights: {len(shares)} for {len(runs)} runs; give one a run")
    if not all(share >= 0 for share in shares) or not math.isclose(sum(shares), 1, abs_tol=1e-6):
        told = " ".join(f"{share:g}" for share in shares)
        raise TrainingError(f"--weights {told}: expected shares of 0 and more that sum to 1")
    return shares


def _read(folder: Path, weight: float, *, last: bool) -> _Run:
    last = last and (folder / CHECKPOINT).exists()
    config, network = load_run(folder, last=last)
    return _Run(folder, weight, last, config, network)


def _with_all_heads(config: Config, runs: Sequence[_Run]) -> Config:
    """The config with the weights of further heads that other runs have."""
    for run in runs:
        for head, option in _HEAD_OPTIONS.items():
            if head in run.config.heads and head not in config.heads:
                config = replace(config, **{option: getattr(run.config, option)})
    return replace(config, start="", teachers=())


def _mean(runs: Sequence[_Run], config: Config) -> nn.Module:
    """The network whose weights are the mean; running statistics of normalisation are, too."""
    network = build(config.network, config.seed, config.heads)
    mean = network.state_dict()
    states = [run.network.state_dict() for run in runs]
    heads = {f"{last_layer(network)}.{name}" for name in ("weight", "bias")}
    slices = head_slices(config.heads)
    with torch.no_grad():
        for key, value in mean.items():
            if key not in heads:
                value.copy_(_weighted([state[key] for state in states], runs))
                continue
            for head in config.heads:
                having = [
                    (state[key][head_slices(run.config.heads)[head]], run)
                    for state, run in zip(states, runs, strict=True)
                    if head in run.config.heads
                ]
                rows, of_runs = zip(*having, strict=True)
                value[slices[head]] = _weighted(rows, of_runs)
    return network.eval()


def _weighted(values: Sequence[torch.Tensor], runs: Sequence[_Run]) -> torch.Tensor:
    """The mean by the runs' weights, or by equal ones where these are all 0."""
    if not values[0].is_floating_point():  # how many batches a normalisation has seen
        return torch.stack(list(values)).amax(dim=0)
    weights = torch.tensor([run.weight for run in runs], dtype=torch.float64)
    weights = weights / weights.sum() if weights.sum() else torch.full_like(weights, 1 / len(runs))
    stacked = torch.stack(list(values)).double()
    return torch.tensordot(weights, stacked, dims=1).to(values[0].dtype)
