"""`mien read --ray` and `mien watch --ray` give the same rows as without, whatever is killed."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import cut, face, placed, write_film

from mien import read_files
from mien.cli.main import main
from mien.output.tables import to_arrow
from mien.scale.archive import read_archive
from mien.scale.listing import File
from mien.scale.reading import ArchiveTask, Part, PartReader
from mien.scale.table_files import Tables

pyarrow = pytest.importorskip("pyarrow")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, of every kind


def rows(folder: Path) -> list[dict[str, Any]]:
    from pyarrow import dataset

    table = dataset.dataset(folder, partitioning="hive").to_table().to_pylist()
    return sorted(table, key=lambda row: tuple(str(value) for value in row.values()))


def plainly(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of `mien read --parquet`."""
    table = to_arrow(read_files(folder)).to_pylist()
    return [row for row in table if row["error"] is None]


def test_a_part_of_pictures(archive: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    Tables(out).begin({})
    pictures = sorted((archive / "many").iterdir())[1:]  # without the hidden one
    disk = [File(path.name, "", str(path)) for path in pictures]
    stored = File("mem://gone.png", "file:///", "/no/such.png")
    result = PartReader(out, ArchiveTask(films=False))._read(  # pyright: ignore[reportPrivateUsage]
        Part("1", "many", (*disk, stored))
    )
    assert result["failed"] == ""
    assert (result["files"], result["faces"]) == (22, 16)
    errors = Tables(out).errors()
    assert set(errors) == {"bad.jpg", "empty.jpg"}
    assert errors["empty.jpg"].startswith("empty.jpg: empty.")
    assert json.loads(result["missed"])["mem://gone.png"].startswith("mem://gone.png: cannot be f")
    assert "mem://gone.png" not in Tables(out).begin({})  # so that it is tried again


def test_a_part_of_film(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mp4", [placed(face(astronaut), 60)] * 10)
    out = str(tmp_path / "out")
    Tables(out).begin({})
    reader = PartReader(out, ArchiveTask(films=True, every=0.0))
    stored = File("s3://bucket/film.mp4", "file:///", str(film))
    for number, file in enumerate((File("film.mp4", "", str(film)), stored)):
        part = Part(str(number), "films", (file,))
        assert reader._read(part)["faces"] == 10  # pyright: ignore[reportPrivateUsage]
    here, there = rows(tmp_path / "out" / "faces")[:10], rows(tmp_path / "out" / "faces")[10:]
    assert [row | {"film": ""} for row in here] == [row | {"film": ""} for row in there]
    assert {row["track"] for row in here} == {1}


def test_errors_of_stored_files_name_them_once(
    astronaut: NDArray[np.uint8], tmp_path: Path
) -> None:
    film = write_film(tmp_path / "film.mp4", [placed(face(astronaut), 60)] * 10)
    cut(film, 0.5, "cut.mp4")
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    out = str(tmp_path / "out")
    Tables(out).begin({})
    for films, name in ((True, "cut.mp4"), (True, "gone.mp4"), (False, "bad.jpg")):
        file = File(f"file://{tmp_path}/{name}", f"file://{tmp_path}", f"{tmp_path}/{name}")
        reader = PartReader(out, ArchiveTask(films=films))
        result = reader._read(Part(name, "s", (file,)))  # pyright: ignore[reportPrivateUsage]
        assert result["failed"] == ""
        assert (file.name in json.loads(result["missed"])) == (name == "gone.mp4")
    errors = Tables(out).errors()
    assert set(errors) == {f"file://{tmp_path}/{name}" for name in ("cut.mp4", "bad.jpg")}
    for name, error in errors.items():
        assert error.startswith(f"{name}: ")
        assert error.count(str(tmp_path)) == 1


def test_a_part_at_which_actors_die_is_let_alone(archive: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    Tables(out).begin({})
    part = Part("1", "one", (File("a.jpg", "", str(archive / "one" / "a.jpg")),))
    for _ in range(3):
        Tables(out).begun(part.name)
    reader = PartReader(out, ArchiveTask(films=False))
    assert reader._read(part)["deadly"]  # pyright: ignore[reportPrivateUsage]
    assert not (tmp_path / "out" / "done").exists()
    Tables(out).end()
    assert reader._read(part)["files"] == 1  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["read", "a.jpg", "--ray"], "--out FOLDER"),
        (["read", "a.jpg", "--ray", "--out", "o", "--json"], "--out FOLDER"),
        (["read", "{empty}", "--ray", "--out", "o"], "no pictures"),
        (["watch", "{empty}", "--ray", "--out", "o"], "no films"),
        (["watch", "a.mp4", "--ray", "--out", "o", "--json"], "leave out --json"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ray")
    assert main([a.format(empty=tmp_path) for a in arguments]) in {1, 2}
    assert told in " ".join(capsys.readouterr().err.split())


def test_without_ray_the_way_to_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mien.scale.cluster.find_spec", {}.get)
    assert main(["read", "a.jpg", "--ray", "--out", "out"]) == 1
    assert "mien[scale]" in capsys.readouterr().err


def test_a_killed_run_goes_on_without_losing_or_doubling_a_row(
    archive: Path, tmp_path: Path, ray: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ray
    many = tmp_path / "many"
    many.mkdir()
    for number in range(6):
        shutil.copytree(archive / "many", many / str(number))
    out = tmp_path / "out"
    command = [sys.executable, "-m", "mien", "read", str(many), "--ray", "--out", str(out)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as run:
        until = time.monotonic() + 120
        while run.poll() is None and time.monotonic() < until:
            if list(out.glob("done/*/*.parquet")):  # a part that is being written ends in .new
                break
            time.sleep(0.02)
        run.send_signal(signal.SIGKILL)
    before = len(rows(out / "done"))
    assert 0 < before < 132
    assert read_archive([str(many), str(archive / "one")], out) == 1
    told = capsys.readouterr().err
    assert "12 of 133 pictures have errors" in told
    found = rows(out / "faces")
    expected = plainly(many) + plainly(archive / "one")
    wanted = {(row["image"], row["face"]): row for row in expected}
    assert len(found) == len(expected)
    assert {row.pop("source") for row in found} == {str(many), str(archive / "one")}
    for row in found:
        assert row == wanted[row["image"], row["face"]]
    assert len({row["file"] for row in rows(out / "done")}) == len(rows(out / "done")) == 133
    assert len(rows(out / "errors")) == 12
