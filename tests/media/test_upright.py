"""Frames become upright pictures of one size, without leaking memory."""

import gc
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from small_films import face, joined, placed, write_film

import mien
from mien.faces.black_edges import without_edges
from mien.media.film import Video
from mien.media.upright import Letterbox

Picture = NDArray[np.uint8]


def is_black(picture: Picture) -> bool:
    return int(picture.max()) < 12


def read(path: Path) -> tuple[list[Picture], bool]:
    with Video(path) as video:
        return [frame.image for frame in video.frames()], video.size_changes


@pytest.mark.parametrize("codec", ["libx264", "mpeg2video"])
def test_a_size_that_changes_is_letterboxed(tmp_path: Path, astronaut: Picture, codec: str) -> None:
    wide, high = placed(face(astronaut), 120), face(astronaut)
    films = [
        write_film(tmp_path / f"{name}.ts", [picture] * 12, codec=codec)
        for name, picture in (("a", wide), ("b", high))
    ]
    images, changes = read(joined(tmp_path / "joined.ts", films))
    assert changes
    assert [image.shape for image in images] == [(240, 480, 3)] * 24
    later = images[-1]
    assert is_black(later[:, :118])
    assert is_black(later[:, 362:])
    assert np.abs(later[:, 120:360].astype(int) - high).mean() < 12  # not stretched
    assert not is_black(images[11][:, :118])


def test_a_smaller_picture_is_enlarged(tmp_path: Path, astronaut: Picture) -> None:
    first = face(astronaut)
    films = [
        write_film(tmp_path / "a.ts", [first] * 12),
        write_film(tmp_path / "b.ts", [face(astronaut, 120)] * 12),
    ]
    images, changes = read(joined(tmp_path / "joined.ts", films))
    assert changes
    assert np.abs(images[-1].astype(int) - first).mean() < 14


def test_pixels_that_change_their_shape_do_too(tmp_path: Path, astronaut: Picture) -> None:
    squeezed = np.ascontiguousarray(face(astronaut)[:, ::2])
    films = [
        write_film(tmp_path / "a.ts", [squeezed] * 12),
        write_film(tmp_path / "b.ts", [squeezed] * 12, aspect=Fraction(2)),
    ]
    images, changes = read(joined(tmp_path / "joined.ts", films))
    assert changes
    assert [image.shape for image in images] == [(240, 120, 3)] * 24
    assert is_black(images[-1][:55])  # 240 × 240 in 120 × 240
    assert not is_black(images[-1][70:170])


def test_one_size_is_no_change(tmp_path: Path, astronaut: Picture) -> None:
    film = write_film(tmp_path / "a.mp4", [face(astronaut)] * 3, turn=90)
    assert read(film)[1] is False


def test_boxes_of_mien_watch_count_in_the_first_picture_s_pixels(
    tmp_path: Path, astronaut: Picture
) -> None:
    films = [
        write_film(tmp_path / "a.ts", [placed(face(astronaut), 120)] * 12),
        write_film(tmp_path / "b.ts", [placed(face(astronaut, 120), 60, 0, (240, 120))] * 12),
    ]
    seen = list(mien.watch(joined(tmp_path / "joined.ts", films)))
    boxes = np.array([readings[0].box for _, readings in seen])
    assert len(boxes) == 24
    assert np.abs(boxes - boxes[0]).max() < 12
    assert {readings[0].track for _, readings in seen} == {1}


def test_a_person_stays_the_same_when_the_size_changes(shared_data: Path) -> None:
    seen = list(mien.watch(shared_data / "cases" / "size-changes-halved.ts"))
    assert len(seen) == 46
    assert {reading.track for _, readings in seen for reading in readings} == {1}


def test_a_person_stays_the_same_when_the_picture_is_turned(shared_data: Path) -> None:
    seen = list(mien.watch(shared_data / "cases" / "size-changes-turned.ts"))
    assert seen[0][0].image.shape == seen[-1][0].image.shape
    assert {reading.track for _, readings in seen for reading in readings} == {1}


