"""Measure what faces do over time: talking, nods and shakes, lasting changes; keep a history.

    python benchmarks/over_time.py [--every 0.1] [--history benchmarks/history/over-time.csv]

*Talking*: precision and recall over the readings in the stretches of talking.csv, which were
labelled by eye on pictures of the mouth every 0.2 s; the first second of a film does not count.
*Steady*: changes a minute of the answer shown for the largest face, in the films of clips/talking,
in their first 8 s, and in the others; share of right answers in the stretches of segments.csv.
*Gestures*: in all clips, against gestures.csv, labelled by eye (a gesture within a second of its
stretch is right), and in films of portraits whose heads are moved (moving_heads.py). *Marked*:
lasting changes marked as "just now", a minute. *Delay*: median of the seconds from a cut between
two stills of single_face.mp4 until the shown answer has changed. *Smiles*: seconds from a cut
between the neutral and the smiling portrait of each of London's people, mild smiles too, until
happy is shown; only of people whose held smile is shown as happy, and whose neutral portrait is
not. *Costs*: time of the work over time, as a share of the time in which a frame is read.
"""

import csv
import math
import statistics
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Final

import cv2
import cyclopts
import moving_heads as heads
import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray
from remembering import remember
from steadiness import camera, seconds_to_change, stills

from mien.faces.detector import Detector
from mien.faces.gestures import Gestures
from mien.faces.reader import Reader
from mien.faces.stream import Follower
from mien.faces.talking import SpokenVotes, Talking
from mien.faces.tracker import Tracker
from mien.faces.usual_faces import UsualFaces
from mien.media.film import Video
from mien.media.picture import load_image
from mien.types import Reading

HERE: Final = Path(__file__).parent
DATA: Final = HERE.parents[1] / "shared" / "data"
SIDE: Final = 480  # pixels of the longer side of shrunk pictures
SETTLED: Final = 1.0  # seconds at a film's beginning in which talking cannot be known
HELD: Final = 2.0  # seconds for which a portrait is held
NEAR: Final = 1.0  # seconds around a stretch in which its gesture counts

Film = list[tuple[int, Reading]]
Picture = NDArray[np.uint8]


def followed(reader: Reader, path: Path, every: float) -> Film:
    """Return frame indices and readings of the largest face of a film."""
    follower, found = Follower(), []
    with Video(path) as film:
        for frame in film.frames(every):
            readings, _ = follower.read_timed(reader, resized(frame.image, SIDE), frame.time)
            found += [(frame.index, reading) for reading in readings[:1]]
    return found


def table(path: Path, film: str = "film") -> dict[str, list[dict[str, str]]]:
    """Read a table's rows by film."""
    rows: dict[str, list[dict[str, str]]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row[film].removeprefix("clips/"), []).append(row)
    return rows


def time_of(reading: Reading) -> float:
    """Return the seconds since the film began."""
    return reading.time or 0.0


def talking(films: dict[str, Film]) -> tuple[float, float, int]:
    """Return precision, recall, and the number of readings."""
    right = predicted = there = count = 0
    for name, rows in table(HERE / "talking.csv").items():
        for _, reading in films[name]:
            time = time_of(reading)
            labels = [r for r in rows if float(r["start"]) <= time <= float(r["end"])]
            if time - time_of(films[name][0][1]) < SETTLED or not labels:
                continue
            talks = labels[0]["talking"] == "yes"
            count += 1
            right += talks and bool(reading.talking)
            predicted += bool(reading.talking)
            there += talks
    return right / max(predicted, 1), right / max(there, 1), count


def changes_a_minute(films: Sequence[Film]) -> float:
    """Count changes of the shown answer; two answers are the same in any order."""
    count = sum(set(a.answers) != set(b.answers) for f in films for (_, a), (_, b) in pairwise(f))
    return round(60 * count / seconds(films), 1)


def seconds(films: Sequence[Film]) -> float:
    """Return the total length of films."""
    return sum(time_of(film[-1][1]) - time_of(film[0][1]) for film in films)


def begun(film: Film, of: Callable[[Reading], Any]) -> list[tuple[float, Any]]:
    """Return when a value begins, and the value."""
    values = [(time_of(reading), of(reading)) for _, reading in film]
    first = values[:1] if values and values[0][1] else []
    return first + [b for a, b in pairwise(values) if b[1] and b[1] != a[1]]


def clip_gestures(films: dict[str, Film]) -> tuple[int, int, int, int]:
    """Return gestures recognised, of these right, stretches labelled, and of these found."""
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
    """Count gestures recognised in the first portraits whose heads are moved."""
    detector = Detector()
    counts: dict[str, int] = dict.fromkeys(("portraits", "nods", "shakes", "wrong"), 0)
    for seed, path in enumerate(sorted(photos.glob("neutral-*.jpg"))[:most]):
        picture = resized(load_image(path), 320)
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


