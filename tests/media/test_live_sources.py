"""Live sources: the newest frame each time, and errors about lost connections."""

import io
import threading
import time
from collections.abc import Generator
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import face, placed, write_film
from small_rtsp import serve

from mien.cli.main import main
from mien.errors import VideoError
from mien.faces.watch import frames_of
from mien.frames import Frame
from mien.media.film import Video
from mien.media.newest_frame import newest
from mien.media.sources import open_video

Picture = NDArray[np.uint8]
IMAGE = np.zeros((4, 4, 3), np.uint8)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, astronaut: Picture) -> Path:
    """A film of four seconds as a sender codes it: no picture waits for a later one."""
    path = tmp_path_factory.mktemp("live") / "film.h264"
    head = face(astronaut)
    pictures = [placed(head, 60 + round(20 * np.sin(index / 9))) for index in range(100)]
    return write_film(path, pictures, zero_latency=True)


def frames(count: int, gap: float) -> Generator[Frame]:
    """Frames of a film of 25 a second, one every `gap` seconds."""
    for index in range(count):
        time.sleep(gap)
        yield Frame(IMAGE, index / 25, index)


def slowly(count: int, gap: float, waited: float) -> list[int]:
    """Return the frames that a reader gets whose every step takes five frames of the source."""
    start, produced = time.monotonic(), 0
    seen: list[int] = []

    def source() -> Generator[Frame]:
        nonlocal produced
        for frame in frames(count, gap):
            produced += 1
            yield frame

    def waiting() -> float:
        return waited if waited in {0, inf} else time.monotonic() - start

    for frame in newest(source(), waiting):
        seen.append(frame.index)
        while produced < min(frame.index + 5, count):
            time.sleep(0.005)
    return seen


@pytest.mark.slow
@pytest.mark.parametrize(("waited", "known"), [(1, 25), (inf, 0)])
def test_a_slow_reader_gets_the_newest_live_frames(waited: float, known: int) -> None:
    seen = slowly(75, 1 / 25, waited)
    assert seen[-1] == 74
    steps = [(before, after) for before, after in pairwise(seen) if known <= before < 70]
    assert steps
    assert all(after - before >= 3 for before, after in steps)


def test_nothing_is_left_out_of_a_stored_source() -> None:
    assert slowly(30, 0, 0) == [*range(30)]
    assert [frame.index for frame in newest(frames(200, 0), lambda: 0)] == [*range(200)]


def test_a_quick_reader_gets_all() -> None:
    seen = [frame.index for frame in newest(frames(30, 1 / 50), lambda: float("inf"))]
    assert len(seen) >= 25  # all, unless this machine stood still


def test_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    some = newest(frames(1000, 0.01), lambda: float("inf"))
    next(some)
    some.close()
    assert threading.active_count() == before


def test_an_error_comes_after_the_last_frame() -> None:
    def broken() -> Generator[Frame]:
        yield from frames(3, 0.01)
        raise VideoError("gone")

    seen: list[int] = []
    with pytest.raises(VideoError, match="gone"):
        seen.extend(frame.index for frame in newest(broken(), lambda: 0))
    assert seen == [0, 1, 2]


@pytest.mark.slow
def test_an_rtsp_address_is_read(film: Path) -> None:
    with serve(film) as address, Video(address) as video:
        assert video.live
        assert video.name.startswith("rtsp://127.0.0.1:")
        seen: list[Frame] = []
        for frame in frames_of(video):
            seen.append(frame)
            time.sleep(0.3)
            if len(seen) == 6:
                break
    assert seen[-1].image.shape == (240, 480, 3)
    assert seen[-1].index > 20  # frames in between are left out
    assert seen[-1].time == pytest.approx(seen[-1].index / 25, abs=0.2)


@pytest.mark.slow
def test_a_lost_connection_is_reported_and_frames_are_kept(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(film, lose_after=6) as address:
        assert main(["watch", address, "--out", str(tmp_path)]) == 1
    told, error = capsys.readouterr()
    assert "secret" not in told + error
    assert "live: broke off: the sender has ended it, or the connection was lost. Read" in error
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("live.csv", "live.html", "live.mp4")
    ]
    assert (tmp_path / "live.csv").read_text().count("\n") > 5
    with Video(tmp_path / "live.mp4") as video:
        assert len(list(video.frames())) > 5


class Endless:
    """Standard input to which a film is written slowly or at once."""

    def __init__(self, content: bytes, piece: int, gap: float) -> None:
        self.buffer = self
        self._content = io.BytesIO(content)
        self._piece = piece
        self._gap = gap

    def seekable(self) -> bool:
        return False

    def read1(self, size: int) -> bytes:
        time.sleep(self._gap)
        return self._content.read(min(size, self._piece))


@pytest.mark.slow
@pytest.mark.parametrize("live", [False, True])
def test_pipes(film: Path, monkeypatch: pytest.MonkeyPatch, live: bool) -> None:
    content = film.read_bytes()
    pipe = Endless(content, len(content) // 100 if live else 4096, 0.04 if live else 0)
    monkeypatch.setattr("sys.stdin", pipe)
    with Video("-") as video:
        seen: list[int] = []
        for frame in frames_of(video):
            seen.append(frame.index)
            time.sleep(0.08)
    assert seen[-1] == 99
    assert (len(seen) < 95) if live else (seen == [*range(100)])


class Capture:
    """Replaces OpenCV's camera: gives ten pictures a second, and is unplugged after 30."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.given = 0

    def isOpened(self) -> bool:  # noqa: N802
        return True

    def get(self, what: int) -> float:
        return 10.0

    def read(self) -> tuple[bool, Any]:
        time.sleep(0.05)
        self.given += 1
        return self.given <= 30, np.full((48, 64, 3), (0, 0, self.given), np.uint8)

    def release(self) -> None:
        self.given = 1000


def test_a_camera_gives_the_newest_until_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cv2.VideoCapture", Capture)
    seen: list[Frame] = []

    def look() -> None:
        for frame in frames_of(camera):
            seen.append(frame)
            time.sleep(0.2)

    with open_video(0) as camera, pytest.raises(VideoError, match="camera 0: gives no more"):
        look()
    assert 3 < len(seen) < 20
    assert [frame.image[0, 0, 0] for frame in seen] == [frame.index + 1 for frame in seen]  # RGB
    assert seen[-1].index == 29
