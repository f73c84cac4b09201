"""What teachers say of a data set's images, written into the data set once.

A teacher that is asked at each training step doubles the time of the run; asked once, it costs
minutes. It then sees each image as it is and mirrored, not as it is augmented. Test images are
left out: nothing is ever trained on them. Cost on FER2013 and the press faces, one thread of an
EPYC: about 25 minutes for expressions, 15 for movements, 8 for a teacher of mien's.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from mien.emotions import FERPLUS_NAMES
from mien.errors import DataError
from mien.faces.alignment import BOX_SIDE, CENTRE
from mien.faces.alignment import SIDE as FRAMING_SIDE
from mien.faces.detector import Detector
from mien.training.data.dataset import (
    SIZE,
    Source,
    Split,
    annotated_counts,
    load_dataset,
    write_dataset,
)
from mien.training.data.expressions import POINTS, ExpressionTeacher
from mien.training.data.movements import Landmarker
from mien.training.data.press import FRAMED, UNREADABLE, framed, name_in_zip, read_face
from mien.training.data.press import SIDE as PRESS_SIDE
from mien.training.data.progress import Progress, silent
from mien.training.data.teachers import Teachers
from mien.training.engine.teachers import load_teacher
from mien.training.model.losses import LABELS

FACE: Final = 1 / BOX_SIDE
"""Side of the face's box in sides of FER2013's framing."""

_ENLARGED: Final = 4  # times: the detector finds faces of a hundred pixels and more surely
_MARGIN: Final = 24  # pixels around an image of 48, so that the detector sees the whole head
_BATCH: Final = 256


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """A face in the most detail there is.

    Attributes:
        picture: grey uint8 (H, W), with the face in its middle.
        side: of FER2013's framing in it, in pixels.
    """

    picture: NDArray[np.uint8]
    side: float


@dataclass(frozen=True, slots=True, eq=False)
class _Landmarked:
    """A grey picture, uint8 (H, W), and five landmarks in it, float32 (5, 2) in pixels."""

    picture: NDArray[np.uint8]
    landmarks: NDArray[np.float32]


def annotate(data: Path, out: Path, teachers: Teachers, *, progress: Progress = silent) -> str:
    """Write the data set file `out`: that of `data`, with what teachers say of its images.

    Everything that is named is loaded and checked first, since the work takes long. What an
    earlier call wrote stays where no teacher of its kind is named.

    Args:
        data: a file of `mien data prepare`.
        out: the file to write; may be `data`.
        teachers: who is asked.
        progress: wraps the long loops.

    Returns:
        A line that says how many images have what.

    Raises:
        DataError: no teacher is named, the data set cannot be used, or `press` is missing where it
            is needed, or another zip.
        TrainingError: a teacher is missing or not what it should be.
        ModelError: a teacher's file is no model of mien's.
        MissingPackageError: movements are asked for, and ai-edge-litert is not installed.
    """
    teachers.check()
    records = np.array(load_dataset(data))
    images = records["image"]
    trained = np.isin(records["split"], (Split.TRAIN, Split.VALIDATION))
    networks = [load_teacher(teacher) for teacher in teachers.teachers]
    zoo = None if teachers.expressions is None else ExpressionTeacher(teachers.expressions)
    landmarker = None
    faces: Iterator[_Face] = iter(())
    if teachers.landmarker is not None and teachers.blendshapes is not None:
        landmarker = Landmarker(teachers.landmarker, teachers.blendshapes)
        faces = _faces(records[trained], teachers.press)
    if zoo is not None:
        chosen = np.flatnonzero(trained & (records["source"] == Source.FER2013))
        detector = Detector()
        for index in progress(chosen, "Expressions", len(chosen)):
            found = _landmarked(images[index], detector)
            records["expressions"][index] = zoo.shares(found.picture, found.landmarks)
    if landmarker is not None:
        chosen = np.flatnonzero(trained)
        of_records = zip(chosen, faces, strict=True)
        for index, face in progress(of_records, "Movements", len(chosen)):
            middle = len(face.picture) / 2
            moved = landmarker.movements(face.picture, (middle, middle), face.side * FACE)
            records["movements"][index] = -1 if moved is None else moved
    if networks:
        records["taught"][trained] = _taught(networks, images[trained], progress)
    write_dataset(records, out)
    have = ", ".join(
        f"{count:,} have {words}" for words, count in annotated_counts(records).items()
    )
    return f"{out}: {len(records):,} images; {have}"


def _landmarked(image: NDArray[np.uint8], detector: Detector) -> _Landmarked:
    """The image enlarged, and the five landmarks in it: found, or where they lie on the mean."""
    wide = np.pad(image, _MARGIN, mode="edge")
    large = np.asarray(
        cv2.resize(wide, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC), np.uint8
    )
    faces = detector.detect(np.repeat(large[:, :, None], 3, axis=2))
    if faces:
        return _Landmarked(large, max(faces, key=lambda face: face.width).landmarks)
    return _Landmarked(large, _mean_landmarks())


def _mean_landmarks() -> NDArray[np.float32]:
    """Where the landmarks of a face in FER2013's framing lie in the enlarged image, (5, 2)."""
    shape = POINTS - POINTS.mean(axis=0)
    radius = SIZE / FRAMING_SIDE
    unit = shape / np.sqrt(np.mean(np.sum(shape**2, axis=1)))
    middle = SIZE / 2 - radius * np.array(CENTRE) + _MARGIN
    return ((unit * radius + middle) * _ENLARGED).astype(np.float32)


