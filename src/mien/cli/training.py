"""The commands of the extra `training`: `mien data`, `train`, `tune` and so on."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import ArgumentCollection, Group, Parameter

from mien.errors import MienError
from mien.output.progress import progress
from mien.training.data.dataset import SPLIT_SEED, load_dataset
from mien.training.data.teachers import Teachers
from mien.training.engine.config import Augmentation, Config


def prepare(
    source: Path,
    /,
    *,
    out: Path,
    votes: Path | None = None,
    press: Path | None = None,
    seed: int = SPLIT_SEED,
) -> int:
    """Make a data set file from FER2013.

    Args:
        source: Kaggle's zip, its unpacked folder, any part of either, or fer2013.csv.
        out: the data set file to write, by custom ending in .npy.
        votes: FER+'s fer2013new.csv, to learn how ten people voted.
        press: a zip of faces from press photographs, to train on beside FER2013.
        seed: of the 80–20 split into training and validation.
    """
    from mien.training.data import prepare as preparing

    prepared = preparing.prepare(source, out, votes, press=press, seed=seed, progress=_progress)
    for problem in prepared.problems:
        print(problem, file=sys.stderr)
    faces = f" ({prepared.press:,} of them press faces)" if prepared.press else ""
    print(
        f"{out}: {prepared.images:,} images{faces}, {prepared.votes:,} with votes; "
        f"{len(prepared.problems):,} files left out"
    )
    return 1 if prepared.problems else 0


def describe(dataset: Path, /, *, out: Path | None = None) -> None:
    """Print what a data set holds: classes, splits, votes against labels, near duplicates.

    Args:
        dataset: a file of `mien data prepare`.
        out: folder for the pictures (class balance, label against votes).
    """
    from mien.training.data import describe as describing

    records = load_dataset(dataset)
    print(describing.describe(records))
    if out is not None:
        for picture in describing.write_pictures(records, out):
            print(picture)


def annotate(
    dataset: Path,
    /,
    *,
    out: Path,
    teachers: Annotated[Teachers | None, Parameter(name="*")] = None,
) -> None:
    """Write what teachers say of a data set's training images into the data set.

    Args:
        dataset: a file of `mien data prepare`.
        out: the data set file to write; may be the same.
        teachers: who is asked.
    """
    from mien.training.data import annotate as annotating

    print(annotating.annotate(dataset, out, teachers or Teachers(), progress=_progress))


def faces(pictures: Path, /, *, expressions: Path, out: Path) -> int:
    """Cut the faces out of labelled pictures, as a zip for `mien data prepare --press`.

    Args:
        pictures: folder with a folder an emotion, or with a labels.csv with columns file and label.
        expressions: OpenCV Zoo's expression network, an ONNX file, whose answers the zip keeps.
        out: the zip to write.
    """
    from mien.training.data.cut_faces import cut_faces

    cut = cut_faces(pictures, expressions, out, progress=_progress)
    for line in (*cut.notes, *cut.problems):
        print(line, file=sys.stderr)
    print(f"{out}: {cut.faces:,} faces; {len(cut.problems):,} pictures left out")
    return 1 if cut.problems else 0


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
    from mien.training.data import describe as describing

    records = load_dataset(dataset)
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
    from mien.training.engine.distributed import is_first
    from mien.training.engine.train import train as run_training

    try:
        best = run_training(data, out, config or Config(), resume=resume)
    except MienError:
        if not is_first():  # the first tells it
            raise SystemExit(1) from None
        raise
    except KeyboardInterrupt:
        print(f"\nInterrupted; go on with the same command and --resume ({out})", file=sys.stderr)
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
    """Search for better hyper-parameters; the same command goes on, or joins in beside others.

    Args:
        data: a data set file of `mien data prepare`; its test splits are not touched.
        out: folder of the study.
        trials: how many the study shall have in the end.
        epochs: of each trial, unless it is given up as hopeless.
        network: a name of mien.training.model.networks.NETWORKS.
        seed: of the search and of every trial.
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

    A head that some runs lack is the mean of those that have it.

    Args:
        runs: folders of runs of one network.
        out: folder to make.
        weights: a share for each run, which sum to 1; by default all alike.
        last: take the weights of each run's last epoch, where its folder has them, and not those of
            the best by label accuracy.
    """
    from mien.training.engine.average import average as average_runs

    print(average_runs(runs, out, weights, last=last))


def _one_kind(arguments: ArgumentCollection) -> None:
    """What belongs to a data set and what to pictures is not mixed, and one of them is there."""
    given = {argument.name for argument in arguments if argument.tokens}
    if ("--data" in given) == ("--pictures" in given):
        raise ValueError("Give either --data DATASET or --pictures FOLDER.")
    if "--pictures" in given and (other := given & {"--split", "--run"}):
        raise ValueError(f"{' and '.join(sorted(other))} belongs to --data, not to --pictures.")


_MEASURED = Parameter(group=Group("What to measure on", sort_key=0, validator=_one_kind))


@dataclass(frozen=True, slots=True)
class MeasuredOn:
    """What a model is measured on.

    Attributes:
        data: a data set file of `mien data prepare`; this or --pictures.
        split: of --data: train, validation, public or private.
        run: of --data: the model's training run, to show its learning curves in the report.
        pictures: folder of whole pictures whose expression is known: a folder an emotion, or a
            labels.csv with columns file and label; person, source and group or sex where known.
    """

    data: Annotated[Path | None, _MEASURED] = None
    split: Annotated[str, _MEASURED] = "validation"
    run: Annotated[Path | None, _MEASURED] = None
    pictures: Annotated[Path | None, _MEASURED] = None


def evaluate(
    *,
    on: Annotated[MeasuredOn | None, Parameter(name="*")] = None,
    model: Path | None = None,
    json: Path | None = None,
    report: Path | None = None,
) -> int:
    """Measure a model on one split of a data set, or on whole pictures.

    Args:
        on: what it is measured on.
        model: an exported model; without it the one that ships with mien.
        json: file for the figures.
        report: folder for a readable page with pictures.
    """
    from mien.training.evaluation import evaluate as evaluating
    from mien.training.evaluation import report as reporting
    from mien.training.evaluation.summary import summary

    on = on or MeasuredOn()
    if on.pictures is not None:
        return _evaluate_pictures(on.pictures, model, json, report)
    if on.data is None:  # refused by `_one_kind` already
        raise TypeError("neither a data set nor pictures")
    records = load_dataset(on.data)
    result = evaluating.evaluate(model, records, on.split)
    print(summary(result))  # first: not lost where a file cannot be written
    if json is not None:
        evaluating.write_json(result, json)
    if report is not None:
        reporting.write_report(result, records, report, model=model, run=on.run)
        print(report / "index.html")
    return 0


def _evaluate_pictures(
    folder: Path, model: Path | None, json: Path | None, report: Path | None
) -> int:
    from mien.training.evaluation import evaluate as evaluating
    from mien.training.evaluation import picture_report as reporting
    from mien.training.evaluation import pictures as measuring
    from mien.training.evaluation.summary import pictures_summary

    measured = measuring.measure_pictures(folder, model, progress=_progress)
    for line in measured.lines():
        print(line, file=sys.stderr)
    if json is not None:
        evaluating.write_json(measured.result, json)
    if report is not None:
        reporting.write_picture_report(measured, report)
        print(report / "index.html")
    print(pictures_summary(measured.result))
    return 1 if measured.problems else 0


def export(
    *run: Path,
    out: Path,
    data: Path | None = None,
    quantize: bool = False,
    last: bool = False,
) -> None:
    """Export a run's best weights as one ONNX file that carries all that is needed to use it.

    Args:
        run: folder of a training run; of several, the file gives the mean of what their networks
            say, every second of which sees the mirror image.
        out: the ONNX file to write.
        data: the runs' data set, to calibrate the shares on its validation images.
        quantize: keep the convolutions in 8-bit integers: nearly twice as fast; wants --data and
            tells what it costs.
        last: take the weights of the last epoch, not those of the best by label accuracy.
    """
    from mien.training import export as exporting

    exported = exporting.export(run, out, data, quantize=quantize, last=last)
    print(exported)


def _progress(items: Iterable[Any], description: str, total: int | None) -> Iterator[Any]:
    with progress(description, total) as show_done:
        for number, item in enumerate(items, start=1):
            yield item
            show_done(number)
