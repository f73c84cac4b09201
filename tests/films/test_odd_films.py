"""Odd sound, errors of any kind and stalling pipes neither end the run nor lose the rest."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import face, write_film

from mien.cli.main import main
from mien.films.annotation import Annotation, Outcome

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("name", "sounds"),
    [("sound-11127-hz.mov", 1), ("sound-mp3-8000-hz.avi", 1), ("sound-no-decoder.mp4", 0)],
)
def test_odd_sound_loses_nothing(
    shared_data: Path, tmp_path: Path, capsys: Output, name: str, sounds: int
) -> None:
    given = ["watch", str(shared_data / "cases" / name), "--out", str(tmp_path), "--every", "0.5"]
    assert main(given) == 0
    assert ("cannot decode, and is left out" in capsys.readouterr().err) == (sounds == 0)
    film = tmp_path / Path(name).with_suffix(".mp4")
    assert len(list(tmp_path.iterdir())) == 3
    with av.open(str(film)) as container:
        assert len(container.streams.audio) == sounds
        if sounds:
            assert sum(frame.samples for frame in container.decode(audio=0)) > 8000


def test_no_error_of_one_film_ends_the_run(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch, astronaut: NDArray[np.uint8]
) -> None:
    films = [write_film(tmp_path / f"{name}.mp4", [face(astronaut)] * 3) for name in "ab"]
    annotate = Annotation.run

    def fail(self: Annotation, advance: Callable[[float], None]) -> Outcome:
        if not failed:
            failed.append(True)
            raise RuntimeError("odd")
        return annotate(self, advance)

    failed: list[bool] = []
    monkeypatch.setattr(Annotation, "run", fail)
    out = tmp_path / "out"
    assert main(["watch", *map(str, films), "--out", str(out), "--no-video"]) == 1
    assert f"{films[0]}: cannot be annotated: RuntimeError: odd" in capsys.readouterr().err
    assert sorted(path.name for path in out.iterdir()) == ["b.csv", "b.html"]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent otherwise there")
def test_ctrl_c_ends_where_a_pipe_stalls(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "mien", "watch", "-", "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdin=reading, stderr=subprocess.PIPE) as process:
        try:
            deadline = time.monotonic() + 60
            while not (tmp_path / "out").exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=60)  # for ever, if it waited for the pipe
        finally:
            process.kill()
            os.close(reading)
            os.close(writing)
    assert process.returncode == 130
    assert b"Traceback" not in error
    assert not list((tmp_path / "out").iterdir())
