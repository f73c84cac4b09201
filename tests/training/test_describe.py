"""Words and pictures about a data set."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError
from mien.training.data import dataset as data
from mien.training.data import describe
from mien.training.data.fer2013 import kaggle_rows
from mien.training.engine.config import Augmentation


@pytest.fixture
def records(dataset_file: Path) -> NDArray[np.void]:
    """A copy of the small data set, to be changed."""
    return np.array(data.load_dataset(dataset_file))


def line(text: str, start: str) -> list[str]:
    """The cells of the only line of a text that starts so."""
    (found,) = [row for row in text.splitlines() if row.startswith(start)]
    return re.split(r"\s{2,}", found)


def test_counts_by_class_and_split(records: NDArray[np.void]) -> None:
    text = describe.describe(records)
    assert line(text, "label") == ["label", *data.SPLITS, "all", "share"]
    assert line(text, "disgust") == ["disgust", "12", "3", "3", "2", "20", "14.3%"]
    assert line(text, "all") == ["all", "84", "21", "21", "14", "140"]
    assert "mien data prepare --votes" in text
    records["label"][:5] = -1
    assert "5 images have no label" in describe.describe(records)


def test_votes_against_labels(records: NDArray[np.void]) -> None:
    public = np.flatnonzero(records["split"] == 2)
    records["votes"][public[:4], FERPLUS_NAMES.index("happiness")] = 6
    records["votes"][public[:4], FERPLUS_NAMES.index("NF")] = 4
    records["label"][public[:4]] = 3, 3, 3, 0
    table = describe.label_against_votes(records)
    assert table.sum() == 4
    assert table[3, FERPLUS_NAMES.index("happiness")] == 3
    assert table[0, FERPLUS_NAMES.index("happiness")] == 1
    text = describe.describe(records)
    rows = [re.split(r"\s{2,}", row) for row in text.splitlines()]
    assert ["public", "4", "75.0%"] in rows
    assert ["train", "0", "–"] in rows


def test_copies_by_place_kind_and_label(records: NDArray[np.void]) -> None:
    a, b = np.flatnonzero(records["split"] == 0)[:2]
    c, d = np.flatnonzero(records["split"] == 2)[:2]
    base = np.clip(records["image"][a], 0, 240)
    records["image"][a] = base
    records["image"][b] = base  # exact, within training
    records["image"][c] = base + 3  # near both
    records["image"][d] = base + 7  # near the third only
    group = min(a, b, c, d)
    records["duplicate_group"][[a, b, c, d]] = group
    records["label"][[a, b, c, d]] = 3, 3, 3, 4
    records["duplicate_in_training"][c] = True
    text = describe.describe(records)
    assert line(text, "within train")[1:] == ["1", "1", "0", "1", "0"]
    assert line(text, "train and public")[1:] == ["2", "0", "2", "2", "0"]
    assert line(text, "within public")[1:] == ["1", "0", "1", "0", "1"]
    assert "4 images have a near duplicate, in 1 groups, the largest of 4" in text
    assert "1 of 21 public images have a near duplicate in train or validation" in text
    pairs = {(p.first, p.second): p.difference for p in describe.duplicate_pairs(records)}
    assert sorted(pairs.values()) == [0, 3, 3, 4]
    assert (a, d) not in pairs


def test_no_copies_are_said_to_be_none(records: NDArray[np.void]) -> None:
    assert "No near duplicates" in describe.describe(records)


def test_pictures(records: NDArray[np.void], tmp_path: Path) -> None:
    (balance,) = describe.write_pictures(records, tmp_path / "deep")
    records["votes"][:, 0] = 10
    both = describe.write_pictures(records, tmp_path / "deep")
    assert both[0] == balance
    for path in both:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 50


def test_a_preview_shows_images_before_and_after(records: NDArray[np.void], tmp_path: Path) -> None:
    def sheet(seed: int, augmentation: Augmentation) -> NDArray[np.uint8]:
        out = tmp_path / "preview.png"
        describe.preview(records, out, seed, augmentation)
        return np.asarray(Image.open(out).convert("L"))

    def picture(sheet: NDArray[np.uint8], row: int, column: int) -> NDArray[np.uint8]:
        top, left = 12 + row * (sheet.shape[0] - 12) // 7, 12 + column * (96 + 12)
        return sheet[top : top + 96 : 2, left : left + 96 : 2]

    first = sheet(1, Augmentation())
    np.testing.assert_array_equal(first, sheet(1, Augmentation()))
    assert (first != sheet(2, Augmentation())).any()
    training = {r["image"].tobytes(): int(r["label"]) for r in records[records["split"] == 0]}
    shown = [training[picture(first, row, 0).tobytes()] for row in range(7)]
    assert shown == list(range(7))
    for column in range(1, 8):
        assert (picture(first, 0, column) != picture(first, 0, 0)).any()
    # Without any change but mirroring, each version is the image or its mirror.
    mirrored = sheet(1, Augmentation(rotation_range=0, shear_range=0, zoom_range=0, shift_range=0))
    for row in range(7):
        original = picture(mirrored, row, 0).astype(int)
        for column in range(1, 8):
            version = picture(mirrored, row, column).astype(int)
            distances = [np.abs(version - o).max() for o in (original, original[:, ::-1])]
            assert min(distances) <= 1


def test_a_preview_needs_training_images(records: NDArray[np.void], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="training images"):
        describe.preview(records[records["split"] == 2], tmp_path / "p.png", 0, Augmentation())


def test_fer2013_as_published(shared_data: Path, tmp_path: Path) -> None:
    """The figures that mien's design rests on, from the real votes and table of rows."""
    rows = np.array(sorted(kaggle_rows().items(), key=lambda item: item[1]), dtype=object)
    records = np.zeros(len(rows), dtype=data.DTYPE)
    records["row"] = [row for _, row in rows]
    records["label"] = [EMOTION_NAMES.index(name.split("/")[0]) for name, _ in rows]
    names = [name.split("/")[1] for name, _ in rows]
    records["split"] = [0 if name.startswith("Tr") else 2 + name.startswith("Pr") for name in names]
    records["duplicate_group"] = np.arange(len(rows))
    votes = np.genfromtxt(
        shared_data / "fer2013new.csv", delimiter=",", skip_header=1, usecols=range(2, 12),
        dtype=int,
    )  # fmt: skip
    known = records["row"] < len(votes)
    records["votes"][known] = votes[records["row"][known]]
    text = describe.describe(records)
    cells = [re.split(r"\s{2,}", row) for row in text.splitlines()]
    assert ["train", "28,560", "62.7%"] in cells
    assert ["public", "3,579", "62.3%"] in cells
