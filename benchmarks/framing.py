"""Measure the cost in label accuracy of the way from a frame to a crop, and of roll correction.

FER2013's images are pasted into 640×480 frames, detected, cropped and classified. Their accuracy is
compared with that of the plain images, over the images in which a face was found. The level of roll
correction is chosen on the validation split and reported on the public one.

    python benchmarks/framing.py --data DATASET --split validation
    python benchmarks/framing.py --data DATASET --split public --json-file framing.json

1,500 images take about two minutes of one processor.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

import cv2
import cyclopts
import numpy as np
from numpy.typing import NDArray

from mien.errors import ImageError
from mien.faces.alignment import CENTRE, CROP_SIZE, SIDE, crop_face
from mien.faces.classifier import Classifier
from mien.faces.detector import Detector
from mien.frames import Face
from mien.training.data.dataset import SPLITS, load_dataset

FRAME: Final = (640, 480)
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Condition:
    """How an image is pasted: scale, background, and roll in degrees, to a random side."""

    scale: float
    background: Literal["grey", "blurred"]
    roll: float


CONDITIONS: Final = (
    Condition(2, "grey", 0),
    Condition(3, "grey", 0),
    Condition(2, "blurred", 0),
    Condition(3, "blurred", 0),
    Condition(3, "blurred", 20),
    Condition(3, "blurred", 40),
)


def paste(image: Picture, condition: Condition, roll: float) -> tuple[Picture, Face]:
    """Return the frame, and a face whose crop at level 1 is the pasted square itself."""
    width, height = FRAME
    if condition.background == "grey":
        frame = np.full((height, width), 128, np.uint8)
    else:
        blurred = cv2.GaussianBlur(image, (0, 0), 3)
        frame = np.asarray(cv2.resize(blurred, FRAME, interpolation=cv2.INTER_CUBIC), np.uint8)
    middle = np.array(FRAME) / 2
    angle = np.deg2rad(roll)
    along = np.array((np.cos(angle), np.sin(angle)))
    turn = np.column_stack((along, (-along[1], along[0])))
    linear = condition.scale * turn
    start = middle - linear @ np.full(2, CROP_SIZE / 2) + linear @ (0.5, 0.5) - 0.5
    cv2.warpAffine(
        image,
        np.column_stack((linear, start)),
        FRAME,
        dst=frame,
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_TRANSPARENT,
    )
    radius = CROP_SIZE * condition.scale / SIDE
    mean = middle - radius * turn @ np.array(CENTRE)
    # Four of the five points lie so far out that the root mean square radius is right.
    corners = np.array(((-1, -1), (1, -1), (0, 0), (-1, 1), (1, 1))) * np.sqrt(1.25 / 2)
    points = mean + radius * corners @ turn.T
    box = (0.0, 0.0, 1.0, 1.0)
    return cv2.cvtColor(frame, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False), Face(
        box=box, landmarks=points.astype(np.float32), score=1.0
    )


def nearest(faces: list[Face], condition: Condition) -> Face | None:
    """Return the face in the pasted square, if one was found there."""
    middle = np.array(FRAME) / 2

    def distance(face: Face) -> float:
        return float(np.abs(face.landmarks.mean(axis=0) - middle).max())

    inside = [face for face in faces if distance(face) < CROP_SIZE * condition.scale / 2]
    return min(inside, key=distance, default=None)


def crops(
    detector: Detector,
    images: Picture,
    condition: Condition,
    levels: list[float],
    generator: np.random.Generator,
) -> Iterator[list[Picture] | None]:
    """Yield each image's crops, one for each level, then the pasted square; None without a face."""
    sides = generator.choice((-1, 1), size=len(images))
    for image, side in zip(images, sides, strict=True):
        frame, pasted = paste(image, condition, float(condition.roll * side))
        face = nearest(detector.detect(frame), condition)
        try:
            yield face and [
                *(crop_face(frame, face, roll_correction=level) for level in levels),
                crop_face(frame, pasted, roll_correction=1),
            ]
        except ImageError:
            yield None


def main(
    *,
    data: Path,
    model: Path | None = None,
    split: Literal["validation", "public"] = "validation",
    images: int = 1500,
    level: list[float] | None = None,
    seed: int = 0,
    threads: int = 1,
    without_copies: bool = False,
    json_file: Path | None = None,
) -> None:
    """Print accuracy by framing as a Markdown table.

    Args:
        data: data set of `mien data prepare`.
        model: classifier; the shipped one if not given.
        split: images to use.
        images: number of images, drawn at random.
        level: shares of the roll to correct; 0, 0.5 and 1 if not given.
        seed: seed of the draw.
        threads: threads of the face detector.
        without_copies: leave out images with a copy in Kaggle's training part, which a network may
            know by heart, but not in another crop.
        json_file: file for the figures.
    """
    levels = level or [0.0, 0.5, 1.0]
    records = load_dataset(data)
    allowed = (records["split"] == SPLITS.index(split)) & (records["label"] >= 0)
    if without_copies:
        allowed &= ~records["duplicate_in_training"]
    usable = np.flatnonzero(allowed)
    generator = np.random.default_rng(seed)
    drawn = generator.choice(usable, size=min(images, len(usable)), replace=False)
    chosen = records[np.sort(drawn)]
    pictures, labels = np.ascontiguousarray(chosen["image"]), chosen["label"].astype(int)
    detector, classifier = Detector(threads=threads), Classifier(model)
    plain = classifier.predict_label(pictures).argmax(axis=1) == labels

    names = [f"level {value:g}" for value in levels] + ["pasted square"]
    print(f"{split}, {len(labels)} images, plain accuracy {plain.mean():.1%}\n")
    print("| Background | Scale | Roll | Found | Plain |", *(f" {name} |" for name in names))
    print("|---|---|---|---|---|" + "---|" * len(names))
    rows: list[dict[str, object]] = []
    for condition in CONDITIONS:
        results = list(crops(detector, pictures, condition, levels, generator))
        found = np.array([result is not None for result in results])
        kept = [result for result in results if result is not None]
        row: dict[str, object] = {
            **asdict(condition),
            "found": float(found.mean()),
            "plain": float(plain[found].mean()) if kept else None,
            "framings": {},
        }
        framings: dict[str, dict[str, float]] = {}
        for index, name in enumerate(names if kept else []):
            crops_read = np.stack([result[index] for result in kept])
            right = classifier.predict_label(crops_read).argmax(axis=1) == labels[found]
            loss = plain[found].astype(float) - right
            error = float(loss.std() / np.sqrt(len(loss)))
            framings[name] = {
                "accuracy": float(right.mean()),
                "loss": float(loss.mean()),
                "loss_standard_error": error,
            }
        row["framings"] = framings
        rows.append(row)
        print(
            f"| {condition.background} | ×{condition.scale:g} | {condition.roll:g}° "
            f"| {found.mean():.1%} | {plain[found].mean() if kept else np.nan:.1%} |",
            *(
                f" {value['accuracy']:.1%} (−{100 * value['loss']:.1f} "
                f"± {100 * value['loss_standard_error']:.1f}) |".replace("−-", "+")
                for value in framings.values()
            ),
            flush=True,
        )
    if json_file:
        report = {
            "split": split,
            "images": len(labels),
            "seed": seed,
            "plain": float(plain.mean()),
            "rows": rows,
        }
        json_file.write_text(json.dumps(report, indent=1) + "\n")


app = cyclopts.App(default_command=main, help=__doc__)

if __name__ == "__main__":
    sys.exit(app())
