import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from small_teachers import press_row, write_press

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError
from mien.training.data.dataset import DTYPE, SIZE, SPLITS, Source
from mien.training.data.press import (
    BLOCK,
    FACES_COLUMNS,
    FRAMED,
    SIDE,
    VALIDATION,
    framed,
    name_in_zip,
    press_records,
    read_face,
)


@pytest.fixture(scope="module")
def picture(astronaut: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Her face, as in the zip."""
    grey = cv2.cvtColor(astronaut[60:200, 150:290], cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def test_a_face_becomes_a_record_with_one_vote(picture: NDArray[np.uint8], tmp_path: Path) -> None:
    row = press_row(7, "surprise")
    path = write_press(tmp_path / "press.zip", [row], {"00007.jpg": picture})
    problems: list[str] = []
    (record,) = press_records(path, problems)
    assert record.dtype == DTYPE
    assert problems == []
    assert record["source"] == Source.PRESS
    assert EMOTION_NAMES[record["label"]] == "surprise"
    assert dict(zip(FERPLUS_NAMES, record["votes"].tolist(), strict=True)) == {
        name: int(name == "surprise") for name in FERPLUS_NAMES
    }
    assert record["expressions"][EMOTION_NAMES.index("surprise")] == pytest.approx(0.9)
    assert record["row"] == -1
    assert (record["movements"] == -1).all()
    assert not record["taught"].any()
    assert name_in_zip(record["name"]) == "00007.jpg"
    with zipfile.ZipFile(path) as archive:
        kept = read_face(archive, "00007.jpg")
    np.testing.assert_array_equal(record["image"], framed(kept))


def test_the_middle_is_what_fer2013_frames() -> None:
    picture = np.zeros((SIDE, SIDE), np.uint8)
    margin = (SIDE - FRAMED) // 2
    picture[margin : margin + FRAMED, margin : margin + FRAMED] = 200
    assert framed(picture).shape == (SIZE, SIZE)
    assert (framed(picture) == 200).all()


def test_whole_blocks_of_neighbours_are_set_apart(
    picture: NDArray[np.uint8], tmp_path: Path
) -> None:
    rows = [press_row(number, "happy") for number in range(BLOCK * VALIDATION + 3)]
    pictures: dict[str, NDArray[np.uint8] | bytes] = {row["name"]: picture for row in rows}
    first = BLOCK * (VALIDATION - 1)
    pictures[rows[0]["name"]] = b"damaged"  # which moves no other to the other side
    path = write_press(tmp_path / "press.zip", rows, pictures)
    problems: list[str] = []
    records = press_records(path, problems)
    assert len(records) == len(rows) - 1
    assert problems == [f"{path}: 00000.jpg: not a picture of 112×112 pixels"]
    apart = records[records["split"] == SPLITS.index("validation")]
    names = [name_in_zip(record["name"]) for record in apart]
    assert names == [row["name"] for row in rows[first : first + BLOCK]]


def test_bad_rows_are_named_and_the_others_kept(picture: NDArray[np.uint8], tmp_path: Path) -> None:
    rows = [
        press_row(0, "happy"),
        press_row(1, "happiness"),
        press_row(2, "happy", zoo_happy="much"),
        press_row(3, "happy", zoo_happy="0.5"),
        press_row(4, "happy"),  # not in the zip
        press_row(5, "happy"),
        press_row(6, "happy", name="a" * 40 + ".jpg"),
        press_row(7, "happy", zoo_happy="nan"),
    ]
    pictures: dict[str, NDArray[np.uint8] | bytes] = {
        row["name"]: picture for row in rows if row["name"] != "00004.jpg"
    }
    pictures["00005.jpg"] = picture[:100]
    path = write_press(tmp_path / "press.zip", rows, pictures)
    problems: list[str] = []
    assert len(press_records(path, problems)) == 1
    expected = (
        "00001.jpg: the label 'happiness' is none of angry, disgust",
        "00002.jpg: could not convert string to float: 'much'",
        "00003.jpg: its columns zoo_… are no shares: they sum to 0.6",
        "00004.jpg: ",
        "00005.jpg: not a picture of 112×112 pixels",
        "longer than 34 bytes",
        "00007.jpg: its columns zoo_… are no shares",
    )
    for problem, words in zip(problems, expected, strict=True):
        assert words in problem


@pytest.mark.parametrize("content", [None, b"", b"hello"])
def test_what_is_no_zip_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "faces.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=r"faces\.zip: no zip of press faces"):
        press_records(path, [])


def test_a_zip_without_its_table_or_a_column_is_named(
    picture: NDArray[np.uint8], tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("notes.txt", "no table")
    with pytest.raises(DataError, match=r"faces\.csv"):
        press_records(tmp_path / "other.zip", [])
    columns = [column for column in FACES_COLUMNS if column != "zoo_fear"]
    row = press_row(0, "happy")
    path = write_press(tmp_path / "less.zip", [row], {row["name"]: picture}, columns)
    with pytest.raises(DataError, match="lacks the column 'zoo_fear'"):
        press_records(path, [])


def test_a_zip_without_any_face_is_refused(tmp_path: Path) -> None:
    path = write_press(tmp_path / "none.zip", [], {})
    with pytest.raises(DataError, match="no face that can be used"):
        press_records(path, [])
    path = write_press(tmp_path / "damaged.zip", [press_row(0, "happy")], {})
    with pytest.raises(DataError, match=r"First problem: .*00000\.jpg"):
        press_records(path, [])


def test_the_press_faces_of_the_development_machines(shared_data: Path) -> None:
    path = shared_data / "press-faces.zip"
    if not path.exists():
        pytest.skip(f"{path} is not on this machine")
    problems: list[str] = []
    records = press_records(path, problems)
    assert problems == []
    counts = np.bincount(records["label"], minlength=7)
    assert dict(zip(EMOTION_NAMES, counts.tolist(), strict=True)) == {
        **dict.fromkeys(EMOTION_NAMES, 0),
        "neutral": 6453,
        "happy": 5050,
        "surprise": 105,
    }
    apart = (records["split"] == SPLITS.index("validation")).mean()
    assert apart == pytest.approx(0.1, abs=0.01)
    assert records["expressions"].sum(axis=1) == pytest.approx(1, abs=0.001)
    # The teacher agrees with the one person mostly: columns are not mixed up.
    assert (records["expressions"].argmax(axis=1) == records["label"]).mean() > 0.7
