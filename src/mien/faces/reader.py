"""The pipeline from a picture to the readings of all its faces."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, partial
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mien.answers import Reason, Votes
from mien.errors import ImageError, MienError, ModelError
from mien.faces.alignment import CROP_SIZE, crop_face, measure_quality
from mien.faces.classifier import Classifier
from mien.faces.detector import Detector
from mien.faces.given_faces import GivenFace, given_faces
from mien.faces.reasons import NOT_A_FACE, SMALLEST_FACE, disagree, hard_to_see
from mien.faces.timings import Timings
from mien.frames import Box, Face, Quality
from mien.media.arrays import Order
from mien.media.mistakes import check_several
from mien.media.picture import Picture, as_rgb
from mien.parallel import check_workers, chunks, cores, in_order
from mien.public import public
from mien.readings import Readings, name_of
from mien.types import Reading

BATCH: Final = 8
"""Number of pictures whose crops are classified in one run of the network.

Larger batches are not faster. A batch saves a third of the network's time, which is half of the
total for FER2013's bare faces. For photographs, where detection takes longest, it saves nothing
measurable.
"""

MOST_THREADS: Final = 4
"""Number of threads used to read one picture in `read`. Many pictures are read by one each."""


class _Crop(NamedTuple):
    """A face, and what the network sees of it."""

    face: Face
    pixels: NDArray[np.uint8]  # grey (48, 48)
    quality: Quality


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
            model: network that reads the faces: a file written by `mien export`, or a loaded
                `Classifier`. None uses the weights that ship with mien.
            detector: face detector with other settings. None uses the default settings.
            threads: number of threads that one call of `read` may use, in the models that are
                loaded here.
            smallest_face: width of a face's box, in pixels, below which the face is not clear.

        Raises:
            ModelError: a model file is missing, damaged, or of another kind.
            MienError: another option is no such number.
        """
        check_workers(threads, "threads")
        given: Any = smallest_face
        if isinstance(given, str) or not given >= 0:
            raise MienError(f"Expected smallest_face in pixels, 0 or more; got {given!r:.80}.")
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
        self, image: Picture, *, order: Order = "RGB", faces: Iterable[GivenFace] | None = None
    ) -> Readings:
        """What people would say about each face of a picture, the largest face first.

        Args:
            image: as for `mien.read`.
            order: as for `mien.read`.
            faces: as for `mien.read`.

        Raises:
            ImageError: the picture cannot be read or is of another kind, or one of `faces` is not a
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
        faces: Iterable[GivenFace] | None = None,
        regions: Sequence[Box] | None = None,
    ) -> tuple[list[Reading], Timings]:
        """Read a picture as `read` does, and measure each step except decoding the picture.

        Args:
            image: as for `mien.read`.
            order: as for `mien.read`.
            faces: as for `mien.read`.
            regions: boxes in pixels; faces are searched for only around them, see
                `mien.Detector.detect`.

        Examples:
            >>> import mien
            >>> readings, timings = mien.Reader().read_timed("photo.jpg")
            >>> timings.detector < timings.total
            True
        """
        rgb = as_rgb(image, order=order)
        start = perf_counter()
        found = self.detector.detect(rgb, regions) if faces is None else given_faces(faces)
        detected = perf_counter()
        crops = list(_crops(rgb, found)) if faces is None else [_crop(rgb, face) for face in found]
        aligned = perf_counter()
        readings = self._readings(crops)
        if faces is None:
            readings = _without_non_faces(readings)
        timings = Timings(detected - start, aligned - detected, perf_counter() - aligned)
        return readings, timings

    def read_batch(self, images: Iterable[Picture], *, order: Order = "RGB") -> list[list[Reading]]:
        """Read a few pictures, and classify all their crops in one run of the network.

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
        pictures: list[list[_Crop]] = []
        for image in images:
            rgb = as_rgb(image, order=order)
            pictures.append(list(_crops(rgb, self.detector.detect(rgb))))
            del image, rgb  # frees the memory before the next picture is read
        readings = iter(self._readings([crop for crops in pictures for crop in crops]))
        return [_without_non_faces(islice(readings, len(crops))) for crops in pictures]

    def read_many(
        self, images: Iterable[Picture], *, order: Order = "RGB", workers: int | None = None
    ) -> Generator[list[Reading]]:
        """What people would say about each face of many pictures, in their order, lazily.

        Args:
            images: any number of pictures as for `mien.read`; may be endless. They are taken in the
                caller's thread, in batches of eight; at most two batches more than `workers` wait.
            order: as for `mien.read`.
            workers: number of threads; None uses one a core.

        Yields:
            The readings of each picture.

        Raises:
            ImageError: one picture is given instead of several, or a picture cannot be read. That
                ends the generator; `mien.read_files` continues instead.
            MienError: `workers` is not a number of threads.

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

    def _readings(self, crops: Sequence[_Crop]) -> list[Reading]:
        pixels = np.array([crop.pixels for crop in crops], np.uint8)
        predicted = self.classifier.predict_faces(pixels.reshape(-1, CROP_SIZE, CROP_SIZE))
        names, movements = self.classifier.movement_names, predicted.movements
        rows = [()] * len(crops) if movements is None else movements.tolist()
        result: list[Reading] = []
        for crop, votes, not_a_face, row in zip(
            crops, predicted.votes, predicted.not_a_face, rows, strict=True
        ):
            reason = hard_to_see(crop.quality, self._smallest_face)
            # The network cannot tell whether something that is hard to see is a face.
            if reason is None and not_a_face > NOT_A_FACE:
                reason = Reason.NOT_A_FACE
            if reason is None and disagree(votes):
                reason = Reason.DISAGREE
            moving = dict(zip(names, row, strict=True))
            result.append(Reading(crop.face, Votes(votes), crop.quality, reason, movements=moving))
        return result


def _crop(image: NDArray[np.uint8], face: Face) -> _Crop:
    pixels = crop_face(image, face)
    return _Crop(face, pixels, measure_quality(pixels, face))


def _crops(image: NDArray[np.uint8], faces: Iterable[Face]) -> Iterator[_Crop]:
    for face in faces:
        with suppress(ImageError):  # landmarks in one point: not a face; the others still count
            yield _crop(image, face)


def _without_non_faces(readings: Iterable[Reading]) -> list[Reading]:
    return [reading for reading in readings if reading.reason != Reason.NOT_A_FACE]


@cache
def default_reader(threads: int = 1) -> Reader:
    """Return a reader with default settings, loaded once for each number of threads."""
    return Reader(threads=threads)


def read(
    image: Picture, *, order: Order = "RGB", faces: Iterable[GivenFace] | None = None
) -> Readings:
    """What people would say about each face of a picture, the largest face first.

    The first call loads the models, which takes about half a second. One picture is read by up to
    four threads. A `Reader` reads with other models or limits, `read_files` reads many files, and
    `watch` reads films.

    Args:
        image: a path, a file's content as bytes, a PIL image, or a uint8 array: RGB (H, W, 3),
            RGBA (H, W, 4) or grey (H, W).
        order: order of an array's colours; arrays of OpenCV are "BGR".
        faces: faces that you have found yourself, each a `Face`, a `Reading`, or a box
            (x1, y1, x2, y2) in pixels. mien then searches for no others, and every face gets a
            reading, in the given order. Landmarks improve the crop, since they show the tilt of the
            head.

    Raises:
        ImageError: the picture cannot be read or is of another kind, or one of `faces` is not a
            face.

    Examples:
        >>> import mien
        >>> for reading in mien.read("photo.jpg"):
        ...     print(reading.emotion, reading.state, round(reading.votes["happy"]))
        happy clear 1
    """
    reader = default_reader(min(cores(), MOST_THREADS))
    return reader.read(image, order=order, faces=faces)
