"""Write what teachers say of a data set's images into the data set, once.

A teacher asked at each training step doubles the time of the run; asked once, it costs minutes. It
then sees each image plain and mirrored, not augmented. Test images are left out: nothing is ever
trained on them. Cost on FER2013 and the press faces, one thread of an EPYC: about 25 minutes for
expressions, 15 for movements, 8 for one network of mien's.
"""

import zipfile
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
from mien.output.progress import with_progress
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
from mien.training.engine.config import Teachers
from mien.training.engine.teachers import load_teacher
from mien.training.model.losses import LABELS

_FACE: Final = 1 / BOX_SIDE  # side of the face's box in sides of FER2013's framing
_ENLARGED: Final = 4  # factor: the detector finds faces of a hundred pixels and more surely
_MARGIN: Final = 24  # pixels around an image of 48, so that the detector sees the whole head
_BATCH: Final = 256


def annotate(data: Path, out: Path, teachers: Teachers) -> str:
    """Write the data set of `data`, with what teachers say of its images, to the file `out`.

    Everything is loaded and checked first, since the work takes long. Answers of an earlier call
    stay where no teacher of their kind is named. `out` may be `data`.

    Returns:
        A line that says how many images have which answers.

    Raises:
        DataError: no teacher is named, the data set cannot be used, or `press` is missing where it
            is needed, or another zip.
        TrainingError: a teacher is missing or not the expected network.
        ModelError: a teacher's file is no model of mien's.
        MissingPackageError: movements are asked for, and ai-edge-litert is not installed.
    """
    teachers.check()
    records = np.array(load_dataset(data))
    images, from_press = records["image"], records["source"] == Source.PRESS
    trained = np.flatnonzero(np.isin(records["split"], (Split.TRAIN, Split.VALIDATION)))
    networks = [load_teacher(teacher) for teacher in teachers.teachers]
    zoo = None if teachers.expressions is None else ExpressionTeacher(teachers.expressions)
    landmarker: Landmarker | None = None
    full_size: dict[int, NDArray[np.uint8]] = {}
    if teachers.landmarker is not None and teachers.blendshapes is not None:
        landmarker = Landmarker(teachers.landmarker, teachers.blendshapes)
        full_size = _press_faces(records, trained[from_press[trained]], teachers.press)
    if zoo is not None:
        detector = Detector()
        for index in with_progress(trained[~from_press[trained]], "Expressions"):
            image = enlarge(images[index])
            records["expressions"][index] = zoo.shares(image, landmarks_of(image, detector))
    if landmarker is not None:
        for index in with_progress(trained, "Movements"):
            full = full_size.get(int(index))
            face, side = (images[index], SIZE) if full is None else (full, FRAMED)
            middle = len(face) / 2
            moved = landmarker.movements(face, (middle, middle), side * _FACE)
            records["movements"][index] = -1 if moved is None else moved
    if networks:
        records["taught"][trained] = _taught(networks, images[trained])
    write_dataset(records, out)
    counts = ", ".join(f"{n:,} have {words}" for words, n in annotated_counts(records).items())
    return f"{out}: {len(records):,} images; {counts}"


def enlarge(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Enlarge an image with a margin so that the detector finds the face, uint8 (384, 384)."""
    wide = np.pad(image, _MARGIN, mode="edge")
    large = cv2.resize(wide, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8)


def landmarks_of(enlarged: NDArray[np.uint8], detector: Detector) -> NDArray[np.float32]:
    """Return the landmarks of the face in an enlarged image, or else `mean_landmarks`."""
    faces = detector.detect(np.repeat(enlarged[:, :, None], 3, axis=2))
    return max(faces, key=lambda face: face.width).landmarks if faces else mean_landmarks()


def mean_landmarks() -> NDArray[np.float32]:
    """Landmarks of a typical face in FER2013's framing, float32 (5, 2), in the enlarged image."""
    shape = POINTS - POINTS.mean(axis=0)
    radius = SIZE / FRAMING_SIDE
    unit = shape / np.sqrt(np.mean(np.sum(shape**2, axis=1)))
    middle = SIZE / 2 - radius * np.array(CENTRE) + _MARGIN
    return ((unit * radius + middle) * _ENLARGED).astype(np.float32)


def _press_faces(
    records: NDArray[np.void], indices: NDArray[np.int64], press: Path | None
) -> dict[int, NDArray[np.uint8]]:
    """The full pictures, uint8 (112, 112), of these press faces' records."""
    if not len(indices):
        return {}
    if press is None:
        raise DataError(
            "the data set holds press faces: give --press with their zip, which has them in full"
        )
    pictures: dict[int, NDArray[np.uint8]] = {}
    try:
        with zipfile.ZipFile(press) as archive:
            for index in indices.tolist():
                name = name_in_zip(bytes(records["name"][index]))
                pictures[index] = read_face(archive, name)
                if not np.array_equal(framed(pictures[index]), records["image"][index]):
                    raise ValueError(f"{name} shows another face than the data set")
    except (ValueError, *UNREADABLE) as error:
        raise DataError(f"{press}: not the zip of these press faces: {error}") from error
    return pictures


def _taught(networks: list[torch.nn.Module], images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean shares of labels and votes over the networks and the mirror images, float32 (N, 17)."""
    taught = np.zeros((len(images), LABELS + len(FERPLUS_NAMES)), np.float32)
    heads = (slice(0, LABELS), slice(LABELS, taught.shape[1]))
    for start in with_progress(range(0, len(images), _BATCH), "Labels and votes"):
        batch = slice(start, start + _BATCH)
        plain = torch.from_numpy(images[batch].copy()).unsqueeze(1).float() / 255
        with torch.inference_mode():
            logits = [net(view).float() for net in networks for view in (plain, plain.flip(3))]
        for head in heads:
            shares = [one[:, head].softmax(dim=1) for one in logits if one.shape[1] >= head.stop]
            if shares:
                taught[batch, head] = torch.stack(shares).mean(dim=0).numpy()
    return taught
