"""What faces do over time: talking, nods and shakes, lasting changes; figures with a history.

    python benchmarks/over_time.py [--every 0.1] [--history benchmarks/history/over-time.csv]

*Talking*: each reading of the stretches of talking.csv, which were labelled by eye on pictures of
the mouth every 0.2 s, but for the first second of a film: precision and recall. *Steady*: changes a
minute of the answer that is shown of the largest face, in the whole films of clips/talking, and in
the others; how many answers of segments.csv are right. *Gestures*: in all clips, against
gestures.csv, labelled by eye (a gesture told within a second of a stretch is right), and in films
of portraits whose heads are moved (moving_heads.py). *Marked*: lasting changes that are marked as
"just now", a minute. *Delay*: seconds from a cut between two stills of single_face.mp4 until what
is shown has changed, in the middle of several.
"""

import csv
import statistics
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final

import cv2
import cyclopts
import moving_heads as heads
import numpy as np
from cyclopts import Parameter
from steadiness import seconds_to_change, stills

from mien.cli.bench import machine
from mien.faces.detector import Detector
from mien.faces.gestures import Gestures
from mien.faces.reader import Reader
from mien.faces.stream import Follower
from mien.media.film import Video
from mien.media.picture import load_image
from mien.types import Reading

HERE: Final = Path(__file__).parent
DATA: Final = HERE.parents[1] / "shared" / "data"
SIDE: Final = 480  # of the longer side to which pictures are shrunk
SETTLED: Final = 1.0  # seconds of a film of which nobody can know whether its people talk
NEAR: Final = 1.0  # seconds around a stretch in which its gesture is told

Film = list[tuple[int, Reading]]


def followed(reader: Reader, path: Path, every: float) -> Film:
    """Frame indices and readings of the largest face of a film."""
    follower, found = Follower(), []
    with Video(path) as film:
        for frame in film.frames(every):
            shrink = min(1, SIDE / max(frame.image.shape[:2]))
            size = [round(shrink * length) for length in frame.image.shape[1::-1]]
            small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
            picture = np.asarray(small, np.uint8)
            readings, _ = follower.read_timed(reader, picture, frame.time)
            found += [(frame.index, reading) for reading in readings[:1]]
    return found


def table(path: Path, film: str = "film") -> dict[str, list[dict[str, str]]]:
    """Rows of a table by film."""
    rows: dict[str, list[dict[str, str]]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row[film].removeprefix("clips/"), []).append(row)
    return rows


def time_of(reading: Reading) -> float:
    """Seconds since the film began."""
    return reading.time or 0.0


def talking(films: dict[str, Film]) -> tuple[float, float, int]:
    """Precision, recall, and of how many readings."""
    right = told = there = count = 0
    for name, rows in table(HERE / "talking.csv").items():
        for _, reading in films[name]:
            time = time_of(reading)
            labels = [r for r in rows if float(r["start"]) <= time <= float(r["end"])]
            if time - time_of(films[name][0][1]) < SETTLED or not labels:
                continue
            talks = labels[0]["talking"] == "yes"
            count += 1
            right += talks and bool(reading.talking)
            told += bool(reading.talking)
            there += talks
    return right / max(told, 1), right / max(there, 1), count


def changes_a_minute(films: Sequence[Film]) -> float:
    """Of the answer that is shown; two answers are the same in any order."""
    count = sum(set(a.answers) != set(b.answers) for f in films for (_, a), (_, b) in pairwise(f))
    return round(60 * count / seconds(films), 1)


def seconds(films: Sequence[Film]) -> float:
    """Length of all together."""
    return sum(time_of(film[-1][1]) - time_of(film[0][1]) for film in films)


def begun(film: Film, of: Callable[[Reading], Any]) -> list[tuple[float, Any]]:
    """When something begins to be told, and what."""
    told = [(time_of(reading), of(reading)) for _, reading in film]
    first = told[:1] if told and told[0][1] else []
    return first + [b for a, b in pairwise(told) if b[1] and b[1] != a[1]]


def clip_gestures(films: dict[str, Film]) -> tuple[int, int, int, int]:
    """Gestures told, of these right, labelled stretches, and of these found."""
    labels = table(HERE / "gestures.csv")
    told = right = 0
    found: set[tuple[str, str]] = set()
    for name, film in films.items():
        for time, gesture in begun(film, lambda reading: reading.gesture):
            hits = [
                row
                for row in labels.get(name, [])
                if row["gesture"] == gesture
                and float(row["start"]) - NEAR <= time <= float(row["end"]) + NEAR
            ]
            told += 1
            right += bool(hits)
            found |= {(name, row["start"]) for row in hits}
    return told, right, sum(map(len, labels.values())), len(found)


