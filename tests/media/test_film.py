import io
import os
import threading
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from small_films import cut, face, joined, spoil, write_film, write_sound

from mien.errors import VideoError
from mien.frames import Frame
from mien.media.film import Video
from mien.media.frame_times import Clock, clock_time
from mien.media.sources import open_video

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
    with pytest.raises(VideoError, match=r"tone\.m4a: has only sound. Expected a film"):
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
    assert len(frames) == 50  # AVI has no such thing, and shows the first frame till then
    assert frames[-1].time == pytest.approx(duration - 0.04, abs=0.1)


def test_a_film_that_begins_later_is_cut_short_all_the_same(
    tmp_path: Path, picture: Picture
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (100, *picture.shape)).astype(np.uint8)
    times = [2 + index / 25 for index in range(100)]
    path = write_film(tmp_path / "film.mkv", noise, times=times, options={"avoid_negative_ts": "0"})
    frames, error = read_broken(cut(path, 0.5, "cut.mkv"))
    assert 30 < len(frames) < 70
    assert "cut.mkv: cut short: it should be 0:04.0 long" in error


@pytest.mark.parametrize("later", [-1, 0, 1, 7200])
def test_joined_films_are_whole(tmp_path: Path, picture: Picture, later: float) -> None:
    """Each keeps its own stamps: the second's are before, the same, or after those of the first."""
    films = [
        write_film(
            tmp_path / f"{start}.ts",
            [picture] * 50,
            sound="aac",
            options={"output_ts_offset": f"{start}"},
        )
        for start in (5, 5.01 + later)
    ]
    with Video(joined(tmp_path / "film.ts", films), sound=True) as video:
        frames = list(video.frames())
        heard = [float(packet.pts * packet.time_base) for packet in video.sound]
    gaps = np.diff([frame.time for frame in frames])
    assert len(frames) == 100
    assert gaps.min() > 0.02
    assert gaps.max() < 0.2
    assert len(heard) > 170
    assert np.diff(heard).min() > 0
    assert np.diff(heard).max() < 0.3


def test_joined_films_of_other_numbers_are_whole(tmp_path: Path, picture: Picture) -> None:
    films = [
        write_film(
            tmp_path / f"{pid}.ts", [picture] * 30, sound="aac", options={"mpegts_start_pid": pid}
        )
        for pid in ("256", "512")
    ]
    assert len(read(joined(tmp_path / "film.ts", films))) == 60


def test_what_is_missing_in_the_middle_of_a_broadcast_is_told(
    tmp_path: Path, picture: Picture
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (50, *picture.shape)).astype(np.uint8)
    content = write_film(tmp_path / "film.ts", noise, key_every=25).read_bytes()
    middle = len(content) * 3 // 8 // 188 * 188
    path = tmp_path / "missing.ts"
    path.write_bytes(content[:middle] + content[middle + 40 * 188 :])
    assert "damaged" in read_broken(path)[1]


def without_decoder(film: Path, tracks: int) -> Path:
    """A copy whose first tracks of sound are told to be coded in an unknown way."""
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


def test_sound_without_a_decoder_is_left_out_and_told(film: Path) -> None:
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


def test_pictures_without_a_decoder_are_told(film: Path) -> None:
    path = film.with_name("unknown-pictures.mp4")
    path.write_bytes(film.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(VideoError, match=r"unknown-pictures\.mp4: .* cannot decode"):
        Video(path)


@pytest.mark.parametrize("given", [None, True, 0.5, [], b"film.mp4", object()])
def test_what_is_no_film_at_all_is_told(given: Any) -> None:
    with pytest.raises(VideoError, match=r'^Expected a film: a path, "-" for standard input'):
        open_video(given)


@pytest.mark.parametrize("number", [-1, -(2**40), 100, 700, 2024, 2**31, 2**70])
def test_a_number_that_is_no_camera_is_told(number: int) -> None:
    with pytest.raises(VideoError, match=rf"^camera {number}: there is none\. Expected the number"):
        open_video(number)


def test_a_camera_in_quotes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(VideoError, match=r"^0: no such file.* Camera 0 is a number"):
        open_video("0")


@pytest.mark.parametrize("every", [-1, float("nan"), float("inf"), "1", None])
def test_a_step_that_is_none_is_told(film: Path, every: Any) -> None:
    with Video(film) as video, pytest.raises(VideoError, match="Expected every in seconds, 0 or"):
        video.frames(every)


@pytest.mark.parametrize("stdin", [None, object()])
def test_a_closed_standard_input_is_told(stdin: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(VideoError, match="standard input: it is closed"):
        Video("-")


def test_inputs_that_were_wrong(shared_data: Path) -> None:
    for name, count in {"begins-later-1.mkv": 15, "begins-later-2.mkv": 42}.items():
        assert len(read(shared_data / "cases" / name)) == count
    for name in ("size-changes-halved.ts", "size-changes-turned.ts"):
        frames = read(shared_data / "cases" / name)
        assert {frame.image.shape for frame in frames} == {(640, 480, 3)}
        assert len(frames) == 46
