"""Of two runs of `mien watch` over one film into one folder, the second stops."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import face, placed, write_film

from mien.cli.main import main
from mien.films.output_files import find_place, fingerprint

WATCHER = """
import sys
from mien.cli.main import main
from mien.films import annotation as annotate
from mien.films.checkpoint import Checkpoint

save = Checkpoint.save


def wait(work, *arguments):
    save(work, *arguments)
    print("saved", flush=True)
    sys.stdin.readline()


annotate.SAVED, Checkpoint.save = 0.0, wait
sys.exit(main(sys.argv[1:]))
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_the_second_stops_at_once_and_a_killed_one_leaves_no_lock(
    astronaut: NDArray[np.uint8], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film = write_film(tmp_path / "film.mp4", [placed(face(astronaut), 60 + x) for x in range(12)])
    out = tmp_path / "out"
    arguments = ["watch", str(film), "--out", str(out)]
    command = [sys.executable, "-c", WATCHER, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        for _ in range(3):
            assert first.stdout.readline() == "saved\n"
            before = contents(out)
            assert main(arguments) == 1
            told = f"{out / 'film.part'}: is being written by another run of mien"
            told += f" (process {first.pid} on "
            assert capsys.readouterr().err.startswith(told)
            assert main([*arguments, "--every", "1", "--overwrite"]) == 1  # would begin again
            assert capsys.readouterr().err.startswith(told)
            assert contents(out) == before
            first.stdin.write("\n")
            first.stdin.flush()
        capsys.readouterr()
        first.send_signal(signal.SIGKILL)
        first.communicate()
    assert main(arguments) == 0
    assert "continues at" in capsys.readouterr().err
    assert sorted(path.name for path in out.iterdir()) == ["film.csv", "film.html", "film.mp4"]
    assert (out / "film.csv").read_text().count("\n") == 13


def test_a_run_that_was_killed_at_its_very_beginning_keeps_no_name(
    astronaut: NDArray[np.uint8], tmp_path: Path
) -> None:
    film = write_film(tmp_path / "film.mp4", [placed(face(astronaut), 60)] * 3)
    out = tmp_path / "out"
    part = out / "film.part"
    part.mkdir(parents=True)
    (part / "rows").touch()
    assert find_place(out, "film", fingerprint(film)).name == "film"
    assert main(["watch", str(film), "--out", str(out), "--no-video"]) == 0
    assert sorted(path.name for path in out.iterdir()) == ["film.csv", "film.html"]
