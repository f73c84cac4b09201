"""The command `mien evaluate`."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import ArgumentCollection, Group, Parameter

from mien.output.progress import with_progress
from mien.training.data.dataset import load_dataset


def _one_kind(arguments: ArgumentCollection) -> None:
    """Refuse options of a data set together with those of pictures, and none of either."""
    given = {argument.name for argument in arguments if argument.tokens}
    if ("--data" in given) == ("--pictures" in given):
        raise ValueError("Give either --data DATASET or --pictures FOLDER.")
    if "--pictures" in given and (other := given & {"--split", "--run"}):
        raise ValueError(f"{' and '.join(sorted(other))} belongs to --data, not to --pictures.")


_MEASURED = Parameter(group=Group("What to measure on", sort_key=0, validator=_one_kind))


@dataclass(frozen=True, slots=True)
class MeasuredOn:
    """Images that a model is measured on: a split of a data set, or whole pictures.

    Attributes:
        data: data set file of `mien data prepare`; this or --pictures.
        split: split of --data: train, validation, public or private.
        run: training run of the model, with --data, to show its learning curves in the report.
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
        on: images to measure on.
        model: exported model; without it the one that ships with mien.
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

    measured = measuring.measure_pictures(folder, model, progress=with_progress)
    for line in measured.lines():
        print(line, file=sys.stderr)
    if json is not None:
        evaluating.write_json(measured.result, json)
    if report is not None:
        reporting.write_picture_report(measured, report)
        print(report / "index.html")
    print(pictures_summary(measured.result))
    return 1 if measured.problems else 0
