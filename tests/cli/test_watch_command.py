import csv
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import cut, face, placed, write_film
from terminals import run_on_terminal

from mien.cli.main import main
from mien.films.output_files import find_place, fingerprint, name_of
from mien.frames import Frame
from mien.media.film import Video

Picture = NDArray[np.uint8]
Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, astronaut: Picture) -> Path:
    pictures = [placed(face(astronaut), 60 + index) for index in range(30)]
    path = tmp_path_factory.mktemp("original") / "film.mp4"
    options = {"movflags": "+faststart"}
    return write_film(path, pictures, sound="aac", options=options)


@pytest.fixture
def film(original: Path, tmp_path: Path) -> Path:
    path = tmp_path / "films" / "film.mp4"
    path.parent.mkdir()
    return Path(shutil.copy(original, path))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_a_film_becomes_a_video_a_table_and_a_report(film: Path, out: Path, capsys: Output) -> None:
    assert main(["watch", str(film), "--out", str(out)]) == 0
    assert names(out) == ["film.csv", "film.html", "film.mp4"]
    told, error = capsys.readouterr()
    assert told.startswith(f"{film}: 1 face in 0:01.2; {out}/film.html, ")
    assert error == ""
    table = rows(out / "film.csv")
    assert [row["frame"] for row in table] == [str(index) for index in range(30)]
    assert {row["top"] for row in table} == {"happy"}
    with av.open(str(out / "film.mp4")) as video:
        assert sorted(stream.type for stream in video.streams) == ["audio", "video"]
        assert sum(1 for _ in video.decode(video=0)) == 30
    report = (out / "film.html").read_text()
    assert "of 10 people would say happy" in report
    assert str(film.parent) not in report  # where it lies is nobody's business


def test_parts_are_left_out_and_tables_chosen(film: Path, out: Path) -> None:
    arguments = ["watch", str(film), "--out", str(out), "--no-video", "--every", "0.2"]
    assert main([*arguments, "--json"]) == 0
    assert names(out) == ["film.html", "film.jsonl"]
    assert (out / "film.jsonl").read_text().count("\n") == 6
    assert main([*arguments, "--parquet"]) == 0
    assert names(out) == ["film.html", "film.jsonl", "film.parquet"]


@pytest.mark.parametrize("every", ["0", "0.5", "1", "100"])
def test_a_film_is_as_long_whatever_is_read_of_it(
    film: Path, out: Path, every: str, capsys: Output
) -> None:
    assert main(["watch", str(film), "--out", str(out), "--no-video", "--every", every]) == 0
    assert capsys.readouterr().out.startswith(f"{film}: 1 face in 0:01.2; ")
    report = (out / "film.html").read_text()
    assert "seen for 1.2 s" in report
    assert "happy 100 %" in report


def test_a_film_without_faces_has_no_face(tmp_path: Path, out: Path, capsys: Output) -> None:
    film = write_film(tmp_path / "film.mp4", [np.full((96, 128, 3), 90, np.uint8)] * 3)
    assert main(["watch", str(film), "--out", str(out), "--no-video"]) == 0
    assert capsys.readouterr().out.startswith(f"{film}: no face in 0:00.1; ")


def test_bad_films_are_named_and_the_others_are_done(film: Path, out: Path, capsys: Output) -> None:
    damaged, text = cut(film, 0.4, "cut.mp4"), film.parent / "text.mp4"
    text.write_text("once upon a time")
    given = [str(path) for path in (text, damaged, film.parent / "missing.mp4", film)]
    assert main(["watch", *given, "--out", str(out)]) == 1
    error = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in error] == given[:3]
    assert "cut short" in error[1]
    assert names(out) == [*("cut.csv", "cut.html", "cut.mp4", "film.csv", "film.html", "film.mp4")]
    assert "cut short" in (out / "cut.html").read_text()
    assert 0 < len(rows(out / "cut.csv")) < 30


def test_what_is_done_is_skipped(film: Path, out: Path, capsys: Output) -> None:
    damaged = cut(film, 0.4, "cut.mp4")
    arguments = ["watch", str(film), str(damaged), "--out", str(out), "--no-video"]
    assert main(arguments) == 1
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    capsys.readouterr()
    assert main(arguments) == 1
    told, error = capsys.readouterr()
    assert told == ""
    assert f"{film}: done before, see {out}/film.html; skipped" in error
    assert f"{damaged}: done before" in error
    assert f"\n{damaged}: damaged" in error  # still
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before
    otherwise = ["watch", str(film), "--out", str(out), "--no-video", "--every", "0.1"]
    assert main(otherwise) == 1
    assert capsys.readouterr().err == (
        f"{out}/film.html: was begun with every 0 s; this run has every 0.1 s. Use the same "
        "options, name another --out, or replace it with --overwrite.\n"
    )
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before
    assert main([*otherwise, "--overwrite"]) == 0
    assert len(rows(out / "film.csv")) < 30
    assert main(otherwise) == 0
    assert "done before" in capsys.readouterr().err
    assert names(out) == ["cut.csv", "cut.html", "film.csv", "film.html"]


