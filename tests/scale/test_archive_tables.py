"""Tables of an archive: what counts after a kill, and what is refused."""

import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mien.errors import MienError
from mien.scale.table_files import Tables, partition

pyarrow = pytest.importorskip("pyarrow")

SETTINGS = {"read": "pictures", "weights": "0"}


def faces_file(folder: Path, names: list[str]) -> Path:
    from pyarrow import Table, parquet

    path = folder / "faces.parquet"
    parquet.write_table(Table.from_pylist([{"image": name} for name in names]), path)
    return path


def rows(folder: Path) -> list[dict[str, Any]]:
    from pyarrow import dataset

    return dataset.dataset(folder, partitioning="hive").to_table().to_pylist()


def write(tables: Tables, faces: Path, part: str, names: list[str], bad: str | None = None) -> None:
    tables.write(
        "a folder/ü%",
        part,
        faces=faces_file(faces, names),
        done=dict.fromkeys([*names, *([bad] if bad else [])], (1, "as it was")),
        errors={bad: f"{bad}: broken"} if bad else {},
    )


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_what_was_written_is_there_by_source(tmp_path: Path, scheme: str) -> None:
    out = tmp_path / "out"
    tables = Tables(f"{scheme}{out}")
    assert tables.begin(SETTINGS) == {}
    write(tables, tmp_path, "1", ["a", "b"], bad="c")
    write(tables, tmp_path, "2", ["d"])
    assert Tables(str(out)).errors() == {"c": "c: broken"}
    assert {(row["image"], row["source"]) for row in rows(out / "faces")} == {
        (name, "a folder/ü%") for name in "abd"
    }
    assert rows(out / "errors") == [{"file": "c", "error": "c: broken", "source": "a folder/ü%"}]


@pytest.mark.parametrize("step", ["faces", "errors", "done"])
def test_a_part_that_a_kill_left_unfinished_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    out = tmp_path / "out"
    tables = Tables(str(out))
    tables.begin(SETTINGS)
    write(tables, tmp_path, "1", ["a"], bad="b")
    put = Tables._put  # pyright: ignore[reportPrivateUsage]

    def killed(self: Tables, place: str, content: Any) -> None:
        if place.startswith(step):
            raise KeyboardInterrupt
        put(self, place, content)

    monkeypatch.setattr(Tables, "_put", killed)
    with pytest.raises(KeyboardInterrupt):
        write(tables, tmp_path, "2", ["c"], bad="d")
    monkeypatch.undo()
    del tables
    again = Tables(str(out))
    assert again.begin(SETTINGS) == {"a": "as it was", "b": "as it was"}
    assert [row["image"] for row in rows(out / "faces")] == ["a"]
    assert again.errors() == {"b": "b: broken"}
    write(again, tmp_path, "3", ["c"], bad="d")
    write(again, tmp_path, "3", ["c"], bad="d")  # Ray may have a part read twice
    assert sorted(row["image"] for row in rows(out / "faces")) == ["a", "c"]


def test_a_part_read_again_without_faces_leaves_none(tmp_path: Path) -> None:
    tables = Tables(str(tmp_path / "out"))
    tables.begin(SETTINGS)
    write(tables, tmp_path, "1", ["a"], bad="b")
    tables.write("a folder/ü%", "1", faces=None, done={"a": (0, "")}, errors={})
    assert not list((tmp_path / "out" / "faces").rglob("*.parquet"))
    assert tables.errors() == {}


def test_a_file_that_changed_is_forgotten(tmp_path: Path) -> None:
    out = tmp_path / "out"
    tables = Tables(str(out))
    tables.begin(SETTINGS)
    write(tables, tmp_path, "1", ["a", "b"], bad="c")
    write(tables, tmp_path, "2", ["d"])
    before = (out / "done" / partition("a folder/ü%") / "2.parquet").stat().st_mtime_ns
    tables.forget({"a", "c"})
    assert sorted(row["image"] for row in rows(out / "faces")) == ["b", "d"]
    assert tables.errors() == {}
    del tables
    assert Tables(str(out)).begin(SETTINGS) == {"b": "as it was", "d": "as it was"}
    assert (out / "done" / partition("a folder/ü%") / "2.parquet").stat().st_mtime_ns == before


def test_other_settings_are_refused_or_replace_what_is_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    tables = Tables(str(out))
    tables.begin(SETTINGS)
    write(tables, tmp_path, "1", ["a"], bad="b")
    del tables
    other = SETTINGS | {"weights": "1"}
    with pytest.raises(MienError, match="was begun with weights 0; this run has weights 1"):
        Tables(str(out)).begin(other)
    assert len(rows(out / "faces")) == 1
    assert Tables(str(out)).begin(other, overwrite=True) == {}
    assert not list(out.rglob("*.parquet"))
    assert Tables(str(out)).begin(other) == {}


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_two_runs_do_not_write_into_one_folder(tmp_path: Path, scheme: str) -> None:
    with other_process(tmp_path, f"begin({SETTINGS!r})"):
        with pytest.raises(MienError, match="is being written by another run of mien"):
            Tables(f"{scheme}{tmp_path}").begin(SETTINGS)
        Tables(str(tmp_path)).join()  # an actor of the first
    assert Tables(str(tmp_path)).begin(SETTINGS) == {}


def test_actors_that_outlive_their_run_are_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Tables(str(tmp_path)).begin(SETTINGS)
    with monkeypatch.context() as patch, other_process(tmp_path, "join()") as actor:
        patch.setattr("mien.scale.table_files._ACTORS_PATIENCE", 0.0)
        with pytest.raises(MienError, match="actors of an earlier run of mien are still writing"):
            Tables(str(tmp_path)).begin(SETTINGS)
        patch.undo()
        threading.Timer(0.5, actor.kill).start()
        assert Tables(str(tmp_path)).begin(SETTINGS) == {}


@contextmanager
def other_process(folder: Path, does: str) -> Generator[subprocess.Popen[str]]:
    program = (
        "import sys; from mien.scale.table_files import Tables; tables = Tables(sys.argv[1]);"
        f"tables.{does}; print('begun', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "begun\n"
        yield other
        other.communicate()


def test_a_source_of_too_long_a_name_is_refused() -> None:
    with pytest.raises(MienError, match="shorter"):
        partition("/long" * 50)
