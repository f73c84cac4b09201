"""A folder of labelled pictures → the zip of faces that `mien data prepare --press` takes."""

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
from mien.faces.alignment import CROP_SIZE
from mien.faces.detector import Detector
from mien.media.picture import load_image
from mien.output.whole_file import whole_file
from mien.training.data.expressions import ExpressionTeacher
from mien.training.data.framed_face import framed_face
from mien.training.data.labelled import LabelledPicture, find_pictures
from mien.training.data.press import FACES_COLUMNS, FRAMED, SIDE
from mien.training.data.progress import Progress, silent

_QUALITY: Final = 95  # of the JPEG
_DETAIL: Final = FRAMED // CROP_SIZE
_MARGIN: Final = (SIDE - FRAMED) // 2
_DAY: Final = (1980, 1, 1, 0, 0, 0)  # of the files in the zip, so that the same faces give the same


@dataclass(frozen=True, slots=True)
class CutFaces:
    """What `cut_faces` did.

    Attributes:
        faces: number of faces in the zip.
        problems: a line for each picture or row that is left out.
        notes: what was taken for what, and which labels are none of the seven.
    """

    faces: int
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def cut_faces(
    folder: Path, expressions: Path, out: Path, *, progress: Progress = silent
) -> CutFaces:
    """Write the zip `out` with the largest face of each labelled picture.

    Args:
        folder: of pictures, see `mien.training.data.labelled.find_pictures`.
        expressions: OpenCV Zoo's expression network, whose answers the zip keeps.
        out: the zip to write.
        progress: wraps the loop.

    Raises:
        DataError: the folder holds no labelled pictures, or none with a face.
        TrainingError: `expressions` is not that network.
        OSError: the zip cannot be written.
    """
    found = find_pictures(folder)
    teacher, detector = ExpressionTeacher(expressions), Detector()
    problems = list(found.problems)
    rows: list[dict[str, str]] = []
    out.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(out) as new:
        with zipfile.ZipFile(new, "w") as archive:
            for picture in progress(found.pictures, "Cutting faces", len(found.pictures)):
                try:
                    face = _cut(picture, detector, teacher)
                except ImageError as error:
                    problems.append(str(error))
                    continue
                name = f"{len(rows):05}.jpg"
                _add(archive, name, _jpeg(face.picture))
                rows.append({"name": name, "label": picture.label, **_columns(face.shares)})
            _add(archive, "faces.csv", _table(rows))
        if not rows:
            first = f" First problem: {problems[0]}" if problems else ""
            raise DataError(f"{folder}: no picture with a face that can be cut out.{first}")
    return CutFaces(len(rows), tuple(problems), (*found.notes, *found.left_out_in_words()))


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """A face, grey uint8 (112, 112), and the teacher's shares, float32 (7,)."""

    picture: NDArray[np.uint8]
    shares: NDArray[np.float32]


def _cut(picture: LabelledPicture, detector: Detector, teacher: ExpressionTeacher) -> _Face:
    image = load_image(picture.path)
    faces = detector.detect(image)
    if not faces:
        raise ImageError(f"{picture.path}: no face was found")
    face = max(faces, key=lambda each: each.width)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.uint8)
    cut = cv2.cvtColor(framed_face(image, face, _DETAIL, _MARGIN), cv2.COLOR_RGB2GRAY)
    return _Face(np.asarray(cut, np.uint8), teacher.shares(grey, face.landmarks))


def _jpeg(picture: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))[1].tobytes()


def _columns(shares: NDArray[np.float32]) -> dict[str, str]:
    return {
        f"zoo_{name}": f"{share:.4f}" for name, share in zip(EMOTION_NAMES, shares, strict=True)
    }


def _table(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, FACES_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _DAY), content)
