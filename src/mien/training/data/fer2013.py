"""FER2013 in any of its public forms → records.

Source: Goodfellow et al. 2013. Neither FER2013's Kaggle archive nor FER+ says which file is which
row of fer2013.csv, so mien ships that table (`fer2013_rows.csv.gz`, found by matching pixels;
35,712 of 35,887 images, the rest show no face).
"""

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.emotions import EMOTION_NAMES
from mien.errors import DataError
from mien.training.data.dataset import SIZE, Split, empty_records
from mien.training.data.progress import Progress

_NAME: Final = re.compile(r"(Training|PublicTest|PrivateTest)_\d+\.jpe?g", re.IGNORECASE)
_PART_OF: Final = {"training": "train", "publictest": "test", "privatetest": "test"}
_SPLIT_OF: Final = {
    "training": Split.TRAIN,
    "publictest": Split.PUBLIC,
    "privatetest": Split.PRIVATE,
}


@dataclass(frozen=True, slots=True, eq=False)
class _Labelled:
    """An image of FER2013.

    Attributes:
        pixels: grey uint8 (48, 48).
        label: 0 to 6.
        split: that FER2013 gives.
        row: of fer2013.csv, or -1 where it is unknown.
        name: emotion and file name.
    """

    pixels: NDArray[np.uint8]
    label: int
    split: Split
    row: int
    name: bytes


@cache
def kaggle_rows() -> dict[str, int]:
    """Emotion and file name in Kaggle's archive ("angry/Training_1.jpg") → row of fer2013.csv."""
    packed = (files("mien.training") / "fer2013_rows.csv.gz").read_bytes()
    reader = csv.reader(io.StringIO(gzip.decompress(packed).decode()))
    next(reader)
    return {path.split("/", 1)[1]: int(row) for path, row in reader}


def fer2013_records(source: Path, problems: list[str], progress: Progress) -> NDArray[np.void]:
    """The records of the images at `source`, the same in whatever form and order they came in.

    Args:
        source: Kaggle's zip, its unpacked folder, a part of either, or fer2013.csv.
        problems: gets a line for each file or row that is left out.
        progress: wraps the loop.

    Returns:
        Of `DTYPE`, at least one; of FER2013's own three splits, without votes.

    Raises:
        DataError: nothing usable at `source`.
    """
    images = list(_images(source, problems, progress))
    if not images:
        first = f" First problem: {problems[0]}" if problems else ""
        raise DataError(
            f"{source}: no FER2013 image found. Expected Kaggle's layout "
            f"(train/<emotion>/Training_*.jpg, test/<emotion>/PublicTest_*.jpg) as a zip or "
            f"folder, or fer2013.csv with the columns emotion, pixels, Usage.{first}"
        )
    records = empty_records(len(images))
    for record, image in zip(records, images, strict=True):
        record["image"], record["label"] = image.pixels, image.label
        record["split"], record["row"], record["name"] = image.split, image.row, image.name
    known = np.where(records["row"] < 0, np.iinfo(np.int32).max, records["row"])
    return records[np.lexsort((records["name"], known))]


def _images(source: Path, problems: list[str], progress: Progress) -> Iterator[_Labelled]:
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*") if path.is_file())
        named = ((str(path.resolve()), path.read_bytes) for path in paths)
        yield from _decoded(progress(named, "Reading images", len(paths)), problems)
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            names = sorted(name for name in archive.namelist() if not name.endswith("/"))
            named = ((name, lambda name=name: archive.read(name)) for name in names)
            yield from _decoded(progress(named, "Reading images", len(names)), problems)
    elif source.is_file():
        yield from _rows(source, problems, progress)
    else:
        raise DataError(f"{source}: no such file or folder")


def _decoded(
    named: Iterable[tuple[str, Callable[[], bytes]]], problems: list[str]
) -> Iterator[_Labelled]:
    for path, read in named:
        try:
            label, split = _place(path)
            image = _decode(read())
        except (ValueError, OSError, SyntaxError, zipfile.BadZipFile) as error:
            problems.append(f"{path}: {error}")
            continue
        name = f"{EMOTION_NAMES[label]}/{Path(path).name}"
        yield _Labelled(image, label, split, kaggle_rows().get(name, -1), name.encode())


def _place(path: str) -> tuple[int, Split]:
    """The label and the split that a path in Kaggle's layout gives."""
    *folders, emotion, name = ("", *Path(path).parts)[-3:]
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError("not a FER2013 image: expected a name like Training_123.jpg")
    if emotion not in EMOTION_NAMES:
        raise ValueError(f"wrongly placed: its folder {emotion!r} is no emotion's name")
    prefix = match[1].lower()
    if folders[-1] in {"train", "test"} and folders[-1] != _PART_OF[prefix]:
        raise ValueError(f"wrongly placed: a {match[1]} image below {folders[-1]!r}")
    return EMOTION_NAMES.index(emotion), _SPLIT_OF[prefix]


def _decode(content: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(content)) as image:
        if image.size != (SIZE, SIZE):
            raise ValueError(f"wrongly sized: {image.width}×{image.height}, expected 48×48")
        return np.asarray(image.convert("L"))


def _rows(source: Path, problems: list[str], progress: Progress) -> Iterator[_Labelled]:
    names = {row: name.encode() for name, row in kaggle_rows().items()}
    with source.open(newline="", encoding="utf-8", errors="replace") as file:
        reader = csv.DictReader(file)
        missing = {"emotion", "pixels", "Usage"} - {
            field.strip() for field in reader.fieldnames or ()
        }
        if missing:
            raise DataError(
                f"{source}: neither a zip nor fer2013.csv: the column {sorted(missing)[0]!r} is "
                "missing"
            )
        for index, row in enumerate(progress(reader, "Reading rows", None)):
            try:
                pixels = np.array(row["pixels"].split(), dtype=np.int64)
                if len(pixels) != SIZE * SIZE:
                    raise ValueError(f"wrongly sized: {len(pixels)} pixels, expected 48×48")
                if pixels.min() < 0 or pixels.max() > 255:
                    raise ValueError("a pixel is outside 0…255")
                label = int(row["emotion"])
                if not 0 <= label < len(EMOTION_NAMES):
                    raise ValueError(f"the emotion {label} is outside 0…6")
                split = _SPLIT_OF.get(row["Usage"].strip().lower())
                if split is None:
                    raise ValueError(f"the Usage {row['Usage']!r} is unknown")
            except (ValueError, OverflowError, TypeError, AttributeError) as error:
                problems.append(f"{source}: row {index}: {error}")
                continue
            image = pixels.astype(np.uint8).reshape(SIZE, SIZE)
            yield _Labelled(image, label, split, index, names.get(index, b"row %d" % index))
