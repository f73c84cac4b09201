"""FER2013 in any of its public forms → one file that training memory-maps.

`prepare` reads Kaggle's archive, its unpacked folder, any part of either, or the original
fer2013.csv; joins FER+'s votes; marks copies; splits; and writes one NumPy structured array.
Whole FER2013: about half a minute on two cores, 80 MB.

Sources: FER2013, Goodfellow et al. 2013; FER+ votes, Barsoum et al. 2016. Neither FER2013's Kaggle
archive nor FER+ says which file is which row, so mien ships that table (`fer2013_rows.csv.gz`,
found by matching pixels; 35,712 of 35,887 images, the rest show no face).
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
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError
from mien.movements import MOVEMENT_NAMES
from mien.output.whole_file import whole_file
from mien.training.data.near_duplicates import copy_groups, find_copies

SIZE: Final = 48
"""Side of FER2013's images in pixels."""

SPLITS: Final = ("train", "validation", "public", "private")
"""Names of the splits; the value of the field `split` is the index."""

SOURCES: Final = ("fer2013", "press")
"""Names of where images come from; the value of the field `source` is the index."""

SPLIT_SEED: Final = 2013
"""Seed of the split of the training images into training and validation."""

DTYPE: Final = np.dtype(
    [
        ("image", np.uint8, (SIZE, SIZE)),
        ("label", np.int8),
        ("votes", np.uint8, (len(FERPLUS_NAMES),)),
        ("split", np.uint8),
        ("copies", np.int32),
        ("copy_in_training", np.bool_),
        ("row", np.int32),
        ("name", "S40"),
        ("source", np.uint8),
        ("expressions", np.float32, (len(EMOTION_NAMES),)),
        ("movements", np.float32, (len(MOVEMENT_NAMES),)),
        ("taught", np.float32, (len(EMOTION_NAMES) + len(FERPLUS_NAMES),)),
    ]
)
"""A data set's record: grey image; label 0–6, or -1; FER+ votes (all 0: none known); index into
`SPLITS`; copy group (index of the group's first image, an image without copies being alone in its
own); whether Kaggle's training part holds a copy; row of fer2013.csv, or -1; emotion and file
name ("angry/Training_1.jpg"); index into `SOURCES`; shares of the seven emotions that a teacher of
expressions gives (all 0: none known); movements of the face, 0 to 1 in the order of
`MOVEMENT_NAMES` (-1: unknown); shares of labels and votes that other networks of mien's give (all
0: none known). The last three are filled in by `mien.training.data.annotate`."""

_NAME: Final = re.compile(r"(Training|PublicTest|PrivateTest)_\d+\.jpe?g", re.IGNORECASE)
_PART_OF: Final = {"training": "train", "publictest": "test", "privatetest": "test"}
_SPLIT_OF: Final = {"training": 0, "publictest": 2, "privatetest": 3}

Progress = Callable[[Iterable[Any], str, int | None], Iterable[Any]]
"""Wraps an iterable, given a description and a length, to show how far it has come."""


def silent(items: Iterable[Any], _description: str, _total: int | None) -> Iterable[Any]:
    """A `Progress` that shows nothing."""
    return items


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` did.

    Attributes:
        images: number of images in the data set.
        problems: one line for each file or row left out: its name and why.
        votes: number of FER2013's images that FER+'s votes were found for.
        press: number of press faces among the images.
    """

    images: int
    problems: tuple[str, ...]
    votes: int
    press: int = 0


@cache
def kaggle_rows() -> dict[str, int]:
    """Emotion and file name in Kaggle's archive ("angry/Training_1.jpg") → row of fer2013.csv."""
    packed = (files("mien.training") / "fer2013_rows.csv.gz").read_bytes()
    reader = csv.reader(io.StringIO(gzip.decompress(packed).decode()))
    next(reader)
    return {path.split("/", 1)[1]: int(row) for path, row in reader}


def prepare(
    source: Path,
    out: Path,
    votes: Path | None = None,
    *,
    press: Path | None = None,
    seed: int = SPLIT_SEED,
    progress: Progress = silent,
) -> Prepared:
    """Write the data set file `out` from FER2013 at `source`.

    Args:
        source: Kaggle's zip, its unpacked folder, a part of either, or fer2013.csv.
        out: the file to write; by custom it ends in .npy.
        votes: FER+'s fer2013new.csv.
        press: a zip of faces from press photographs (`mien.training.data.press`), to train on too.
        seed: of the 80–20 split of the training images.
        progress: wraps the long loops.

    Raises:
        DataError: nothing usable at `source`, or `votes` or `press` is not what it should be.
    """
    problems: list[str] = []
    records = _fer2013(list(_records(source, problems, progress)))
    if not len(records):
        first = f" First problem: {problems[0]}" if problems else ""
        raise DataError(
            f"{source}: no FER2013 image found. Expected Kaggle's layout "
            f"(train/<emotion>/Training_*.jpg, test/<emotion>/PublicTest_*.jpg) as a zip or "
            f"folder, or fer2013.csv with the columns emotion, pixels, Usage.{first}"
        )
    # The same images give the same split, whatever form and order they came in.
    known = np.where(records["row"] < 0, np.iinfo(np.int32).max, records["row"])
    records = records[np.lexsort((records["name"], known))]
    if votes is not None:
        _join_votes(records, votes)
    _mark_copies(records, progress)
    _split(records, seed)
    with_votes = int(records["votes"].any(axis=1).sum())
    faces = empty_records(0)
    if press is not None:
        from mien.training.data.press import press_records

        faces = press_records(press, problems, progress)
        faces["copies"] = len(records) + np.arange(len(faces))  # each a group of its own
    records = np.concatenate((records, faces))
    write_dataset(records, out)
    return Prepared(len(records), tuple(problems), with_votes, len(faces))


def write_dataset(records: NDArray[np.void], out: Path) -> None:
    """Write a data set file whole, or not at all.

    Args:
        records: of `DTYPE`, shape (N,).
        out: the file; one that exists is replaced.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as new, new.open("wb") as file:
        np.save(file, records)


def load_dataset(path: Path | str) -> NDArray[np.void]:
    """Memory-map a data set file: a read-only array of `DTYPE`, shape (N,).

    Raises:
        DataError: the file is missing or was not written by `mien data prepare`.
    """
    try:
        records = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"{path}: not a data set file ({error}). Make one with `mien data prepare SOURCE "
            f"--out {path}`."
        ) from error
    if not isinstance(records, np.ndarray) or records.dtype != DTYPE:
        raise DataError(
            f"{path}: not a data set of this version of mien. Make it again with "
            "`mien data prepare`."
        )
    return records


