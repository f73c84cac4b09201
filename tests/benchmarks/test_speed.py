"""The history of `mien bench`: a line for each measurement, of the same columns."""

import csv
from pathlib import Path

import pytest
from remembering import remember
from speed import flat

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


def test_a_line_is_added_and_further_columns_are_refused(tmp_path: Path) -> None:
    history = tmp_path / "history" / "speed.csv"
    remember(history, [{"total": 8}])
    remember(history, [{"total": 9}])
    with history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["total"] for row in rows] == ["8", "9"]
    assert list(rows[0]) == ["date", "commit", "machine", "total"]
    before = history.read_bytes()
    with pytest.raises(SystemExit, match="lacks the column 'other'"):
        remember(history, [{"other": 1}])
    assert history.read_bytes() == before


def test_a_history_keeps_its_columns(tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    history.write_text("machine,total,remark\na,8,quiet\n")
    remember(history, [{"total": 9}])
    with history.open(newline="") as file:
        *_, last = csv.DictReader(file)
    assert list(last) == ["machine", "total", "remark"]
    assert (last["total"], last["remark"]) == ("9", "")