def first(film: Film, seconds: float) -> Film:
    """Return the beginning of a film."""
    return [each for each in film if time_of(each[1]) - time_of(film[0][1]) <= seconds + 1e-6]


def resized(picture: Picture, side: int) -> Picture:
    """Shrink a picture to a longer side."""
    shrink = min(1.0, side / max(picture.shape[:2]))
    size = [round(shrink * length) for length in picture.shape[1::-1]]
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def smile_delay(
    reader: Reader, neutral: Picture, happy: Picture, every: float, seed: int
) -> float | None:
    """Return the seconds from a cut between two portraits until happy is shown.

    Both are seen by an unsteady camera. None where the second, held, is not shown as happy, or the
    first is.
    """
    before = list(camera(neutral, HELD, 1 / every, seed))
    after = list(camera(happy, HELD, 1 / every, seed + 1))
    held, cut = Follower(), Follower()
    wanted = [held.read_timed(reader, image, time)[0] for time, image in after]
    seen = [cut.read_timed(reader, image, time)[0] for time, image in before]
    seen += [cut.read_timed(reader, image, HELD + time)[0] for time, image in after]
    answers = [readings[0].answers if readings else () for readings in seen]
    if "happy" in answers[len(before) - 1] or wanted[-1][0].answers != ("happy",):
        return None
    shown = [index for index in range(len(after)) if "happy" in answers[len(before) + index]]
    return shown[0] * every if shown else math.inf


def smiles(reader: Reader, london: Path, every: float) -> list[float]:
    """Return the delays of London's smiles."""
    found: list[float] = []
    for seed, path in enumerate(sorted(london.glob("*_neutral.jpg"))):
        pair = path, path.with_name(path.name.replace("neutral", "happy"))
        neutral, happy = (resized(load_image(each), 320) for each in pair)
        delay = smile_delay(reader, neutral, happy, every, seed)
        found += [] if delay is None else [delay]
    return found


def costs(reader: Reader, path: Path) -> dict[str, float]:
    """Return the times of the work over time, as shares of the time in which a frame is read.

    The quickest of several rounds counts, since others use the machine, too.
    """
    with Video(path) as film:
        frames = [(frame.time, resized(frame.image, SIDE)) for frame in film.frames(0.1)]
    best: dict[str, float] = {}
    for _ in range(5):
        talking, spoken, gestures = Talking(), SpokenVotes(), Gestures()
        tracker, usual = Tracker(), UsualFaces()
        spent: dict[str, float] = dict.fromkeys(("read", "talking", "gestures", "all", "usual"), 0)

        def clocked(name: str, work: Callable[[], Any], spent: dict[str, float] = spent) -> Any:
            begin = perf_counter()
            result = work()
            spent[name] += perf_counter() - begin
            return result

        for at, image in frames:
            readings: list[Reading] = clocked("read", partial(reader.read, image))
            largest = readings[0]
            clocked("talking", partial(talking.add, largest.movements, at))
            clocked("talking", partial(spoken.add, largest.votes.shares, at))
            clocked("talking", partial(spoken.smoothed, 0.1))
            clocked("gestures", partial(gestures.add, largest.landmarks, at, False))
            tracked = clocked("all", partial(tracker.update, image, readings, at))
            clocked("usual", partial(usual.update, tracked, at))
        for name, value in spent.items():
            best[name] = min(value, best.get(name, math.inf))
    return {name: value / best["read"] for name, value in best.items() if name != "read"}


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
        data: folder with clips/, photos/ and real/london/.
        every: seconds between readings.
        portraits: number of portraits that are moved.
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
    smiled = smiles(reader, data / "real" / "london", every)
    shares = costs(reader, clips / "talking" / "talk-3.mp4")
    row: dict[str, Any] = {
        "every": every,
        "talking_readings": count,
        "talking_precision": round(precision, 3),
        "talking_recall": round(recall, 3),
        "changes_a_minute_talking": changes_a_minute(speakers),
        "changes_a_minute_talking_first_8_s": changes_a_minute([first(f, 8) for f in speakers]),
        "clear_talking": round(
            statistics.mean(reading.clear for film in speakers for _, reading in film), 3
        ),
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
        "smiles": len(smiled),
        "smiles_within_0_4": sum(delay <= 0.4 + 1e-6 for delay in smiled),
        "smile_median": round(statistics.median(smiled), 3),
        "smile_most": round(max(smiled), 3),
        **{f"cost_{name}": round(share, 4) for name, share in shares.items()},
    }
    for key, value in row.items():
        print(f"{key}: {value}")
    if keep:
        remember(history, [row])


if __name__ == "__main__":
    cyclopts.run(main)
