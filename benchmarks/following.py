r"""Measure who is who, and what is shown, over real films; keep a history.

    python benchmarks/following.py ../shared/data/clips --history benchmarks/history/following.csv

Every film is read ten times a second, up to `--seconds`. All figures are made of these readings by
the clock of the film, so that speed plays no part.

*Persons*: number of track numbers when a reading comes every so many seconds, beside the largest
number of faces seen at once. *Cuts*: a film is followed by another, in a picture of one size;
counted is how often somebody of the second gets a number of the first. *Grids*: six films as tiles
of a call change places every 3 s; counted are numbers, and readings with somebody else's number.
*Shown*: changes a minute of the answer (one, two, or none, of the largest face), clear readings
that show another answer than the largest share, and those below the limit.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise, permutations
from pathlib import Path
from typing import Annotated, Final

import cv2
import cyclopts
import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray
from remembering import remember

from mien.answers import State
from mien.faces.reader import Reader
from mien.faces.reasons import FEWEST_AGREEING
from mien.faces.tracker import Tracker
from mien.frames import Face
from mien.media.film import Video
from mien.types import Reading

Picture = NDArray[np.uint8]
Step = tuple[float, Picture, list[Reading]]
"""A frame of a film: its time in seconds, the picture, RGB, and the readings of its faces."""

RATE: Final = 0.1
SIDE: Final = 480  # pixels of the longer side of shrunk pictures
TILE: Final = (320, 240)


@dataclass(frozen=True)
class Result:
    """Figures; see the module's text."""

    films: int
    seconds: float
    faces_at_once: int
    persons_every_0_1: int
    persons_every_0_5: int
    persons_every_1: int
    persons_every_2: int
    cuts: int
    cuts_to_a_known_number: int
    grid_people: int
    grid_numbers: int
    grid_numbers_given_to_another: int
    changes_a_minute: float
    changes_a_minute_talking: float
    clear: float
    mixed: float
    contradicting: float
    under_the_limit: float


def steps(reader: Reader, path: Path, seconds: float) -> list[Step]:
    """Read a film ten times a second."""
    found: list[Step] = []
    with Video(path) as film:
        for frame in film.frames(RATE):
            if frame.time > seconds:
                break
            shrink = min(1, SIDE / max(frame.image.shape[:2]))
            size = [round(shrink * length) for length in frame.image.shape[1::-1]]
            small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
            picture = np.asarray(small, np.uint8)
            found.append((frame.time, picture, list(reader.read(picture))))
    return found


def seldom(film: Sequence[Step], every: float) -> Iterator[Step]:
    """Yield the frames that `--every` reads."""
    due = -1.0
    for step in film:
        if step[0] >= due - 1e-6:
            due = step[0] + every
            yield step


def persons(film: Sequence[Step], every: float) -> int:
    """Count the track numbers of a film's faces."""
    tracker = Tracker()
    return len(
        {
            reading.track
            for time, picture, readings in seldom(film, every)
            for reading in tracker.update(picture, readings, time)
        }
    )


def tile(picture: Picture, readings: Sequence[Reading]) -> tuple[Picture, list[Reading]]:
    """Put a picture into a tile of a call; return the tile and the reading of its largest face."""
    scale = min(TILE[0] / picture.shape[1], TILE[1] / picture.shape[0])
    width, height = int(picture.shape[1] * scale), int(picture.shape[0] * scale)
    left, top = (TILE[0] - width) // 2, (TILE[1] - height) // 2
    ground = np.zeros((TILE[1], TILE[0], 3), np.uint8)
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    ground[top : top + height, left : left + width] = small
    return ground, [moved(reading, scale, left, top) for reading in readings[:1]]


def moved(reading: Reading, scale: float, left: float, top: float) -> Reading:
    """Move a reading to another place."""
    x1, y1, x2, y2 = (scale * value for value in reading.box)
    box = (x1 + left, y1 + top, x2 + left, y2 + top)
    marks = scale * reading.landmarks + np.array((left, top), np.float32)
    return replace(reading, face=Face(box, marks, reading.score))


def cuts(films: Sequence[Sequence[Step]], every: float, most: int) -> tuple[int, int]:
    """Count cuts from film to film, and those after which a track number continues."""
    count = wrong = 0
    parts = [list(seldom(film, every))[:3] for film in films]
    pairs: list[tuple[list[Step], ...]] = list(permutations(parts, 2))
    order = np.random.default_rng(0).permutation(len(pairs))[:most]
    for before, after in (pairs[index] for index in order):
        tracker = Tracker()
        numbers: list[set[int | None]] = []
        for part, offset in ((before, 0), (after, len(before))):
            seen: set[int | None] = set()
            for index, (_, picture, readings) in enumerate(part):
                image, found = tile(picture, readings)
                time = every * (offset + index)
                seen |= {reading.track for reading in tracker.update(image, found, time)}
            numbers.append(seen)
        count += 1
        wrong += bool(numbers[0] & numbers[1])
    return count, wrong


