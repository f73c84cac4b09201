"""Copies that cannot be written never cost a result, and the next run makes them."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mien.cli.main import main
from mien.output.drawn_copies import draw_copy
from mien.readings import PictureResult

Picture = NDArray[np.uint8]
Output = pytest.CaptureFixture[str]


@pytest.fixture
def pictures(tmp_path: Path, astronaut: Picture) -> list[str]:
    paths = [tmp_path / f"{number}.jpg" for number in range(4)]
    for path in paths:
        Image.fromarray(astronaut[::2, ::2]).save(path)
    return [str(path) for path in paths]


def told(arguments: list[str], capsys: Output) -> tuple[int, str]:
    return main(["read", *arguments]), capsys.readouterr().err


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_copies_that_cannot_be_written_are_made_by_the_next_run(
    pictures: list[str],
    tmp_path: Path,
    ending: str,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, drawn = tmp_path / "out" / f"r.{ending}", tmp_path / "drawn"
    plain = tmp_path / f"plain.{ending}"
    assert told([*pictures, "--out", str(plain)], capsys)[0] == 0
    write = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        if self.parent == drawn and len(list(drawn.iterdir())) >= 2:
            write(self, data[:100])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(self, data)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        code, err = told([*pictures, "--out", str(out), "--draw", str(drawn)], capsys)
    assert code == 1
    assert out.read_bytes() == plain.read_bytes()
    assert "2.jpg: was read, but its copy cannot be written into" in err
    assert "no space is left on its disk" in err
    assert "mien: 2 copies could not be written; all readings are complete." in err
    assert "could not be read" not in err
    assert sorted(path.name for path in drawn.iterdir()) == ["0.jpg", "1.jpg"]
    code, err = told([*pictures, "--out", str(out), "--draw", str(drawn)], capsys)
    assert code == 0
    assert "2 copies could not be written before and will be made now" in err
    assert out.read_bytes() == plain.read_bytes()
    assert sorted(path.name for path in drawn.iterdir()) == [f"{n}.jpg" for n in range(4)]
    assert {path.name for path in out.parent.iterdir()} == {out.name, f".{out.name}.mien"}
    for path in drawn.iterdir():
        with Image.open(path) as image:
            image.load()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError:
        pytest.skip("this system has no mount")
    if done.returncode:
        pytest.skip("only root may mount a small disk, where that is allowed at all")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_full(pictures: list[str], small_disk: Path, capsys: Output) -> None:
    out = small_disk.parent / "r.csv"
    arguments = [*pictures, "--out", str(out), "--draw", str(small_disk / "drawn")]
    assert told(arguments, capsys)[0] == 1
    rows = out.read_text().splitlines()
    assert len(rows) == 5
    assert not any("copy" in row for row in rows)
    whole = list((small_disk / "drawn").iterdir())
    assert 0 < len(whole) < 4
    for path in whole:
        with Image.open(path) as image:
            image.load()
        path.unlink()
    assert told(arguments, capsys)[0] in {0, 1}
    assert out.read_text().splitlines() == rows


def test_what_jpeg_cannot_hold_is_a_png() -> None:
    wide = np.zeros((1, 66_000, 3), np.uint8)
    copy = draw_copy(wide, PictureResult("a", 66_000, 1))
    assert not isinstance(copy, Exception)
    assert copy[0] == ".png"


def _said(words: str | None, *_: object) -> str | None:
    return words


def test_bench_prints_where_its_file_cannot_be_written(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, outcome in (("measure", None), ("as_text", "the figures"), ("as_json", "{}")):
        monkeypatch.setattr(f"mien.cli.bench.{name}", partial(_said, outcome))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "", str(tmp_path / "b.json"))

    monkeypatch.setattr("mien.cli.bench.write_whole", full)
    assert main(["bench", "--json", str(tmp_path / "b.json")]) == 1
    out, err = capsys.readouterr()
    assert out == "the figures\n"
    assert err.startswith(f"mien: {tmp_path}/b.json: no space is left on its disk.")
    assert list(tmp_path.iterdir()) == []
    assert sys.stdout is not None
