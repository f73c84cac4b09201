"""Read FER2013 in any of its public forms as records.

Source: Goodfellow et al. 2013. Neither FER2013's Kaggle archive nor FER+ says which file is which
row of fer2013.csv, so mien ships that table (`fer2013_rows.csv.gz`, found by matching pixels;
35,712 of 35,887 images, the rest show no face).
"""

import csv
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.emotions import EMOTION_NAMES
from mien.errors import DataError
from mien.output.progress import with_progress
from mien.training.data.dataset import SIZE, Split, empty_records

_NAME: Final = re.compile(r"(Training|PublicTest|PrivateTest)_\d+\.jpe?g", re.IGNORECASE)
_SPLIT_OF: Final = {
    "training": Split.TRAIN,
    "publictest": Split.PUBLIC,
    "privatetest": Split.PRIVATE,
}


@cache
def kaggle_rows() -> dict[str, int]:
    """Rows of fer2013.csv by emotion and file name in Kaggle's archive ("angry/Training_1.jpg")."""
    packed = (files("mien.training") / "fer2013_rows.csv.gz").read_bytes()
    reader = csv.reader(io.StringIO(gzip.decompress(packed).decode()))
    next(reader)
    return {path.split("/", 1)[1]: int(row) for path, row in reader}


def fer2013_records(source: Path, problems: list[str]) -> NDArray[np.void]:
    """Read the images at `source`; every form and order of them gives the same records.

    Args:
        source: Kaggle's zip, its unpacked folder, a part of either, or fer2013.csv.
        problems: list to which a line is added for each file or row that is left out.

    Returns:
        Records of `DTYPE`, at least one, with FER2013's own three splits and without votes.

    Raises:
        DataError: nothing usable at `source`.
    """
    found = list(_images(source, problems))
    if not found:
        first = f" First problem: {problems[0]}" if problems else ""
        raise DataError(
            f"{source}: no FER2013 image found. Expected Kaggle's layout "
            f"(train/<emotion>/Training_*.jpg, test/<emotion>/PublicTest_*.jpg) as a zip or "
            f"folder, or fer2013.csv with the columns emotion, pixels, Usage.{first}"
        )
    records = np.concatenate(found)
    known = np.where(records["row"] < 0, np.iinfo(np.int32).max, records["row"])
    return records[np.lexsort((records["name"], known))]


def _images(source: Path, problems: list[str]) -> Iterator[NDArray[np.void]]:
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*") if path.is_file())
        named = ((str(path.resolve()), path.read_bytes) for path in paths)
        yield from _decoded(with_progress(named, "Reading images", len(paths)), problems)
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            names = sorted(name for name in archive.namelist() if not name.endswith("/"))
            named = ((name, lambda name=name: archive.read(name)) for name in names)
            yield from _decoded(with_progress(named, "Reading images", len(names)), problems)
    elif source.is_file():
        yield from _rows(source, problems)
    else:
        raise DataError(
            f"{source}: no such file or folder. Expected FER2013: Kaggle's zip, its unpacked "
            "folder, or fer2013.csv."
        )


def _decoded(
    named: Iterable[tuple[str, Callable[[], bytes]]], problems: list[str]
) -> Iterator[NDArray[np.void]]:
    for path, read in named:
        try:
            label, split = _label_and_split(path)
            with Image.open(io.BytesIO(read())) as image:
                if image.size != (SIZE, SIZE):
                    raise ValueError(f"wrongly sized: {image.width}×{image.height}, expected 48×48")
                pixels = np.asarray(image.convert("L"))
        except (ValueError, OSError, SyntaxError, zipfile.BadZipFile) as error:
            problems.append(f"{path}: {error}")
            continue
        name = f"{EMOTION_NAMES[label]}/{Path(path).name}"
        row = kaggle_rows().get(name, -1)
        yield _record(pixels, label=label, split=split, row=row, name=name.encode())


def _label_and_split(path: str) -> tuple[int, Split]:
    """Return the label and the split that a path in Kaggle's layout gives."""
    *folders, emotion, name = ("", *Path(path).parts)[-3:]
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError("not a FER2013 image: expected a name like Training_123.jpg")
    if emotion not in EMOTION_NAMES:
        raise ValueError(f"wrongly placed: its folder {emotion!r} is no emotion's name")
    split = _SPLIT_OF[match[1].lower()]
    expected = "train" if split is Split.TRAIN else "test"
    if folders[-1] in {"train", "test"} and folders[-1] != expected:
        raise ValueError(f"wrongly placed: a {match[1]} image below {folders[-1]!r}")
    return EMOTION_NAMES.index(emotion), split


def _rows(source: Path, problems: list[str]) -> Iterator[NDArray[np.void]]:
    names = {row: name.encode() for name, row in kaggle_rows().items()}
    with source.open(newline="", encoding="utf-8", errors="replace") as file:
        reader = csv.DictReader(file)
        columns = {field.strip() for field in reader.fieldnames or ()}
        if missing := {"emotion", "pixels", "Usage"} - columns:
            raise DataError(
                f"{source}: neither a zip nor fer2013.csv: the column {min(missing)!r} is missing."
            )
        for index, row in enumerate(with_progress(reader, "Reading rows")):
            try:
                labelled = _labelled(row, index, names.get(index, b"row %d" % index))
            except (ValueError, OverflowError, TypeError, AttributeError) as error:
                problems.append(f"{source}: row {index}: {error}")
            else:
                yield labelled


def _labelled(row: Mapping[str, str], index: int, name: bytes) -> NDArray[np.void]:
    """Read a row of fer2013.csv; a ValueError says what is wrong with it."""
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
    image = pixels.reshape(SIZE, SIZE)
    return _record(image, label=label, split=split, row=index, name=name)


def _record(image: NDArray[np.integer[Any]], **values: Any) -> NDArray[np.void]:
    """Make the record of an image, shape (1,)."""
    record = empty_records(1)
    record["image"] = image
    for field, value in values.items():
        record[field] = value
    return record
