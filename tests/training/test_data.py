import csv
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from small_teachers import press_row, write_press

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError
from mien.training.data import dataset as data
from mien.training.data.fer2013 import kaggle_rows
from mien.training.data.prepare import prepare


def counts(records: NDArray[np.void]) -> dict[str, int]:
    return {name: int((records["split"] == index).sum()) for index, name in enumerate(data.SPLITS)}


def zipped(folder: Path, out: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(out, "w") as archive:
        for path in folder.rglob("*.jpg"):
            archive.write(path, prefix + str(path.relative_to(folder)))
    return out


def test_a_folder_becomes_a_memory_mapped_data_set(kaggle_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "small.npy"
    prepared = prepare(kaggle_folder, out)
    records = data.load_dataset(out)
    assert prepared.images == len(records) == 7 * 20
    assert prepared.problems == ()
    assert isinstance(records, np.memmap)
    assert counts(records) == {"train": 84, "validation": 21, "public": 21, "private": 14}
    image = np.asarray(Image.open(kaggle_folder / "train/happy/Training_90000061.jpg"))
    record = records[records["name"] == b"happy/Training_90000061.jpg"][0]
    np.testing.assert_array_equal(record["image"], image)
    assert record["label"] == EMOTION_NAMES.index("happy")


def test_the_split_is_stratified_and_the_seed_s_own(kaggle_folder: Path, tmp_path: Path) -> None:
    splits: list[NDArray[np.uint8]] = []
    for number, seed in enumerate((1, 1, 2)):
        out = tmp_path / f"{number}.npy"
        prepare(kaggle_folder, out, seed=seed)
        records = data.load_dataset(out)
        validation = data.select(records, "validation")
        assert np.bincount(validation["label"]).tolist() == [3] * 7
        splits.append(np.array(records["split"]))
    assert (splits[0] == splits[1]).all()
    assert (splits[0] != splits[2]).any()


@pytest.mark.parametrize("prefix", ["", "fer2013/"])
def test_a_zip_gives_the_same_as_its_folder(
    kaggle_folder: Path, dataset_file: Path, tmp_path: Path, prefix: str
) -> None:
    archive = zipped(kaggle_folder, tmp_path / "fer2013.zip", prefix)
    prepare(archive, tmp_path / "zip.npy")
    zip_records = data.load_dataset(tmp_path / "zip.npy")
    np.testing.assert_array_equal(zip_records, data.load_dataset(dataset_file))


@pytest.mark.parametrize(("part", "expected"), [("train", 105), ("test", 35), ("train/sad", 15)])
def test_a_part_of_the_folder_is_enough(
    kaggle_folder: Path, tmp_path: Path, part: str, expected: int
) -> None:
    assert prepare(kaggle_folder / part, tmp_path / "part.npy").images == expected


def test_bad_files_are_named_and_the_others_kept(kaggle_folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "kaggle"
    shutil.copytree(kaggle_folder, root)
    happy = sorted((root / "train/happy").iterdir())
    happy[0].write_bytes(happy[0].read_bytes()[:400])  # truncated
    happy[1].write_bytes(b"not an image")
    Image.new("L", (50, 48)).save(happy[2])
    happy[3].rename(root / "test/happy" / happy[3].name)
    (root / "train/bored").mkdir()
    happy[4].rename(root / "train/bored" / happy[4].name)
    (root / "train/happy/.DS_Store").write_bytes(b"\0")
    prepared = prepare(root, tmp_path / "out.npy")
    assert prepared.images == 140 - 5
    problems = {line.split(": ")[0].rsplit("/", 1)[1]: line for line in prepared.problems}
    assert "wrongly sized: 50×48" in problems[happy[2].name]
    assert "wrongly placed: a Training image below 'test'" in problems[happy[3].name]
    assert "'bored' is no emotion" in problems[happy[4].name]
    assert {happy[0].name, happy[1].name, ".DS_Store"} <= set(problems)


def test_the_original_csv(kaggle_folder: Path, tmp_path: Path) -> None:
    usages = ["Training", "PublicTest", "PrivateTest"]
    images = [np.asarray(Image.open(p)) for p in sorted(kaggle_folder.rglob("*.jpg"))[:9]]
    path = tmp_path / "fer2013.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["emotion", "pixels", "Usage"])
        for index, image in enumerate(images):
            writer.writerow([index % 7, " ".join(map(str, image.ravel())), usages[index % 3]])
        writer.writerow([3, "1 2 3", "Training"])
        writer.writerow([9, " ".join(["0"] * 2304), "Training"])
        writer.writerow([3, "", "Training"])
    prepared = prepare(path, tmp_path / "csv.npy")
    records = data.load_dataset(tmp_path / "csv.npy")
    assert counts(records) == {"train": 3, "validation": 0, "public": 3, "private": 3}
    np.testing.assert_array_equal(records["image"], images)
    assert records["row"].tolist() == list(range(9))
    assert len(prepared.problems) == 3
    assert "row 9: wrongly sized: 3 pixels" in prepared.problems[0]


def test_votes_are_joined_by_row(kaggle_folder: Path, tmp_path: Path) -> None:
    name, row = next(
        (name, row) for name, row in kaggle_rows().items() if name.startswith("happy/Train")
    )
    root = tmp_path / "kaggle/train/happy"
    root.mkdir(parents=True)
    shutil.copy(next(kaggle_folder.rglob("*.jpg")), root / Path(name).name)
    table = np.random.default_rng(0).integers(0, 10, (row + 1, 10))
    with (tmp_path / "fer2013new.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Usage", "Image name", *FERPLUS_NAMES])
        writer.writerows(["Training", "x.png", *line] for line in table)
    prepared = prepare(tmp_path / "kaggle", tmp_path / "out.npy", tmp_path / "fer2013new.csv")
    records = data.load_dataset(tmp_path / "out.npy")
    assert prepared.votes == 1
    assert records["row"].tolist() == [row]
    np.testing.assert_array_equal(records["votes"][0], table[row])


def test_files_of_mien_0_1_0_stay_readable(dataset_file: Path, tmp_path: Path) -> None:
    records = np.load(dataset_file)
    old = {"duplicate_group": "copies", "duplicate_in_training": "copy_in_training"}
    names = [old.get(name, name) for name in records.dtype.names]
    formats = [records.dtype[name] for name in records.dtype.names]
    np.save(tmp_path / "old.npy", records.view(np.dtype([*zip(names, formats, strict=True)])))
    found = data.load_dataset(tmp_path / "old.npy")
    assert found.dtype == data.DTYPE
    np.testing.assert_array_equal(found, records)
    assert not found.flags.writeable


def test_near_duplicates_stay_on_one_side_and_are_marked(
    kaggle_folder: Path, tmp_path: Path
) -> None:
    root = tmp_path / "kaggle"
    shutil.copytree(kaggle_folder, root)
    for path in sorted((root / "train").rglob("*.jpg")):  # each training image twice
        image = np.asarray(Image.open(path)).astype(int)
        copy = Image.fromarray(np.clip(image + 2, 0, 255).astype(np.uint8))
        copy.save(path.with_name(path.name.replace("_9", "_8")), quality=95)
    shutil.copy(
        root / "train/fear/Training_90000041.jpg", root / "test/fear/PublicTest_90000041.jpg"
    )
    prepare(root, tmp_path / "out.npy")
    records = data.load_dataset(tmp_path / "out.npy")
    in_train = records["split"] <= 1
    groups, sizes = np.unique(records["duplicate_group"][in_train], return_counts=True)
    assert (sizes == 2).all()
    for group in groups:
        members = in_train & (records["duplicate_group"] == group)
        assert len(set(records["split"][members])) == 1
    public = data.select(records, "public")
    assert public["name"][public["duplicate_in_training"]].tolist() == [
        b"fear/PublicTest_90000041.jpg"
    ]


@pytest.mark.parametrize("content", [None, b"", b"hello", b"emotion,Usage\n1,Training\n"])
def test_nothing_usable_is_a_clear_error(tmp_path: Path, content: bytes | None) -> None:
    source = tmp_path / "source"
    if content is None:
        source.mkdir()
    else:
        source.write_bytes(content)
    with pytest.raises(DataError, match="source"):
        prepare(source, tmp_path / "out.npy")
    assert not (tmp_path / "out.npy").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "no such file or folder. Expected FER"),
        ("a,b\n1,2\n", "not FER"),
        (f"{','.join(FERPLUS_NAMES)}\n{'300,' * 9}1\n", "not FER"),
    ],
)
def test_wrong_votes_are_refused_before_any_work(
    kaggle_folder: Path, tmp_path: Path, content: str | None, told: str
) -> None:
    votes = tmp_path / "votes.csv"
    if content is not None:
        votes.write_text(content)
    for source in (kaggle_folder, tmp_path / "missing"):
        with pytest.raises(DataError, match=re.escape(f"{votes}: {told}")):
            prepare(source, tmp_path / "out.npy", votes)


