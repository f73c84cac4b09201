"""Measure all contenders in turn, in the same run, so that disturbances meet all alike."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from skimage import data

from mien.cli.bench import machine
from mien.training.data.dataset import load_dataset, select
from mien.training.evaluation import metrics
from peers.environments import MissingError, size, worker
from peers.workers import Worker, WorkerError

THREADS: Final = ("default", "one")

_PAUSE: Final = 0.05  # seconds, in which the threads of the worker before fall asleep
_WARM_UP: Final = 3


@dataclass(frozen=True, slots=True)
class Contender:
    """A library with one of its face detectors.

    Attributes:
        name: name in the table.
        library: one of `environments.LIBRARIES`.
        finder: its worker's name of the detector; "" for mien.
    """

    name: str
    library: str
    finder: str


CONTENDERS: Final = (
    Contender("mien", "mien", ""),
    Contender("fer, Haar", "fer", "haar"),
    Contender("fer, MTCNN", "fer", "mtcnn"),
    Contender("face-api, SSD", "face-api", "ssd"),
    Contender("face-api, tiny", "face-api", "tiny"),
)


def frames() -> dict[str, NDArray[np.uint8]]:
    """640×480 with one face 84 pixels wide, and with nine of 56: scikit-image's astronaut."""
    astronaut = np.asarray(data.astronaut(), np.uint8)
    one = np.full((480, 640, 3), 128, np.uint8)
    one[:, 80:560] = cv2.resize(astronaut, (480, 480), interpolation=cv2.INTER_AREA)
    head = cv2.resize(astronaut[:256, 96:352], (160, 160), interpolation=cv2.INTER_AREA)
    nine = np.full((480, 640, 3), 128, np.uint8)
    nine[:, 80:560] = np.tile(head, (3, 3, 1))
    return {"one": one, "nine": nine}


def film() -> NDArray[np.uint8]:
    """Make ten frames (10, 480, 640, 3) in which one face sways by 16 pixels and comes back."""
    one = frames()["one"]
    turn = 2 * np.pi * np.arange(10) / 10
    shifts = np.round(8 * np.stack((np.cos(turn), np.sin(turn)), axis=1)).astype(int)
    return np.stack([np.roll(one, tuple(shift), axis=(1, 0)) for shift in shifts])


def measure(
    environments: Path,
    dataset: Path | None,
    rounds: int,
    starts: int,
    problems: dict[str, str],
    save: Callable[[dict[str, Any]], None],
) -> None:
    """Measure everything, as JSON-ready figures that are saved after each part.

    They are `date`, `machine`, `rounds`, `starts`, and `contenders`: for each name its figures, or
    `not_measured` with the reason. Times are medians.

    Args:
        environments: folder of `environments.install`.
        dataset: data set file of `mien data prepare`; None leaves accuracy out.
        rounds: number of rounds, in each of which every contender reads each frame three times.
        starts: number of fresh processes of each contender.
        problems: reasons why libraries are not installed.
        save: saves all figures so far.
    """
    conditions = {
        "date": date.today().isoformat(),
        "machine": machine(),
        "rounds": rounds,
        "starts": starts,
    }
    result: dict[str, dict[str, Any]] = {contender.name: {} for contender in CONTENDERS}
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = {case: folder / f"{case}.rgb" for case in frames()}
        for case, image in frames().items():
            image.tofile(files[case])
        files["film"] = folder / "film.rgb"
        film().tofile(files["film"])

        def start(contender: Contender, threads: str = "default") -> Worker:
            command = worker(contender.library, environments, threads, contender.finder)
            return Worker(command, threads, folder / f"{contender.name}, {threads}.log")

        able: list[Contender] = []
        for contender in CONTENDERS:
            try:
                with start(contender) as first:
                    first.ask(do="frame", file=str(files["one"]), repeats=1)
                    result[contender.name]["versions"] = first.ask(do="about")["versions"]
                result[contender.name]["install_size"] = size(contender.library, environments)
                able.append(contender)
            except (MissingError, WorkerError) as error:
                reason = problems.get(contender.library, str(error))
                result[contender.name] = {"not_measured": reason}

        def keep(figures: dict[str, dict[str, Any]]) -> None:
            for key, values in figures.items():
                result[key] |= values
            save(conditions | {"contenders": result})

        keep(_accuracy(able, start, folder, dataset))
        with ExitStack() as stack:
            processes = {
                (c.name, threads): stack.enter_context(start(c, threads))
                for c in able
                for threads in THREADS
            }
            keep(_times(processes, files, rounds))
        keep(_starts(able, start, files, starts))


