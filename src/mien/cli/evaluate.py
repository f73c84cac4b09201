"""The command `mien evaluate`."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import ArgumentCollection, Group, Parameter

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
        pictures: folder of whole pictures whose expression is known: a folder for each emotion, or
            a labels.csv with columns file and label; person, source and group or sex where known.
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
        model: a file of `mien export`; without it the network that ships with mien.
        json: file for the figures.
        report: folder for a readable page with pictures.
    """
    from mien.training.evaluation.evaluate import measure, write_json
    from mien.training.evaluation.report import write_report
    from mien.training.evaluation.summary import summary

    on = on or MeasuredOn()
    if on.pictures is not None:
        return _evaluate_pictures(on.pictures, model, json, report)
    if on.data is None:  # refused by `_one_kind` already
        raise TypeError("neither a data set nor pictures")
    measured = measure(model, load_dataset(on.data), on.split)
    print(summary(measured.result))  # first: not lost where a file cannot be written
    if json is not None:
        write_json(measured.result, json)
    if report is not None:
        print(write_report(measured, report, run=on.run))
    return 0


def _evaluate_pictures(
    folder: Path, model: Path | None, json: Path | None, report: Path | None
) -> int:
    from mien.training.evaluation.evaluate import write_json
    from mien.training.evaluation.picture_report import write_picture_report
    from mien.training.evaluation.pictures import measure_pictures
    from mien.training.evaluation.summary import pictures_summary

    measured = measure_pictures(folder, model)
    for line in measured.lines():
        print(line, file=sys.stderr)
    if json is not None:
        write_json(measured.result, json)
    if report is not None:
        print(write_picture_report(measured, report))
    print(pictures_summary(measured.result))
    return 1 if measured.problems else 0