def select(
    records: NDArray[np.void], split: str, source: str | None = "fer2013"
) -> NDArray[np.void]:
    """The records of one split.

    Args:
        records: a data set's.
        split: a name of `SPLITS`.
        source: a name of `SOURCES`; None takes the images of all.

    Raises:
        DataError: no such split, or it is empty.
    """
    if split not in SPLITS:
        raise DataError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    if source is not None:
        records = records[records["source"] == SOURCES.index(source)]
    chosen = records[records["split"] == SPLITS.index(split)]
    if not len(chosen):
        there = [SPLITS[index] for index in np.unique(records["split"])]
        raise DataError(f"the split {split!r} has no images; those with images: {', '.join(there)}")
    return chosen


def empty_records(count: int) -> NDArray[np.void]:
    """Records of black images about which nothing is known: of `DTYPE`, shape (count,)."""
    records = np.zeros(count, DTYPE)
    records["label"], records["row"] = -1, -1
    records["movements"] = -1
    return records


def _fer2013(rows: list[tuple[Any, ...]]) -> NDArray[np.void]:
    fields = ("image", "label", "votes", "split", "copies", "copy_in_training", "row", "name")
    records = empty_records(len(rows))
    for index, row in enumerate(rows):
        for field, value in zip(fields, row, strict=True):
            records[field][index] = value
    return records


def _records(source: Path, problems: list[str], progress: Progress) -> Iterator[tuple[Any, ...]]:
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*") if path.is_file())
        named = ((str(path.resolve()), path.read_bytes) for path in paths)
        yield from _images(progress(named, "Reading images", len(paths)), problems)
    elif zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            names = sorted(name for name in archive.namelist() if not name.endswith("/"))
            named = ((name, lambda name=name: archive.read(name)) for name in names)
            yield from _images(progress(named, "Reading images", len(names)), problems)
    elif source.is_file():
        yield from _rows(source, problems, progress)
    else:
        raise DataError(f"{source}: no such file or folder")


def _images(
    named: Iterable[tuple[str, Callable[[], bytes]]], problems: list[str]
) -> Iterator[tuple[Any, ...]]:
    for path, read in named:
        try:
            label, split = _place(path)
            image = _decode(read())
        except (ValueError, OSError, SyntaxError, zipfile.BadZipFile) as error:
            problems.append(f"{path}: {error}")
            continue
        name = f"{EMOTION_NAMES[label]}/{Path(path).name}"
        yield image, label, 0, split, 0, False, kaggle_rows().get(name, -1), name.encode()


def _place(path: str) -> tuple[int, int]:
    """Label and split that a path in Kaggle's layout tells."""
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


def _rows(source: Path, problems: list[str], progress: Progress) -> Iterator[tuple[Any, ...]]:
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
            yield image, label, 0, split, 0, False, index, names.get(index, b"row %d" % index)


def _join_votes(records: NDArray[np.void], path: Path) -> None:
    """Fill in the votes by row; row i of FER+'s table belongs to row i of fer2013.csv."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            rows = [[int(row[name]) for name in FERPLUS_NAMES] for row in reader]
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise DataError(
            f"{path}: not FER+'s fer2013new.csv (with the columns {', '.join(FERPLUS_NAMES)}): "
            f"{type(error).__name__} {error}"
        ) from error
    table = np.array(rows, dtype=np.uint8).reshape(-1, len(FERPLUS_NAMES))
    known = (records["row"] >= 0) & (records["row"] < len(table))
    records["votes"][known] = table[records["row"][known]]


def _mark_copies(records: NDArray[np.void], progress: Progress) -> None:
    images = records["image"]
    pairs = find_copies(images, progress=progress)
    records["copies"] = copy_groups(pairs, len(records))
    in_training = records["split"] == 0
    i, j = pairs.T
    records["copy_in_training"][i[in_training[j]]] = True
    records["copy_in_training"][j[in_training[i]]] = True


def _split(records: NDArray[np.void], seed: int) -> None:
    """Set a fifth of the training images apart as validation, by class, copies on one side."""
    training = np.flatnonzero(records["split"] == 0)
    folds = 5
    if len(training) < folds * len(EMOTION_NAMES):
        return  # A handful of images, as in a test: nothing to stratify.
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    labels, groups = records["label"][training], records["copies"][training]
    _, validation = next(splitter.split(np.zeros(len(training)), labels, groups))
    records["split"][training[validation]] = 1
