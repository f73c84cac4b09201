"""Warnings and messages of other threads are not suppressed while pictures are read."""

import os
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
import pytest
from PIL import Image

from mien.media.decoder_messages import Quiet


@contextmanager
def reading(quiet: Quiet) -> Generator[None]:
    """Run another thread, which is silenced and warns, during the block."""
    inside, end = threading.Event(), threading.Event()

    def read() -> None:
        with quiet():
            warnings.warn("of the picture", stacklevel=1)
            inside.set()
            end.wait(20)
            warnings.warn("of the picture, later", stacklevel=1)

    thread = threading.Thread(target=read)
    thread.start()
    assert inside.wait(20)
    try:
        yield
    finally:
        end.set()
        thread.join()


def test_other_threads_warnings_come() -> None:
    before = list(warnings.filters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with reading(Quiet()):
            warnings.warn("mine", stacklevel=1)
    assert [str(warning.message) for warning in caught] == ["mine"]
    assert list(warnings.filters) == before


def test_filters_that_make_errors_do_not_reach_pictures() -> None:
    quiet = Quiet()
    with reading(quiet), warnings.catch_warnings():
        warnings.simplefilter("error")
        with quiet():
            warnings.warn("of another picture", stacklevel=1)
        with pytest.raises(UserWarning, match="mine"):
            warnings.warn("mine", stacklevel=1)


@pytest.mark.skipif(os.name == "nt", reason="Pillow hides libtiff on Windows")
def test_other_threads_hear_libtiff(
    tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path_factory.mktemp("tiff") / "a.tif"
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3), np.uint8)
    Image.fromarray(noise).save(path, compression="tiff_lzw")
    content = bytearray(path.read_bytes())
    content[60:90] = b"\x55" * 30
    path.write_bytes(content)
    quiet = Quiet()
    with reading(quiet):
        with pytest.raises(OSError, match="decoder error"), Image.open(path) as image:
            image.load()
        assert capfd.readouterr().err != ""
        with quiet(), pytest.raises(OSError, match="decoder error"), Image.open(path) as image:
            image.load()
        assert capfd.readouterr().err == ""
