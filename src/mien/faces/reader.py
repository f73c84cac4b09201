"""The pipeline: picture → readings of all its faces.

The thresholds below say when a face is too poor to be read. They were chosen by eye, on the darkest
and least sharp FER2013 images, on portraits that were darkened, blurred and scaled down step by
step, and on turned heads in films; they are not measured against people's answers.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mien.answers import Reason, Votes
from mien.emotions import OTHER, VOTE_NAMES
from mien.errors import ImageError, ModelError
from mien.faces.alignment import CROP_SIZE, crop_face, measure_quality
from mien.faces.classifier import Classifier
from mien.faces.detector import Detector
from mien.frames import Box, Face, Quality
from mien.media.arrays import Order
from mien.media.mistakes import check_several
from mien.media.picture import Picture, as_rgb
from mien.parallel import check_workers, chunks, cores, in_order
from mien.public import public
from mien.readings import Readings, name_of
from mien.types import Reading

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

NOT_A_FACE: Final = 0.006
"""Share of people who would say "not a face" above which it is left out.

It leaves out 99.2 % of patches without a face and 0.5 % of FER2013's validation faces
(`benchmarks/not_a_face.py`, docs/model-card.md); in 61 faces of photographs and films the share was
at most 0.002.
"""

BATCH: Final = 8
"""Pictures whose crops are classified in one go where there are many.

More are no faster. It saves a third of the network's time, which is half of the whole for FER2013's
bare faces; for photographs, where finding faces takes longest, nothing that could be measured."""

MOST_THREADS: Final = 4
"""Number of threads used to read one picture in `read`; of many, each is better read by one."""


class Sight(NamedTuple):
    """A face as the network gets to see it.

    Attributes:
        face: where it is.
        crop: uint8 (48, 48), grey.
        quality: how well it can be seen.
    """

    face: Face
    crop: NDArray[np.uint8]
    quality: Quality


@public
@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds that each step of reading a picture took.

    Attributes:
        detector: time for finding faces.
        alignment: time for cropping the faces and measuring how well they can be seen.
        network: time for predicting votes and movements.

    Examples:
        >>> import mien
        >>> timings = mien.Timings(detector=0.004, alignment=0.001, network=0.002)
        >>> print(f"{1000 * timings.total:.0f} ms")
        7 ms
    """

    detector: float
    alignment: float
    network: float

    @property
    def total(self) -> float:
        """Seconds of all steps together."""
        return self.detector + self.alignment + self.network

    def __add__(self, other: "Timings") -> "Timings":
        """Of two readings, one after the other."""
        return Timings(
            self.detector + other.detector,
            self.alignment + other.alignment,
            self.network + other.network,
        )


