"""What teachers say of a data set's images, written into the data set once.

A teacher that is asked at each training step doubles the time of the run; asked once, it costs
minutes. It then sees each image as it is and mirrored, not as it is augmented. Test images are
left out: nothing is ever trained on them. Cost on FER2013 and the press faces, one thread of an
EPYC: about 25 minutes for expressions, 15 for movements, 8 for a teacher of mien's.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from mien.crop import CENTRE
from mien.crop import SIDE as FRAMING_SIDE
from mien.detector import Detector
from mien.errors import DataError
from mien.training.data import (
    SIZE,
    SOURCES,
    SPLITS,
    Progress,
    load_dataset,
    silent,
    write_dataset,
)
from mien.training.expressions import POINTS, ExpressionTeacher
from mien.training.losses import LABELS
from mien.training.movements import Landmarker
from mien.training.press import FRAMED
from mien.training.press import SIDE as PRESS_SIDE
from mien.training.teachers import load_teacher

FACE: Final = 1 / 1.143
"""Side of the face's box in sides of FER2013's framing (`mien.crop.BOX_SIDE`)."""

_ENLARGED: Final = 4  # times: the detector finds faces of a hundred pixels and more surely
_MARGIN: Final = 24  # pixels around an image of 48, so that the detector sees the whole head


def annotate(
    data: Path,
    out: Path,
    *,
    expressions: Path | None = None,
    landmarker: Path | None = None,
    blendshapes: Path | None = None,
    press: Path | None = None,
    teachers: tuple[Path, ...] = (),
    progress: Progress = silent,
) -> str:
    """Write the data set file `out`: that of `data`, with what teachers say of its images.

    Args:
        data: a file of `mien data prepare`.
        out: the file to write; may be `data`.
        expressions: OpenCV Zoo's expression network; press faces bring its answers along.
        landmarker: face_landmarks_detector.tflite; goes with `blendshapes`.
        blendshapes: face_blendshapes.tflite.
        press: the zip that the press faces came from, for movements at their full size.
        teachers: runs or exported files of mien's, whose mean shares of labels and votes are kept.
        progress: wraps the long loops.

    Returns:
        A line that says how many images got what.

    Raises:
        DataError: the data set cannot be used, or `press` is missing where it is needed.
        TrainingError: a teacher is missing or not what it should be.
    """
    if (landmarker is None) != (blendshapes is None):
        raise DataError("movements take both of the Landmarker's files")
    records = np.array(load_dataset(data))
    trained = np.isin(records["split"], (SPLITS.index("train"), SPLITS.index("validation")))
    networks = [load_teacher(teacher) for teacher in teachers]
    expression_teacher = None if expressions is None else ExpressionTeacher(expressions)
    if expression_teacher is not None:
        chosen = np.flatnonzero(trained & (records["source"] == SOURCES.index("fer2013")))
        detector = Detector()
        for index in progress(chosen, "Expressions", len(chosen)):
            image = records["image"][index]
            shares = expression_teacher.shares(*_landmarked(image, detector))
            records["expressions"][index] = shares
    if landmarker is not None and blendshapes is not None:
        network = Landmarker(landmarker, blendshapes)
        chosen = np.flatnonzero(trained)
        pictures = zip(chosen, _pictures(records[chosen], press), strict=True)
        for index, picture in progress(pictures, "Movements", len(chosen)):
            side = len(picture) * (FRAMED / PRESS_SIDE if len(picture) == PRESS_SIDE else 1)
            middle = len(picture) / 2
            moved = network.movements(picture, (middle, middle), side * FACE)
            records["movements"][index] = -1 if moved is None else moved
    if networks:
        records["taught"][trained] = _taught(networks, records["image"][trained], progress)
    write_dataset(records, out)
    moving = int((records["movements"][:, 0] >= 0).sum())
    return (
        f"{out}: {len(records):,} images; expressions of "
        f"{int((records['expressions'].sum(axis=1) > 0).sum()):,}, movements of {moving:,}, "
        f"{len(networks)} teachers' labels and votes"
    )


def _landmarked(
    image: NDArray[np.uint8], detector: Detector
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The image enlarged, and the five landmarks in it: found, or where they lie on the mean."""
    wide = np.pad(image, _MARGIN, mode="edge")
    large = np.asarray(
        cv2.resize(wide, None, fx=_ENLARGED, fy=_ENLARGED, interpolation=cv2.INTER_CUBIC), np.uint8
    )
    faces = detector.detect(np.repeat(large[:, :, None], 3, axis=2))
    if faces:
        return large, max(faces, key=lambda face: face.width).landmarks
    shape = POINTS - POINTS.mean(axis=0)
    radius = SIZE / FRAMING_SIDE
    unit = shape / np.sqrt(np.mean(np.sum(shape**2, axis=1)))
    middle = SIZE / 2 - radius * np.array(CENTRE) + _MARGIN
    return large, ((unit * radius + middle) * _ENLARGED).astype(np.float32)


def _pictures(records: NDArray[np.void], press: Path | None) -> Iterator[NDArray[np.uint8]]:
    """Each record's picture in the most detail there is."""
    from_press = records["source"] == SOURCES.index("press")
    if not from_press.any():
        yield from records["image"]
        return
    if press is None:
        raise DataError("the data set holds press faces: name their zip, which has them in full")
    try:
        with zipfile.ZipFile(press) as archive:
            for record, of_press in zip(records, from_press, strict=True):
                if not of_press:
                    yield record["image"]
                    continue
                content = archive.read(record["name"].decode().removeprefix("press/"))
                yield np.asarray(
                    cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8
                )
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{press}: not the zip of these press faces: {error}") from error


def _taught(
    networks: list[torch.nn.Module], images: NDArray[np.uint8], progress: Progress
) -> NDArray[np.float32]:
    """Mean shares of labels and votes over the networks and the mirror images, float32 (N, 17)."""
    parts: list[NDArray[np.float32]] = []
    starts = range(0, len(images), 256)
    for start in progress(starts, "Labels and votes", len(starts)):
        plain = torch.from_numpy(images[start : start + 256].copy()).unsqueeze(1).float() / 255
        with torch.inference_mode():
            logits = [net(view).float() for net in networks for view in (plain, plain.flip(3))]
        shares = [
            torch.cat(
                (one[:, :LABELS].softmax(dim=1), one[:, LABELS : LABELS + 10].softmax(dim=1)), dim=1
            )
            for one in logits
        ]
        parts.append(torch.stack(shares).mean(dim=0).numpy())
    return np.concatenate(parts)
