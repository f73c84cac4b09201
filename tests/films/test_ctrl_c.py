"""Ctrl-C while a camera, a pipe or an address stalls ends the run, and keeps what was read.

Each source gives some pictures and then nothing for ten minutes, in native code where it can. What
ends within a minute was ended by Ctrl-C; on a machine that is not busy it takes about a second.
"""

import csv
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import face, placed, write_film
from small_rtsp import serve

from mien.media.film import Video

Picture = NDArray[np.uint8]

STALL = 600
"""Seconds for which a source gives nothing."""

ENOUGH = 60
"""Seconds in which even a busy machine has ended the run."""

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is sent otherwise there"),
    pytest.mark.slow,
]

# A camera that stands still inside the system, as one does whose cable is loose. Some pictures come
# first, after which the file tells that it stalls.
CAMERA = """
import ctypes, sys, time
from pathlib import Path
import cv2, numpy as np
import mien.cli.main

picture = cv2.imread({picture!r})

class Capture:
    given = 0
    def __init__(self, number):
        if {stalls_at} == "opening":
            self.stall()
    def stall(self):
        Path({stalled!r}).touch()
        ctypes.CDLL(None).sleep({stall})
    def isOpened(self):
        return True
    def get(self, what):
        return 10.0
    def read(self):
        self.given += 1
        if self.given > 8:
            self.stall()
        time.sleep(0.2)
        return True, picture.copy()
    def release(self):
        if self.given > 8:  # drivers wait for the picture that is under way
            ctypes.CDLL(None).sleep({stall})

cv2.VideoCapture = Capture
sys.exit(mien.cli.main.main(["watch", "0", "--out", {out!r}]))
"""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, astronaut: Picture) -> Path:
    path = tmp_path_factory.mktemp("stall") / "film.h264"
    pictures = [placed(face(astronaut), 60 + index % 9) for index in range(50)]
    return write_film(path, pictures, zero_latency=True)


@contextmanager
def running(command: list[str], stdin: int | None = None) -> Generator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        command,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_for(happened: "threading.Event | Path", process: "subprocess.Popen[bytes]") -> None:
    """Wait until the source stalls."""
    end = time.monotonic() + 2 * ENOUGH
    while not (happened.exists() if isinstance(happened, Path) else happened.is_set()):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


def interrupt(process: "subprocess.Popen[bytes]") -> str:
    """Press Ctrl-C once, and return the output."""
    process.send_signal(signal.SIGINT)
    try:
        _, told = process.communicate(timeout=ENOUGH)
    except subprocess.TimeoutExpired:
        pytest.fail(f"it goes on {ENOUGH} s after Ctrl-C")
    assert process.returncode == 130, told.decode()
    assert b"Traceback" not in told
    assert b"Fatal" not in told
    return told.decode()


def check_kept(folder: Path, name: str) -> None:
    """Check that table, film and report are whole and have the same frames."""
    assert sorted(path.name for path in folder.iterdir()) == [
        *(f"{name}.{ending}" for ending in ("csv", "html", "mp4"))
    ]
    with (folder / f"{name}.csv").open(newline="") as file:
        times = {row["time"] for row in csv.DictReader(file)}
    assert times
    with Video(folder / f"{name}.mp4") as video:
        assert len(list(video.frames())) >= len(times)


@pytest.mark.parametrize("stalls_at", ["opening", "reading"])
def test_a_camera_that_stalls(tmp_path: Path, astronaut: Picture, stalls_at: str) -> None:
    import cv2

    picture, stalled, out = tmp_path / "face.png", tmp_path / "stalled", tmp_path / "out"
    cv2.imwrite(str(picture), placed(face(astronaut), 60)[..., ::-1])
    program = CAMERA.format(
        picture=str(picture), stalled=str(stalled), out=str(out), stall=STALL,
        stalls_at=repr(stalls_at),
    )  # fmt: skip
    with running([sys.executable, "-c", program]) as process:
        wait_for(stalled, process)
        interrupt(process)
    if stalls_at == "opening":
        assert not list(out.iterdir())
    else:
        check_kept(out, "camera-0")


def test_a_pipe_that_stalls(astronaut: Picture, tmp_path: Path) -> None:
    film = write_film(tmp_path / "film.mkv", [placed(face(astronaut), 60)] * 50, zero_latency=True)
    command = [sys.executable, "-m", "mien", "watch", "-", "--out", str(tmp_path / "out")]
    with running(command, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(film.read_bytes())
        process.stdin.flush()
        wait_for_rows(tmp_path / "out" / "standard-input.part" / "rows", process)
        process.stdin, held = None, process.stdin  # it stays open
        interrupt(process)
        held.close()
    check_kept(tmp_path / "out", "standard-input")


def test_a_pipe_that_never_gives_anything(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mien", "watch", "-", "--out", str(tmp_path / "out")]
    with running(command, stdin=subprocess.PIPE) as process:
        wait_for(tmp_path / "out", process)
        time.sleep(0.5)
        process.stdin, held = None, process.stdin
        interrupt(process)
        assert held is not None
        held.close()
    assert not list((tmp_path / "out").iterdir())


def test_a_sender_that_stalls(film: Path, tmp_path: Path) -> None:
    stalled = threading.Event()
    with serve(film, stall_after=2, stalled=stalled) as address:
        command = [sys.executable, "-m", "mien", "watch", address, "--out", str(tmp_path / "out")]
        with running(command) as process:
            wait_for(stalled, process)
            wait_for_rows(tmp_path / "out" / "live.part" / "rows", process)
            interrupt(process)
    check_kept(tmp_path / "out", "live")


def test_an_address_that_never_answers(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = threading.Event()

        def accept() -> None:
            with suppress(OSError):
                held, _ = server.accept()
                asked.set()
                held.recv(1 << 16)
                closing.wait(STALL)
                held.close()

        closing = threading.Event()
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/live.ts"
        command = [sys.executable, "-m", "mien", "watch", address, "--out", str(tmp_path / "out")]
        with running(command) as process:
            wait_for(asked, process)
            interrupt(process)
        closing.set()
    thread.join(ENOUGH)
    assert not list((tmp_path / "out").iterdir())


def wait_for_rows(rows: Path, process: "subprocess.Popen[bytes]") -> None:
    """Wait until a table has rows."""
    end = time.monotonic() + 2 * ENOUGH
    while not (rows.exists() and rows.read_bytes().count(b"\n") > 1):  # the first names the run
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)