def _starts(
    contenders: Iterable[Contender],
    start: Callable[[Contender], Worker],
    files: dict[str, Path],
    starts: int,
) -> dict[str, dict[str, Any]]:
    """Measure start-up to the first reading, and peak memory after one face and after nine."""
    seconds: dict[str, list[float]] = defaultdict(list)
    memory: dict[str, list[int | None]] = defaultdict(list)
    for turn in range(starts):
        _tell(f"start-up, {turn + 1} of {starts}")
        for contender in contenders:
            begin = perf_counter()
            with start(contender) as process:
                process.ask(do="frame", file=str(files["one"]), repeats=1)
                seconds[contender.name].append(perf_counter() - begin)
                process.ask(do="frame", file=str(files["nine"]), repeats=1)
                memory[contender.name].append(process.ask(do="about")["peak_memory"])
    return {
        name: {
            "start_seconds": round(median(times), 3),
            "peak_memory": max((each for each in memory[name] if each is not None), default=None),
        }
        for name, times in seconds.items()
    }


def _times(
    processes: dict[tuple[str, str], Worker], files: dict[str, Path], rounds: int
) -> dict[str, dict[str, Any]]:
    """Measure milliseconds a face and a frame by threads, and count the faces found."""
    requests = {
        "face": {"do": "face", "file": str(files["one"])},
        "one": {"do": "frame", "file": str(files["one"])},
        "nine": {"do": "frame", "file": str(files["nine"])},
        "film": {"do": "film", "file": str(files["film"])},
    }
    times: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for (name, threads), process in processes.items():
        for case, request in requests.items():
            answer = process.ask(**request, repeats=1 if case == "film" else _WARM_UP)
            if case != "face" and threads == "default":
                found[name][case] = answer["faces"]
    for turn in range(rounds):
        _tell(f"frames, {turn + 1} of {rounds}")
        for (name, threads), process in processes.items():
            sleep(_PAUSE)
            for case, request in requests.items():
                repeats = 1 if case == "film" else 3
                times[name, threads, case] += process.ask(**request, repeats=repeats)["ms"]
    return {
        name: {
            "found": faces,
            **{
                threads: {case: round(median(times[name, threads, case]), 3) for case in requests}
                for threads in THREADS
            },
        }
        for name, faces in found.items()
    }


def _accuracy(
    contenders: Iterable[Contender],
    start: Callable[[Contender], Worker],
    folder: Path,
    dataset: Path | None,
) -> dict[str, dict[str, Any]]:
    """Measure accuracy on PublicTest: FER2013's label, and the majority of FER+'s raters.

    A library that knows only the seven emotions has its shares put into FER+'s columns; it never
    says "contempt".
    """
    if dataset is None:
        return {}
    _tell("accuracy on PublicTest")
    records = select(load_dataset(dataset), "public")
    crops = folder / "crops.grey"
    np.ascontiguousarray(records["image"]).tofile(crops)
    of_library: dict[str, dict[str, Any]] = {}
    for contender in contenders:
        if contender.library in of_library:
            continue
        out = folder / f"{contender.library}-shares"
        with start(contender) as process:
            process.ask(do="shares", file=str(crops), out=str(out))
        label = np.fromfile(f"{out}.label", np.float32).reshape(len(records), -1)
        if Path(f"{out}.votes").exists():
            votes = np.fromfile(f"{out}.votes", np.float32).reshape(len(records), -1)
        else:
            votes = np.zeros((len(records), 10), np.float32)
            votes[:, metrics.LABEL_TO_FERPLUS] = label
        by_label = metrics.label_metrics(records["label"], label, records["duplicate_in_training"])
        by_votes = metrics.votes_metrics(records["votes"], votes, None)
        of_library[contender.library] = {
            "label_accuracy": round(by_label["accuracy"], 4),
            "label_accuracy_without_copies": round(by_label["accuracy_without_copies"], 4),
            "majority_accuracy": round(by_votes["majority_accuracy"], 4),
        }
    return {contender.name: of_library[contender.library] for contender in contenders}


def _tell(words: str) -> None:
    print(f"{words} ...", file=sys.stderr)
