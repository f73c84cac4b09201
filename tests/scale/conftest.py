"""A small archive, and Ray for the tests that need it: started once, because it takes seconds."""

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mien.parallel import cores
from mien.scale.cluster import ray_cluster


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory, astronaut: NDArray[np.uint8]) -> Path:
    """Two folders: 20 pictures of one face or none with two bad ones, and one picture."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "many").mkdir()
    (folder / "one").mkdir()
    for number in range(20):
        picture = astronaut[:240, 100 + number : 340 + number]
        if number % 5 == 4:
            picture = np.zeros_like(picture)
        Image.fromarray(picture).save(folder / "many" / f"{number:02} ü%20.png")
    (folder / "many" / "bad.jpg").write_bytes(b"no picture")
    (folder / "many" / "empty.jpg").touch()
    (folder / "many" / ".hidden.png").write_bytes(b"")
    Image.fromarray(astronaut).save(folder / "one" / "a.jpg")
    return folder


@pytest.fixture(scope="session")
def ray() -> Generator[int]:
    """A Ray of this machine's own, for the whole session.

    Yields:
        Its cores.
    """
    pytest.importorskip("ray", reason="Ray is not installed (extra `scale`)")
    with ray_cluster() as cluster:
        assert cluster == cores()
        yield cluster
