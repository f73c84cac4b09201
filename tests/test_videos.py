import io
import os
import threading
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from small_films import cut, face, spoil, write_film, write_sound

from mien._films import Clock, clock_time
from mien.errors import VideoError
from mien.types import Frame
from mien.videos import Video, open_video

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def picture(astronaut: Picture) -> Picture:
    """RGB uint8 (96, 64, 3): no symmetry, so that turns show."""
    return np.ascontiguousarray(face(astronaut, 96)[:, :64])


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, picture: Picture) -> Path:
    """Two seconds, with sound, index in front."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    noise = np.random.default_rng(0).integers(-20, 20, (50, *picture.shape))
    pictures = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return write_film(path, pictures, sound="aac", options={"movflags": "+faststart"})


def read(path: str | Path, every: float = 0) -> list[Frame]:
    with Video(path) as video:
        return list(video.frames(every))


def read_broken(path: str | Path) -> tuple[list[Frame], str]:
    """The frames that come, and what the error says after them."""
    frames: list[Frame] = []
    with Video(path) as video, pytest.raises(VideoError) as raised:
        frames.extend(video.frames())
    return frames, str(raised.value)


def assert_alike(image: Picture, expected: Picture) -> None:
    assert np.abs(expected[::-1].astype(int) - expected).mean() > 40  # alike tells something
    assert image.shape == expected.shape
    assert image.dtype == np.uint8
    assert np.abs(image.astype(int) - expected).mean() < 14


def test_frames_have_pictures_times_and_indices(film: Path, picture: Picture) -> None:
    with Video(film) as video:
        assert (video.name, video.rate, video.duration, video.live) == (str(film), 25, 2, False)
        frames = list(video.frames())
    assert [frame.index for frame in frames] == list(range(50))
    assert [frame.time for frame in frames] == pytest.approx([i / 25 for i in range(50)])
    for frame in (frames[0], frames[-1]):
        assert_alike(frame.image, picture)


def test_times_of_a_variable_rate_are_kept(tmp_path: Path, picture: Picture) -> None:
    times = [0, 0.04, 0.5, 0.51, 2.0, 2.04]
    path = write_film(tmp_path / "film.mp4", [picture] * 6, times=times)
    assert [frame.time for frame in read(path)] == pytest.approx(times, abs=1e-3)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", [False, True])
def test_turned_films_are_set_upright(
    tmp_path: Path, picture: Picture, turn: int, mirror: bool
) -> None:
    stored = np.rot90(picture[:, ::-1] if mirror else picture, -turn // 90)
    path = write_film(
        tmp_path / "film.mp4", [np.ascontiguousarray(stored)] * 2, turn=turn, mirror=mirror
    )
    assert_alike(read(path)[0].image, picture)


def test_pixels_that_are_no_squares_become_squares(tmp_path: Path, picture: Picture) -> None:
    path = write_film(tmp_path / "film.mp4", [picture[::, ::2]] * 2, aspect=Fraction(2))
    assert_alike(read(path)[0].image, picture)


def test_only_every_so_many_seconds_are_read(film: Path) -> None:
    frames = read(film, every=0.5)
    assert [frame.time for frame in frames] == pytest.approx([0, 0.52, 1, 1.52])
    assert [frame.index for frame in frames] == [0, 13, 25, 38]


def test_frames_without_stamps_follow_by_the_rate(tmp_path: Path, picture: Picture) -> None:
    path = write_film(tmp_path / "film.h264", [picture] * 5)
    assert [frame.time for frame in read(path)] == pytest.approx([i / 25 for i in range(5)])


@given(st.lists(st.none() | st.floats(-1e4, 1e4), min_size=1))
def test_time_never_runs_backward(stamps: list[float | None]) -> None:
    clock = Clock(25)
    times = [clock.place(stamp) for stamp in stamps]
    assert times[0] >= 0
    assert all(before <= after for before, after in pairwise(times))


def test_stamps_that_begin_anew_go_on() -> None:
    clock = Clock(10)
    stamps = [0.0, 0.1, None, 0.3, 5.0, 4.9, 0.0, 0.1]
    expected = [0.0, 0.1, 0.2, 0.3, 5.0, 5.0, 5.1, 5.2]
    assert [clock.place(stamp) for stamp in stamps] == pytest.approx(expected)


def test_a_film_cut_short_is_read_as_far_as_it_goes(film: Path) -> None:
    frames, error = read_broken(cut(film, 0.6, "cut.mp4"))
    assert 20 <= len(frames) <= 40
    assert "cut.mp4: cut short: it should be 0:02.0 long" in error
    assert f"as far as {clock_time(frames[-1].time)}" in error


def test_a_film_cut_before_its_index_is_told_so(tmp_path: Path, picture: Picture) -> None:
    path = write_film(tmp_path / "film.mp4", [picture] * 25)
    with pytest.raises(VideoError, match=r"half\.mp4: not a film .* cut short or damaged: copy"):
        Video(cut(path, 0.5, "half.mp4"))


def test_damage_in_the_middle_is_skipped(film: Path) -> None:
    frames, error = read_broken(spoil(film, 0.5, 2000, "spoilt.mp4"))
    assert 40 <= len(frames) < 50
    assert frames[-1].time == pytest.approx(1.96)
    assert "spoilt.mp4: damaged: " in error
    assert "the first near 0:00." in error or "the first near 0:01." in error


def test_what_matroska_skips_in_silence_is_told(tmp_path: Path, picture: Picture) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (50, *picture.shape)).astype(np.uint8)
    path = write_film(tmp_path / "film.mkv", noise, options={"cluster_time_limit": "400"})
    assert len(read(path)) == 50
    frames, error = read_broken(spoil(path, 0.5, 3000, "spoilt.mkv"))
    assert 30 <= len(frames) < 50
    assert frames[-1].time == pytest.approx(1.96)
    assert "damaged" in error


def test_a_broadcast_joined_in_the_middle_is_whole(tmp_path: Path, picture: Picture) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (50, *picture.shape)).astype(np.uint8)
    path = write_film(tmp_path / "film.ts", noise, key_every=10)
    content = path.read_bytes()
    start = len(content) // 4 // 188 * 188
    (tmp_path / "joined.ts").write_bytes(content[:376] + content[start:])
    frames = read(tmp_path / "joined.ts")
    assert 20 <= len(frames) < 45


def test_what_is_no_film_is_refused_by_name(tmp_path: Path, picture: Picture) -> None:
    (tmp_path / "text.mp4").write_text("once upon a time")
    (tmp_path / "empty.mp4").touch()
    Image.fromarray(picture).save(tmp_path / "picture.jpg")
    write_film(tmp_path / "film.ts", [picture] * 5)
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:1,\nfilm.ts\n#EXT-X-ENDLIST\n")
    for name, told in {
        "text.mp4": "not a film that mien reads. Expected a film, such as MP4",
        "picture.jpg": "not a film",
        "list.m3u8": "not a film",
        "empty.mp4": "empty",
        "missing.mp4": "no such file",
        ".": "a folder",
    }.items():
        with pytest.raises(VideoError) as raised:
            Video(tmp_path / name)
        assert str(raised.value).startswith(f"{tmp_path / name}: {told}")


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"tone\.m4a: has sound alone. Expected a film"):
        Video(write_sound(tmp_path / "tone.m4a"))


def test_a_film_without_any_whole_picture_is_told_so(film: Path) -> None:
    start = film.read_bytes().find(b"mdat") / film.stat().st_size
    frames, error = read_broken(spoil(film, start + 0.001, film.stat().st_size, "noise.mp4"))
    assert frames == []
    assert "no picture of it can be decoded" in error


def test_names_of_all_kinds_are_opened(film: Path) -> None:
    for name in (b"concat:a|b.mp4", b"http:.mp4", b"%d.mp4", b"-.mp4", b"odd-\xff.mp4"):
        path = film.parent / os.fsdecode(name)
        path.write_bytes(film.read_bytes())
        assert len(read(path, every=1)) == 2


def test_standard_input(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(film.read_bytes())

    monkeypatch.setattr("sys.stdin", Input)
    with Video("-") as video:
        assert video.name == "standard input"
        assert len(list(video.frames())) == 50


@pytest.fixture
def address(film: Path) -> Iterator[str]:
    """Of a web server for the film's folder."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(film.parent)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_addresses_are_read_and_their_passwords_kept_quiet(address: str) -> None:
    with Video(f"http://me:secret@{address}/film.mp4") as video:
        assert video.name == f"http://{address}/film.mp4"
        assert not video.live
        assert len(list(video.frames())) == 50
    with pytest.raises(VideoError) as raised:
        Video(f"http://me:secret@{address}/missing.mp4")
    assert str(raised.value).startswith(f"http://{address}/missing.mp4: cannot be opened")
    assert "secret" not in str(raised.value)


def test_sound_is_collected_if_asked_for(film: Path) -> None:
    with Video(film, sound=True) as video:
        packets = sum(len(video.sound) or 0 for _ in video.frames(every=10))
        assert packets + len(video.sound) > 80
    with Video(film) as video:
        next(video.frames())
        assert video.sound_stream is None
        assert not video.sound


def test_a_closed_film_is_at_its_end(film: Path) -> None:
    frames = Video(film).frames()
    assert next(frames).index == 0
    frames.close()
    assert list(frames) == []


def test_a_missing_camera_is_named() -> None:
    with pytest.raises(VideoError, match="camera 77: cannot be opened"):
        open_video(77)


def test_the_clock_is_told_as_of_a_film() -> None:
    assert [clock_time(seconds) for seconds in (0, 0.04, 59.96, 65.25, 7207)] == [
        *("0:00.0", "0:00.0", "1:00.0", "1:05.2", "2:00:07.0")
    ]


def test_real_films(shared_data: Path) -> None:
    expected = {"single_face.mp4": 72, "again.mkv": 77, "noface_face.mov": 169}
    for name, count in expected.items():
        assert len(read(shared_data / "clips" / name, every=0)) == count
