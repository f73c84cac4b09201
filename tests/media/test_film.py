from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from small_films import assert_alike, read_film, write_film, write_sound

from mien.errors import VideoError
from mien.media.film import Video
from mien.media.frame_times import Clock, clock_time

Picture = NDArray[np.uint8]


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
    assert [frame.time for frame in read_film(path)] == pytest.approx(times, abs=1e-3)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", [False, True])
def test_turned_films_are_set_upright(
    tmp_path: Path, picture: Picture, turn: int, mirror: bool
) -> None:
    stored = np.rot90(picture[:, ::-1] if mirror else picture, -turn // 90)
    path = write_film(
        tmp_path / "film.mp4", [np.ascontiguousarray(stored)] * 2, turn=turn, mirror=mirror
    )
    assert_alike(read_film(path)[0].image, picture)


def test_pixels_that_are_no_squares_become_squares(tmp_path: Path, picture: Picture) -> None:
    path = write_film(tmp_path / "film.mp4", [picture[::, ::2]] * 2, aspect=Fraction(2))
    assert_alike(read_film(path)[0].image, picture)


def test_only_every_so_many_seconds_are_read(film: Path) -> None:
    frames = read_film(film, every=0.5)
    assert [frame.time for frame in frames] == pytest.approx([0, 0.52, 1, 1.52])
    assert [frame.index for frame in frames] == [0, 13, 25, 38]


def test_frames_without_stamps_follow_by_the_rate(tmp_path: Path, picture: Picture) -> None:
    path = write_film(tmp_path / "film.h264", [picture] * 5)
    assert [frame.time for frame in read_film(path)] == pytest.approx([i / 25 for i in range(5)])


@given(st.lists(st.none() | st.floats(-1e4, 1e4), min_size=1))
def test_time_never_runs_backward(stamps: list[float | None]) -> None:
    clock = Clock(25)
    times = [clock.place(stamp) for stamp in stamps]
    assert times[0] >= 0
    assert all(before <= after for before, after in pairwise(times))


def test_times_continue_if_stamps_start_again() -> None:
    clock = Clock(10)
    stamps = [0.0, 0.1, None, 0.3, 5.0, 4.9, 0.0, 0.1]
    expected = [0.0, 0.1, 0.2, 0.3, 5.0, 5.0, 5.1, 5.2]
    assert [clock.place(stamp) for stamp in stamps] == pytest.approx(expected)


def test_a_file_with_only_sound_is_not_a_film(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"tone\.m4a: has only sound. Expected a film"):
        Video(write_sound(tmp_path / "tone.m4a"))


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


def test_clock_times_are_those_of_a_film() -> None:
    assert [clock_time(seconds) for seconds in (0, 0.04, 59.96, 65.25, 7207)] == [
        *("0:00.0", "0:00.0", "1:00.0", "1:05.2", "2:00:07.0")
    ]


def test_real_films(shared_data: Path) -> None:
    expected = {"single_face.mp4": 72, "again.mkv": 77, "noface_face.mov": 169}
    for name, count in expected.items():
        assert len(read_film(shared_data / "clips" / name, every=0)) == count


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("film.mkv", "libx264"),
        ("film.webm", "libvpx"),
        ("film.mp4", "libx264"),
        ("film.ts", "libx264"),
        ("film.flv", "flv"),
        ("film.wmv", "wmv2"),
        ("film.avi", "mpeg4"),
    ],
)
def test_films_that_begin_later_are_whole(
    tmp_path: Path, picture: Picture, name: str, codec: str
) -> None:
    pictures, times = [picture] * 50, [3 + index / 25 for index in range(50)]
    options = {"avoid_negative_ts": "disabled", "use_editlist": "0"}
    path = write_film(tmp_path / name, pictures, times=times, codec=codec, options=options)
    with Video(path) as video:
        frames = list(video.frames())
        duration = video.duration or 0.0
    assert duration == pytest.approx(5 if name == "film.avi" else 2, abs=0.1)
    assert len(frames) == 50  # AVI has no start time, and shows the first frame until then
    assert frames[-1].time == pytest.approx(duration - 0.04, abs=0.1)


def without_decoder(film: Path, tracks: int) -> Path:
    """A copy whose first tracks of sound declare an unknown format."""
    content = bytearray(film.read_bytes())
    place = 0
    for _ in range(tracks):
        place = content.index(b"mp4a", place)
        content[place : place + 4] = b"zzzz"
        place = content.index(b"\x40\x15", content.index(b"esds", place))  # AAC, and sound
        content[place] = 0xFE
    path = film.with_name("unknown.mp4")
    path.write_bytes(content)
    return path


def test_sound_without_a_decoder_is_left_out_and_noted(film: Path) -> None:
    with Video(without_decoder(film, 1), sound=True) as video:
        assert video.sound_stream is None
        assert video.notes == ["Its sound has a format that mien cannot decode, and is left out."]
        assert len(list(video.frames())) == 50
        assert not video.sound


def test_another_track_of_sound_is_taken(tmp_path: Path, picture: Picture, film: Path) -> None:
    two = tmp_path / "two.mp4"
    with av.open(str(film)) as source, av.open(str(two), "w") as target:
        sound = source.streams.audio[0]
        tracks = [target.add_stream_from_template(sound) for _ in range(2)]
        pictures = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux():
            if packet.size:
                for track in tracks if packet.stream is sound else [pictures]:
                    packet.stream = track
                    target.mux(packet)
    with Video(without_decoder(two, 1), sound=True) as video:
        assert video.sound_stream is not None
        assert "another track is kept" in video.notes[0]
        assert len(list(video.frames())) == 50
        assert len(video.sound) > 80


def test_pictures_without_a_decoder_are_refused(film: Path) -> None:
    path = film.with_name("unknown-pictures.mp4")
    path.write_bytes(film.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(VideoError, match=r"unknown-pictures\.mp4: .* cannot decode"):
        Video(path)


@pytest.mark.parametrize("every", [-1, float("nan"), float("inf"), "1", None])
def test_an_impossible_step_is_refused(film: Path, every: Any) -> None:
    with Video(film) as video, pytest.raises(VideoError, match="Expected every in seconds, 0 or"):
        video.frames(every)


def test_inputs_that_were_wrong(shared_data: Path) -> None:
    for name, count in {"begins-later-1.mkv": 15, "begins-later-2.mkv": 42}.items():
        assert len(read_film(shared_data / "cases" / name)) == count
    for name in ("size-changes-halved.ts", "size-changes-turned.ts"):
        frames = read_film(shared_data / "cases" / name)
        assert {frame.image.shape for frame in frames} == {(640, 480, 3)}
        assert len(frames) == 46
