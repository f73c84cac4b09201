"""The pipeline: picture → readings of all its faces.

The thresholds below say when a face is too poor to be read. They were chosen by eye, on the darkest
and least sharp FER2013 images, on portraits that were darkened, blurred and scaled down step by
step, and on turned heads in films; they are not measured against people's answers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mien.classifier import Classifier
from mien.crop import CROP_SIZE, crop_face, measure_quality
from mien.detector import Detector
from mien.emotions import OTHER, VOTE_NAMES
from mien.errors import ImageError
from mien.sources import load_image
from mien.types import Box, Face, Quality, Reading

SMALLEST_FACE: Final = 24.0
"""Width of a face's box in pixels below which it is "too small": half of a crop's side."""

DARKEST: Final = 0.12
"""Mean grey value below which a crop is "too dark"; 99.9 % of FER2013 are brighter."""

BLURRIEST: Final = 0.1
"""Sharpness below which a crop is "blurred": eyes are smears; 99.9 % of FER2013 are sharper."""

FARTHEST_TURN: Final = 0.75
"""Turn above which a head is "turned away"; at 0.4 both eyes and the mouth are still seen."""

FEWEST_AGREEING: Final = 0.4
"""Share of the most frequent answer below which "people would disagree"."""

DISAGREE: Final = "people would disagree"
"""Why a face is not clear that can be seen well."""

NOT_A_FACE: Final = 0.5
"""Share of people who would say "not a face" above which it is left out."""

Picture = NDArray[np.uint8] | str | Path | bytes
"""RGB uint8 (H, W, 3), or what `mien.sources.load_image` takes."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time of one picture went, in seconds.

    Attributes:
        finder: finding faces.
        crop: cropping them and measuring how well they can be seen.
        network: predicting the votes.
    """

    finder: float
    crop: float
    network: float

    @property
    def total(self) -> float:
        """All of them, in seconds."""
        return self.finder + self.crop + self.network


class Reader:
    """Reads what people would say about each face. May be used from several threads at once."""

    def __init__(
        self,
        *,
        model: Path | Classifier | None = None,
        detector: Detector | None = None,
        threads: int = 1,
        smallest_face: float = SMALLEST_FACE,
    ) -> None:
        """Load the face finder and the network.

        Args:
            model: a file of `mien export` or a loaded one; None takes the weights that ship.
            detector: a face finder set up otherwise than by default.
            threads: that one call of `read` may use; for those parts which are not given loaded.
            smallest_face: a face whose box is narrower, in pixels, is not clear.

        Raises:
            ModelError: a model file is missing, damaged, or of another kind.
        """
        self.classifier = model if isinstance(model, Classifier) else Classifier(model, threads)
        self.detector = detector or Detector(threads=threads)
        self._smallest_face = smallest_face

    def read(self, image: Picture, near: Sequence[Box] | None = None) -> list[Reading]:
        """What people would say about each face of a picture, largest face first.

        Args:
            image: RGB uint8 (H, W, 3), a picture file, or such a file's content.
            near: of a film's frame, boxes of the frame before, around which alone faces are looked
                for; see `mien.detector.Detector.detect`.

        Raises:
            ImageError: the picture cannot be read, or is an array of another kind.
        """
        return self.read_timed(image, near)[0]

    def read_timed(
        self, image: Picture, near: Sequence[Box] | None = None
    ) -> tuple[list[Reading], Timings]:
        """Like `read`, and where the time went; reading the picture's file does not count."""
        if not isinstance(image, np.ndarray):
            image = load_image(image)
        start = perf_counter()
        found = self.detector.detect(image) if near is None else self.detector.detect(image, near)
        finder = perf_counter()
        seen = list(_crops(image, found))
        crops = np.array([crop for _, crop, _ in seen], np.uint8).reshape(-1, CROP_SIZE, CROP_SIZE)
        crop = perf_counter()
        votes, not_a_face = self.classifier.predict_faces(crops)
        readings = [
            self._reading(face, shares, quality)
            for (face, _, quality), shares, no in zip(seen, votes, not_a_face, strict=True)
            if no <= NOT_A_FACE
        ]
        timings = Timings(finder - start, crop - finder, perf_counter() - crop)
        return readings, timings

    def _reading(self, face: Face, votes: NDArray[np.float64], quality: Quality) -> Reading:
        why = self._why_unclear(votes, quality)
        return Reading(face=face, votes=votes, quality=quality, clear=why is None, why=why)

    def _why_unclear(self, votes: NDArray[np.float64], quality: Quality) -> str | None:
        """The first reason why people could not tell; None if they could."""
        reasons = {
            "too small": quality.size < self._smallest_face,
            "too dark": quality.brightness < DARKEST,
            "blurred": quality.sharpness < BLURRIEST,
            "turned away": quality.turn > FARTHEST_TURN,
            DISAGREE: disagree(votes),
        }
        return next((why for why, holds in reasons.items() if holds), None)


def disagree(votes: NDArray[np.float64]) -> bool:
    """Whether people would disagree, by float (8,) shares: too few say the same, or "other"."""
    top = int(votes.argmax())
    return bool(votes[top] < FEWEST_AGREEING) or VOTE_NAMES[top] == OTHER


def _crops(
    image: NDArray[np.uint8], faces: list[Face]
) -> Iterator[tuple[Face, NDArray[np.uint8], Quality]]:
    for face in faces:
        try:
            crop = crop_face(image, face)
        except ImageError:  # landmarks in one point: no face, and the others still count
            continue
        yield face, crop, measure_quality(crop, face)


@cache
def _default_reader() -> Reader:
    return Reader()


def read(image: Picture) -> list[Reading]:
    """What people would say about each face of a picture, largest face first.

    The first call loads the models (about half a second); for other models, see `Reader`.

    Args:
        image: RGB uint8 (H, W, 3), a picture file, or such a file's content.

    Raises:
        ImageError: the picture cannot be read, or is an array of another kind.
    """
    return _default_reader().read(image)
