import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from mien.change import Change
from mien.emotions import VOTE_NAMES
from mien.faces.reader import Reader
from mien.faces.tracker import Tracker
from mien.frames import Frame
from mien.output.journal import Format, write_rows
from mien.output.rows import FILM_COLUMNS, film_row
from mien.types import Reading

Picture = NDArray[np.uint8]
Seen = list[tuple[Frame, list[Reading]]]


@pytest.fixture(scope="module")
def seen(astronaut: Picture) -> Seen:
    """Film with one frame with a face, one without, and one with the face in the dark."""
    reader, tracker = Reader(), Tracker(smoothing=0, patience=0)
    dark = (astronaut * 0.12).astype(np.uint8)
    frames = [
        Frame(image, index / 3, 7 * index)
        for index, image in enumerate((astronaut, astronaut[300:], dark))
    ]
    return [(f, tracker.update(f.image, reader.read(f.image), f.time)) for f in frames]


def write(path: Path, kind: Format, seen: Seen) -> Path:
    write_rows(
        path,
        kind,
        FILM_COLUMNS,
        (film_row(f, reading) for f, readings in seen for reading in readings),
    )
    return path


def test_csv_is_a_row_a_face_and_frame(tmp_path: Path, seen: Seen) -> None:
    path = write(tmp_path / "table", "csv", seen)
    assert path.read_text().splitlines()[0] == ",".join(FILM_COLUMNS)
    with path.open() as file:
        first, dark = csv.DictReader(file)
    assert (first["time"], first["frame"], first["track"]) == ("0.0", "0", "1")
    assert (first["top"], first["clear"], first["why"]) == ("happy", "true", "")
    assert float(first["share"]) == float(first["happy"]) > 0.5
    assert sum(float(first[name]) for name in VOTE_NAMES) == pytest.approx(1, abs=1e-3)
    box = [float(first[name]) for name in ("x1", "y1", "x2", "y2")]
    assert box == pytest.approx(seen[0][1][0].box, abs=0.01)
    assert (dark["time"], dark["frame"], dark["track"]) == ("0.6667", "14", "1")
    assert (dark["clear"], dark["why"]) == ("false", "too dark")
    assert (first["state"], dark["state"]) == ("clear", "unclear")


def test_a_change_against_the_usual_face_has_columns(seen: Seen) -> None:
    frame, (reading,) = seen[0]
    assert film_row(frame, reading)["change"] is None
    changed = film_row(frame, replace(reading, compared=True, change=Change("angry", 2.25)))
    assert list(changed) == list(FILM_COLUMNS)
    assert [changed[name] for name in ("change", "change_by", "change_sentence")] == [
        *("angry", 2.25, "frowning, unlike usual")
    ]


def test_movements_have_columns(seen: Seen) -> None:
    frame, (reading,) = seen[0]
    moved = film_row(frame, replace(reading, movements={"eyes wide": 0.25}))
    assert list(moved) == list(FILM_COLUMNS)
    assert moved["movement_eyes_wide"] == 0.25
    assert moved["movement_mouth_open"] is None
    assert (moved["clear"], moved["why"]) == (True, None)


def test_json_lines_and_parquet_have_the_same(tmp_path: Path, seen: Seen) -> None:
    from pyarrow import parquet

    lines = write(tmp_path / "lines", "json", seen).read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    assert [list(row) for row in rows] == [list(FILM_COLUMNS)] * 2
    assert [row["clear"] for row in rows] == [True, False]
    table = parquet.read_table(write(tmp_path / "columns", "parquet", seen))
    assert table.column_names == list(FILM_COLUMNS)
    assert table.to_pylist() == rows


@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_film_without_faces_is_a_table_without_rows(tmp_path: Path, kind: Format) -> None:
    path = write(tmp_path / "table", kind, [])
    if kind == "parquet":
        from pyarrow import parquet

        assert parquet.read_table(path).num_rows == 0
    else:
        assert path.read_text() == (",".join(FILM_COLUMNS) + "\n" if kind == "csv" else "")
