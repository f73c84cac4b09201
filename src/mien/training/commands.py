"""The commands of the extra `training`: `mien data`, `train`, `tune`, `evaluate`, `export`."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.console import Console
from rich.progress import track

from mien.errors import TrainingError
from mien.training import data as datasets
from mien.training.config import Augmentation, Config


def prepare(
    source: Path, /, *, out: Path, votes: Path | None = None, seed: int = datasets.SPLIT_SEED
) -> int:
    """Make a data set file from FER2013.

    Args:
        source: Kaggle's zip, its unpacked folder, any part of either, or fer2013.csv.
        out: the data set file to write, by custom ending in .npy.
        votes: FER+'s fer2013new.csv, to learn how ten people voted.
        seed: of the 80–20 split into training and validation.
    """
    prepared = datasets.prepare(source, out, votes, seed=seed, progress=_progress)
    for problem in prepared.problems:
        print(problem, file=sys.stderr)
    print(
        f"{out}: {prepared.images:,} images, {prepared.votes:,} with votes; "
        f"{len(prepared.problems):,} files left out"
    )
    return 1 if prepared.problems else 0


def describe(dataset: Path, /, *, out: Path | None = None) -> None:
    """Print what a data set holds: classes, splits, votes against labels, copies.

    Args:
        dataset: a file of `mien data prepare`.
        out: folder for the pictures (class balance, label against votes).
    """
    from mien.training import describe as describing

    records = datasets.load_dataset(dataset)
    print(describing.describe(records))
    if out is not None:
        for picture in describing.write_pictures(records, out):
            print(picture)


def preview(
    dataset: Path,
    /,
    *,
    out: Path = Path("preview.png"),
    seed: int = 0,
    augmentation: Annotated[Augmentation | None, Parameter(name="*")] = None,
) -> None:
    """Draw a contact sheet of images before and after augmentation.

    Args:
        dataset: a file of `mien data prepare`.
        out: the picture to write.
        seed: of the choice of images and of the augmentation.
        augmentation: what may happen to an image.
    """
    from mien.training import describe as describing

    records = datasets.load_dataset(dataset)
    describing.preview(records, out, seed, augmentation or Augmentation())
    print(out)


def train(
    *,
    data: Path,
    out: Path,
    resume: bool = False,
    config: Annotated[Config | None, Parameter(name="*")] = None,
) -> None:
    """Train a network; an interrupted run goes on with --resume.

    Args:
        data: a data set file of `mien data prepare`.
        out: folder of the run.
        resume: go on with the run in that folder, by its own config.
        config: what to do.
    """
    from mien.training.distributed import is_first
    from mien.training.train import train as run_training

    try:
        best = run_training(data, out, config or Config(), resume=resume)
    except TrainingError:
        if not is_first():  # the first tells it
            raise SystemExit(1) from None
        raise
    except KeyboardInterrupt:
        print(f"\nInterrupted; go on with the same command and --resume ({out})", file=sys.stderr)
        raise
    if not is_first():
        return
    print(
        f"{out}: best epoch {best['epoch']} of {best['epochs']}, "
        f"validation accuracy {best['accuracy']:.4f}"
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
    """Search for better hyper-parameters; the same command goes on, or joins in beside others.

    Args:
        data: a data set file of `mien data prepare`; its test splits are not touched.
        out: folder of the study.
        trials: how many the study shall have in the end.
        epochs: of each trial, unless it is given up as hopeless.
        network: a name of mien.training.networks.NETWORKS.
        seed: of the search and of every trial.
    """
    from mien.training.tune import tune as run_study

    print(run_study(data, out, trials=trials, epochs=epochs, network=network, seed=seed))


def evaluate(
    *,
    data: Path,
    split: str = "validation",
    model: Path | None = None,
    json: Path | None = None,
    report: Path | None = None,
    run: Path | None = None,
) -> None:
    """Measure a model on one split of a data set.

    Args:
        data: a data set file of `mien data prepare`.
        split: train, validation, public or private.
        model: an exported model; without it the one that ships with mien.
        json: file for the figures.
        report: folder for a readable page with pictures.
        run: the model's training run, to show its learning curves in the report.
    """
    from mien.training import evaluate as evaluating
    from mien.training import report as reporting

    records = datasets.load_dataset(data)
    result = evaluating.evaluate(model, records, split)
    print(evaluating.summary(result))  # first: not lost where a file cannot be written
    if json is not None:
        evaluating.write_json(result, json)
    if report is not None:
        reporting.write_report(result, records, report, model=model, run=run)
        print(report / "index.html")


def export(run: Path, /, *, out: Path, data: Path | None = None, quantize: bool = False) -> None:
    """Export a run's best weights as one ONNX file that carries all that is needed to use it.

    Args:
        run: folder of a training run.
        out: the ONNX file to write.
        data: the run's data set, to calibrate the shares on its validation images.
        quantize: keep the convolutions in 8-bit integers: nearly twice as fast; wants --data and
            tells what it costs.
    """
    from mien.training import export as exporting

    exported = exporting.export(run, out, data, quantize=quantize)
    print(exported)


def _progress(items: Iterable[Any], description: str, total: int | None) -> Iterator[Any]:
    console = Console(stderr=True)
    yield from track(
        items, description, total, console=console, disable=not console.is_terminal, transient=True
    )
