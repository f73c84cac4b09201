"""Measure how fast a film is annotated, relative to its length; prints a Markdown table.

    python benchmarks/films.py
    python benchmarks/films.py --film holiday.mp4 --json films.json
    python benchmarks/films.py --history benchmarks/history/films.csv

Without a film it makes one: 1280×720, 25 frames a second, with sound and two faces that move and
change their size (scikit-image's astronaut and her mirror image). It takes about a minute. A busy
machine makes the figures worse, hence the load.
"""

import json
import os
from collections.abc import Callable
from contextlib import nullcontext
from fractions import Fraction
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Annotated

import av
import cv2
import cyclopts
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from cyclopts import Parameter
from remembering import machine, remember
from skimage import data

from mien.faces.reader import Reader
from mien.faces.spacing import SpacedFollower
from mien.films.video import AnnotatedVideo
from mien.media.film import Video


def make_film(path: Path, seconds: float) -> None:
    """Write the film described above."""
    size, rate = (1280, 720), 25
    astronaut = np.asarray(data.astronaut(), np.uint8)
    samples = (8000 * np.sin(np.arange(44100 // rate) / 20)).astype(np.int16)[None]
    noise = np.random.default_rng(0).integers(90, 130, (720, 1280, 3)).astype(np.uint8)
    ground = np.asarray(cv2.GaussianBlur(noise, (0, 0), 3), np.uint8)
    with av.open(str(path), "w") as film:
        pictures = film.add_stream("libx264", rate=rate, options={"preset": "veryfast"})
        pictures.width, pictures.height, pictures.pix_fmt = *size, "yuv420p"
        sound = film.add_stream("aac", rate=44100)
        for index in range(int(seconds * rate)):
            image = ground.copy()
            for face, (middle, phase) in zip(
                (astronaut, astronaut[:, ::-1]), ((330, 0.0), (950, 2.0)), strict=True
            ):
                sway = np.sin(index / 25 + phase)
                turn = np.array(
                    ((1 + 0.1 * sway, 0, middle + 40 * sway - 256), (0, 1 + 0.1 * sway, 104))
                )
                drawn = cv2.warpAffine(np.ascontiguousarray(face), turn, size)
                image[drawn.any(axis=2)] = drawn[drawn.any(axis=2)]
            film.mux(pictures.encode(VideoFrame.from_ndarray(image, "rgb24")))
            heard = AudioFrame.from_ndarray(samples, "s16", "mono")
            heard.sample_rate, heard.pts = 44100, index * samples.shape[1]
            heard.time_base = Fraction(1, 44100)
            film.mux(sound.encode(heard))
        film.mux(pictures.encode())
        film.mux(sound.encode())


def annotate(film: Path, out: Path | None, reader: Reader) -> tuple[int, float]:
    """Read a film as `mien watch` does, and write it annotated; return frames and faces a frame."""
    video, follower = Video(film, sound=out is not None), SpacedFollower()
    frames = faces = 0
    with video, AnnotatedVideo(out, video) if out else nullcontext() as drawn:
        for frame in chain(video.frames(), (None,)):
            for one, readings in follower.take(reader, frame) if frame else follower.finish(reader):
                frames, faces = frames + 1, faces + len(readings)
                if drawn:
                    drawn.write(one, readings)
    return frames, faces / max(frames, 1)


def decode(film: Path) -> tuple[int, float]:
    """Decode a film only."""
    with Video(film) as video:
        return sum(1 for _ in video.frames()), 0.0


def main(
    *,
    film: Path | None = None,
    seconds: float = 10,
    json_file: Annotated[Path | None, Parameter("--json")] = None,
    history: Path | None = None,
) -> None:
    """Measure and print.

    Args:
        film: film to annotate instead of the one that is made.
        seconds: length of the film that is made.
        json_file: file for the figures.
        history: table to which a row for each case is added.
    """
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    reader = Reader()
    rows: list[dict[str, float | str]] = []
    with TemporaryDirectory() as folder:
        path = film or Path(folder) / "film.mp4"
        if film is None:
            make_film(path, seconds)
        with Video(path) as opened:
            length = opened.duration or 0.0
        out = Path(folder) / "annotated.mp4"
        cases: dict[str, Callable[[], tuple[int, float]]] = {
            "decode": lambda: decode(path),
            "decode, read, follow": lambda: annotate(path, None, reader),
            "the same, draw, encode": lambda: annotate(path, out, reader),
        }
        for name, case in cases.items():
            start, processor = perf_counter(), process_time()
            frames, faces = case()
            took, processor = perf_counter() - start, process_time() - processor
            rows.append(
                {
                    "case": name,
                    "frames": frames,
                    "faces a frame": round(faces, 2),
                    "milliseconds a frame": round(1000 * took / frames, 1),
                    "processor milliseconds a frame": round(1000 * processor / frames, 1),
                    "times real time": round(length / took, 2),
                }
            )
    print(f"{machine()}, load {load:.1f}")
    print(f"\n| {' | '.join(rows[0])} |\n|---{'|--:' * (len(rows[0]) - 1)}|")
    for row in rows:
        print(f"| {' | '.join(map(str, row.values()))} |")
    if history:
        remember(history, [{"load": round(load, 1)} | row for row in rows])
    if json_file:
        json_file.write_text(json.dumps({"load": round(load, 1), "cases": rows}, indent=1) + "\n")


if __name__ == "__main__":
    cyclopts.run(main)
