"""Faces that the caller found, checked."""

from collections.abc import Iterable, Sequence, Sized
from typing import Any

import numpy as np

from mien.errors import ImageError
from mien.frames import Face
from mien.types import Reading

GivenFace = Face | Reading | Sequence[float]
"""A face, the reading of a face, or a box (x1, y1, x2, y2) in pixels."""


def given_faces(faces: Iterable[GivenFace]) -> list[Face]:
    """Check faces that a caller found; a box becomes a face without landmarks, of score 1.

    Args:
        faces: faces, readings and boxes; arrays too.

    Raises:
        ImageError: one of them is none of these.
    """
    try:
        return [_given_face(face) for face in faces]
    except (TypeError, ValueError, OverflowError) as error:
        given: Any = faces
        remedy = str(error)
        if isinstance(given, Face | Reading):
            remedy = f"A single face goes into a list: [{given!r}]"
        elif isinstance(given, Sequence) and len(given) == 4 and not isinstance(given[0], Sized):
            remedy = f"A single box goes into a list: [{given!r}]"
        raise ImageError(
            "Expected faces as a list of mien.Face or of boxes (x1, y1, x2, y2), with five "
            f"landmarks (x, y) or none a face; got {faces!r}. {remedy}."
        ) from error


def _given_face(face: Any) -> Face:
    if isinstance(face, Reading):
        face = face.face
    if not isinstance(face, Face):
        face = Face(face, np.empty((0, 2), np.float32), score=1.0)
    x1, y1, x2, y2 = (float(value) for value in face.box)
    if not (np.isfinite((x1, y1, x2, y2)).all() and x1 < x2 and y1 < y2):
        raise ValueError(
            f"{(x1, y1, x2, y2)} is not a box with x1 < x2 and y1 < y2. From x, y, width and "
            "height make (x, y, x + width, y + height)"
        )
    with np.errstate(over="ignore"):  # infinite landmarks are refused when they are framed
        landmarks = np.array(face.landmarks, np.float32).reshape(-1, 2)
    return Face((x1, y1, x2, y2), landmarks, float(face.score))