def test_a_place_that_cannot_be_written_is_told_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=str(tmp_path)):
        prepare(tmp_path / "missing", tmp_path)


def test_a_foreign_file_is_no_data_set(tmp_path: Path) -> None:
    np.save(tmp_path / "other.npy", np.zeros(3))
    (tmp_path / "text.npy").write_text("hello")
    for name in ("other.npy", "text.npy", "missing.npy"):
        with pytest.raises(DataError, match="mien data prepare") as caught:
            data.load_dataset(tmp_path / name)
        told = str(caught.value)
        assert not re.search(r"pickle|Errno", told)
        assert told.count(name) == 1  # nobody is told to write over it


def test_an_empty_split_says_which_are_there(dataset_file: Path) -> None:
    records = data.load_dataset(dataset_file)
    with pytest.raises(DataError, match="train, validation, public"):
        data.select(records[records["split"] != 3], "private")
    with pytest.raises(DataError, match="no split 'test'"):
        data.select(records, "test")


def test_press_faces_stand_behind_fer2013_s_images(
    kaggle_folder: Path, dataset_file: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    rows = [press_row(number, "happy") for number in range(4)]
    pictures: dict[str, NDArray[np.uint8] | bytes] = {
        row["name"]: rng.integers(0, 256, (112, 112), dtype=np.uint8) for row in rows[:3]
    }
    path = write_press(tmp_path / "press.zip", rows, pictures)
    prepared = prepare(kaggle_folder, tmp_path / "out.npy", press=path)
    records = data.load_dataset(tmp_path / "out.npy")
    assert (prepared.images, prepared.press, prepared.votes) == (143, 3, 0)
    assert len(prepared.problems) == 1
    np.testing.assert_array_equal(records[:140], data.load_dataset(dataset_file))
    assert records["source"].tolist() == [0] * 140 + [1] * 3
    assert records["duplicate_group"][140:].tolist() == [140, 141, 142]  # each a group of its own
    with pytest.raises(DataError, match=r"none\.zip"):
        prepare(kaggle_folder, tmp_path / "no.npy", press=tmp_path / "none.zip")
    assert not (tmp_path / "no.npy").exists()


def test_the_whole_of_fer2013(shared_data: Path, tmp_path: Path) -> None:
    out = tmp_path / "fer2013.npy"
    votes = shared_data / "fer2013new.csv"
    prepared = prepare(shared_data / "fer2013.zip", out, votes)
    records = data.load_dataset(out)
    assert prepared.images == 32298
    assert prepared.problems == ()
    found = counts(records)
    assert found["train"] + found["validation"] == 28709
    assert found["validation"] == pytest.approx(28709 / 5, abs=5)
    assert (found["public"], found["private"]) == (3589, 0)
    assert prepared.votes == 32139
    for label in range(7):
        share = (data.select(records, "validation")["label"] == label).sum() / (
            (records["split"] <= 1) & (records["label"] == label)
        ).sum()
        assert share == pytest.approx(0.2, abs=0.01)
    public = data.select(records, "public")
    assert 285 <= public["duplicate_in_training"].sum() <= 295
    training = data.select(records, "train")
    assert not np.isin(
        training["duplicate_group"], data.select(records, "validation")["duplicate_group"]
    ).any()
