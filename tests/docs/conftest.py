"""The files that examples of pages and docstrings name."""

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
    """Make a folder with pictures and short films of one woman, and a `curl` without network."""
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
    mien = folder / "bin" / "mien"  # runs these sources, whatever is installed
    mien.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mien "$@"\n')
    mien.chmod(0o755)
    return folder


@pytest.fixture
def here(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy `files` into the current folder of the test, with its own home folder."""
    folder = tmp_path / "here"
    shutil.copytree(files, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "agg")
    path = (str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"])
    monkeypatch.setenv("PATH", os.pathsep.join(path))
    return folder