@public
class Reader:
    """Reads pictures with models and limits of your choice. Several threads may use one reader.

    Examples:
        >>> import mien
        >>> reader = mien.Reader(smallest_face=32)
        >>> reader.read("photo.jpg")[0].emotion
        'happy'
    """

    def __init__(
        self,
        *,
        model: str | Path | Classifier | None = None,
        detector: Detector | None = None,
        threads: int = 1,
        smallest_face: float = SMALLEST_FACE,
    ) -> None:
        """Load the face detector and the network.

        Args:
            model: network that reads the faces: a file that `mien export` wrote, or a loaded
                `Classifier`. None takes the weights that ship with mien.
            detector: face detector with other settings. None takes the default ones.
            threads: number of threads that one call of `read` may use, in the models that are
                loaded here.
            smallest_face: width of a face's box, in pixels, below which the face is not clear.

        Raises:
            ModelError: a model file is missing, damaged, or of another kind.
        """
        check_workers(threads, "threads")
        if isinstance(model, str):
            model = Path(model)
        self.classifier = model if isinstance(model, Classifier) else Classifier(model, threads)
        if detector is not None and not hasattr(detector, "detect"):
            raise ModelError(
                f"Expected a mien.Detector as detector; got {type(detector).__name__}."
            )
        self.detector = detector or Detector(threads=threads)
        self._smallest_face = smallest_face

    def read(
        self,
        image: Picture,
        *,
        order: Order = "RGB",
        faces: Iterable[Face | Reading | Sequence[float]] | None = None,
    ) -> Readings:
        """What people would say about each face of a picture, largest face first.

        Args:
            image: as for `mien.read`.
            order: as for `mien.read`.
            faces: as for `mien.read`.

        Raises:
            ImageError: the picture cannot be read or is of another kind, or one of `faces` is no
                face.

        Examples:
            >>> import mien
            >>> reader = mien.Reader()
            >>> [reading.emotion for reading in reader.read("photo.jpg")]
            ['happy']
        """
        rgb = as_rgb(image, order=order)
        return Readings(self.read_timed(rgb, faces=faces)[0], rgb, name_of(image))

    def read_timed(
        self,
        image: Picture,
        *,
        order: Order = "RGB",
        faces: Iterable[Face | Reading | Sequence[float]] | None = None,
        regions: Sequence[Box] | None = None,
    ) -> tuple[list[Reading], Timings]:
        """Like `read`, with the time that each step took, but for reading the picture's file.

        Args:
            image: as for `mien.read`.
            order: as for `mien.read`.
            faces: as for `mien.read`.
            regions: boxes in pixels around which faces are looked for, and nowhere else; see
                `mien.Detector.detect`.

        Examples:
            >>> import mien
            >>> readings, timings = mien.Reader().read_timed("photo.jpg")
            >>> timings.detector < timings.total
            True
        """
        rgb = as_rgb(image, order=order)
        start = perf_counter()
        found = self.detector.detect(rgb, regions) if faces is None else own_faces(faces)
        detected = perf_counter()
        seen = list(_crops(rgb, found)) if faces is None else [_sight(rgb, face) for face in found]
        aligned = perf_counter()
        readings = self._readings(seen, keep_all=faces is not None)
        timings = Timings(detected - start, aligned - detected, perf_counter() - aligned)
        return readings, timings

    def read_batch(self, images: Iterable[Picture], *, order: Order = "RGB") -> list[list[Reading]]:
        """Like `read` for a few pictures, with all crops classified in one run of the network.

        Pictures are taken one after the other, and none is kept.

        Args:
            images: pictures as for `mien.read`; for many, call `read_many`.
            order: as for `mien.read`.

        Raises:
            ImageError: a picture cannot be read, or is of another kind.

        Examples:
            >>> import mien
            >>> for readings in mien.Reader().read_batch(["photo.jpg", "holiday/sea.png"]):
            ...     print([reading.emotion for reading in readings])
            ['happy']
            ['happy']
        """
        check_several(images)
        seen: list[list[Sight]] = []
        for image in images:
            rgb = as_rgb(image, order=order)
            seen.append(list(_crops(rgb, self.detector.detect(rgb))))
            del image, rgb  # gone before the next is read
        everything = [sight for sights in seen for sight in sights]
        answers = iter(self._readings(everything, keep_all=True))
        pictures = [[next(answers) for _ in sights] for sights in seen]
        return [[r for r in readings if r.reason != Reason.NOT_A_FACE] for readings in pictures]

    def read_many(
        self, images: Iterable[Picture], *, order: Order = "RGB", workers: int | None = None
    ) -> Generator[list[Reading]]:
        """What people would say about each face of many pictures, in their order, lazily.

        Args:
            images: any number of pictures as for `mien.read`, also without end. They are taken in
                the caller's own thread, in batches of eight; at most two batches more than
                `workers` wait.
            order: as for `mien.read`.
            workers: number of threads; None takes one a core.

        Yields:
            The readings of each picture.

        Raises:
            ImageError: a picture cannot be read, which ends the generator (`mien.read_files` goes
                on), or one picture is given instead of several.
            MienError: `workers` is no number of threads.

        Examples:
            >>> import mien
            >>> for readings in mien.Reader().read_many(["photo.jpg", "holiday/sea.png"]):
            ...     print([reading.emotion for reading in readings])
            ['happy']
            ['happy']
        """
        check_several(images)
        check_workers(workers)
        return self._read_many(images, order, workers)

    def _read_many(
        self, images: Iterable[Picture], order: Order, workers: int | None
    ) -> Generator[list[Reading]]:
        batches = chunks(images, BATCH)
        read = partial(self.read_batch, order=order)
        for readings in in_order(read, batches, cores() if workers is None else workers):
            yield from readings

    def _readings(self, seen: list[Sight], *, keep_all: bool) -> list[Reading]:
        crops = np.array([sight.crop for sight in seen], np.uint8).reshape(-1, CROP_SIZE, CROP_SIZE)
        predicted = self.classifier.predict_faces(crops)
        moving = self._movements(predicted.movements, len(seen))
        result: list[Reading] = []
        for (face, _, quality), shares, no, movements in zip(
            seen, predicted.votes, predicted.not_a_face, moving, strict=True
        ):
            reason = self._hard_to_see(quality)
            if (
                reason is None and no > NOT_A_FACE
            ):  # of what is hard to see, the network cannot tell
                if not keep_all:
                    continue
                reason = Reason.NOT_A_FACE
            if reason is None and disagree(shares):
                reason = Reason.DISAGREE
            result.append(Reading(face, Votes(shares), quality, reason, movements=movements))
        return result

    def _movements(self, values: NDArray[np.float64] | None, faces: int) -> list[dict[str, float]]:
        """The movements of each face by name."""
        if values is None:
            return [{}] * faces
        names = self.classifier.movement_names
        return [dict(zip(names, row, strict=True)) for row in values.tolist()]

    def _hard_to_see(self, quality: Quality) -> Reason | None:
        """The first reason why people could not see the face; None if they could."""
        reasons = {
            Reason.TOO_SMALL: quality.size < self._smallest_face,
            Reason.TOO_DARK: quality.brightness < DARKEST,
            Reason.BLURRED: quality.sharpness < BLURRIEST,
            Reason.TURNED_AWAY: quality.yaw > FARTHEST_TURN,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)


