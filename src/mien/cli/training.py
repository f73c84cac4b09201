"""The commands that make networks: `mien train`, `tune`, `average` and `export`."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mien.errors import MienError
from mien.training.engine.config import Config


def train(
    *,
    data: Path,
    out: Path,
    resume: bool = False,
    config: Annotated[Config | None, Parameter(name="*")] = None,
) -> None:
    """Train a network; --resume continues an interrupted run.

    Args:
        data: data set file of `mien data prepare`.
        out: folder of the run.
        resume: continue the run in that folder, by its own config.
        config: settings of the run.
    """
    from mien.training.engine.distributed import is_first
    from mien.training.engine.train import train as run_training

    try:
        best = run_training(data, out, config or Config(), resume=resume)
    except MienError:
        if not is_first():  # the first process prints it
            raise SystemExit(1) from None
        raise
    except KeyboardInterrupt:
        print(f"\nInterrupted. The same command with --resume continues ({out}).", file=sys.stderr)
        raise
    if not is_first():
        return
    print(
        f"{out}: best epoch {best.epoch} of {best.epochs}, validation accuracy {best.accuracy:.4f}"
    )


def tune(
    *,
    data: Path,
    out: Path,
    trials: int = 20,
    epochs: int = 8,
    network: str = "baseline",
    seed: int = 0,
) -> None:
    """Search for better hyper-parameters.

    The same command continues a study, also beside other processes that run it.

    Args:
        data: data set file of `mien data prepare`; its test splits are not touched.
        out: folder of the study.
        trials: number of trials that the study has in the end.
        epochs: epochs of each trial; a hopeless trial is stopped earlier.
        network: network to tune, as for `mien train`.
        seed: seed of the search and of every trial.
    """
    from mien.training.engine.tune import tune as run_study

    print(run_study(data, out, trials=trials, epochs=epochs, network=network, seed=seed))


def average(
    *runs: Path,
    out: Path,
    weights: Annotated[tuple[float, ...], Parameter(consume_multiple=True, negative=())] = (),
    last: bool = False,
) -> None:
    """Make the mean of several runs' weights, to begin a training with or to export.

    A head that some runs lack is the mean over the others.

    Args:
        runs: folders of runs of one network.
        out: folder to make.
        weights: a share for each run, which sum to 1; by default all are equal.
        last: take the weights of each run's last epoch, where its folder has them, instead of the
            best by label accuracy.
    """
    from mien.training.engine.average import average as average_runs

    print(average_runs(runs, out, weights, last=last))


def export(
    *run: Path,
    out: Path,
    data: Path | None = None,
    quantize: bool = False,
    last: bool = False,
) -> None:
    """Export a run's best weights as one ONNX file that carries all that is needed to use it.

    Args:
        run: folder of a training run. Of several, the file gives the mean of what their networks
            say; every second network sees the mirror image.
        out: ONNX file to write.
        data: data set of the runs, to calibrate the shares on its validation images.
        quantize: keep the convolutions in 8-bit integers, which is nearly twice as fast; needs
            --data, and prints what it costs in accuracy.
        last: take the weights of the last epoch, instead of the best by label accuracy.
    """
    from mien.training import export as exporting

    print(exporting.export(run, out, data, quantize=quantize, last=last))
