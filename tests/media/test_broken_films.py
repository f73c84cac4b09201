"""Damaged, cut and joined films, read as far as possible."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from small_films import cut, joined, read_broken_film, read_film, spoil, write_film

from mien.errors import VideoError
from mien.media.film import Video
from mien.media.frame_times import clock_time

Picture = NDArray[np.uint8]


def test_a_film_cut_short_is_read_as_far_as_it_goes(film: Path) -> None:
    frames, error = read_broken_film(cut(film, 0.6, "cut.mp4"))
    assert 20 <= len(frames) <= 40
    assert "cut.mp4: cut short: it should be 0:02.0 long" in error
    assert f"as far as {clock_time(frames[-1].time)}" in error


def test_a_film_cut_before_its_index_is_refused(tmp_path: Path, picture: Picture) -> None:
    path = write_film(tmp_path / "film.mp4", [picture] * 25)
    with pytest.raises(VideoError, match=r"half\.mp4: not a film .* cut short or damaged: copy"):
        Video(cut(path, 0.5, "half.mp4"))


def test_damage_in_the_middle_is_skipped(film: Path) -> None:
    frames, error = read_broken_film(spoil(film, 0.5, 2000, "spoilt.mp4"))
    assert 40 <= len(frames) < 50
    assert frames[-1].time == pytest.approx(1.96)
    assert "spoilt.mp4: damaged: " in error
    assert "the first near 0:00." in error or "the first near 0:01." in error


def test_what_matroska_skips_silently_is_reported(tmp_path: Path, picture: Picture) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (50, *picture.shape)).astype(np.uint8)
    path = write_film(tmp_path / "film.mkv", noise, options={"cluster_time_limit": "400"})
    assert len(read_film(path)) == 50
    frames, error = read_broken_film(spoil(path, 0.5, 3000, "spoilt.mkv"))
    assert 30 <= len(frames) < 50
    assert frames[-1].time == pytest.approx(1.96)
    assert "damaged" in error


def test_a_broadcast_joined_in_the_middle_is_whole(tmp_path: Path, picture: Picture) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (50, *picture.shape)).astype(np.uint8)
    path = write_film(tmp_path / "film.ts", noise, key_every=10)
    content = path.read_bytes()
    start = len(content) // 4 // 188 * 188
    (tmp_path / "joined.ts").write_bytes(content[:376] + content[start:])
    frames = read_film(tmp_path / "joined.ts")
    assert 20 <= len(frames) < 45


def test_a_film_without_a_whole_picture_is_reported(film: Path) -> None:
    start = film.read_bytes().find(b"mdat") / film.stat().st_size
    frames, error = read_broken_film(spoil(film, start + 0.001, film.stat().st_size, "noise.mp4"))
    assert frames == []
    assert "no picture of it can be decoded" in error


def test_a_film_that_begins_later_is_cut_short_all_the_same(
    tmp_path: Path, picture: Picture
) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (100, *picture.shape)).astype(np.uint8)
    times = [2 + index / 25 for index in range(100)]
    path = write_film(tmp_path / "film.mkv", noise, times=times, options={"avoid_negative_ts": "0"})
    frames, error = read_broken_film(cut(path, 0.5, "cut.mkv"))
    assert 30 < len(frames) < 70
    assert "cut.mkv: cut short: it should be 0:04.0 long" in error


@pytest.mark.parametrize("later", [-1, 0, 1, 7200])
def test_joined_films_are_whole(tmp_path: Path, picture: Picture, later: float) -> None:
    """Each film keeps its stamps; the second begins before, with, or after the first."""
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
    assert len(read_film(joined(tmp_path / "film.ts", films))) == 60


def test_a_gap_in_a_broadcast_is_reported(tmp_path: Path, picture: Picture) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (50, *picture.shape)).astype(np.uint8)
    content = write_film(tmp_path / "film.ts", noise, key_every=25).read_bytes()
    middle = len(content) * 3 // 8 // 188 * 188
    path = tmp_path / "missing.ts"
    path.write_bytes(content[:middle] + content[middle + 40 * 188 :])
    assert "damaged" in read_broken_film(path)[1]
