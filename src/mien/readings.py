"""All readings of one picture, and the result of a picture that may be unreadable."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from mien.lookup import output
from mien.public import public
from mien.types import Reading

if TYPE_CHECKING:
    import pandas


@public
class Readings(Sequence[Reading]):
    """Readings of one picture, the largest face first: a sequence that notebooks show.

    Attributes:
        image: picture that was read, RGB uint8 (H, W, 3), upright.
        name: path of the picture's file; None for a picture in memory.

    Examples:
        >>> import mien
        >>> readings = mien.read("photo.jpg")
        >>> readings
        <Readings of photo.jpg: 1 face
          <happy, 10 of 10, clear, box (179, 64, 269, 176)>>
        >>> len(readings), readings[0].emotion
        (1, 'happy')
    """

    __slots__ = ("_readings", "image", "name")

    def __init__(
        self, readings: Sequence[Reading], image: NDArray[np.uint8], name: str | None = None
    ) -> None:
        """Combine readings with their picture.

        Args:
            readings: readings of the picture.
            image: the picture, RGB uint8 (H, W, 3).
            name: path of the picture's file, if any.
        """
        self._readings = tuple(readings)
        self.image = image
        self.name = name

    @overload
    def __getitem__(self, index: int) -> Reading: ...
    @overload
    def __getitem__(self, index: slice) -> "Readings": ...
    def __getitem__(self, index: int | slice) -> "Reading | Readings":
        if isinstance(index, slice):
            return Readings(self._readings[index], self.image, self.name)
        try:
            return self._readings[index]
        except IndexError:
            name = self.name or "the picture"
            raise IndexError(
                f"{name}: {count_of_faces(len(self))}; there is no reading {index}"
            ) from None

    def __len__(self) -> int:
        return len(self._readings)

    def __iter__(self) -> Iterator[Reading]:
        return iter(self._readings)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Readings | list | tuple):
            return self._readings == tuple(other)
        return NotImplemented

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        return (
            f"<Readings of {self.name or 'a picture'}: {count_of_faces(len(self))}{_lines(self)}>"
        )

    def _repr_html_(self) -> str:
        return _html(self.name or "Picture", count_of_faces(len(self)), self)

    def draw(self, *, movements: bool = False) -> NDArray[np.uint8]:
        """Return a copy of the picture with a box and a label a face, RGB uint8 (H, W, 3).

        Args:
            movements: whether a second line names the movements of a face, if it has any.

        Examples:
            >>> import mien
            >>> from PIL import Image
            >>> Image.fromarray(mien.read("photo.jpg").draw()).save("drawn.png")
        """
        return output("drawing").draw_readings(self.image, self, movements=movements)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values: a line of `mien read --json`.

        Examples:
            >>> import mien
            >>> content = mien.read("photo.jpg").to_dict()
            >>> content["image"], content["width"], len(content["faces"])
            ('photo.jpg', 512, 1)
        """
        height, width = self.image.shape[:2]
        return _content(self.name, width, height, self)

    def to_pandas(self) -> "pandas.DataFrame":
        """Return a pandas data frame with a row a face, see `mien.to_pandas`.

        Raises:
            MissingPackageError: pandas is not installed.

        Examples:
            >>> import mien
            >>> table = mien.read("photo.jpg").to_pandas()
            >>> print(table[["image", "face", "top", "state"]])
                   image  face    top  state
            0  photo.jpg     1  happy  clear
        """
        return output("tables").to_pandas([self])


@public
@dataclass(frozen=True, slots=True, repr=False)
class PictureResult:
    """Result of reading one picture: its size and readings, or an error.

    Attributes:
        image: path of the picture, as given or as found in a folder.
        width: width of the picture in pixels; 0 if it could not be read.
        height: height of the picture in pixels; 0 if it could not be read.
        readings: readings of its faces, the largest face first.
        error: message that names the picture and the reason; None if the picture was read.

    Examples:
        >>> import mien
        >>> for result in mien.read_files(["photo.jpg", "missing.jpg"]):
        ...     print(result.error or result.readings[0].sentence())
        10 of 10 people would say happy
        missing.jpg: no such file. Expected a picture.
    """

    image: str
    width: int = 0
    height: int = 0
    readings: tuple[Reading, ...] = ()
    error: str | None = None

    def __repr__(self) -> str:
        summary = self.summary().removeprefix(f"{self.image}: ")  # an error starts with the name
        return f"<PictureResult of {self.image}: {summary}{_lines(self.readings)}>"

    def summary(self) -> str:
        """Return the error, or the number of faces: "no face", "1 face", "2 faces"."""
        return count_of_faces(len(self.readings)) if self.error is None else self.error

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values: a line of `mien read --json`."""
        if self.error is not None:
            return {"image": self.image, "error": self.error}
        return _content(self.image, self.width, self.height, self.readings)

    def _repr_html_(self) -> str:
        return _html(self.image, self.summary(), self.readings)


def _content(
    name: str | None, width: int, height: int, readings: Iterable[Reading]
) -> dict[str, Any]:
    faces = [reading.to_dict() for reading in readings]
    return {"image": name, "width": width, "height": height, "faces": faces}


def _html(name: str, summary: str, readings: Iterable[Reading]) -> str:
    faces = [reading.to_html() for reading in readings]
    return str(output("notebook").picture_html(name, summary, faces))


def _lines(readings: Iterable[Reading]) -> str:
    return "".join(f"\n  {reading}" for reading in readings)


def count_of_faces(faces: int) -> str:
    """Return a number of faces in words: "no face", "1 face", "2 faces"."""
    return "no face" if not faces else "1 face" if faces == 1 else f"{faces} faces"


def name_of(image: object) -> str | None:
    """Return the path of a picture that was given as a file, else None."""
    return os.fsdecode(image) if isinstance(image, str | os.PathLike) else None
