"""How fast `mien read --ray` reads an archive, beside `mien read`; prints a Markdown table.

    python benchmarks/archive.py
    python benchmarks/archive.py holiday/ --rounds 5

Both read the same pictures on the same cores, in turns, each as a program of its own. A Ray run
over a single picture tells what starting Ray takes. Without a folder it makes 1,500 pictures of
640×480 with one face, of scikit-image's astronaut.
"""

import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import cyclopts
import numpy as np
from PIL import Image
from skimage import data


def make_pictures(folder: Path, count: int) -> None:
    """Write the pictures described above."""
    folder.mkdir()
    portrait = np.asarray(data.astronaut(), np.uint8)[:400]
    for number in range(count):
        canvas = np.full((480, 640, 3), 120, np.uint8)
        left = number % 128
        canvas[40:440, left : left + 512] = portrait
        Image.fromarray(canvas).save(folder / f"{number:05}.jpg", quality=90)


def seconds(*arguments: str) -> float:
    """How long `mien read` takes."""
    began = perf_counter()
    subprocess.run([sys.executable, "-m", "mien", "read", *arguments], check=True)
    return perf_counter() - began


def main(folder: Path | None = None, *, pictures: int = 1500, rounds: int = 3) -> None:
    """Measure.

    Args:
        folder: of pictures, none of them bad.
        pictures: how many to make without it.
        rounds: of which the medians are told.
    """
    with TemporaryDirectory() as place:
        work = Path(place)
        if folder is None:
            folder = work / "pictures"
            make_pictures(folder, pictures)
        one = next(path for path in sorted(folder.rglob("*.*")) if path.is_file())
        count = sum(path.is_file() for path in folder.rglob("*.*"))
        times: dict[str, list[float]] = {"mien read": [], "with --ray": [], "Ray, one picture": []}
        for number in range(rounds):
            plain, tables, alone = (str(work / f"{number}-{kind}") for kind in "abc")
            times["mien read"].append(seconds(str(folder), "--out", f"{plain}.parquet"))
            times["with --ray"].append(seconds(str(folder), "--ray", "--out", tables))
            times["Ray, one picture"].append(seconds(str(one), "--ray", "--out", alone))
    base = median(times["mien read"])
    print(f"{count:,} pictures, medians of {rounds} runs in turns\n")
    print("| | seconds | times plain |\n|---|--:|--:|")
    for name, taken in times.items():
        print(f"| {name} | {median(taken):.1f} | {median(taken) / base:.2f} |")
    start = median(times["Ray, one picture"])
    rest = (median(times["with --ray"]) - start) / base
    print(f"\nApart from starting Ray, {rest:.2f} of the plain command's time.")


if __name__ == "__main__":
    cyclopts.run(main)
