"""Analyse how a network fails, and what each part of its training brings: writes docs/analysis.md.

    python benchmarks/analysis.py train --data DATASET --runs RUNS
    python benchmarks/analysis.py write --data DATASET --run RUN [--model FILE]

`train` trains a short run for each of `STUDIES`, each with one change to a common recipe, and keeps
the log in experiments/runs/studies. An interrupted run is continued. `write` measures the model,
and writes the page and its pictures from the figures and from the existing logs.
"""

import csv
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import cyclopts
import numpy as np
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.faces.classifier import Classifier
from mien.training.data.dataset import load_dataset, select
from mien.training.engine.config import Augmentation, Config
from mien.training.engine.train import train as run_training
from mien.training.evaluation import metrics, plots
from mien.training.evaluation.evaluate import duplicates_in_training, evaluate
from mien.training.evaluation.figures import LIGHT, new_axes, new_figure, save
from mien.training.evaluation.summary import percent

DOCS: Final = Path(__file__).parents[1] / "docs"
EXPERIMENTS: Final = Path(__file__).parents[1] / "experiments"
STUDY_LOGS: Final = EXPERIMENTS / "runs" / "studies"

REFERENCE: Final = Config(
    network="se_resnet",
    epochs=6,
    patience=6,
    progressive=0.67,
    weight_decay=0.05,
    ema_decay=0.995,
    augmentation=Augmentation(
        zoom_range=0.25,
        brightness_range=0.3,
        contrast_range=0.3,
        blur=1.0,
        noise=10,
        jpeg=30,
        erasing=0.25,
    ),
)
"""The common recipe: a short form of `residual`, the run that the shipped weights began with."""

_AUGMENTATION: Final = REFERENCE.augmentation
STUDIES: Final[dict[str, tuple[str, Config]]] = {
    "reference": ("the recipe", REFERENCE),
    # As many steps as with all images.
    "part-50": (
        "50 % of the images",
        replace(REFERENCE, data_fraction=0.5, epochs=12, patience=12),
    ),
    "part-25": (
        "25 % of the images",
        replace(REFERENCE, data_fraction=0.25, epochs=24, patience=24),
    ),
    "part-10": (
        "10 % of the images",
        replace(REFERENCE, data_fraction=0.1, epochs=60, patience=60),
    ),
    "no-votes": ("without the votes head", replace(REFERENCE, votes_weight=0.0)),
    "no-smoothing": ("without label smoothing", replace(REFERENCE, label_smoothing=0.0)),
    "mixup": ("with mixup (0.2)", replace(REFERENCE, mixup=0.2)),
    "balance": ("with rare labels drawn more often (0.5)", replace(REFERENCE, balance=0.5)),
    "no-decay": ("without weight decay", replace(REFERENCE, weight_decay=0.0)),
    "no-averaging": ("without EMA of the weights", replace(REFERENCE, ema_decay=0.0)),
    **{
        f"no-{name}": (
            f"without {words}",
            replace(REFERENCE, augmentation=replace(_AUGMENTATION, **off)),
        )
        for name, words, off in (
            ("turning", "rotation and shear", {"rotation_range": 0.0, "shear_range": 0.0}),
            ("zoom", "zoom and shift", {"zoom_range": 0.0, "shift_range": 0.0}),
            ("flip", "horizontal flip", {"horizontal_flip": False}),
            ("light", "brightness and contrast", {"brightness_range": 0.0, "contrast_range": 0.0}),
            ("blur", "blur, noise and JPEG", {"blur": 0.0, "noise": 0.0, "jpeg": 0}),
            ("erasing", "erasing", {"erasing": 0.0}),
        )
    },
}
"""Description and config of each study."""

SIMILAR: Final = ("fear", "surprise", "sad")
"""Emotions whose confusion has a section of its own."""

app = cyclopts.App(help=__doc__)


@app.command
def train(*, data: Path, runs: Path, only: Sequence[str] = ()) -> None:
    """Train the studies that have no log yet.

    Args:
        data: a data set file of `mien data prepare`.
        runs: folder for the runs; an interrupted one is continued.
        only: names of studies; by default all.
    """
    for name in only or STUDIES:
        log = STUDY_LOGS / f"{name}.csv"
        if log.exists():
            continue
        run = runs / name
        config = STUDIES[name][1]
        result = run_training(data, run, config, resume=(run / "config.json").exists())
        log.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(run / "epochs.csv", log)
        print(f"{name}: {result.accuracy:.4f}", flush=True)


