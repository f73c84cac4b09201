"""Measure how a network reads crops that are worse than FER2013's: shifted, blurred, dark.

Each change has three strengths, the last of them that of hard use. Measured are the accuracy of
both heads, and how far the votes move (total variation: half the sum of the absolute differences, 0
to 1); then the steadiness under a trembling crop, and the gain of withholding uncertain readings.

    python benchmarks/robustness.py --data DATASET --split public --json robustness.json

3,589 images take about three minutes on one processor.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import cv2
import cyclopts
import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray

from mien.faces.classifier import SIZE, Classifier
from mien.output.progress import with_progress
from mien.training.data.dataset import load_dataset, select
from mien.training.evaluation.metrics import FERPLUS_EMOTIONS, majority
from mien.training.evaluation.summary import percent

Picture = NDArray[np.uint8]
Change = Callable[[Picture, float, np.random.Generator], Picture]


def _warped(
    image: Picture, *, shift: tuple[float, float] = (0, 0), scale: float = 1, roll: float = 0
) -> Picture:
    matrix = cv2.getRotationMatrix2D((SIZE / 2 - 0.5, SIZE / 2 - 0.5), roll, scale)
    matrix[:, 2] += shift
    return np.asarray(
        cv2.warpAffine(image, matrix, (SIZE, SIZE), borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _rounded(values: NDArray[np.floating]) -> Picture:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _shift(image: Picture, part: float, generator: np.random.Generator) -> Picture:
    x, y = generator.choice((-1, 1), 2) * part * SIZE
    return _warped(image, shift=(x, y))


def _scale(image: Picture, part: float, generator: np.random.Generator) -> Picture:
    return _warped(image, scale=1 + part * generator.choice((-1, 1)))


def _roll(image: Picture, degrees: float, generator: np.random.Generator) -> Picture:
    return _warped(image, roll=degrees * generator.choice((-1, 1)))


def _blur(image: Picture, sigma: float, _: np.random.Generator) -> Picture:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def _noise(image: Picture, sigma: float, generator: np.random.Generator) -> Picture:
    return _rounded(image + generator.normal(0, sigma, image.shape))


def _jpeg(image: Picture, quality: float, _: np.random.Generator) -> Picture:
    content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def _brightness(image: Picture, factor: float, _: np.random.Generator) -> Picture:
    return _rounded(image * factor)


def _contrast(image: Picture, factor: float, _: np.random.Generator) -> Picture:
    return _rounded(image.mean() + (image - image.mean()) * factor)


def _small(image: Picture, side: float, _: np.random.Generator) -> Picture:
    small = cv2.resize(image, (int(side), int(side)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR), np.uint8)


CHANGES: Final[dict[str, tuple[Change, tuple[float, float, float], str]]] = {
    "shifted": (_shift, (0.03, 0.06, 0.10), "of the side"),
    "scaled": (_scale, (0.05, 0.10, 0.15), "either way"),
    "rolled": (_roll, (7, 13, 20), "degrees"),
    "blurred": (_blur, (0.5, 1.0, 1.5), "pixels, standard deviation"),
    "noise": (_noise, (5, 10, 20), "of 255, standard deviation"),
    "JPEG": (_jpeg, (70, 40, 20), "quality"),
    "dark": (_brightness, (0.8, 0.65, 0.5), "times as bright"),
    "flat": (_contrast, (0.7, 0.5, 0.3), "times the contrast"),
    "small": (_small, (40, 32, 24), "pixels, enlarged"),
}
"""Changes by name: function, three strengths, and their unit."""


@dataclass(frozen=True)
class Row:
    """Figures of a change at one strength; accuracies 0 to 1, None without head or votes."""

    change: str
    strength: float
    label_accuracy: float
    majority_accuracy: float | None
    votes_moved: float


def measure(
    classifier: Classifier, crops: Picture, labels: NDArray[np.int64], top: NDArray[np.int64]
) -> tuple[float, float | None, NDArray[np.float64]]:
    """Return label accuracy, majority accuracy (FER+'s protocol), and a reading's (N, 8) shares."""
    right = classifier.predict_label(crops).argmax(axis=1) == labels
    votes = classifier.predict_votes(crops)
    said = None
    if votes is not None and (top >= 0).any():
        said = float((votes[:, :FERPLUS_EMOTIONS].argmax(axis=1) == top)[top >= 0].mean())
    return float(right.mean()), said, classifier.predict(crops)


def moved(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the mean total variation between shares, 0 to 1."""
    return float(np.abs(a - b).sum(axis=1).mean() / 2)


def main(
    *,
    data: Path,
    model: Path | None = None,
    split: Literal["validation", "public", "private"] = "validation",
    seed: int = 0,
    json_file: Annotated[Path | None, Parameter("--json")] = None,
) -> None:
    """Print accuracy by change as a Markdown table.

    Args:
        data: data set of `mien data prepare`.
        model: classifier; the shipped one if not given.
        split: images to use.
        seed: seed of directions and noise.
        json_file: file for the figures.
    """
    records = select(load_dataset(data), split)
    records = records[records["label"] >= 0]
    images = np.ascontiguousarray(records["image"])
    labels, top = records["label"].astype(np.int64), majority(records["votes"])
    classifier = Classifier(model)
    plain_label, plain_majority, plain = measure(classifier, images, labels, top)
    rows: list[Row] = []
    cases = [(name, at) for name in CHANGES for at in range(3)]
    for name, at in with_progress(cases, "Measuring"):
        change, strengths, _ = CHANGES[name]
        generator = np.random.default_rng((seed, at))
        worse = np.stack([change(image, strengths[at], generator) for image in images])
        label, said, shares = measure(classifier, worse, labels, top)
        rows.append(Row(name, strengths[at], label, said, moved(plain, shares)))

    # A crop trembles by up to two pixels in each direction from frame to frame.
    generator = np.random.default_rng(seed)
    tremble = generator.uniform(-2, 2, (len(images), 2))
    trembling = np.stack(
        [_warped(image, shift=(x, y)) for image, (x, y) in zip(images, tremble, strict=True)]
    )
    steadiness = moved(plain, classifier.predict(trembling))

    accuracies = f"label {plain_label:.1%}, majority {percent(plain_majority)}"
    print(f"{split}, {len(images)} images: {accuracies}")
    print("\n| change | strength | label | majority | votes moved |\n|---|--:|--:|--:|--:|")
    for row in rows:
        loss = f" ({100 * (row.label_accuracy - plain_label):+.1f})"
        said = percent(row.majority_accuracy)
        if row.majority_accuracy is not None and plain_majority is not None:
            said += f" ({100 * (row.majority_accuracy - plain_majority):+.1f})"
        print(
            f"| {row.change} | {row.strength:g} {CHANGES[row.change][2]} "
            f"| {row.label_accuracy:.1%}{loss} | {said} | {row.votes_moved:.3f} |"
        )
    print(f"\nA crop that trembles by up to 2 pixels moves the votes by {steadiness:.3f}.")
    coverage = _coverage(classifier, images, top)
    for kept, accuracy in coverage.items():
        print(f"The most certain {kept:.0%} of the images: majority {accuracy:.1%}")
    if json_file is not None:
        report = {
            "split": split,
            "images": len(images),
            "seed": seed,
            "label_accuracy": plain_label,
            "majority_accuracy": plain_majority,
            "rows": [asdict(row) for row in rows],
            "steadiness": steadiness,
            "coverage": coverage,
        }
        json_file.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _coverage(
    classifier: Classifier, images: Picture, top: NDArray[np.int64]
) -> dict[float, float]:
    """Return majority accuracy of the most certain images (largest top share), by their share."""
    votes = classifier.predict_votes(images)
    counted = np.flatnonzero(top >= 0)
    if votes is None or not len(counted):
        return {}
    eight = votes[counted, :FERPLUS_EMOTIONS]
    right = eight.argmax(axis=1) == top[counted]
    order = np.argsort(-eight.max(axis=1), kind="stable")
    parts = (1.0, 0.9, 0.8, 0.7, 0.5)
    return {part: float(right[order[: round(part * len(order))]].mean()) for part in parts}


if __name__ == "__main__":
    cyclopts.run(main)
