"""The files that examples of pages and docstrings speak of."""

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from small_films import face, placed, write_film


@pytest.fixture(scope="session")
def files(astronaut: NDArray[np.uint8], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pictures and short films of one woman, and with a `curl` that needs no net."""
    folder = tmp_path_factory.mktemp("files")
    names = ("photo.jpg", "holiday/beach.jpg", "holiday/sea.png", "scans/1/a.png", "archive/1.jpg")
    usual = ("at-rest.jpg", "also-at-rest.jpg", "now.jpg", "later.jpg")
    for name in (*names, *usual):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(astronaut).save(folder / name, quality=95)
    picture = face(astronaut)
    pictures = [placed(picture, 8 * step) for step in range(6)]
    for name in ("film.mp4", "holiday.mp4", "holiday.mov"):
        write_film(folder / name, pictures, sound="aac")
    write_film(folder / "talk.mkv", pictures)
    curl = folder / "bin" / "curl"
    curl.parent.mkdir()
    curl.write_text("#!/bin/sh\ncat photo.jpg\n")
    curl.chmod(0o755)
    mien = folder / "bin" / "mien"  # of these sources, whatever else is installed
    mien.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mien "$@"\n')
    mien.chmod(0o755)
    return folder


@pytest.fixture
def here(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of `files` as the current folder, with a home folder of its own."""
    folder = tmp_path / "here"
    shutil.copytree(files, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "agg")
    path = (str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"])
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    return folder
