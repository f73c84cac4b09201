"""Measure how often the change from a person's usual face is right, in pictures and in films.

    python benchmarks/usual_face.py [--model FILE] [--name NAME]

*Pictures* (../shared/data/real): of each person of london and yale one neutral picture is the usual
face. Pictures of an emotion are right if the change is that emotion. Other neutral pictures
(Yale's with other glasses, or with light from the middle) are right if there is no change; files
that are the same as the usual one do not count. `balanced` is the mean over the emotions and
neutral; `kept` is the share of the other neutral pictures without a change, where there are any,
and without them neutral counts as right, since a face never differs from itself.

*Films* (../shared/data/clips): ten readings a second as in `mien.watch`. Each film is played
forwards and backwards `loops` times, because most are too short for a usual face to be learnt. In
the stretches of segments.csv the shown answer is counted with and without usual faces: votes must
not change. While a usual face is known: how often a minute the change itself changes, and in which
share of a stretch's frames it is the stretch's label.

Appends a line to benchmarks/history/usual-face.csv, and prints it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from typing import Annotated, Any, Final

import cyclopts
from cyclopts import Parameter
from remembering import remember

from mien.faces.classifier import PACKAGED_MODEL
from mien.faces.reader import Reader
from mien.faces.stream import Follower
from mien.faces.usual_face import LEAST, usual_face
from mien.faces.usual_faces import UsualFaces
from mien.media.film import Video
from mien.types import Reading

HERE: Final = Path(__file__).parent
DATA: Final = HERE.parents[1] / "shared" / "data"
NEUTRAL_TOO: Final = ("yale:glasses", "yale:noglasses", "yale:centerlight")
"""Sources of unlabelled pictures on which people look neutral."""

EVERY: Final = 0.1
"""Seconds between readings of a film."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A labelled picture of a person."""

    path: Path
    person: str
    label: str
    source: str


@dataclass(slots=True)
class Share:
    """A share: a number of right answers of a number of all."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:
        """Count one answer."""
        self.right += right
        self.of += 1

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None without any answer."""
        return self.right / self.of if self.of else None


def read_shots(labels: Path) -> list[Shot]:
    """Read London's and Yale's pictures of a known expression, in the order of the table."""
    shots: list[Shot] = []
    with labels.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            label = row["label"] or ("neutral" if row["source"] in NEUTRAL_TOO else "")
            if label and row["source"].startswith(("london", "yale")):
                path = labels.parent / row["file"]
                shots.append(Shot(path, row["person"], label, row["source"]))
    return shots


def judge(shots: list[Shot], reader: Reader) -> dict[str, float | None]:
    """Compute the figures of one set of pictures."""
    plain: dict[str, Share] = {}
    told: dict[str, Share] = {}
    kept = Share()
    light = Share()
    for person in sorted({shot.person for shot in shots}):
        own = [shot for shot in shots if shot.person == person]
        base = next(
            shot for shot in own if shot.label == "neutral" and shot.source not in NEUTRAL_TOO
        )
        content = base.path.read_bytes()
        usual = usual_face(reader.read(base.path)[:1])
        for shot in own:
            if shot.label == "neutral" and shot.path.read_bytes() == content:
                continue
            reading = reader.read(shot.path)[0]
            change = usual.compare(reading)
            answer = change.emotion if change else "neutral"
            plain.setdefault(shot.label, Share()).add(reading.top(1)[0][0] == shot.label)
            if shot.label != "neutral":
                told.setdefault(shot.label, Share()).add(answer == shot.label)
            elif shot.source == "yale:centerlight":
                light.add(answer == "neutral")
            else:
                kept.add(answer == "neutral")
    neutral = kept.value if kept.of else 1.0
    recalls = [share.value or 0.0 for share in told.values()]
    without = [share.value or 0.0 for share in plain.values()]
    return {
        "plain_recall": sum(without) / len(without),
        **{f"recall_{name}": share.value for name, share in sorted(told.items())},
        "kept": kept.value,
        "kept_other_light": light.value,
        "balanced": (sum(recalls) + (neutral or 0.0)) / (len(recalls) + 1),
    }


@dataclass(slots=True)
class Watched:
    """Counts over films."""

    seconds: float = 0.0
    known: float = 0.0
    answers: int = 0  # changes of the answer
    changes: int = 0  # changes of the change
    right: Share = field(default_factory=Share)
    right_without: Share = field(default_factory=Share)
    told: Share = field(default_factory=Share)


