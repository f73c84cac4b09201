"""Measure how surely a network distinguishes patches without a face from faces.

Patches are windows of pictures outside of training; faces are a split's images on which no rater
said "not a face". A patch is rejected if the share of people who would say "not a face" exceeds a
threshold: here the one that loses 1 % of the validation faces, and mien's own.

    python benchmarks/not_a_face.py --data DATASET --pictures FOLDER
"""

from pathlib import Path
from typing import Final

import cv2
import cyclopts
import numpy as np
from numpy.typing import NDArray
from skimage import data as pictures_of_skimage
from sklearn.datasets import load_sample_images

from mien.emotions import FERPLUS_NAMES
from mien.faces.classifier import SIZE, Classifier
from mien.faces.reasons import NOT_A_FACE
from mien.media.picture import load_image
from mien.training.data.dataset import load_dataset, select

WINDOWS: Final = 200
"""Number of windows of each picture."""

SPLITS: Final = ("validation", "public")

LOST: Final = 0.01
"""Share of the faces that may be lost."""


def main(*, data: Path, pictures: Path | None = None, model: Path | None = None) -> None:
    """Print a Markdown table.

    Args:
        data: a data set file of `mien data prepare`.
        pictures: folder with pictures without faces; only those named no-face* if there are any.
            Two pictures of scikit-learn and two of scikit-image are added.
        model: an exported model; without it the one that ships with mien.
    """
    classifier = Classifier(model)
    patches = _windows(_pictures(pictures), np.random.default_rng(0))
    records = load_dataset(data)
    faces = {split: _not_a_face(classifier, _faces(records, split)) for split in SPLITS}
    rejected = _not_a_face(classifier, patches)
    print(f"{len(patches):,} patches, {len(faces['validation']):,} validation faces\n")
    print("| threshold | patches rejected | validation faces lost | PublicTest faces lost |")
    print("|---|--:|--:|--:|")
    strict = float(np.quantile(faces["validation"], 1 - LOST))
    for name, at in ((f"{strict:.3f} (1 % lost)", strict), (f"{NOT_A_FACE} (mien's)", NOT_A_FACE)):
        lost = " | ".join(f"{(faces[split] > at).mean():.2%}" for split in SPLITS)
        print(f"| {name} | {(rejected > at).mean():.1%} | {lost} |")


def _pictures(folder: Path | None) -> list[NDArray[np.uint8]]:
    found = [*load_sample_images()["images"], pictures_of_skimage.rocket()]
    found.append(pictures_of_skimage.stereo_motorcycle()[0])
    if folder is not None:
        paths = sorted(folder.glob("no-face*")) or sorted(folder.iterdir())
        found += [load_image(path) for path in paths]
    return found


def _windows(
    pictures: list[NDArray[np.uint8]], generator: np.random.Generator
) -> NDArray[np.uint8]:
    windows: list[NDArray[np.uint8]] = []
    for picture in pictures:
        grey = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY)
        for _ in range(WINDOWS):
            side = int(np.exp(generator.uniform(np.log(SIZE / 2), np.log(min(grey.shape)))))
            top, left = (int(generator.integers(length - side + 1)) for length in grey.shape)
            window = grey[top : top + side, left : left + side]
            how = cv2.INTER_AREA if side > SIZE else cv2.INTER_LINEAR
            small = cv2.resize(window, (SIZE, SIZE), interpolation=how)
            windows.append(np.asarray(small, np.uint8))
    return np.stack(windows)


def _faces(records: NDArray[np.void], split: str) -> NDArray[np.uint8]:
    chosen = select(records, split)
    votes = chosen["votes"]
    sure = (votes.sum(axis=1) > 0) & (votes[:, FERPLUS_NAMES.index("NF")] == 0)
    return np.ascontiguousarray(chosen["image"][sure])


def _not_a_face(classifier: Classifier, crops: NDArray[np.uint8]) -> NDArray[np.float64]:
    return classifier.predict_faces(crops).not_a_face


if __name__ == "__main__":
    cyclopts.run(main)