def test_nothing_of_another_film_is_overwritten(film: Path, capsys: Output) -> None:
    other = film.parent / "other" / "film.mp4"
    other.parent.mkdir()
    other.write_bytes(film.read_bytes() + b"\0")
    before = film.read_bytes()
    arguments = ["watch", str(film), str(other), "--out", str(film.parent)]
    for _ in range(2):
        assert main(arguments) == 0
        assert names(film.parent) == [
            *("film-2.csv", "film-2.html", "film-2.mp4"),
            *("film-3.csv", "film-3.html", "film-3.mp4"),
            *("film.mp4", "other"),
        ]
        assert film.read_bytes() == before
    assert capsys.readouterr().err.count("skipped") == 2


def test_an_interrupted_run_leaves_nothing_and_goes_on(
    film: Path, out: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = film.parent / "second.mp4"
    second.write_bytes(film.read_bytes() + b"\0")
    frames = Video.frames

    def stop(video: Video, every: float = 0.0, *, after: int = -1) -> Iterator[Frame]:
        for frame in frames(video, every, after=after):
            if video.name.endswith("second.mp4") and frame.index == 5:
                raise KeyboardInterrupt
            yield frame

    arguments = ["watch", str(film), str(second), "--out", str(out)]
    with monkeypatch.context() as patch:
        patch.setattr(Video, "frames", stop)
        assert main(arguments) == 130
    assert names(out) == ["film.csv", "film.html", "film.mp4"]
    capsys.readouterr()
    assert main(arguments) == 0
    assert "film.mp4: done before" in capsys.readouterr().err
    assert len(names(out)) == 6


def test_live_pictures_are_kept_when_they_are_ended(
    film: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = Video.frames

    def stop(video: Video, every: float = 0.0, *, after: int = -1) -> Iterator[Frame]:
        for frame in frames(video, every, after=after):
            if frame.index == 5:
                raise KeyboardInterrupt
            yield frame

    monkeypatch.setattr(Video, "frames", stop)
    with film.open("rb") as file:

        class Input:
            buffer = file

        monkeypatch.setattr("sys.stdin", Input)
        assert main(["watch", "-", "--out", str(out)]) == 130
    assert len(rows(out / "standard-input.csv")) == 5
    assert len(names(out)) == 3


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_a_bar_is_shown_to_people(film: Path, out: Path) -> None:
    command = [sys.executable, "-m", "mien", "watch", str(film), "--out", str(out)]
    done, shown = run_on_terminal(command)
    assert done.returncode == 0
    assert "film" in shown
    assert "%" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["film.mp4"],
        ["f.mp4", "--out", "o", "--every", "-1"],
        ["--out", "o"],
        ["f.mp4", "--out", "o", "--jsn"],
    ],
)
def test_wrong_usage(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["watch", *arguments]) == 2
    assert main(["watch", "f.mp4", "--out", "o", "--json", "--parquet"]) == 2
    assert names(tmp_path) == []


def test_parquet_without_pyarrow_fails_before_any_work(
    film: Path, out: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert main(["watch", str(film), "--out", str(out), "--parquet"]) == 1
    assert "pip install pyarrow" in capsys.readouterr().err
    assert not out.exists()


def test_files_are_named_after_what_is_watched() -> None:
    expected = {
        "holiday/beach.mov": "beach",
        "rtsp://me:secret@door.example:554/live.sdp?x=1": "live",
        "http://door.example/": "door.example",
        "-": "standard-input",
        0: "camera-0",
    }
    assert {source: name_of(source) for source in expected} == expected


def test_a_film_is_known_again_wherever_it_lies(film: Path, out: Path) -> None:
    assert main(["watch", str(film), "--out", str(out), "--no-video"]) == 0
    moved = film.rename(film.with_name("film.renamed"))
    assert find_place(out, "film", fingerprint(moved)).marks
    assert find_place(out, "film", "another").name == "film-2"
    assert find_place(out, "film", None).name == "film-2"
