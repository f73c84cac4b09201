"""What a data set holds, in words and pictures."""

from collections.abc import Iterator, Sequence
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
from mien.training.evaluation.metrics import LABEL_TO_FERPLUS
from mien.training.evaluation.plots import (
    FERPLUS_WORDS,
    contact_sheet,
    plot_class_balance,
    plot_label_against_votes,
)

PREVIEW_VERSIONS: Final = 7
"""Augmented versions of each image in a preview."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two near duplicates.

    Attributes:
        first: index of one.
        second: index of the other, which is larger.
        difference: root mean square of their pixels' differences, of 255.
    """

    first: int
    second: int
    difference: float


def describe(dataset: NDArray[np.void]) -> str:
    """Counts by class and split, votes against labels, and near duplicates, as text for a terminal.

    They are those of FER2013's images; press faces and what teachers said are counted after them.

    Args:
        dataset: as `mien.training.data.dataset.load_dataset` gives it.
    """
    fer2013 = _fer2013(dataset)
    parts = [_classes(fer2013), _votes(fer2013), _near_duplicates(fer2013), *_press(dataset)]
    return "\n\n".join([*parts, *_annotations(dataset)])


def write_pictures(dataset: NDArray[np.void], folder: Path) -> list[Path]:
    """Draw class balance and, where votes are known, labels against votes, of FER2013's images.

    Args:
        dataset: as `load_dataset` gives it.
        folder: made where it is missing.

    Returns:
        The PNG files written.
    """
    dataset = _fer2013(dataset)
    written = [folder / "class-balance.png"]
    counts = {SPLITS[index]: label_counts(dataset, index).tolist() for index in _splits(dataset)}
    plot_class_balance(counts, written[0])
    if dataset["votes"].any():
        written.append(folder / "label-against-votes.png")
        plot_label_against_votes(label_against_votes(dataset), written[1])
    return written


def preview(dataset: NDArray[np.void], out: Path, seed: int, augmentation: Augmentation) -> None:
    """Draw one image of each label, and beside it as the network sees it in training.

    Args:
        dataset: as `load_dataset` gives it.
        out: the PNG to write.
        seed: of the choice of images and of the augmentation.
        augmentation: what may happen to an image.

    Raises:
        DataError: the data set has no training images.
    """
    training = dataset[dataset["split"] == Split.TRAIN]
    if not len(training):
        raise DataError("the data set has no training images, so there is nothing to preview")
    rng = np.random.default_rng(seed)
    chosen = [
        int(rng.choice(np.flatnonzero(training["label"] == label)))
        for label in np.unique(training["label"])
    ]
    images = training["image"][chosen]
    repeated = torch.from_numpy(np.repeat(images, PREVIEW_VERSIONS, axis=0))
    augmented = augment_batch(rescale(repeated), augmentation, seed)
    versions = (augmented[:, 0] * 255).round().clamp(0, 255).to(torch.uint8).numpy()
    versions = versions.reshape(len(chosen), PREVIEW_VERSIONS, *images.shape[1:])
    contact_sheet(
        [[image, *changed] for image, changed in zip(images, versions, strict=True)],
        [
            [_label_name(training["label"][index]), *["augmented"] * PREVIEW_VERSIONS]
            for index in chosen
        ],
        out,
        scale=2,
    )


def label_counts(dataset: NDArray[np.void], split: int) -> NDArray[np.int64]:
    """Images of each label in a split, int64 (7,)."""
    labels = dataset["label"][dataset["split"] == split]
    return np.bincount(labels[labels >= 0], minlength=len(EMOTION_NAMES))


def label_against_votes(dataset: NDArray[np.void]) -> NDArray[np.int64]:
    """Images by label (row) and by the most frequent answer (FER+'s column), (7, 10).

    Every image with votes and a label counts; where answers tie, the first column does.
    """
    dataset = dataset[(dataset["label"] >= 0) & dataset["votes"].any(axis=1)]
    table = np.zeros((len(EMOTION_NAMES), len(FERPLUS_NAMES)), dtype=np.int64)
    np.add.at(table, (dataset["label"], dataset["votes"].argmax(axis=1)), 1)
    return table


def duplicate_pairs(dataset: NDArray[np.void]) -> Iterator[Pair]:
    """Pairs of near duplicates.

    Pairs of one group that are near duplicates only by way of a third image are left out.
    """
    order = np.argsort(dataset["duplicate_group"], kind="stable")
    starts = np.flatnonzero(np.diff(dataset["duplicate_group"][order], prepend=-1))
    for members in np.split(order, starts[1:]):
        if len(members) < 2:
            continue
        images = dataset["image"][members].astype(np.float64)
        for i, j in combinations(range(len(members)), 2):
            difference = float(np.sqrt(np.square(images[i] - images[j]).mean()))
            if difference < NEAR:
                yield Pair(int(members[i]), int(members[j]), difference)


