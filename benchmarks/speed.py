"""How fast faces are read, and how fast mien starts; prints a Markdown table with the machine.

    python benchmarks/speed.py
    python benchmarks/speed.py --repeats 300 --json speed.json

Takes about ten seconds. Each figure is a median by itself, so parts need not sum to their total. A
busy machine makes them worse, hence the load.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any, Final

import cv2
import cyclopts
import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from mien.reader import Reader

Picture = NDArray[np.uint8]

STARTS: Final = {
    "import mien": "import mien",
    "mien.cli, ready to parse": "import mien.cli",
    "first reading (import, load, read)": "import mien; mien.read(sys.argv[1])",
}
"""What is timed inside a fresh Python, without Python's own start."""


@dataclass(frozen=True)
class Speed:
    """Medians of one case, in milliseconds."""

    case: str
    threads: int
    total: float
    finder: float
    crop: float
    network: float


def one_face() -> Picture:
    """640×480 with one face 84 pixels wide."""
    frame = np.full((480, 640, 3), 128, np.uint8)
    frame[:, 80:560] = cv2.resize(_astronaut(), (480, 480), interpolation=cv2.INTER_AREA)
    return frame


def nine_faces() -> Picture:
    """1280×720 with nine faces 84 pixels wide."""
    head = cv2.resize(_astronaut()[:256, 96:352], (240, 240), interpolation=cv2.INTER_AREA)
    frame = np.full((720, 1280, 3), 128, np.uint8)
    frame[:, 280:1000] = np.tile(head, (3, 3, 1))
    return frame


def _astronaut() -> Picture:
    return np.asarray(data.astronaut(), np.uint8)


def measure_reader(case: str, frame: Picture, faces: int, threads: int, repeats: int) -> Speed:
    """Time `Reader.read` on one frame, after some frames to warm up."""
    reader = Reader(threads=threads)
    found = [len(reader.read(frame)) for _ in range(10)][-1]
    if found != faces:
        raise RuntimeError(f"{case}: expected {faces} faces, found {found}")
    timings = [reader.read_timed(frame)[1] for _ in range(repeats)]
    totals = [timing.total for timing in timings]
    return Speed(
        case,
        threads,
        *(
            round(1000 * statistics.median(values), 2)
            for values in (
                totals,
                [timing.finder for timing in timings],
                [timing.crop for timing in timings],
                [timing.network for timing in timings],
            )
        ),
    )


def measure_starts(repeats: int, picture: Path) -> dict[str, float]:
    """Median seconds of each of `STARTS`, and of the command `mien --version` as a whole."""
    result: dict[str, float] = {}
    for name, statement in STARTS.items():
        code = (
            "import sys, time; start = time.perf_counter(); "
            f"{statement}; print(time.perf_counter() - start)"
        )
        times = [
            float(subprocess.check_output([sys.executable, "-c", code, str(picture)]))
            for _ in range(repeats)
        ]
        result[name] = round(statistics.median(times), 3)
    times = []
    for _ in range(repeats):
        start = perf_counter()
        subprocess.check_output([sys.executable, "-m", "mien", "--version"])
        times.append(perf_counter() - start)
    result["mien --version, whole process"] = round(statistics.median(times), 3)
    return result


def machine() -> dict[str, Any]:
    """Processor, cores that may be used, load of the last minute, and versions."""
    information = Path("/proc/cpuinfo")
    names = information.read_text().splitlines() if information.exists() else []
    model = next((line.split(": ")[1] for line in names if line.startswith("model name")), None)
    cores = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    return {
        "processor": model or platform.processor() or platform.machine(),
        "cores": len(cores),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "system": platform.system(),
    }


def main(
    *,
    repeats: int = 100,
    starts: int = 5,
    json_file: Annotated[Path | None, Parameter("--json")] = None,
) -> None:
    """Measure and print.

    Args:
        repeats: frames a case.
        starts: fresh Pythons a case.
        json_file: file for the figures.
    """
    host = machine()
    speeds = [
        measure_reader(case, frame, faces, threads, repeats)
        for case, frame, faces in (
            ("one face, 640×480", one_face(), 1),
            ("nine faces, 1280×720", nine_faces(), 9),
        )
        for threads in (1, 2)
    ]
    with TemporaryDirectory() as folder:
        picture = Path(folder) / "one-face.png"
        Image.fromarray(one_face()).save(picture)
        started = measure_starts(starts, picture)
    print(
        f"{host['processor']}, {host['cores']} cores, load {host['load']} before, "
        f"Python {host['python']}\n"
    )
    print("| frame | threads | total ms | finder | crop | network |\n|---|--:|--:|--:|--:|--:|")
    for s in speeds:
        parts = " | ".join(f"{p:.1f} ({p / s.total:.0%})" for p in (s.finder, s.crop, s.network))
        print(f"| {s.case} | {s.threads} | {s.total:.1f} | {parts} |")
    print("\n| start | seconds |\n|---|--:|")
    for name, seconds in started.items():
        print(f"| {name} | {seconds:.2f} |")
    if json_file is not None:
        content = {"machine": host, "reader": [asdict(s) for s in speeds], "start": started}
        json_file.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    cyclopts.run(main)
