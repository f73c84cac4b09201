"""Neither mien nor the libraries that it uses report anything."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def test_reading_leaves_nothing_behind(astronaut: NDArray[np.uint8], tmp_path: Path) -> None:
    """ONNX Runtime would store an identifier of this computer, and reports to be sent."""
    photo, home = tmp_path / "photo.png", tmp_path / "home"
    Image.fromarray(astronaut).save(photo)
    home.mkdir()
    unset = {"ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "XDG_CACHE_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    read = subprocess.run(
        [sys.executable, "-c", f"import mien; print(len(mien.read({str(photo)!r})))"],
        env=environment | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout == "1\n"
    assert list(home.rglob("*")) == []
