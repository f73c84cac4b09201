import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_readings import happy_reading as reading

import mien
from mien.answers import Votes
from mien.change import Change
from mien.emotions import VOTE_NAMES
from mien.errors import DataError, MissingPackageError
from mien.movements import MOVEMENT_NAMES
from mien.output.journal import csv_header, csv_line
from mien.output.result_file import ResultFile
from mien.output.rows import CHANGE_COLUMNS, COLUMNS, rows
from mien.readings import PictureResult
from mien.types import Reading

RESULTS = [
    PictureResult("a.jpg", 64, 48, (reading(), reading("too dark"))),
    PictureResult("none.jpg", 64, 48),
    PictureResult("bad-\udcff.jpg", error="bad-\udcff.jpg: empty."),
]


def test_a_row_a_face_and_one_for_an_error() -> None:
    first, second, bad = rows(RESULTS)
    assert list(first) == list(second) == list(bad) == list(COLUMNS)
    assert (first["image"], first["width"], first["height"]) == ("a.jpg", 64, 48)
    assert [first[name] for name in ("face", "x1", "y1", "x2", "y2")] == [1, 1, 2, 31, 42]
    assert [first[name] for name in VOTE_NAMES] == list(reading().votes.values())
    assert (first["top"], first["share"], first["clear"], first["why"]) == (
        "happy",
        0.7,
        True,
        None,
    )
    assert (second["face"], second["clear"], second["why"]) == (2, False, "too dark")
    assert (first["state"], second["state"]) == ("clear", "unclear")
    given = {name: value for name, value in bad.items() if value is not None}
    assert given == {"image": "bad-\\udcff.jpg", "error": "bad-\\udcff.jpg: empty."}


def test_each_movement_has_a_column() -> None:
    moved = replace(reading(), movements={"mouth open": 0.25, "eyes closed": 0.5})
    (row,) = rows([moved])
    assert list(row) == list(COLUMNS)
    assert [column for column in row if column.startswith("movement_")] == [
        f"movement_{name.replace(' ', '_')}" for name in MOVEMENT_NAMES
    ]
    assert (row["movement_mouth_open"], row["movement_eyes_closed"]) == (0.25, 0.5)
    assert row["movement_mouth_corners_up"] is None
    assert mien.to_pandas([moved])["movement_mouth_open"].tolist() == [0.25]


def test_a_change_against_the_usual_face_has_columns() -> None:
    change = Change("happy", 1.5, more=True)
    usual, changed, unknown = rows(
        [
            replace(reading(), compared=True),
            replace(reading(), compared=True, change=change),
            reading(),
        ]
    )
    told = [[row[name] for name in CHANGE_COLUMNS] for row in (usual, changed, unknown)]
    assert told == [[None] * 3, ["happy", 1.5, "more smiling than usual"], [None] * 3]
    assert list(usual) == list(changed) == list(unknown) == list(COLUMNS)
    table = mien.to_pandas([replace(reading(), compared=True, change=change)])
    assert table["change_by"].tolist() == [1.5]


def test_readings_of_one_picture_and_by_name() -> None:
    one = list(rows([reading(), reading()]))
    assert [(row["image"], row["width"], row["face"]) for row in one] == [
        (None, None, 1),
        (None, None, 2),
    ]
    named = list(rows({"a.jpg": [reading(), reading()], Path("b.jpg"): [reading()], "c": []}))
    assert [(row["image"], row["face"]) for row in named] == [
        ("a.jpg", 1),
        ("a.jpg", 2),
        ("b.jpg", 1),
    ]


def test_other_things_are_refused() -> None:
    results: Any = [[reading()]]
    with pytest.raises(DataError, match="got a list among them"):
        list(rows(results))


def test_arrow() -> None:
    pytest.importorskip("pyarrow")
    table = mien.to_arrow(RESULTS)
    assert table.to_pylist() == list(rows(RESULTS))
    assert [str(field.type) for field in table.schema][:5] == [
        *("string", "int64", "int64", "int64", "double")
    ]
    assert mien.to_arrow([]).schema == table.schema


def test_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    table = mien.to_pandas(RESULTS)
    assert list(table) == list(COLUMNS)
    assert len(table) == 3
    assert table["width"].dtype == "Int64"
    assert table["clear"].tolist() == [True, False, pandas.NA]
    assert table["happy"].tolist()[:2] == [0.7, 0.7]
    assert list(mien.to_pandas([]).dtypes) == list(table.dtypes)


def test_polars() -> None:
    pytest.importorskip("polars")
    table = mien.to_polars(RESULTS)
    assert table.to_dicts() == list(rows(RESULTS))
    assert mien.to_polars([]).schema == table.schema


@pytest.mark.parametrize("package", ["pandas", "polars", "pyarrow"])
def test_a_missing_package_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    make = getattr(mien, f"to_{package.removeprefix('py')}")
    with pytest.raises(MissingPackageError, match=f"pip install {package}"):
        make(RESULTS)


NAMES = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=20)
SHARES = st.lists(st.floats(0, 1), min_size=8, max_size=8).filter(lambda parts: sum(parts) > 0.01)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_results_go_through_a_csv_file_and_back(data: st.DataObject) -> None:
    results: list[PictureResult] = []
    for name in data.draw(st.lists(NAMES, max_size=4, unique_by=str.strip)):
        parts = data.draw(st.lists(SHARES, max_size=2))
        readings = tuple(
            Reading(reading().face, Votes(np.array(p) / sum(p)), reading().quality) for p in parts
        )
        results.append(PictureResult(name, 5, 5, readings, data.draw(st.none() | NAMES)))
    content = csv_header(COLUMNS) + "".join(map(csv_line, rows(results)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "faces.csv"
        sources: dict[str, Path | bytes] = {result.image: b"" for result in results}
        with ResultFile(path, "csv", {}) as file:
            assert file.todo(sources) == sources
            for result in results:
                file.write(result)
        assert path.read_bytes() == content.encode("utf-8", "backslashreplace")
        with ResultFile(path, "csv", {}) as file:
            assert file.todo(sources) == {}
        assert path.read_bytes() == content.encode("utf-8", "backslashreplace")
