"""The history of `mien bench`: a line a measurement, always of the same columns."""

import csv
from pathlib import Path

import pytest
from speed import add, flat

FIGURES = {
    "machine": {"cores": 2, "cpu": "EPYC"},
    "frames": [{"faces": 1, "threads": 1, "total": 8.2}, {"faces": 9, "threads": 2, "total": 11.6}],
    "start": {"a first reading": 0.2},
}


def test_nested_figures_become_a_row() -> None:
    row = flat(FIGURES)
    assert row["machine_cpu"] == "EPYC"
    assert row["1_faces_1_threads_total"] == 8.2
    assert row["9_faces_2_threads_total"] == 11.6
    assert row["start_a_first_reading"] == 0.2


def test_a_line_is_added_and_other_columns_are_refused(tmp_path: Path) -> None:
    history = tmp_path / "history" / "speed.csv"
    add(history, {"date": "2026-11-28", "total": 8})
    add(history, {"date": "2026-11-29", "total": 9})
    with history.open(newline="") as file:
        assert [row["total"] for row in csv.DictReader(file)] == ["8", "9"]
    before = history.read_bytes()
    with pytest.raises(SystemExit, match="other columns"):
        add(history, {"date": "2026-11-30", "other": 1})
    assert history.read_bytes() == before
