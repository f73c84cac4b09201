"""Describe a data set in words and pictures."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError
from mien.training.data.augment import augment_batch, rescale
from mien.training.data.dataset import SPLITS, Source, Split, annotated_counts
from mien.training.data.near_duplicates import NEAR
from mien.training.engine.config import Augmentation
from mien.training.evaluation.figures import save
from mien.training.evaluation.metrics import LABEL_TO_FERPLUS
from mien.training.evaluation.plots import (
    FERPLUS_WORDS,
    contact_sheet,
    plot_class_balance,
    plot_label_against_votes,
)
from mien.training.evaluation.summary import percent, text_table

_PREVIEW_VERSIONS: Final = 7  # augmented versions of each image


@dataclass(frozen=True, slots=True)
class Pair:
    """Indices of two near duplicates, and the root mean square of their differences, of 255."""

    first: int
    second: int
    difference: float


def describe(dataset: NDArray[np.void]) -> str:
    """Count classes, splits, votes against labels, and near duplicates, as text for a terminal.

    The counts are of FER2013's images; counts of press faces and teachers' answers follow.
    """
    fer2013 = _fer2013(dataset)
    parts = [_classes(fer2013), _votes(fer2013), _near_duplicates(fer2013), *_others(dataset)]
    return "\n\n".join(parts)


def write_pictures(dataset: NDArray[np.void], folder: Path) -> list[Path]:
    """Draw class balance and, where votes are known, labels against votes, of FER2013's images.

    Returns:
        The PNG files written.
    """
    dataset = _fer2013(dataset)
    counts = {SPLITS[split]: label_counts(dataset, split).tolist() for split in _splits(dataset)}
    figures = {"class-balance": plot_class_balance(counts)}
    if dataset["votes"].any():
        figures["label-against-votes"] = plot_label_against_votes(label_against_votes(dataset))
    return [save(figure, folder / f"{name}.png") for name, figure in figures.items()]


def preview(dataset: NDArray[np.void], out: Path, seed: int, augmentation: Augmentation) -> None:
    """Draw one image of each label, and beside it as the network sees it in training.

    The seed is that of the choice of images and of the augmentation.

    Raises:
        DataError: the data set has no training images.
    """
    training = dataset[dataset["split"] == Split.TRAIN]
    if not len(training):
        raise DataError("the data set has no training images, so there is nothing to preview")
    rng = np.random.default_rng(seed)
    labels = np.unique(training["label"])
    chosen = [int(rng.choice(np.flatnonzero(training["label"] == label))) for label in labels]
    images = training["image"][chosen]
    repeated = torch.from_numpy(np.repeat(images, _PREVIEW_VERSIONS, axis=0))
    augmented = augment_batch(rescale(repeated), augmentation, seed)
    versions = (augmented[:, 0] * 255).round().clamp(0, 255).to(torch.uint8).numpy()
    versions = versions.reshape(len(chosen), _PREVIEW_VERSIONS, *images.shape[1:])
    rows = [[image, *changed] for image, changed in zip(images, versions, strict=True)]
    names = [EMOTION_NAMES[label] if label >= 0 else "no label" for label in labels]
    captions = [[name, *["augmented"] * _PREVIEW_VERSIONS] for name in names]
    save(contact_sheet(rows, captions, scale=2), out)


def label_counts(dataset: NDArray[np.void], split: int) -> NDArray[np.int64]:
    """Count the images of each label in a split, int64 (7,)."""
    labels = dataset["label"][dataset["split"] == split]
    return np.bincount(labels[labels >= 0], minlength=len(EMOTION_NAMES))


def label_against_votes(dataset: NDArray[np.void]) -> NDArray[np.int64]:
    """Count images by label (row) and by the most frequent answer (FER+'s column), int64 (7, 10).

    Every image with votes and a label counts; where answers tie, the first column does.
    """
    dataset = dataset[(dataset["label"] >= 0) & dataset["votes"].any(axis=1)]
    table = np.zeros((len(EMOTION_NAMES), len(FERPLUS_NAMES)), dtype=np.int64)
    np.add.at(table, (dataset["label"], dataset["votes"].argmax(axis=1)), 1)
    return table


def duplicate_pairs(dataset: NDArray[np.void]) -> Iterator[Pair]:
    """Yield pairs of near duplicates.

    Pairs of one group that are near duplicates only by way of a third image are left out.
    """
    order = np.argsort(dataset["duplicate_group"], kind="stable")
    starts = np.flatnonzero(np.diff(dataset["duplicate_group"][order], prepend=-1))
    for members in np.split(order, starts[1:]):
        images = dataset["image"][members].astype(np.float64)
        for i, j in combinations(range(len(members)), 2):
            difference = float(np.sqrt(np.square(images[i] - images[j]).mean()))
            if difference < NEAR:
                yield Pair(int(members[i]), int(members[j]), difference)


def _classes(dataset: NDArray[np.void]) -> str:
    splits = _splits(dataset)
    counts = np.stack([label_counts(dataset, split) for split in splits])
    rows = [["label", *(SPLITS[split] for split in splits), "all", "share"]]
    for name, column in zip(EMOTION_NAMES, counts.T, strict=True):
        rows.append([name, *_counts(column), f"{column.sum():,}", _share(column, counts)])
    rows.append(["all", *_counts(counts.sum(axis=1)), f"{counts.sum():,}", ""])
    text = f"{len(dataset):,} images\n\n{text_table(rows)}"
    unlabelled = int((dataset["label"] < 0).sum())
    return text + (f"\n{unlabelled:,} images have no label" if unlabelled else "")


def _votes(dataset: NDArray[np.void]) -> str:
    if not dataset["votes"].any():
        return "No votes; `mien data prepare --votes fer2013new.csv` adds FER+'s."
    agreement = [["split", "with votes", "same as label"]]
    for split in _splits(dataset):
        table = label_against_votes(dataset[dataset["split"] == split])
        agreeing = table[np.arange(len(table)), LABEL_TO_FERPLUS]
        agreement.append([SPLITS[split], f"{table.sum():,}", _share(agreeing, table)])
    table = label_against_votes(dataset)
    rows = [[name, *_counts(row)] for name, row in zip(EMOTION_NAMES, table, strict=True)]
    return (
        "Votes of ten raters (FER+): how often their most frequent answer is the label\n\n"
        f"{text_table(agreement)}\n\n"
        "Label (rows) against the most frequent answer (columns), all splits\n\n"
        f"{text_table([['label', *FERPLUS_WORDS.values()], *rows])}"
    )


def _near_duplicates(dataset: NDArray[np.void]) -> str:
    found: dict[tuple[int, int], list[Pair]] = {}
    split, label = dataset["split"], dataset["label"]
    for pair in duplicate_pairs(dataset):
        low, high = sorted((int(split[pair.first]), int(split[pair.second])))
        found.setdefault((low, high), []).append(pair)
    rule = f"pairs that differ by less than {NEAR:g} of 255"
    if not found:
        return f"No near duplicates ({rule}, root mean square)"
    rows = [["where", "pairs", "exact", "near", "same label", "other label"]]
    for (a, b), pairs in sorted(found.items()):
        where = f"within {SPLITS[a]}" if a == b else f"{SPLITS[a]} and {SPLITS[b]}"
        exact = sum(pair.difference == 0 for pair in pairs)
        same = sum(bool(label[pair.first] == label[pair.second]) for pair in pairs)
        numbers = (len(pairs), exact, len(pairs) - exact, same, len(pairs) - same)
        rows.append([where, *(f"{number:,}" for number in numbers)])
    _, sizes = np.unique(dataset["duplicate_group"], return_counts=True)
    text = (
        f"Near duplicates: {rule} (root mean square)\n\n{text_table(rows)}\n\n"
        f"{sizes[sizes > 1].sum():,} images have a near duplicate, in {(sizes > 1).sum():,} "
        f"groups, the largest of {sizes.max()}"
    )
    for test in (Split.PUBLIC, Split.PRIVATE):
        part = dataset["duplicate_in_training"][split == test]
        if len(part):
            text += f"\n{part.sum():,} of {len(part):,} {SPLITS[test]} images "
            text += "have a near duplicate in train or validation"
    return text


def _others(dataset: NDArray[np.void]) -> Iterator[str]:
    faces = dataset[dataset["source"] == Source.PRESS]
    if len(faces):
        counts = [f"{SPLITS[s]} {(faces['split'] == s).sum():,}" for s in _splits(faces)]
        yield (
            f"Beside them {len(faces):,} press faces ({', '.join(counts)}), each with one person's "
            "label"
        )
    parts = [f"{words} ({n:,})" for words, n in annotated_counts(dataset).items() if n]
    if parts:
        yield f"Answers of teachers (`mien data annotate`): {', '.join(parts)}"


def _fer2013(dataset: NDArray[np.void]) -> NDArray[np.void]:
    return dataset[dataset["source"] == Source.FER2013]


def _splits(dataset: NDArray[np.void]) -> list[int]:
    return [int(split) for split in np.unique(dataset["split"])]


def _counts(numbers: NDArray[np.int64]) -> list[str]:
    return [f"{number:,}" for number in numbers]


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> str:
    return percent(part.sum() / whole.sum() if whole.any() else None)