def disagree(votes: NDArray[np.float64]) -> bool:
    """Whether people would disagree, by float (8,) shares: too few say the same, or "other"."""
    top = int(votes.argmax())
    return bool(votes[top] < FEWEST_AGREEING) or VOTE_NAMES[top] == OTHER


def own_faces(faces: Iterable[Face | Reading | Sequence[float]]) -> list[Face]:
    """Faces that a caller found, checked; boxes become faces without landmarks, of score 1.

    Args:
        faces: each a `Face`, or four numbers (x1, y1, x2, y2); arrays too.

    Raises:
        ImageError: one of them is neither.
    """
    try:
        return [_own_face(face) for face in faces]
    except (TypeError, ValueError, OverflowError) as error:
        given: Any = faces
        is_box = isinstance(given, Sequence) and len(given) == 4 and not isinstance(given[0], Sized)
        mend = f"A single box goes into a list: [{given!r}]" if is_box else str(error)
        raise ImageError(
            "Expected faces as a list of mien.Face or of boxes (x1, y1, x2, y2), five landmarks "
            f"(x, y) a face where it has them; got {faces!r}. {mend}."
        ) from error


def _own_face(face: Any) -> Face:
    if isinstance(face, Reading):
        face = face.face
    if not isinstance(face, Face):
        face = Face(face, np.empty((0, 2), np.float32), score=1.0)
    x1, y1, x2, y2 = (float(value) for value in face.box)
    if not (np.isfinite((x1, y1, x2, y2)).all() and x1 < x2 and y1 < y2):
        raise ValueError(
            f"{(x1, y1, x2, y2)} is no box with x1 < x2 and y1 < y2. Of x, y, width and height "
            "make (x, y, x + width, y + height)"
        )
    with np.errstate(over="ignore"):  # infinite landmarks are refused when they are framed
        marks = np.array(face.landmarks, np.float32).reshape(-1, 2)
    return Face((x1, y1, x2, y2), marks, float(face.score))


def _sight(image: NDArray[np.uint8], face: Face) -> Sight:
    crop = crop_face(image, face)
    return Sight(face, crop, measure_quality(crop, face))


def _crops(image: NDArray[np.uint8], faces: list[Face]) -> Iterator[Sight]:
    for face in faces:
        try:
            yield _sight(image, face)
        except ImageError:  # landmarks in one point: no face, and the others still count
            continue


@cache
def default_reader(threads: int = 1) -> Reader:
    """A reader with everything by default but the threads that one call uses; loaded once."""
    return Reader(threads=threads)


def read(
    image: Picture,
    *,
    order: Order = "RGB",
    faces: Iterable[Face | Reading | Sequence[float]] | None = None,
) -> Readings:
    """What people would say about each face of a picture, largest face first.

    The first call loads the models, which takes about half a second. One picture is read by up to
    four threads. A `Reader` reads with other models or limits, `read_files` reads many files, and
    `watch` reads films.

    Args:
        image: a path, a file's content as bytes, a PIL image, or a uint8 array: RGB (H, W, 3),
            RGBA (H, W, 4) or grey (H, W).
        order: order of an array's colours; arrays of OpenCV are "BGR".
        faces: faces that you have found yourself, each a `Face`, a `Reading`, or a box
            (x1, y1, x2, y2) in pixels. mien then looks for no others, and every face gets a
            reading, in the given order. With a `Face` that has landmarks the crop is better, since
            they tell the tilt of the head.

    Raises:
        ImageError: the picture cannot be read or is of another kind, or one of `faces` is no face.

    Examples:
        >>> import mien
        >>> for reading in mien.read("photo.jpg"):
        ...     print(reading.emotion, reading.state, round(reading.votes["happy"]))
        happy clear 1
    """
    reader = default_reader(min(cores(), MOST_THREADS))
    return reader.read(image, order=order, faces=faces)