def grid(films: Sequence[Sequence[Step]], every: float, seed: int = 0) -> tuple[int, int]:
    """Count numbers, and wrong ones, of six people in tiles who change places every 3 s."""
    rng, tracker = np.random.default_rng(seed), Tracker()
    owners: dict[int | None, int] = {}
    wrong, order = 0, list(range(len(films)))
    shown = [list(seldom(film, every)) for film in films]
    for index in range(min(len(film) for film in shown)):
        if index and index % max(3, round(3 / every)) == 0:
            order = [int(person) for person in rng.permutation(len(films))]
        image = np.zeros((2 * TILE[1], 3 * TILE[0], 3), np.uint8)
        faces: list[tuple[int, Reading]] = []
        for place, person in enumerate(order):
            left, top = TILE[0] * (place % 3), TILE[1] * (place // 3)
            part, readings = tile(*shown[person][index][1:])
            image[top : top + TILE[1], left : left + TILE[0]] = part
            faces += [(person, moved(reading, 1, left, top)) for reading in readings]
        found = tracker.update(image, [reading for _, reading in faces], index * every)
        for (person, _), reading in zip(faces, found, strict=True):
            wrong += owners.setdefault(reading.track, person) != person
    return len(owners), wrong


def followed(film: Sequence[Step]) -> list[Reading]:
    """Return the readings of a film's first person, as they are shown."""
    tracker = Tracker()
    found = [
        reading
        for time, picture, readings in film
        for reading in tracker.update(picture, readings, time)[:1]
    ]
    return [reading for reading in found if reading.track == found[0].track]


def changes(shown: Sequence[Reading]) -> int:
    """Count changes of the shown answer; two answers are the same in any order."""
    return sum(set(a.answers) != set(b.answers) for a, b in pairwise(shown))


def measure(
    folder: Path,
    *,
    seconds: float = 8,
    most_cuts: int = 60,
    model: Path | None = None,
    json_file: Annotated[Path | None, Parameter("--json")] = None,
    history: Path | None = None,
) -> None:
    """Measure and print.

    Args:
        folder: folder of films, each of one person or few; people talk in those below `talking`.
        seconds: seconds of each film to read.
        most_cuts: largest number of cuts, each at 1 and 2 s.
        model: an exported model; without it the one that ships with mien.
        json_file: file for the figures.
        history: table to which a row is added.
    """
    reader = Reader(model=model, threads=1)
    paths = sorted(path for path in folder.rglob("*") if path.suffix in {".mp4", ".mov", ".mkv"})
    films: dict[Path, list[Step]] = {}
    counts: list[list[int]] = []
    for path in paths:
        films[path] = steps(reader, path, seconds)
        counts.append([persons(films[path], every) for every in (RATE, 0.5, 1, 2)])
        print(f"{path.name}: {counts[-1]} persons every 0.1, 0.5, 1 and 2 s", flush=True)
    numbers = [sum(column) for column in zip(*counts, strict=True)]
    shown = {path: followed(film) for path, film in films.items()}
    alone = [f for f in films.values() if f[-1][0] > 0.75 * seconds and min(len(r) for *_, r in f)]
    cut = [cuts(alone, every, most_cuts) for every in (1, 2)]
    grids = [grid(alone[first : first + 6], every) for every in (0.5, 1, 2) for first in (0, 6)]
    everything = [reading for readings in shown.values() for reading in readings]
    clear = [reading for reading in everything if reading.clear]
    minutes = {path: len(readings) * RATE / 60 for path, readings in shown.items()}
    talking = [path for path in shown if path.parent.name == "talking"]
    largest = [(r, float(r.votes.shares.max())) for r in clear]
    result = Result(
        films=len(films),
        seconds=round(60 * sum(minutes.values()), 1),
        faces_at_once=sum(max(len(found) for *_, found in film) for film in films.values()),
        persons_every_0_1=numbers[0],
        persons_every_0_5=numbers[1],
        persons_every_1=numbers[2],
        persons_every_2=numbers[3],
        cuts=sum(count for count, _ in cut),
        cuts_to_a_known_number=sum(wrong for _, wrong in cut),
        grid_people=6 * len(grids),
        grid_numbers=sum(numbers for numbers, _ in grids),
        grid_numbers_given_to_another=sum(wrong for _, wrong in grids),
        changes_a_minute=round(sum(map(changes, shown.values())) / sum(minutes.values()), 1),
        changes_a_minute_talking=round(
            sum(changes(shown[path]) for path in talking) / sum(minutes[path] for path in talking),
            1,
        )
        if talking
        else 0.0,
        clear=round(len(clear) / len(everything), 4),
        mixed=round(sum(r.state == State.MIXED for r in everything) / len(everything), 4),
        contradicting=round(
            sum(r.votes[r.emotion] < most for r, most in largest) / len(clear),
            4,
        ),
        under_the_limit=round(sum(most < FEWEST_AGREEING for _, most in largest) / len(clear), 4),
    )
    print(json.dumps(asdict(result), indent=2))
    if json_file:
        json_file.write_text(json.dumps(asdict(result), indent=2) + "\n")
    if history:
        remember(history, [asdict(result)])


if __name__ == "__main__":
    cyclopts.run(measure)
