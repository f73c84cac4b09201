"""Compare the speed of `mien read --ray` and `mien read` on an archive; prints a Markdown table.

    python benchmarks/archive.py
    python benchmarks/archive.py holiday/ --rounds 5
    python benchmarks/archive.py --films

Both read the same pictures on the same cores, in turns, each as a program of its own. A Ray run
over a single picture measures the start of Ray. Without a folder it makes 1,500 pictures of
640×480 with one face, of scikit-image's astronaut. With --films it is `mien watch`, without the
annotated video, over films of 12 seconds as `films.py` makes them; a film of one frame
measures the start of Ray.
"""

import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import cyclopts
import numpy as np
from films import make_film
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


def make_films(folder: Path, count: int) -> None:
    """Write films of 1280×720 with two faces."""
    folder.mkdir()
    make_film(folder / "0.mp4", 12)
    for number in range(1, count):
        # With other bytes at the end, so that no film is taken for another.
        content = (folder / "0.mp4").read_bytes() + b"\0\0\0\x08free" * number
        (folder / f"{number}.mp4").write_bytes(content)


def seconds(command: str, *arguments: str | Path) -> float:
    """Return the seconds that `mien read` or `mien watch` takes."""
    began = perf_counter()
    subprocess.run([sys.executable, "-m", "mien", command, *map(str, arguments)], check=True)
    return perf_counter() - began


def main(
    folder: Path | None = None, *, films: bool = False, count: int | None = None, rounds: int = 3
) -> None:
    """Measure.

    Args:
        folder: folder of pictures or films, none of them damaged.
        films: whether they are films.
        count: number to make without a folder; by default 1,500 pictures or 4 films.
        rounds: number of rounds, of which the medians are printed.
    """
    command = "watch" if films else "read"
    with TemporaryDirectory() as place:
        work = Path(place)
        if folder is None:
            folder = work / "made"
            make = make_films if films else make_pictures
            make(folder, count or (4 if films else 1500))
        files = [path for path in sorted(folder.rglob("*.*")) if path.is_file()]
        one = files[0]
        if films:
            one = work / "one.mp4"
            make_film(one, 0.04)
        plain_name, alone_name = f"mien {command}", f"Ray, one {'film' if films else 'picture'}"
        times: dict[str, list[float]] = {plain_name: [], "with --ray": [], alone_name: []}
        for number in range(rounds):
            plain, tables, alone = (work / f"{number}-{kind}" for kind in "abc")
            options = ["--out", plain, "--no-video", "--parquet"]
            given: list[str | Path] = [*files, *options]
            if not films:
                given = [folder, "--out", f"{plain}.parquet"]
            times[plain_name].append(seconds(command, *given))
            times["with --ray"].append(seconds(command, folder, "--ray", "--out", tables))
            times[alone_name].append(seconds(command, one, "--ray", "--out", alone))
    base = median(times[plain_name])
    what = "films" if films else "pictures"
    print(f"{len(files):,} {what}, medians of {rounds} runs in turns\n")
    print("| | seconds | times plain |\n|---|--:|--:|")
    for name, taken in times.items():
        print(f"| {name} | {median(taken):.1f} | {median(taken) / base:.2f} |")
    start = median(times[alone_name])
    rest = (median(times["with --ray"]) - start) / base
    print(f"\nApart from starting Ray, {rest:.2f} of the plain command's time.")


if __name__ == "__main__":
    cyclopts.run(main)
