"""A film whose run was interrupted or killed is resumed, with the same files in the end."""

import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import RATE, face, placed, write_film

from mien.cli.main import main
from mien.faces.stream import FaceReader, Follower
from mien.films import annotation as annotate
from mien.films.output_files import find_place
from mien.frames import Frame
from mien.types import Reading

Picture = NDArray[np.uint8]
Output = pytest.CaptureFixture[str]

FRAMES = 60


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, astronaut: Picture) -> Path:
    """Film of a face that sways, and a second one later; with sound and a variable frame rate."""
    head = face(astronaut)
    pictures: list[Picture] = []
    for index in range(FRAMES):
        picture = placed(head, 20 + round(15 * np.sin(index / 4)), size=(480, 240))
        if index >= FRAMES // 2:
            picture[:, 240:] = head
        pictures.append(picture)
    times = [index / RATE + (0.4 if index > 20 else 0) for index in range(FRAMES)]
    path = tmp_path_factory.mktemp("films") / "film.mp4"
    return write_film(path, pictures, times=times, sound="aac")


@pytest.fixture(scope="module")
def whole(film: Path) -> Path:
    """Folder of a run that was never interrupted."""
    out = film.with_name("whole")
    assert main(["watch", str(film), "--out", str(out)]) == 0
    return out


def stamps(path: Path, kind: str) -> list[float]:
    with av.open(str(path)) as container:
        if kind == "video":
            return [frame.time or 0 for frame in container.decode(video=0)]
        return [frame.time or 0 for frame in container.decode(audio=0)]


def pictures(path: Path) -> list[Picture]:
    with av.open(str(path)) as container:
        return [
            np.asarray(frame.to_ndarray(format="gray"), np.uint8)
            for frame in container.decode(video=0)
        ]


def assert_the_same(out: Path, whole: Path) -> None:
    assert sorted(path.name for path in out.iterdir()) == ["film.csv", "film.html", "film.mp4"]
    assert (out / "film.csv").read_text() == (whole / "film.csv").read_text()
    assert (out / "film.html").read_text() == (whole / "film.html").read_text()
    seen = pictures(out / "film.mp4")
    for picture, expected in zip(seen, pictures(whole / "film.mp4"), strict=True):
        assert np.abs(picture.astype(int) - expected).mean() < 4
    for kind in ("video", "audio"):
        assert stamps(out / "film.mp4", kind) == pytest.approx(
            stamps(whole / "film.mp4", kind), abs=1e-4
        )


def stop_at(monkeypatch: pytest.MonkeyPatch, stop: int, error: type[BaseException]) -> None:
    """Let reading fail at the first frame that is read from some frame on."""
    read = Follower.read

    def fail(follower: Follower, reader: FaceReader, frame: Frame) -> list[Reading]:
        if frame.index >= stop:
            raise error
        return read(follower, reader, frame)

    monkeypatch.setattr(Follower, "read", fail)


@pytest.mark.slow
@pytest.mark.parametrize("saved", [0.0, 0.15])
def test_interrupted_again_and_again(
    film: Path,
    whole: Path,
    tmp_path: Path,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
    saved: float,
) -> None:
    monkeypatch.setattr(annotate, "SAVED", saved)
    arguments = ["watch", str(film), "--out", str(tmp_path)]
    for stop in (7, 22, 23, 45, FRAMES - 1):
        with monkeypatch.context() as patch:
            stop_at(patch, stop, KeyboardInterrupt)
            assert main(arguments) == 130
        assert not list(tmp_path.glob("film.[!p]*"))  # no part of a file has its name
    capsys.readouterr()
    assert main(arguments) == 0
    assert re.fullmatch(rf"{film}: continues at 0:0\d\.\d\n", capsys.readouterr().err)
    assert_the_same(tmp_path, whole)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_killed_again_and_again(film: Path, whole: Path, tmp_path: Path) -> None:
    program = "import sys; from mien.cli.main import main; from mien.films import annotation\n"
    program += "annotation.SAVED = 0.05; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "watch", str(film), "--out", str(tmp_path)]
    state = tmp_path / "film.part" / "state"
    for _ in range(4):
        running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        before = state.read_bytes() if state.exists() else b""
        while running.poll() is None and (not state.exists() or state.read_bytes() == before):
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=60)
        assert not (tmp_path / "film.csv").exists()
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert_the_same(tmp_path, whole)