def test_what_is_beside_black_edges_is_repeated_over_them(astronaut: Picture) -> None:
    assert without_edges(astronaut) is astronaut
    black = np.zeros((40, 60, 3), np.uint8)
    assert without_edges(black) is black
    framed = np.zeros((200, 400, 3), np.uint8)
    framed[40:160, 100:300] = 50
    framed[40:160, 100:102] = 30  # scaling mixes it with the edge
    before = framed.copy()
    filled = without_edges(framed)
    assert filled.shape == framed.shape
    assert np.unique(filled).tolist() == [50]
    assert (framed == before).all()


def test_the_letterbox_of_arrays() -> None:
    box = Letterbox()
    first = np.full((40, 60, 3), 200, np.uint8)
    assert box.fit(first) is first
    assert not box.changes
    later = box.fit(np.full((400, 10, 3), 200, np.uint8))
    assert box.changes
    assert later.shape == (40, 60, 3)
    assert later.any(axis=2).sum() == 40  # one column of the middle
    assert box.fit(np.full((1, 5000, 3), 9, np.uint8)).shape == (40, 60, 3)


def test_neither_threads_nor_memory_grow_over_a_film(tmp_path: Path, astronaut: Picture) -> None:
    pictures = [placed(face(astronaut), index % 200, 60, (640, 360)) for index in range(50)]
    film = write_film(tmp_path / "film.mp4", pictures * 6, options={"movflags": "+faststart"})
    process = psutil.Process()
    gc.collect()
    gc.disable()  # what only the garbage collector frees stays, and is found
    try:
        used: list[int] = []
        threads: list[int] = []
        with Video(film) as video:
            for frame in video.frames():
                if frame.index % 50 == 49:
                    used.append(process.memory_info().rss)
                    threads.append(process.num_threads())
    finally:
        gc.enable()
    assert len(used) == 6
    assert max(used) - used[0] < 40 * 2**20  # 250 frames are 250 MB
    assert max(threads) - threads[0] < 4


def test_no_frame_is_in_a_circle(tmp_path: Path, astronaut: Picture) -> None:
    film = write_film(tmp_path / "film.mp4", [face(astronaut, 96)] * 60, turn=90)
    gc.collect()
    gc.disable()
    try:
        with Video(film) as video:
            list(video.frames())
        left = sum(
            type(each) is VideoFrame for each in gc.get_objects()
        )  # does not access the object
    finally:
        gc.enable()
    assert left <= 3


def pq(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """SMPTE ST 2084: nits → 0 to 1."""
    power = (light / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """ITU-R BT.2100: light relative to paper, which is at 75 % → 0 to 1."""
    scene = light * 0.26496256  # the light at 75 %
    bent = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bent)


@pytest.mark.parametrize(("transfer", "name"), [(16, "smpte2084"), (18, "arib-std-b67")])
def test_films_for_brighter_screens_look_as_on_usual_ones(
    tmp_path: Path, astronaut: Picture, transfer: int, name: str
) -> None:
    """Telephones film in HDR10 and HLG; shown without conversion, such films are grey or dark."""
    plain = placed(face(astronaut), 120)
    levels = plain / 255
    light = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    coded = pq(203 * light) if transfer == 16 else hlg(light)
    deep = np.rint(65535 * coded).astype(np.uint16)
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as film:
        options = {"x265-params": f"log-level=none:transfer={name}:colormatrix=bt709"}
        stream = film.add_stream("libx265", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 480, 240, "yuv420p10le"
        stream.color_trc, stream.colorspace = transfer, 1
        for _ in range(3):
            frame = VideoFrame.from_ndarray(deep, "rgb48le")
            film.mux(stream.encode(frame.reformat(format="yuv420p10le", dst_colorspace=1)))
        film.mux(stream.encode())
    images, _ = read(path)
    off = np.abs(images[-1].astype(int) - plain)
    assert off.mean() < 6
    assert abs(images[-1].mean() - plain.mean()) < 3
