"""One run of mien at a time writes a file: a second one stops, and a killed one leaves no lock."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from mien.errors import MienError
from mien.output.file_lock import open_locked
from mien.output.result_file import ResultFile
from mien.readings import PictureResult

HOLDER = """
import sys
from pathlib import Path
from mien.output.result_file import ResultFile
from mien.readings import PictureResult
with ResultFile(Path(sys.argv[1]), "csv", {}) as file:
    file.todo({"a.jpg": b""})
    file.write(PictureResult("a.jpg", error="a.jpg: empty."))
    print("begun", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_run(path: Path) -> Generator[subprocess.Popen[str]]:
    """A process that has written a picture, and waits until its standard input ends."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "begun\n"
        try:
            yield other
        finally:
            other.kill()


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_second_run_stops_at_once_and_leaves_the_first_alone(tmp_path: Path) -> None:
    path = tmp_path / "faces.csv"
    with another_run(path) as other:
        before = files(tmp_path)
        told = r"faces\.csv: is being written by another run of mien"
        told += "" if sys.platform == "win32" else rf" \(process {other.pid} on "
        with pytest.raises(MienError, match=told):
            ResultFile(path, "csv", {})
        with ResultFile(tmp_path / "others.csv", "csv", {}):  # another file is free
            pass
        assert files(tmp_path).items() > before.items()
        other.communicate()
        assert other.returncode == 0
    with ResultFile(path, "csv", {}) as file:
        assert not file.todo({"a.jpg": b""})


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_a_killed_run_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "faces.csv"
    with another_run(path) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        with ResultFile(path, "csv", {}) as file:
            assert not file.todo({"a.jpg": b""})
            file.write(PictureResult("b.jpg", error="b.jpg: empty."))
    assert path.read_text().count("empty.") == 2
    assert {*files(tmp_path)} == {".faces.csv.mien", "faces.csv"}


def test_a_run_that_is_refused_its_file_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "faces.csv").write_text("precious")
    with suppress(MienError):
        ResultFile(tmp_path / "faces.csv", "csv", {})
    assert files(tmp_path) == {"faces.csv": b"precious"}


@pytest.mark.skipif(sys.platform == "win32", reason="has another lock")
@pytest.mark.parametrize("number", [errno.ENOTSUP, errno.ENOLCK])
def test_a_file_system_that_cannot_lock_is_used_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", fail)
    with open_locked(tmp_path / "file", tmp_path) as one, open_locked(tmp_path / "file", tmp_path):
        one.write(b"a")
    assert files(tmp_path) == {"file": b"a"}


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be removed there")
def test_a_file_that_its_run_removes_meanwhile_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"of the run that ends")
    happens = iter([path.unlink, lambda: None])

    def end_of_the_other(_: int, *, blocking: bool) -> bool:
        assert not blocking
        next(happens)()
        return True

    monkeypatch.setattr("mien.output.file_lock.lock_descriptor", end_of_the_other)
    with open_locked(path, path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
