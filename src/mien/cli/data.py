"""The commands `mien data …`: FER2013 for training, made, looked at and annotated."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from mien.training.data.dataset import SPLIT_SEED, load_dataset
from mien.training.engine.config import Augmentation, Teachers


def prepare(
    source: Path,
    /,
    *,
    out: Path,
    votes: Path | None = None,
    press: Path | None = None,
    seed: int = SPLIT_SEED,
) -> int:
    """Make a data set file from FER2013.

    Args:
        source: Kaggle's zip, its unpacked folder, any part of either, or fer2013.csv.
        out: data set file to write; its name usually ends in .npy.
        votes: FER+'s fer2013new.csv, to learn how ten people voted.
        press: zip of faces from press photographs, to train on beside FER2013.
        seed: seed of the 80–20 split into training and validation.
    """
    from mien.training.data import prepare as preparing

    prepared = preparing.prepare(source, out, votes, press=press, seed=seed)
    for problem in prepared.problems:
        print(problem, file=sys.stderr)
    faces = f" ({prepared.press:,} of them press faces)" if prepared.press else ""
    print(
        f"{out}: {prepared.images:,} images{faces}, {prepared.votes:,} with votes; "
        f"{len(prepared.problems):,} files left out"
    )
    return 1 if prepared.problems else 0


def describe(dataset: Path, /, *, out: Path | None = None) -> None:
    """Print what a data set holds: classes, splits, votes against labels, near duplicates.

    Args:
        dataset: file of `mien data prepare`.
        out: folder for pictures of class balance, and of label against votes.
    """
    from mien.training.data import describe as describing

    records = load_dataset(dataset)
    print(describing.describe(records))
    if out is not None:
        for picture in describing.write_pictures(records, out):
            print(picture)


def annotate(
    dataset: Path,
    /,
    *,
    out: Path,
    teachers: Annotated[Teachers | None, Parameter(name="*")] = None,
) -> None:
    """Write what teachers say of a data set's training images into the data set.

    Args:
        dataset: file of `mien data prepare`.
        out: data set file to write; may be the same.
        teachers: networks that are asked.
    """
    from mien.training.data import annotate as annotating

    print(annotating.annotate(dataset, out, teachers or Teachers()))


def faces(pictures: Path, /, *, expressions: Path, out: Path) -> int:
    """Cut the faces out of labelled pictures, as a zip for `mien data prepare --press`.

    Args:
        pictures: folder with a folder for each emotion, or with a labels.csv with columns file and
            label.
        expressions: OpenCV Zoo's expression network, an ONNX file, whose answers the zip keeps.
        out: zip to write.
    """
    from mien.training.data.cut_faces import cut_faces

    cut = cut_faces(pictures, expressions, out)
    for line in (*cut.notes, *cut.problems):
        print(line, file=sys.stderr)
    print(f"{out}: {cut.faces:,} faces; {len(cut.problems):,} pictures left out")
    return 1 if cut.problems else 0


def preview(
    dataset: Path,
    /,
    *,
    out: Path = Path("preview.png"),
    seed: int = 0,
    augmentation: Annotated[Augmentation | None, Parameter(name="*")] = None,
) -> None:
    """Draw a contact sheet of images before and after augmentation.

    Args:
        dataset: file of `mien data prepare`.
        out: picture to write.
        seed: seed of the choice of images and of the augmentation.
        augmentation: changes that an image may undergo.
    """
    from mien.training.data import describe as describing

    records = load_dataset(dataset)
    describing.preview(records, out, seed, augmentation or Augmentation())
    print(out)
