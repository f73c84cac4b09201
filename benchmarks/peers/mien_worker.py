"""mien, to be measured; runs in its own environment, see `protocol.py`.

python -m peers.mien_worker THREADS       "default" or "one"
"""

import sys
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mien.faces.reader import MOST_THREADS, Reader
from mien.faces.stream import Follower
from mien.frames import Face
from mien.parallel import cores
from peers.protocol import FRAME_RATE, Picture, serve


class Mien:
    """`mien.read`, which uses some threads, or `mien.Reader` with one."""

    packages: tuple[str, ...] = ("mien", "numpy", "onnxruntime", "opencv-python-headless")

    def __init__(self) -> None:
        if sys.argv[1] == "one":
            cv2.setNumThreads(1)
        self.reader = Reader(threads=1 if sys.argv[1] == "one" else min(cores(), MOST_THREADS))
        self.follower = Follower()
        self.frames = 0

    def prepare(self, image: Picture) -> Picture:
        """Return the picture as it is: mien takes RGB."""
        return image

    def frame(self, image: Picture) -> int:
        """Read as `mien.read` does."""
        return len(self.reader.read(image))

    def film(self, frames: Sequence[Picture]) -> int:
        """Read as `mien.watch` does, which searches around known faces between full searches."""
        faces = 0
        for image in frames:
            time = self.frames / FRAME_RATE
            faces = len(self.follower.read_timed(self.reader, image, time)[0])
            self.frames += 1
        return faces

    def find(self, image: Picture) -> Face:
        """Find the largest face."""
        return self.reader.detector.detect(image)[0]

    def face(self, image: Picture, face: Face) -> None:
        """Crop and classify a face."""
        self.reader.read(image, faces=[face])

    def shares(self, crops: Picture) -> dict[str, NDArray[Any]]:
        """Return the shares of both heads."""
        classifier = self.reader.classifier
        votes = classifier.predict_votes(crops)
        label: NDArray[Any] = classifier.predict_label(crops)
        return {"label": label} if votes is None else {"label": label, "votes": np.asarray(votes)}


if __name__ == "__main__":
    serve(Mien)