def moved_gestures(photos: Path, rate: float, most: int) -> dict[str, int]:
    """Gestures told of portraits whose heads are moved, of the first so many."""
    detector = Detector()
    counts: dict[str, int] = dict.fromkeys(("portraits", "nods", "shakes", "wrong"), 0)
    for seed, path in enumerate(sorted(photos.glob("neutral-*.jpg"))[:most]):
        picture = load_image(path)
        shrink = 320 / max(picture.shape[:2])
        small = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        picture = np.asarray(small, np.uint8)
        face = detector.detect(picture)[0]
        counts["portraits"] += 1
        for moves, wanted in (
            (heads.nod, "nod"),
            (heads.shake, "shake"),
            (heads.sway, None),
            (heads.look_aside, None),
            (heads.look_down, None),
        ):
            gestures, told = Gestures(), set[str]()
            for time, frame in heads.film(picture, face, moves, rate, seed):
                for seen in detector.detect(frame)[:1]:
                    gestures.add(seen.landmarks, time)
                told |= {gestures.now} if gestures.now else set()
            counts["nods"] += wanted == "nod" and "nod" in told
            counts["shakes"] += wanted == "shake" and "shake" in told
            counts["wrong"] += len(told - {wanted})
    return counts


def main(
    *,
    data: Path = DATA,
    every: float = 0.1,
    portraits: int = 10,
    model: Path | None = None,
    history: Annotated[Path, Parameter(negative=())] = HERE / "history" / "over-time.csv",
    keep: bool = True,
) -> None:
    """Measure, print, and add a row to the history.

    Args:
        data: folder with clips/ and photos/.
        every: seconds between readings.
        portraits: how many are moved.
        model: an exported model; without it the one that ships with mien.
        history: CSV to which a row is added.
        keep: add to the history.
    """
    reader, clips = Reader(model=model, threads=1), data / "clips"
    paths = sorted(path for path in clips.rglob("*") if path.suffix in {".mp4", ".mov", ".mkv"})
    films = {str(path.relative_to(clips)): followed(reader, path, every) for path in paths}
    precision, recall, count = talking(films)
    speakers = [film for name, film in films.items() if name.startswith("talking")]
    others = [film for name, film in films.items() if not name.startswith("talking")]
    right = [
        reading.emotion == row["label"]
        for name, rows in table(clips / "segments.csv").items()
        for index, reading in films[name]
        for row in rows
        if int(row["first_frame"]) <= index <= int(row["last_frame"])
    ]
    told, correct, labelled, found = clip_gestures(films)
    moved = moved_gestures(data / "photos", 1 / every, portraits)
    marked = sum(len(begun(film, lambda reading: reading.just_now)) for film in films.values())
    neutral, happy = stills(clips / "single_face.mp4")
    delays = [
        seconds_to_change(reader, *order, 1 / every, seed)
        for order in ((neutral, happy), (happy, neutral))
        for seed in range(3)
    ]
    command = ["git", "describe", "--always", "--dirty"]
    row: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": "{processor}, {cores} cores".format(**machine()),
        "commit": subprocess.run(
            command, capture_output=True, text=True, check=False
        ).stdout.strip(),
        "every": every,
        "talking_readings": count,
        "talking_precision": round(precision, 3),
        "talking_recall": round(recall, 3),
        "changes_a_minute_talking": changes_a_minute(speakers),
        "changes_a_minute_others": changes_a_minute(others),
        "segments_right": round(statistics.mean(right), 4),
        "gestures_told": told,
        "gestures_right": correct,
        "gestures_labelled": labelled,
        "gestures_found": found,
        **{f"moved_{key}": value for key, value in moved.items()},
        "just_now_a_minute": round(60 * marked / seconds(list(films.values())), 1),
        "delay_median": round(statistics.median(delays), 3),
        "delay_most": round(max(delays), 3),
    }
    for key, value in row.items():
        print(f"{key}: {value}")
    if not keep:
        return
    history.parent.mkdir(parents=True, exist_ok=True)
    fresh = not history.exists()
    with history.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    cyclopts.run(main)
