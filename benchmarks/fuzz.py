"""Read damaged picture files, and print their outcomes and the slowest times.

    python benchmarks/fuzz.py
    python benchmarks/fuzz.py --count 500 --seed 3 --keep damaged/

Real files of every format (scikit-image's astronaut) are changed at random: bytes, runs of bytes,
lengths, pieces of other files. Each must be read, or refused by an `ImageError`, within a second.
Anything else is a defect and ends with exit code 1. 10,000 take about a minute on one core.
"""

import io
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Final

import cyclopts
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data

from mien.errors import ImageError
from mien.faces.reader import Reader
from mien.media.formats import PICTURE_FORMATS

Picture = NDArray[np.uint8]

LONGEST: Final = 1.0
"""Most seconds that one file may take."""

_OPTIONS: Final = {
    "JPEG": ({"quality": 80}, {"quality": 60, "progressive": True}),
    "PNG": ({}, {"interlace": True}),
    "WEBP": ({}, {"lossless": True}),
    "TIFF": ({}, {"compression": "jpeg"}, {"compression": "tiff_lzw"}),
    "GIF": ({"save_all": True, "loop": 0},),
}
_TELLING: Final = (0, 1, 0x7F, 0x80, 0xFF)  # bytes at which counts and signs overflow


def seeds(picture: Picture) -> dict[str, bytes]:
    """Make files of every format that mien reads, with sides of 128 pixels, by name."""
    small = Image.fromarray(picture).crop((140, 30, 310, 200)).resize((128, 128))
    exif = Image.Exif()
    exif[0x0112] = 6
    result: dict[str, bytes] = {}
    for kind in PICTURE_FORMATS:
        for number, options in enumerate(_OPTIONS.get(kind, ({},))):
            file = io.BytesIO()
            more = {"exif": exif} if kind in {"JPEG", "PNG", "WEBP"} and number else {}
            small.save(file, kind, **options, **more)
            result[f"{kind}-{number}"] = file.getvalue()
    return result


def damaged(
    pictures: dict[str, bytes], count: int, random: np.random.Generator
) -> Iterator[tuple[str, bytes]]:
    """Yield files that are changed at random, and the name of the original."""
    names = list(pictures)
    for number in range(count):
        name = names[number % len(names)]
        content = bytearray(pictures[name])
        for _ in range(int(random.integers(1, 5))):
            _damage(content, pictures[names[int(random.integers(len(names)))]], random)
        yield name, bytes(content)


def _damage(content: bytearray, other: bytes, random: np.random.Generator) -> None:
    if not content:
        return
    # Half of the changes fall into the first 300 bytes, where sizes and tables are.
    end = min(len(content), 300) if random.random() < 0.5 else len(content)
    place = int(random.integers(end))
    length = int(random.integers(1, 64))
    match int(random.integers(6)):
        case 0:
            content[place] ^= 1 << int(random.integers(8))
        case 1:
            content[place] = int(random.choice(_TELLING))
        case 2:
            content[place : place + length] = random.bytes(length)
        case 3:
            del content[place : place + length]
        case 4:
            start = int(random.integers(len(other)))
            content[place:place] = other[start : start + length]
        case _:
            del content[int(random.integers(len(content))) :]


def outcome(reader: Reader, content: bytes) -> tuple[str, float]:
    """Return the outcome of reading a file, "DEFECT…" for a wrong one, and the seconds taken."""
    start = perf_counter()
    try:
        count = len(reader.read(content))
        kind = "1 face" if count == 1 else f"{count} faces" if count else "no face"
    except ImageError:
        kind = "ImageError"
    except Exception as error:
        kind = f"DEFECT: {type(error).__name__}: {error}"
    seconds = perf_counter() - start
    return (f"DEFECT: {seconds:.1f} s" if seconds > LONGEST else kind), seconds


def main(*, count: int = 10_000, seed: int = 1, keep: Path | None = None) -> None:
    """Read damaged files and print their outcomes.

    Args:
        count: number of files.
        seed: seed of the changes.
        keep: folder for files that show a defect.
    """
    reader = Reader()
    kinds: Counter[str] = Counter()
    slowest: dict[str, float] = {}
    pictures = seeds(np.asarray(data.astronaut(), np.uint8))
    random = np.random.default_rng(seed)
    for number, (name, content) in enumerate(damaged(pictures, count, random)):
        kind, seconds = outcome(reader, content)
        kinds[kind] += 1
        slowest[name] = max(slowest.get(name, 0), seconds)
        if kind.startswith("DEFECT"):
            print(f"{number} ({name}): {kind}", file=sys.stderr)
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{number}-{name}").write_bytes(content)
    print("| outcome | files |\n|---|--:|")
    for kind, files in kinds.most_common():
        print(f"| {kind} | {files:,} |")
    print("\n| format | slowest, ms |\n|---|--:|")
    for name, seconds in sorted(slowest.items(), key=lambda item: -item[1]):
        print(f"| {name} | {1000 * seconds:.0f} |")
    if any(kind.startswith("DEFECT") for kind in kinds):
        raise SystemExit(1)


if __name__ == "__main__":
    cyclopts.run(main)