def _faces(records: NDArray[np.void], press: Path | None) -> Iterator[_Face]:
    """Each record's face; all that may be wrong with the zip is found before this returns."""
    from_press = records["source"] == Source.PRESS
    pictures = iter(_press_faces(records[from_press], press))
    return (
        _Face(next(pictures), float(FRAMED)) if of_press else _Face(record["image"], float(SIZE))
        for record, of_press in zip(records, from_press, strict=True)
    )


def _press_faces(records: NDArray[np.void], press: Path | None) -> NDArray[np.uint8]:
    """The full pictures of press faces, uint8 (N, 112, 112)."""
    pictures = np.zeros((len(records), PRESS_SIDE, PRESS_SIDE), np.uint8)
    if not len(records):
        return pictures
    if press is None:
        raise DataError(
            "the data set holds press faces: give --press with their zip, which has them in full"
        )
    try:
        with zipfile.ZipFile(press) as archive:
            for index, record in enumerate(records):
                name = name_in_zip(record)
                pictures[index] = read_face(archive, name)
                if not np.array_equal(framed(pictures[index]), record["image"]):
                    raise ValueError(f"{name} shows another face than the data set")
    except (ValueError, *UNREADABLE) as error:
        raise DataError(f"{press}: not the zip of these press faces: {error}") from error
    return pictures


def _taught(
    networks: list[torch.nn.Module], images: NDArray[np.uint8], progress: Progress
) -> NDArray[np.float32]:
    """Mean shares of labels and votes over the networks and the mirror images, float32 (N, 17)."""
    taught = np.zeros((len(images), LABELS + len(FERPLUS_NAMES)), np.float32)
    heads = (slice(0, LABELS), slice(LABELS, taught.shape[1]))
    starts = range(0, len(images), _BATCH)
    for start in progress(starts, "Labels and votes", len(starts)):
        batch = slice(start, start + _BATCH)
        plain = torch.from_numpy(images[batch].copy()).unsqueeze(1).float() / 255
        with torch.inference_mode():
            logits = [net(view).float() for net in networks for view in (plain, plain.flip(3))]
        for head in heads:
            shares = [one[:, head].softmax(dim=1) for one in logits if one.shape[1] >= head.stop]
            if shares:
                taught[batch, head] = torch.stack(shares).mean(dim=0).numpy()
    return taught