def _classes(dataset: NDArray[np.void]) -> str:
    splits = _splits(dataset)
    counts = np.stack([label_counts(dataset, split) for split in splits])
    rows = [
        [name, *(f"{n:,}" for n in column), f"{column.sum():,}", _share(column.sum(), counts.sum())]
        for name, column in zip(EMOTION_NAMES, counts.T, strict=True)
    ]
    totals = counts.sum(axis=1)
    rows.append(["all", *(f"{n:,}" for n in totals), f"{totals.sum():,}", ""])
    text = f"{len(dataset):,} images\n\n"
    text += _table(["label", *(SPLITS[split] for split in splits), "all", "share"], rows)
    unlabelled = int((dataset["label"] < 0).sum())
    return text + (f"\n{unlabelled:,} images have no label" if unlabelled else "")


def _votes(dataset: NDArray[np.void]) -> str:
    if not dataset["votes"].any():
        return "No votes; `mien data prepare --votes fer2013new.csv` adds FER+'s."
    rows: list[list[str]] = []
    for split in _splits(dataset):
        table = label_against_votes(dataset[dataset["split"] == split])
        agreeing = int(table[np.arange(len(table)), LABEL_TO_FERPLUS].sum())
        rows.append([SPLITS[split], f"{table.sum():,}", _share(agreeing, table.sum())])
    text = "Votes of ten raters (FER+): how often their most frequent answer is the label\n\n"
    text += _table(["split", "with votes", "same as label"], rows)
    text += "\n\nLabel (rows) against the most frequent answer (columns), all splits\n\n"
    table = label_against_votes(dataset)
    rows = [
        [name, *(f"{n:,}" for n in row)] for name, row in zip(EMOTION_NAMES, table, strict=True)
    ]
    return text + _table(["label", *FERPLUS_WORDS.values()], rows)


def _near_duplicates(dataset: NDArray[np.void]) -> str:
    found: dict[tuple[int, int], list[Pair]] = {}
    split, label = dataset["split"], dataset["label"]
    for pair in duplicate_pairs(dataset):
        low, high = sorted((int(split[pair.first]), int(split[pair.second])))
        found.setdefault((low, high), []).append(pair)
    if not found:
        return (
            f"No near duplicates (pairs that differ by less than {NEAR:g} of 255, root mean square)"
        )
    rows: list[list[str]] = []
    for (a, b), pairs in sorted(found.items()):
        where = f"within {SPLITS[a]}" if a == b else f"{SPLITS[a]} and {SPLITS[b]}"
        exact = sum(pair.difference == 0 for pair in pairs)
        same = sum(bool(label[pair.first] == label[pair.second]) for pair in pairs)
        numbers = (len(pairs), exact, len(pairs) - exact, same, len(pairs) - same)
        rows.append([where, *(f"{number:,}" for number in numbers)])
    text = f"Near duplicates: pairs that differ by less than {NEAR:g} of 255 (root mean square)\n\n"
    text += _table(["where", "pairs", "exact", "near", "same label", "other label"], rows)
    text += "\n"
    _, sizes = np.unique(dataset["duplicate_group"], return_counts=True)
    text += (
        f"\n{sizes[sizes > 1].sum():,} images have a near duplicate, in {(sizes > 1).sum():,} "
        f"groups, the largest of {sizes.max()}"
    )
    for test in (Split.PUBLIC, Split.PRIVATE):
        part = dataset["duplicate_in_training"][split == test]
        if len(part):
            text += f"\n{part.sum():,} of {len(part):,} {SPLITS[test]} images "
            text += "have a near duplicate in train or validation"
    return text


def _fer2013(dataset: NDArray[np.void]) -> NDArray[np.void]:
    return dataset[dataset["source"] == Source.FER2013]


def _press(dataset: NDArray[np.void]) -> Iterator[str]:
    faces = dataset[dataset["source"] == Source.PRESS]
    if len(faces):
        counts = {
            SPLITS[split]: f"{int((faces['split'] == split).sum()):,}" for split in _splits(faces)
        }
        parts = ", ".join(f"{split} {count}" for split, count in counts.items())
        yield f"Beside them {len(faces):,} press faces ({parts}), of one person's label each"


def _annotations(dataset: NDArray[np.void]) -> Iterator[str]:
    counts = annotated_counts(dataset)
    parts = [f"{words} ({count:,})" for words, count in counts.items() if count]
    if parts:
        yield f"What teachers said of the images (`mien data annotate`): {', '.join(parts)}"


def _splits(dataset: NDArray[np.void]) -> list[int]:
    return [int(split) for split in np.unique(dataset["split"])]


def _label_name(label: int) -> str:
    return EMOTION_NAMES[label] if label >= 0 else "no label"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns set apart by two blanks, the first to the left, the others to the right."""
    lines = [list(header), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip()
        for line in lines
    )
