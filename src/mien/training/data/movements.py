"""Google's Face Landmarker, a teacher of facial movements.

The Landmarker (Apache-2.0; Bazarevsky et al. 2019, arXiv 1907.05047, and MediaPipe's model card
"Blendshape V2") turns a face of 256×256 pixels into 478 points, and those into 52 scores with
ARKit's names. mien keeps the fourteen of `mien.movements`. The user downloads the weights; they
teach and never ship.
"""

from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.errors import MissingPackageError, TrainingError
from mien.movements import MOVEMENT_NAMES

SCORES: Final[dict[str, tuple[int, ...]]] = {
    "mouth corners up": (44, 45),  # mouthSmileLeft, mouthSmileRight
    "mouth corners down": (30, 31),  # mouthFrown…
    "mouth open": (25,),  # jawOpen
    "upper lip raised": (48, 49),  # mouthUpperUp…
    "lips pressed": (36, 37),  # mouthPress…
    "lips pursed": (38,),  # mouthPucker
    "mouth stretched": (46, 47),  # mouthStretch…
    "chin raised": (42,),  # mouthShrugLower
    "brows lowered": (1, 2),  # browDown…
    "inner brows raised": (3,),  # browInnerUp
    "outer brows raised": (4, 5),  # browOuterUp…
    "eyes narrowed": (19, 20),  # eyeSquint…
    "eyes wide": (21, 22),  # eyeWide…
    "eyes closed": (9, 10),  # eyeBlink…
}
"""Indices of a movement's scores among the Landmarker's 52; left and right are averaged.

Source: the order of ARKit's names in MediaPipe's `face_blendshapes_graph.cc`.
"""

SIDE: Final = 256
"""Side of the Landmarker's input in pixels."""

_MARGIN: Final = 1.5  # side of the picture in sides of the face: a quarter more on each side

_LEAST_FACE: Final = 0.5  # least score of the Landmarker's own "there is a face"

POINTS: Final = np.array(
    (
        *(0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63),
        *(65, 66, 67, 70, 78, 80, 81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132),
        *(133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154, 155, 157, 158, 159, 160, 161),
        *(162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249, 251, 263),
        *(267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310),
        *(311, 312, 314, 317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373),
        *(374, 375, 377, 378, 379, 380, 381, 382, 384, 385, 386, 387, 388, 389, 390, 397, 398),
        *(400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473, 474, 475, 476, 477),
    )
)
"""Indices of the points that the second network takes, in its order (the same source)."""

_SCORES: Final = [list(SCORES[name]) for name in MOVEMENT_NAMES]


class Landmarker:
    """The Face Landmarker's two networks, from a face's picture to fourteen movements."""

    def __init__(self, detector: Path, blendshapes: Path) -> None:
        """Load both networks.

        Args:
            detector: path of face_landmarks_detector.tflite.
            blendshapes: path of face_blendshapes.tflite.

        Raises:
            TrainingError: a file is missing or not that network.
            MissingPackageError: the package ai-edge-litert is not installed.
        """
        self._points = _network(detector, (1, SIDE, SIDE, 3))
        self._scores = _network(blendshapes, (1, len(POINTS), 2))

    def movements(
        self, image: NDArray[np.uint8], centre: tuple[float, float], side: float
    ) -> NDArray[np.float32] | None:
        """Measure what moves in one face.

        The face is framed twice: as asked, then by the points found.

        Args:
            image: grey uint8 (H, W); its edge pixels are repeated beyond the edge.
            centre: (x, y) of the face in pixels.
            side: side of the face's box in pixels.

        Returns:
            float32 (14,), 0 to 1 in the order of `MOVEMENT_NAMES`; None where no face is found.
        """
        found = None
        for _ in range(2):
            found = self._find(image, centre, side)
            if found is None:
                return None
            low, high = found.min(axis=0), found.max(axis=0)
            centre = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
            side = float((high - low).max())
        assert found is not None
        points = found[POINTS][None].astype(np.float32, copy=False)
        scores = _run(self._scores, points)[0].ravel()
        means = [scores[places].mean() for places in _SCORES]
        return np.clip(np.array(means, np.float32), 0, 1)

    def _find(
        self, image: NDArray[np.uint8], centre: tuple[float, float], side: float
    ) -> NDArray[np.float64] | None:
        """Find the 478 points, float64 (478, 2) in pixels of the image; None without a face."""
        scale = SIDE / (_MARGIN * side)
        matrix = np.array(
            ((scale, 0, SIDE / 2 - scale * centre[0]), (0, scale, SIDE / 2 - scale * centre[1]))
        )
        picture = cv2.warpAffine(
            image,
            matrix,
            (SIDE, SIDE),
            flags=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        rgb = np.repeat(picture[None, :, :, None], 3, axis=3).astype(np.float32) / np.float32(255)
        points, presence = _run(self._points, rgb)[:2]
        if 1 / (1 + np.exp(-float(presence.ravel()[0]))) < _LEAST_FACE:
            return None
        plane = points.reshape(-1, 3)[:, :2].astype(np.float64)
        return (plane - matrix[:, 2]) / scale


def _network(file: Path, shape: tuple[int, ...]) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise MissingPackageError(
            "Google's Face Landmarker needs the package ai-edge-litert, which is not installed: "
            "pip install 'mien[training]'"
        ) from error
    try:
        network = Interpreter(str(file), num_threads=1)
        network.allocate_tensors()
    except (OSError, ValueError, RuntimeError) as error:
        raise TrainingError(f"{file}: no network of the Face Landmarker: {error}") from error
    lengths: Any = network.get_input_details()[0]["shape"]
    found = tuple(int(length) for length in lengths)
    if found != shape:
        raise TrainingError(
            f"{file}: not the expected network: it takes {found}, expected {shape}. "
            "Name face_landmarks_detector.tflite, then face_blendshapes.tflite."
        )
    return network


def _run(network: Any, content: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    network.set_tensor(network.get_input_details()[0]["index"], content)
    network.invoke()
    return [network.get_tensor(output["index"]) for output in network.get_output_details()]
