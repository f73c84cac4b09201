"""benchmarks/real_faces.py: pictures and stretches of films are measured, a history is kept."""

import csv
from pathlib import Path

import numpy as np
import pytest
import real_faces
from numpy.typing import NDArray
from PIL import Image
from remembering import remember
from small_films import face, placed, write_film


@pytest.fixture
def data(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """A smiling woman as a picture, and in a film whose first three frames are empty."""
    picture = face(astronaut)
    frames = [np.full((240, 480, 3), 110, np.uint8)] * 3 + [placed(picture, 40)] * 5
    (tmp_path / "clips").mkdir()
    write_film(tmp_path / "clips" / "film.mp4", frames)
    (tmp_path / "clips" / "segments.csv").write_text(
        "film,first_frame,last_frame,label,remark\n"
        "clips/film.mp4,3,7,happy,\nclips/film.mp4,1,4,sad,\nclips/gone.mp4,0,9,sad,\n"
    )
    (tmp_path / "real" / "happy").mkdir(parents=True)
    Image.fromarray(astronaut).save(tmp_path / "real" / "happy" / "a.png")
    return tmp_path


def test_the_history_gets_a_line_a_set(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    history = data / "history" / "real-faces.csv"
    segments = data / "clips" / "segments.csv"
    for name in ("first", "second"):
        real_faces.main(name=name, pictures=data / "real", segments=segments, history=history)
    with history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["model"], row["set"]) for row in rows] == [
        (name, of_set) for name in ("first", "second") for of_set in ("real", "clips")
    ]
    pictures, clips = rows[:2]
    assert (pictures["images"], pictures["accuracy"]) == ("1", "1.0")
    assert pictures["recall_sad"] == pictures["usual_above"] == ""
    # Five frames read happy and labelled so, and two labelled sad; two show nobody.
    assert (clips["images"], clips["no_face"]) == ("7", "2")
    assert float(clips["accuracy"]) == pytest.approx(5 / 7, abs=1e-4)
    assert float(clips["balanced_accuracy"]) == 0.5
    assert (clips["recall_happy"], clips["recall_sad"]) == ("1.0", "0.0")
    assert len(clips["sha256"]) == 12
    told = capsys.readouterr().out
    assert "gone.mp4 is not on this machine" in told
    assert "| film.mp4, frames 3 to 7, happy | 100.0% |" in told


def test_what_is_not_here_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="Nothing is here"):
        real_faces.main(pictures=tmp_path / "a", segments=tmp_path / "b.csv", keep=False)
    told = capsys.readouterr().out
    assert "a is not on this machine" in told
    assert "b.csv is not on this machine" in told


def test_a_history_of_other_columns_is_left_alone(tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    history.write_text("date,accuracy\n")
    with pytest.raises(SystemExit, match=r"history\.csv: lacks the column 'recall'"):
        remember(history, [{"accuracy": 0.9, "recall": 0.8}])
    assert history.read_text() == "date,accuracy\n"


def test_the_history_that_is_kept_has_its_columns() -> None:
    path = Path(real_faces.__file__).parent / "history" / "real-faces.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == real_faces.COLUMNS
    assert {"london", "yale", "web", "clips"} <= {row["set"] for row in rows}
    assert all(0 <= float(row["balanced_accuracy"]) <= 1 for row in rows)
