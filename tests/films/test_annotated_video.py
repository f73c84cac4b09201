from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from small_films import face, placed, write_film

from mien.emotions import COLOURS
from mien.faces.reader import Reader
from mien.faces.watch import watch
from mien.films.video import AnnotatedVideo
from mien.media.film import Video

Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def annotate(film: Path, reader: Reader, every: float = 0) -> Path:
    out = film.with_name("annotated.mp4")
    video = Video(film, sound=True)
    with AnnotatedVideo(out, video) as annotated:
        for frame, readings in watch(video, reader=reader, every=every):
            annotated.write(frame, readings)
    return out


def decoded(path: Path) -> list[VideoFrame]:
    with av.open(str(path)) as film:
        return list(film.decode(video=0))


def sound(path: Path) -> tuple[str, list[float], float]:
    """Return the sound's codec, the loudness of each tenth of it, and its length in seconds."""
    with av.open(str(path)) as film:
        stream = film.streams.audio[0]
        parts = list(film.decode(stream))
        length = sum(part.samples for part in parts) / stream.rate
        heard = np.array_split(np.concatenate([p.to_ndarray()[0] for p in parts]), 10)
        loud = [float(np.abs(part.astype(np.float64)).mean()) for part in heard]
        return stream.codec_context.codec.canonical_name, loud, length


def test_boxes_are_drawn_and_the_rest_is_kept(
    tmp_path: Path, astronaut: Picture, reader: Reader
) -> None:
    picture = placed(face(astronaut), 60)
    out = annotate(write_film(tmp_path / "film.mp4", [picture] * 12), reader)
    frames = decoded(out)
    assert len(frames) == 12
    image = np.asarray(frames[-1].to_ndarray(format="rgb24"), int)
    (reading,) = reader.read(picture)
    x1, y1, _, y2 = (round(value) for value in reading.box)
    edge = image[(y1 + y2) // 2, x1 - 3 : x1 + 4]
    assert np.abs(edge - COLOURS["happy"]).sum(axis=1).min() < 90
    ground = image[:, 320:]
    assert np.abs(ground - 110).max() < 8  # colours and range are those of the film


def test_times_are_kept(tmp_path: Path, astronaut: Picture, reader: Reader) -> None:
    times = [0, 0.04, 0.5, 0.51, 2.0, 2.04]
    pictures = [placed(face(astronaut), 60)] * 6
    film = write_film(tmp_path / "film.mkv", pictures, times=times)
    frames = decoded(annotate(film, reader))
    assert [frame.time for frame in frames] == pytest.approx(times, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "codec", "kept"),
    [
        ("film.mp4", "aac", "aac"),
        ("film.ts", "aac", "aac"),
        ("film.mkv", "libmp3lame", "mp3"),
        ("film.avi", "pcm_s16le", "aac"),
    ],
)
def test_sound_is_kept(
    tmp_path: Path, astronaut: Picture, reader: Reader, name: str, codec: str, kept: str
) -> None:
    pictures = [placed(face(astronaut, 96), 0, size=(96, 96))] * 25
    coding = "mpeg4" if name.endswith("avi") else "libx264"
    film = write_film(tmp_path / name, pictures, sound=codec, codec=coding)
    out = annotate(film, reader)
    name, loud, length = sound(out)
    assert name == kept
    assert length == pytest.approx(sound(film)[2], abs=0.08)
    assert min(loud[1:-1]) > 0.5 * max(loud)
    assert len(decoded(out)) == 25


def test_sampled_films_keep_all_their_sound(
    tmp_path: Path, astronaut: Picture, reader: Reader
) -> None:
    pictures = [placed(face(astronaut, 96), 0, size=(96, 96))] * 25
    film = write_film(tmp_path / "film.mp4", pictures, sound="aac")
    out = annotate(film, reader, every=0.4)
    assert [frame.time for frame in decoded(out)] == pytest.approx([0, 0.4, 0.8])
    assert sound(out)[2] == pytest.approx(1, abs=0.08)


def test_odd_sizes_are_written(tmp_path: Path, astronaut: Picture, reader: Reader) -> None:
    picture = np.ascontiguousarray(face(astronaut, 98)[:97, :95])
    with Video(write_film(tmp_path / "film.mkv", [picture[:96, :94]])) as video:
        (frame,) = video.frames()
    with Video(tmp_path / "film.mkv") as video:
        out = tmp_path / "annotated.mp4"
        with AnnotatedVideo(out, video) as annotated:
            for index, image in enumerate((picture, picture[:50, :40])):
                annotated.write(type(frame)(image, index / 25, index), [])
    frames = decoded(out)
    assert [(image.width, image.height) for image in frames] == [(96, 98), (96, 98)]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, astronaut: Picture) -> None:
    film = write_film(tmp_path / "film.mp4", [face(astronaut, 96)])
    with Video(film) as video:
        (frame,) = video.frames()
        annotated = AnnotatedVideo(tmp_path / "nowhere" / "film.mp4", video)
        annotated.write(frame, [])
        with pytest.raises(FileNotFoundError), annotated:
            pass
