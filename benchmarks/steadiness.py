r"""Measure how steady the shown answer is, and how quickly it follows a real change.

    python benchmarks/steadiness.py --photos ../shared/data/photos \
        --film ../shared/data/clips/single_face.mp4

*Steady*: each portrait (`neutral-*.jpg`) is held before an unsteady camera for 30 seconds. It sways
by some pixels, comes nearer, goes away and tilts, and every frame has its own light, noise and JPEG
compression. Counted are the changes of the shown answer after the first second.

*Quick*: a still of the film's first expression is held before the same camera, then, from one frame
to the next, a still of its last expression. Measured is the time until the shown answer is the one
that the second still gives when it is held by itself.

Readings run through `Reader` and `Follower` as in the live page, by the clock of the film: speed
plays no part.
"""

import json
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import cv2
import cyclopts
import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray

from mien.faces.reader import Reader
from mien.faces.stream import Follower
from mien.live.protocol import MAX_SIDE
from mien.media.picture import load_image

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Result:
    """Figures; see the module's text."""

    portraits: int
    rate: float
    changes: list[int]
    changed_more_than_once: int
    seconds_to_show_a_change: list[float]
    median_seconds: float


def camera(
    picture: Picture, seconds: float, rate: float, seed: int
) -> Iterator[tuple[float, Picture]]:
    """Film a picture by an unsteady camera, in frames of the size that the page sends.

    Args:
        picture: RGB uint8 (H, W, 3); shrunk to at most 640 pixels a side.
        seconds: length of the film.
        rate: frames a second.
        seed: seed of sway, light, noise and compression.

    Yields:
        Seconds since the film began, and the frame, RGB uint8 (H, W, 3).
    """
    rng = np.random.default_rng(seed)
    shrink = min(1, MAX_SIDE / max(picture.shape[:2]))
    size = (round(shrink * picture.shape[1]), round(shrink * picture.shape[0]))
    picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    width, height = size
    phases = rng.uniform(0, 2 * np.pi, 4)
    for index in range(int(seconds * rate)):
        time = index / rate
        sway = [
            np.sin(time * 2 * np.pi / period + phase)
            for period, phase in zip((3.1, 4.3, 7.9, 5.7), phases, strict=True)
        ]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), 3 * sway[3], 1 + 0.04 * sway[2])
        turn[:, 2] += 0.015 * width * np.array(sway[:2])
        frame = cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
        light = 1 + 0.06 * rng.standard_normal()
        noisy = frame * light + rng.normal(0, 4, frame.shape)
        frame = np.clip(noisy, 0, 255).astype(np.uint8)
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 90))]
        frame = cv2.imdecode(cv2.imencode(".jpg", frame, quality)[1], cv2.IMREAD_COLOR)
        yield time, np.asarray(frame, np.uint8)


def shown(reader: Reader, film: Iterator[tuple[float, Picture]]) -> list[tuple[float, str | None]]:
    """Return the answers shown for the largest face; None while it is unclear or missing.

    Two answers that are about equally frequent are joined by "+".
    """
    follower = Follower()
    answers: list[tuple[float, str | None]] = []
    for time, frame in film:
        readings, _ = follower.read_timed(reader, frame, time)
        answer = "+".join(readings[0].answers) or None if readings else None
        answers.append((time, answer))
    return answers


def changes(answers: list[tuple[float, str | None]], after: float = 1.0) -> int:
    """Count changes of the shown answer once the film has settled."""
    settled = [answer for time, answer in answers if time >= after]
    return sum(a != b for a, b in pairwise(settled))


def seconds_to_change(
    reader: Reader, before: Picture, after: Picture, rate: float, seed: int
) -> float:
    """Return the seconds from a change of expression until it is shown; infinite if it never is."""
    wanted = shown(reader, camera(after, 2, rate, seed))[-1][1]
    start = 2 + 1 / (3 * rate)  # changes come between frames

    def film() -> Iterator[tuple[float, Picture]]:
        yield from camera(before, 2, rate, seed)
        yield from ((2 + time, frame) for time, frame in camera(after, 2, rate, seed))

    answers = shown(reader, film())
    later = [time for time, answer in answers if time >= start and answer == wanted]
    return later[0] - 2 if later else float("inf")


def stills(path: Path) -> tuple[Picture, Picture]:
    """Return the first and the last frame of a film, RGB."""
    capture = cv2.VideoCapture(str(path))
    frames: list[Picture] = []
    while True:
        success, frame = capture.read()
        if not success:
            break
        frames = [*frames[:1], cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).astype(np.uint8)]
    if len(frames) < 2:
        raise SystemExit(f"{path}: no film that can be read")
    return frames[0], frames[1]


def measure(
    *,
    photos: Path,
    film: Path,
    model: Path | None = None,
    rate: float = 10,
    seconds: float = 30,
    json_file: Annotated[Path | None, Parameter("--json")] = None,
) -> None:
    """Measure and print.

    Args:
        photos: folder of portraits named neutral-*.jpg.
        film: film of one person, whose expression at the end differs from that at the start.
        model: an exported model; without it the one that ships with mien.
        rate: frames a second.
        seconds: seconds for which each portrait is held.
        json_file: file for the figures.
    """
    reader = Reader(model=model, threads=2)
    counts: list[int] = []
    for seed, path in enumerate(sorted(photos.glob("neutral-*.jpg"))):
        answers = shown(reader, camera(load_image(path), seconds, rate, seed))
        counts.append(changes(answers))
        print(f"{path.name}: {answers[-1][1]}, {counts[-1]} changes", flush=True)
    first, last = stills(film)
    delays = [
        seconds_to_change(reader, *order, at, seed)
        for order in ((first, last), (last, first))
        for at in (rate, 15.0, 30.0)
        for seed in range(3)
    ]
    result = Result(
        portraits=len(counts),
        rate=rate,
        changes=counts,
        changed_more_than_once=sum(count > 1 for count in counts),
        seconds_to_show_a_change=[round(delay, 3) for delay in delays],
        median_seconds=statistics.median(delays),
    )
    print(
        f"{seconds:g} s at {rate:g} frames a second: {result.changed_more_than_once} of "
        f"{result.portraits} portraits changed more than once, {sum(counts)} changes in all; "
        f"a change shows after {result.median_seconds:.2f} s (median), {max(delays):.2f} at most"
    )
    if json_file:
        json_file.write_text(json.dumps(asdict(result), indent=2) + "\n")


if __name__ == "__main__":
    cyclopts.run(measure)
