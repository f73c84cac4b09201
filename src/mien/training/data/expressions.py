"""OpenCV Zoo's expression network, a teacher of facial expressions.

`facial_expression_recognition_mobilefacenet_2022july` (Apache-2.0) was trained on RAF-DB's colour
photographs, whose smiles and frowns are milder than FER2013's. The user downloads the weights; they
teach and never ship.
"""

from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from mien.emotions import EMOTION_NAMES
from mien.errors import TrainingError

ORDER: Final = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
"""Order of the network's outputs (OpenCV Zoo's `facial_fer_model.py`)."""

SIDE: Final = 112
"""Side of the network's input in pixels."""

POINTS: Final = np.array(
    ((38.29, 51.70), (73.53, 51.50), (56.03, 71.74), (41.55, 92.37), (70.73, 92.20)), np.float32
)
"""The five landmarks in that picture: the standard alignment of ArcFace (Deng et al. 2019, arXiv
1801.07698)."""

_PLACES: Final = [ORDER.index(name) for name in EMOTION_NAMES]


class ExpressionTeacher:
    """OpenCV Zoo's expression network, from a face to shares of the seven emotions."""

    def __init__(self, file: Path) -> None:
        """Load the network.

        Args:
            file: the network's ONNX file, in float32 or 8 bits.

        Raises:
            TrainingError: the file is missing or not that network.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # a picture at a time is too little for more
        try:
            self._session: Any = onnxruntime.InferenceSession(
                file.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # ONNX Runtime's own errors share no public base
            raise TrainingError(f"{file}: no expression network: {error}") from error
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or list(inputs[0].shape[1:]) != [3, SIDE, SIDE]:
            raise TrainingError(
                f"{file}: not OpenCV Zoo's expression network: expected one input (1, 3, {SIDE}, "
                f"{SIDE}), got {[(port.name, port.shape) for port in inputs]}"
            )
        self._input = inputs[0].name

    def shares(
        self, image: NDArray[np.uint8], landmarks: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the mean shares of a face and its mirror image.

        Args:
            image: grey uint8 (H, W); its edge pixels are repeated beyond the edge.
            landmarks: float32 (5, 2), in pixels, in the order of `mien.types.Face`.

        Returns:
            float32 (7,), in the order of `EMOTION_NAMES`, sum 1.
        """
        matrix, _ = cv2.estimateAffinePartial2D(landmarks, POINTS, method=cv2.LMEDS)
        aligned = cv2.warpAffine(
            image, matrix, (SIDE, SIDE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        result = np.zeros(len(ORDER))
        for view in (aligned, aligned[:, ::-1]):
            plane = (view.astype(np.float32) / 255 - 0.5) / 0.5
            logits = self._session.run(None, {self._input: np.repeat(plane[None, None], 3, 1)})[0]
            shares = np.exp(logits[0] - logits[0].max())
            result += shares / shares.sum() / 2
        return result[_PLACES].astype(np.float32)
