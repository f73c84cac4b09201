"""Average several runs' weights: the mean is often better than each run, and as quick as one.

Source: Wortsman et al. 2022, "Model soups", arXiv 2203.05482. It works for runs of one network of
which one began with the other's weights, or both with a third's.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import nn

from mien.errors import TrainingError
from mien.output.whole_file import write_whole
from mien.training.engine.checkpoint import BEST, CHECKPOINT, save
from mien.training.engine.config import Config
from mien.training.engine.run_folder import AVERAGE, load_run, origin, read_config, sha256
from mien.training.model.heads import head_slices
from mien.training.model.networks import build, last_layer


@dataclass(frozen=True, slots=True)
class _Run:
    """A run to average; `last` says whether its last epoch's weights count, not its best's."""

    folder: Path
    weight: float
    last: bool
    config: Config
    state: dict[str, torch.Tensor]

    @property
    def epoch(self) -> str:
        return "last epoch" if self.last else "best epoch"


def average(
    runs: Sequence[Path], out: Path, weights: Sequence[float] = (), *, last: bool = False
) -> str:
    """Write the mean of several runs' weights to the folder `out`.

    A run can begin with it (`mien train --start`), and it can be exported and averaged again, but
    not resumed. A head that some runs lack is the mean over the others. Config and data set are
    those of the run with the most heads, and of several such runs of that with the largest weight.

    Args:
        runs: folders of at least two runs of one network.
        out: folder to make.
        weights: a share for each run, with sum 1; none gives equal shares.
        last: take the weights of each run's last epoch, where its folder has them.

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
        names = ", ".join(f"{folder} is {name}" for name, folder in networks.items())
        raise TrainingError(f"only weights of one network have a mean: {names}")
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
                "sha256": sha256(run.folder / (CHECKPOINT if run.last else BEST)),
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
        given = " ".join(f"{share:g}" for share in shares)
        raise TrainingError(f"--weights {given}: expected shares of 0 and more that sum to 1")
    return shares


def _read(folder: Path, weight: float, *, last: bool) -> _Run:
    last = last and (folder / CHECKPOINT).exists()
    config, network = load_run(folder, last=last)
    return _Run(folder, weight, last, config, network.state_dict())


def _with_all_heads(config: Config, runs: Sequence[_Run]) -> Config:
    """Return the config with the loss weights of further heads that other runs have."""
    for run in runs:
        for head in run.config.heads:
            if head not in config.heads:
                option = f"{head}_weight"
                config = replace(config, **{option: getattr(run.config, option)})
    return replace(config, start="", teachers=())


def _mean(runs: Sequence[_Run], config: Config) -> nn.Module:
    """Average the weights, and the running statistics of normalisation too."""
    network = build(config.network, config.seed, config.heads)
    last = last_layer(network)
    places = head_slices(config.heads)
    with torch.no_grad():
        for key, value in network.state_dict().items():
            if key not in {f"{last}.weight", f"{last}.bias"}:
                value.copy_(_weighted(runs, [run.state[key] for run in runs]))
                continue
            for head, place in places.items():
                having = [run for run in runs if head in run.config.heads]
                rows = [run.state[key][head_slices(run.config.heads)[head]] for run in having]
                value[place] = _weighted(having, rows)
    return network.eval()


def _weighted(runs: Sequence[_Run], values: list[torch.Tensor]) -> torch.Tensor:
    """Return the mean by the runs' weights, or by equal ones if all of them are 0."""
    if not values[0].is_floating_point():  # how many batches a normalisation has seen
        return torch.stack(values).amax(dim=0)
    weights = torch.tensor([run.weight for run in runs], dtype=torch.float64)
    weights = weights / weights.sum() if weights.sum() else torch.full_like(weights, 1 / len(runs))
    mean = torch.tensordot(weights, torch.stack(values).double(), dims=1)
    return mean.to(values[0].dtype)