Frames = list[tuple[int, list[Reading]]]
Segments = list[tuple[int, int, str]]


def read_film(path: Path, reader: Reader) -> Frames:
    """Return index and readings of frames, followed and smoothed, without any usual face."""
    follower = Follower()
    follower.usual_faces = UsualFaces(learn=False)
    with Video(path) as film:
        return [(frame.index, follower.read(reader, frame)) for frame in film.frames(EVERY)]


def watch(frames: Frames, segments: Segments, loops: int, watched: Watched) -> None:
    """Play a film forwards and backwards, and count."""
    faces = UsualFaces()
    last: dict[int | None, tuple[str, str | None]] = {}
    ways = cycle((frames, frames[::-1]))
    played = (frame for way in islice(ways, loops) for frame in way)
    for number, (index, plain) in enumerate(played):
        readings = faces.update(plain, number * EVERY)
        label = next((name for a, b, name in segments if a <= index <= b), None)
        for reading, without in zip(readings, plain, strict=True):
            answer = reading.top(1)[0][0]
            change = reading.change.emotion if reading.change else None
            before = last.get(reading.track, (answer, change))
            last[reading.track] = answer, change
            watched.seconds += EVERY
            watched.answers += before[0] != answer
            if label is not None:
                watched.right.add(answer == label)
                watched.right_without.add(without.top(1)[0][0] == label)
            if reading.compared:
                watched.known += EVERY
                watched.changes += before[1] != change
                if label is not None:
                    watched.told.add((change or "neutral") == label)


def films(table: Path) -> Iterator[tuple[Path, Segments]]:
    """Yield the films of segments.csv with their stretches, and those of people talking."""
    segments: dict[str, Segments] = {}
    with table.open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            stretch = int(row["first_frame"]), int(row["last_frame"]), row["label"]
            segments.setdefault(row["film"], []).append(stretch)
    for name, stretches in segments.items():
        yield table.resolve().parents[1] / name, stretches
    for path in sorted(table.with_name("talking").glob("*.mp4")):
        yield path, []


def main(
    *,
    model: Path | None = None,
    name: str | None = None,
    data: Path = DATA,
    loops: int = 6,
    history: Annotated[Path, Parameter(negative=())] = HERE / "history" / "usual-face.csv",
    keep: bool = True,
    pictures_only: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Measure, print, and add a line to the history.

    Args:
        model: an exported model; without it the one that ships with mien.
        name: name of the model in the history; without it the file's name.
        data: folder with real/ and clips/.
        loops: number of times that each film is played.
        history: CSV to which a line is added.
        keep: add to the history.
        pictures_only: leave the films out.
    """
    reader = Reader(model=model)
    if not (data / "real" / "labels.csv").is_file():
        raise SystemExit(f"{data} is not on this machine; give --data.")
    row: dict[str, Any] = {
        "model": name or ("shipped" if model is None else model.name),
        "sha256": sha256((model or PACKAGED_MODEL).read_bytes()).hexdigest()[:12],
        "least": LEAST,
    }
    shots = read_shots(data / "real" / "labels.csv")
    for of in ("london", "yale"):
        figures = judge([shot for shot in shots if shot.source.startswith(of)], reader)
        row |= {f"{of}_{key}": _rounded(value) for key, value in figures.items()}
    labelled, talking = Watched(), Watched()
    if not pictures_only:
        for path, segments in films(data / "clips" / "segments.csv"):
            frames = read_film(path, reader)
            watch(frames, segments, loops, labelled if segments else talking)
    for of, watched in (("segments", labelled), ("talking", talking)):
        known = watched.known / 60
        row |= {
            f"{of}_right": _rounded(watched.right.value),
            f"{of}_right_without": _rounded(watched.right_without.value),
            f"{of}_answers_a_minute": round(watched.answers / watched.seconds * 60, 1)
            if watched.seconds
            else None,
            f"{of}_known_seconds": round(watched.known, 1),
            f"{of}_changes_a_minute": round(watched.changes / known, 1) if known else None,
            f"{of}_change_is_label": _rounded(watched.told.value),
        }
    for key, value in row.items():
        print(f"{key}: {'' if value is None else value}")
    if keep:
        remember(history, [row])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


if __name__ == "__main__":
    cyclopts.run(main)