@pytest.fixture
def left(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of a run that was interrupted at its middle."""
    monkeypatch.setattr(annotate, "SAVED", 0.0)
    with monkeypatch.context() as patch:
        stop_at(patch, FRAMES // 2 + 5, KeyboardInterrupt)
        assert main(["watch", str(film), "--out", str(tmp_path)]) == 130
    return tmp_path / "film.part"


class Evil:
    """Object that runs a program when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("evil",)


@pytest.mark.parametrize("what", ["state", "end of state", "evil", "rows", "piece"])
def test_what_is_damaged_is_done_anew(
    film: Path,
    whole: Path,
    left: Path,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    monkeypatch.chdir(left.parent.parent)
    state = left / "state"
    head = state.read_bytes().split(b"\n")[0] + b"\n"
    if what == "state":
        state.write_bytes(head + b"nonsense")
    elif what == "end of state":
        state.write_bytes(state.read_bytes()[:-100])
    elif what == "evil":
        state.write_bytes(head + pickle.dumps(Evil()))
    elif what == "rows":
        (left / "rows").write_bytes(b"")
    else:
        next(left.glob("*.mp4")).unlink()
    capsys.readouterr()
    assert main(["watch", str(film), "--out", str(left.parent)]) == 0
    assert capsys.readouterr().err == ""
    assert_the_same(left.parent, whole)
    assert not Path("evil").exists()


def test_asked_for_otherwise_it_is_done_anew(film: Path, left: Path, capsys: Output) -> None:
    capsys.readouterr()
    arguments = ["watch", str(film), "--out", str(left.parent), "--json", "--no-video"]
    assert main(arguments) == 0
    assert capsys.readouterr().err == ""
    lines = (left.parent / "film.jsonl").read_text().splitlines()
    assert [json.loads(line)["frame"] for line in lines][: FRAMES // 2] == [*range(FRAMES // 2)]
    assert not left.exists()


def test_what_was_begun_with_other_settings_is_kept_or_overwritten(
    film: Path, left: Path, capsys: Output
) -> None:
    arguments = ["watch", str(film), "--out", str(left.parent), "--no-video", "--every", "1"]
    before = {path: path.read_bytes() for path in left.iterdir()}
    capsys.readouterr()
    assert main(arguments) == 1
    assert capsys.readouterr().err.startswith(f"{left}: was begun with every 0 s; this run has")
    assert {path: path.read_bytes() for path in left.iterdir()} == before
    assert main([*arguments, "--overwrite"]) == 0
    assert not left.exists()
    assert (left.parent / "film.csv").read_text().count("\n") < 10


def test_another_film_of_that_name_leaves_it_alone(film: Path, whole: Path, left: Path) -> None:
    other = left.parent / "other" / "film.mp4"
    other.parent.mkdir()
    other.write_bytes(film.read_bytes() + b"\0")
    assert find_place(left.parent, "film", None).name == "film-2"
    assert main(["watch", str(other), "--out", str(left.parent), "--no-video"]) == 0
    shutil.rmtree(other.parent)
    assert (left.parent / "film-2.csv").read_text() == (whole / "film.csv").read_text()
    for path in left.parent.glob("film-2.*"):
        path.unlink()
    assert main(["watch", str(film), "--out", str(left.parent)]) == 0
    assert_the_same(left.parent, whole)


def test_a_folder_of_somebody_s_is_left_alone(film: Path, tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "film.part").mkdir()
    (tmp_path / "film.part" / "precious").touch()
    assert main(["watch", str(film), "--out", str(tmp_path), "--no-video"]) == 0
    assert (tmp_path / "film.part" / "precious").exists()
    assert (tmp_path / "film-2.csv").exists()


def test_a_disk_that_is_full_loses_nothing(
    film: Path, whole: Path, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotate, "SAVED", 0.0)
    with monkeypatch.context() as patch:
        stop_at(patch, 30, OSError)
        assert main(["watch", str(film), "--out", str(tmp_path)]) == 1
    capsys.readouterr()
    assert main(["watch", str(film), "--out", str(tmp_path)]) == 0
    assert "continues at 0:01." in capsys.readouterr().err
    assert_the_same(tmp_path, whole)