@dataclass(frozen=True)
class Study:
    """Outcome of a study: the validation figures of its last epoch."""

    words: str
    data_fraction: float
    accuracy: float
    training_accuracy: float
    votes_loss: float | None


@app.command
def write(*, data: Path, run: Path, model: Path | None = None) -> None:
    """Measure a model and write docs/analysis.md with its pictures.

    Args:
        data: a data set file of `mien data prepare`.
        run: folder with the epochs.csv of the model's run, such as one in experiments/runs.
        model: an exported model; without it the one that ships with mien.
    """
    records = load_dataset(data)
    classifier = Classifier(model)
    folder = DOCS / "analysis"
    figures = {
        split: evaluate(classifier, records, split) for split in ("train", "validation", "public")
    }
    save(plots.plot_learning_curves(run / "epochs.csv"), folder / "learning-curves.png")
    parts = [
        f"# Analysis of `{run.name}`\n\n`python benchmarks/analysis.py write` wrote this page. "
        f"The weights are of commit `{str(classifier.metadata['commit'])[:8]}`. PublicTest was "
        "measured, never selected on.",
        _fitting(figures, records),
        *_studies(folder),
        _classes(figures["public"]["label"], figures["public"]["votes"], folder),
        _similar(figures["public"]["label"]),
        _copies(classifier, records),
        _calibration(classifier, records, folder),
        _coverage(classifier, records, folder),
    ]
    (DOCS / "analysis.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(DOCS / "analysis.md")


def _fitting(figures: dict[str, dict[str, Any]], records: NDArray[np.void]) -> str:
    splits = {"training": "train", "validation": "validation", "PublicTest": "public"}
    rows = [
        [
            name,
            *(percent(figures[split]["label"][key]) for split in splits.values()),
        ]
        for name, key in (
            ("label accuracy", "accuracy"),
            ("… without copies of other training images", "accuracy_without_copies"),
        )
    ]
    rows.append(
        [
            "majority of ten raters",
            *(percent(figures[split]["votes"]["majority_accuracy"]) for split in splits.values()),
        ]
    )
    rows.append(
        [
            "log loss of the votes",
            *(f"{figures[split]['votes']['log_loss']:.3f}" for split in splits.values()),
        ]
    )
    rows += [
        [f"recall of {name}"]
        + [percent(figures[split]["label"]["recall"][name]) for split in splits.values()]
        for name in EMOTION_NAMES
    ]
    rows.append(
        ["the raters' majority gives the label"]
        + [percent(_raters_right(select(records, split))) for split in splits.values()]
    )
    accuracy = {split: figures[split]["label"]["accuracy"] for split in splits.values()}
    recall = {split: figures[split]["label"]["recall"] for split in splits.values()}
    gaps = {name: recall["train"][name] - recall["validation"][name] for name in EMOTION_NAMES}
    widest = sorted(gaps, key=lambda name: gaps[name], reverse=True)[:3]
    wrong = 1 - accuracy["validation"]
    return (
        "## Over- or underfitting\n\n![Learning curves](analysis/learning-curves.png)\n\n"
        + _table(["images as they are", *splits], rows)
        + f"\n\nThe network misses {percent(wrong)} of the validation labels. It would also miss "
        f"{percent((1 - accuracy['train']) / wrong)} of these if it read them like its own "
        "training images (underfitting, and wrong labels). The rest comes from not having seen "
        "them (overfitting), most for "
        + ", ".join(f"{name} ({100 * gaps[name]:.0f} points of recall)" for name in widest)
        + ". The last line shows how noisy the labels are: ten people, asked later, would not do "
        "better."
    )


def _raters_right(records: NDArray[np.void]) -> float:
    """Return how often most of FER+'s raters give the label, among images with a majority."""
    majority = metrics.majority(records["votes"])
    counts = majority >= 0
    return float((metrics.LABEL_TO_FERPLUS[records["label"]] == majority)[counts].mean())


def _studies(folder: Path) -> list[str]:
    """Write the sections on data size and on what each part brings, from the existing logs."""
    found = {
        name: Study(
            words,
            config.data_fraction,
            float(last["validation_accuracy"]),
            float(last["training_accuracy"]),
            float(last["validation_votes_loss"]) if last["validation_votes_loss"] else None,
        )
        for name, (words, config) in STUDIES.items()
        if (STUDY_LOGS / f"{name}.csv").exists()
        for last in [_rows(STUDY_LOGS / f"{name}.csv")[-1]]
    }
    reference = found.pop("reference", None)
    if reference is None:
        return []
    epochs = f"{REFERENCE.epochs} epochs each, otherwise the recipe of the run `residual`; one seed"
    sections: list[str] = []
    sizes = [study for study in (*found.values(), reference) if study.data_fraction < 1]
    if sizes:
        sizes = sorted([*sizes, reference], key=lambda study: study.data_fraction)
        _draw_sizes(sizes, folder / "data-size.png")
        rows = [
            [
                f"{study.data_fraction:.0%}",
                percent(study.training_accuracy),
                percent(study.accuracy),
            ]
            for study in sizes
        ]
        sections.append(
            f"## More images\n\nEach run takes as many steps as {REFERENCE.epochs} epochs over all "
            "images, otherwise the recipe of the run `residual`; one seed.\n\n"
            "![Accuracy by part of the images](analysis/data-size.png)\n\n"
            + _table(["part of the training images", "training (augmented)", "validation"], rows)
        )
    changes = [study for study in found.values() if study.data_fraction == 1]
    if changes:
        rows = [
            [
                study.words,
                percent(study.accuracy),
                f"{100 * (study.accuracy - reference.accuracy):+.1f}",
                "–" if study.votes_loss is None else f"{study.votes_loss:.3f}",
            ]
            for study in sorted((reference, *changes), key=lambda study: study.accuracy)
        ]
        sections.append(
            f"## What each part brings\n\n{epochs}, so less than a point may be chance. "
            "Regularisation pays only in longer runs.\n\n"
            + _table(["recipe", "validation accuracy", "points", "votes' loss"], rows)
        )
    return sections


def _draw_sizes(sizes: Sequence[Study], out: Path) -> None:
    figure = new_figure(7, 4)
    axes = new_axes(figure)
    part = [study.data_fraction for study in sizes]
    for name, colour in (
        ("accuracy", LIGHT.second),
        ("training_accuracy", LIGHT.first),
    ):
        label = "validation" if name == "accuracy" else "training (augmented)"
        values = [getattr(study, name) for study in sizes]
        axes.plot(part, values, color=colour, marker="o", label=label)
    axes.set_xscale("log")
    axes.set_xticks(part, [f"{value:.0%}" for value in part])
    axes.minorticks_off()
    axes.set_xlabel("part of the training images")
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(frameon=False)
    axes.set_title("Label accuracy")
    save(figure, out)


def _classes(label: dict[str, Any], votes: dict[str, Any], folder: Path) -> str:
    confusion = np.array(label["confusion"])
    save(plots.plot_confusion(confusion), folder / "confusion.png")
    save(plots.plot_per_class(label["precision"], label["recall"]), folder / "per-class.png")
    by_name = {
        EMOTION_NAMES[index]: FERPLUS_NAMES[column]
        for index, column in enumerate(metrics.LABEL_TO_FERPLUS)
    }
    counts = np.array(votes["majority_confusion"]).sum(axis=1)
    rows = [
        [
            name,
            *(percent(label[key][name]) for key in ("precision", "recall")),
            f"{label['f1'][name]:.3f}",
            f"{confusion[index].sum():,}",
            percent(votes["majority_recall"][by_name[name]]),
            f"{counts[FERPLUS_NAMES.index(by_name[name])]:,}",
        ]
        for index, name in enumerate(EMOTION_NAMES)
    ]
    heads = ["PublicTest", "precision", "recall", "F1", "images", "recall, majority of raters"]
    return (
        "## By class\n\n"
        + _table([*heads, "images"], rows)
        + "\n\n![What is taken for what](analysis/confusion.png)"
        "\n\n![Precision and recall](analysis/per-class.png)"
    )


def _similar(label: dict[str, Any]) -> str:
    confusion = np.array(label["confusion"])
    places = [EMOTION_NAMES.index(name) for name in SIMILAR]
    rows = [
        [
            name,
            *(percent(confusion[i, j] / confusion[i].sum()) for j in places),
            percent(1 - confusion[i, places].sum() / confusion[i].sum()),
        ]
        for name, i in zip(SIMILAR, places, strict=True)
    ]
    return "## Fear, surprise and sadness\n\n" + _table(
        ["label, PublicTest", *(f"read as {name}" for name in SIMILAR), "read as another"], rows
    )


def _copies(classifier: Classifier, records: NDArray[np.void]) -> str:
    rows: list[list[str]] = []
    for name, split in (("validation", "validation"), ("PublicTest", "public")):
        chosen = select(records, split)
        right = classifier.predict_label(np.ascontiguousarray(chosen["image"])).argmax(axis=1)
        right = right == chosen["label"]
        copies = duplicates_in_training(records, chosen, split)
        rows.append(
            [
                name,
                f"{copies.sum():,}",
                percent(right[copies].mean() if copies.any() else None),
                percent(right[~copies].mean()),
                f"{100 * (right.mean() - right[~copies].mean()):+.1f}",
            ]
        )
    return (
        "## Copies\n\nImages that have a copy (pixel RMSE below 5 of 255) among the training "
        "images may be known by heart.\n\n"
        + _table(["split", "copies", "read rightly", "other images", "points gained"], rows)
    )


def _calibration(classifier: Classifier, records: NDArray[np.void], folder: Path) -> str:
    rows: list[list[str]] = []
    calibration = classifier.metadata["calibration"]
    for name, split in (("validation", "validation"), ("PublicTest", "public")):
        chosen = select(records, split)
        chosen = chosen[metrics.answered(chosen["votes"])]
        after = classifier.predict_votes(np.ascontiguousarray(chosen["image"]))
        if after is None or "votes" not in calibration:
            return "## Calibration\n\nNot calibrated, or no votes head."
        # The softmax of the network's own logits.
        logits = np.log(np.maximum(after, 1e-30)) - np.array(calibration["votes"].get("bias", 0))
        before = np.exp(logits * calibration["votes"]["temperature"])
        before /= before.sum(axis=1, keepdims=True)
        for shares, when in ((before, "before"), (after, "after")):
            found = metrics.votes_reliability(chosen["votes"], shares)
            loss = metrics.votes_log_loss(chosen["votes"], shares)
            rows.append([name, when, percent(found.error), f"{loss:.4f}"])
            if split == "public":
                picture = plots.plot_reliability(found, "share of raters who said so")
                save(picture, folder / f"reliability-{when}.png")
    fitted = calibration["votes"]
    weights = ", ".join(
        f"{name} {np.exp(bias):.2f}"
        for name, bias in zip(FERPLUS_NAMES, fitted.get("bias", ()), strict=False)
    )
    return (
        "## Calibration\n\nFitted on the validation images: the votes' temperature "
        f"{fitted['temperature']:.3f}"
        + (f", and a factor for each answer's share: {weights}" if weights else "")
        + ".\n\n"
        + _table(["split", "calibration", "calibration error of the top share", "log loss"], rows)
        + "\n\nPublicTest, before and after:\n\n![Before](analysis/reliability-before.png) "
        "![After](analysis/reliability-after.png)"
    )


def _coverage(classifier: Classifier, records: NDArray[np.void], folder: Path) -> str:
    figure = new_figure(7, 4)
    axes = new_axes(figure)
    rows: list[list[str]] = []
    kept = np.arange(0.2, 1.001, 0.01)
    for name, split, colour in (
        ("validation", "validation", LIGHT.first),
        ("PublicTest", "public", LIGHT.second),
    ):
        chosen = select(records, split)
        top = metrics.majority(chosen["votes"])
        counted = chosen[top >= 0]
        votes = classifier.predict_votes(np.ascontiguousarray(counted["image"]))
        if votes is None:
            return "## When it does not know\n\nNo votes head."
        eight = votes[:, : metrics.FERPLUS_EMOTIONS]
        right = (eight.argmax(axis=1) == top[top >= 0])[np.argsort(-eight.max(axis=1))]
        accuracy = {part: right[: round(part * len(right))].mean() for part in kept}
        axes.plot(kept, list(accuracy.values()), color=colour, label=name)
        at = {part: accuracy[kept[np.abs(kept - part).argmin()]] for part in (1, 0.9, 0.8, 0.5)}
        rows.append([name, *(percent(value) for value in at.values())])
    axes.set_xlabel("part of the images that is read, the most certain first")
    axes.set_title("Agreement with the majority of ten raters")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.legend(frameon=False)
    save(figure, folder / "coverage.png")
    return (
        "## When it does not know\n\nThe least certain images (smallest top share) are "
        "withheld, as mien does when people would disagree.\n\n"
        + _table(["split", "all are read", "90 %", "80 %", "50 %"], rows)
        + "\n\n![Accuracy by coverage](analysis/coverage.png)"
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    app()
