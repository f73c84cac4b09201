"""Cut faces out of pictures, framed as the network sees them, in more detail.

`cut_faces` writes the zip that `mien data prepare --press` takes.
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES
from mien.errors import DataError, ImageError
from mien.faces.alignment import CROP_SIZE, framing
from mien.faces.detector import Detector
from mien.frames import Face
from mien.media.picture import load_image
from mien.output.progress import with_progress
from mien.output.whole_file import whole_file
from mien.training.data.expressions import ExpressionTeacher
from mien.training.data.labelled import LabelledPicture, find_pictures
from mien.training.data.press import FACES_COLUMNS, FRAMED, SIDE

_QUALITY: Final = (cv2.IMWRITE_JPEG_QUALITY, 95)
_DETAIL: Final = FRAMED // CROP_SIZE
_MARGIN: Final = (SIDE - FRAMED) // 2
_DAY: Final = (1980, 1, 1, 0, 0, 0)  # date of all files in the zip: the same faces, the same zip


@dataclass(frozen=True, slots=True)
class CutFaces:
    """Outcome of `cut_faces`: number of faces, and lines on pictures left out and on labels."""

    faces: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def cut_faces(folder: Path, expressions: Path, out: Path) -> CutFaces:
    """Write the zip `out` with the largest face of each labelled picture (`find_pictures`).

    The zip keeps the answers of `expressions`, OpenCV Zoo's expression network.

    Raises:
        DataError: the folder holds no labelled pictures, or none with a face.
        TrainingError: `expressions` is not that network.
        OSError: the zip cannot be written.
    """
    found = find_pictures(folder)
    teacher, detector = ExpressionTeacher(expressions), Detector()
    problems = list(found.problems)
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, FACES_COLUMNS)
    writer.writeheader()
    faces = 0
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as new:
        with zipfile.ZipFile(new, "w") as archive:
            for picture in with_progress(found.pictures, "Cutting faces"):
                row = {"name": f"{faces:05}.jpg", "label": picture.label}
                try:
                    face = _cut(picture, detector, teacher, row)
                except ImageError as error:
                    problems.append(str(error))
                    continue
                archive.writestr(zipfile.ZipInfo(row["name"], _DAY), face)
                writer.writerow(row)
                faces += 1
            archive.writestr(zipfile.ZipInfo("faces.csv", _DAY), table.getvalue())
        if not faces:
            first = f" First problem: {problems[0]}" if problems else ""
            raise DataError(f"{folder}: no picture with a face that can be cut out.{first}")
    return CutFaces(faces, tuple(problems), (*found.notes, *found.left_out_in_words()))


def framed_face(
    image: NDArray[np.uint8], face: Face, detail: int, margin: int = 0
) -> NDArray[np.uint8]:
    """Cut a face out in FER2013's framing.

    Args:
        image: RGB uint8 (H, W, 3).
        face: a face of that picture.
        detail: number of pixels along a side for each pixel that the network sees.
        margin: pixels around the framing; edge pixels are repeated beyond the picture's edge.

    Returns:
        RGB uint8 (S, S, 3) with S = 48 × detail + 2 × margin.

    Raises:
        ImageError: landmarks or box do not span a face.
    """
    matrix = framing(face) * detail
    matrix[:, 2] += margin
    shrink = max(
        1, int(1 / np.hypot(*matrix[:, 0]))
    )  # whole pixels of the picture for each of the result
    if shrink > 1:
        height, width = (max(1, side // shrink) for side in image.shape[:2])
        scale = np.array((image.shape[1] / width, image.shape[0] / height))
        image = np.asarray(
            cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
        matrix[:, :2] *= scale
    # Index i of an array is the pixel from i to i + 1, its middle i + 0.5: hence the halves.
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    side = CROP_SIZE * detail + 2 * margin
    warped = cv2.warpAffine(image, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def _cut(
    picture: LabelledPicture, detector: Detector, teacher: ExpressionTeacher, row: dict[str, str]
) -> bytes:
    """Return the largest face as a grey JPEG, and add the teacher's shares to its row."""
    image = load_image(picture.path)
    faces = detector.detect(image)
    if not faces:
        raise ImageError(f"{picture.path}: no face was found")
    face = max(faces, key=lambda each: each.width)
    cut = cv2.cvtColor(framed_face(image, face, _DETAIL, _MARGIN), cv2.COLOR_RGB2GRAY)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    shares = teacher.shares(grey, face.landmarks)
    row |= {
        f"zoo_{name}": f"{share:.4f}" for name, share in zip(EMOTION_NAMES, shares, strict=True)
    }
    return cv2.imencode(".jpg", cut, _QUALITY)[1].tobytes()
