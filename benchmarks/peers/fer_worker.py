"""fer, to be measured; runs in its own environment, see `protocol.py`.

    python -m peers.fer_worker THREADS FINDER     "default" or "one"; "haar" or "mtcnn"

Everything else is fer's default, its quantized TensorFlow Lite network too.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from peers.protocol import Picture, serve

cv2: Any = import_module("cv2")
_held: list[Any] = []  # operators live as long as they are held


class Fer:
    """`fer.fer.FER`; the package's own `from fer import FER` is broken in 25.10."""

    packages: tuple[str, ...] = (
        "fer",
        "facenet-pytorch",
        "numpy",
        "opencv-contrib-python",
        "tensorflow",
        "torch",
    )

    def __init__(self) -> None:
        threads, finder = sys.argv[1:]
        if threads == "one":
            cv2.setNumThreads(1)
        if finder == "mtcnn":
            _import_torchvision()
        self.fer: Any = import_module("fer.fer").FER(mtcnn=finder == "mtcnn")

    def prepare(self, image: Picture) -> Picture:
        """Return the picture in BGR, as fer takes it."""
        return np.ascontiguousarray(image[:, :, ::-1])

    def frame(self, image: Picture) -> int:
        """Read a picture as fer does."""
        return len(self.fer.detect_emotions(image))

    def film(self, frames: Sequence[Picture]) -> int:
        """Read frame by frame, as `fer.classes.Video` does."""
        return [self.frame(frame) for frame in frames][-1]

    def find(self, image: Picture) -> Any:
        """Find the largest box (x, y, width, height)."""
        return max(self.fer.find_faces(image), key=lambda box: box[2] * box[3])

    def face(self, image: Picture, face: Any) -> None:
        """Crop and classify; fer makes all of the picture grey for it."""
        self.fer.detect_emotions(image, face_rectangles=[face])

    def shares(self, crops: Picture) -> dict[str, NDArray[Any]]:
        """Classify as `detect_emotions` does after its crops; its labels' order is FER2013's."""
        larger = np.array([cv2.resize(crop, (64, 64)) for crop in crops], np.float32)
        return {"label": np.asarray(self.fer._classify_emotions((larger / 255 - 0.5) * 2))}


def _import_torchvision() -> None:
    """Import torchvision, also where its compiled operators do not load.

    The torchvision of PyPI belongs to the torch with CUDA; beside a CPU build it lacks `nms`, the
    one operator that MTCNN needs, for which OpenCV's stands in.
    """
    try:
        import_module("torchvision")
    except RuntimeError:
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]
        torch: Any = import_module("torch")

        def suppress(boxes: Any, scores: Any, threshold: float) -> Any:
            corners = boxes.numpy().astype(np.float64)
            corners[:, 2:] -= corners[:, :2]  # to width and height
            kept = cv2.dnn.NMSBoxes(corners, scores.numpy(), 0.0, threshold)
            return torch.as_tensor(np.asarray(kept, np.int64).reshape(-1))

        operators = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        operators.impl("nms", suppress, "CPU")
        _held.append(operators)
        boxes_module: Any = import_module("torchvision.ops.boxes")
        boxes_module._assert_has_ops = lambda: None


if __name__ == "__main__":
    serve(Fer)
