"""The readings of one picture, together, and what came of a picture that may be unreadable."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from mien.lookup import drawing, notebook, tables
from mien.public import public
from mien.types import Reading

if TYPE_CHECKING:
    import pandas


@public
class Readings(Sequence[Reading]):
    """The readings of one picture, largest face first: a sequence that can be shown and kept.

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
        """Put readings and their picture together.

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
            raise IndexError(f"{name}: {_count(len(self))}; there is no reading {index}") from None

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
        return f"<Readings of {self.name or 'a picture'}: {_count(len(self))}{_lines(self)}>"

    def _repr_html_(self) -> str:
        """How notebooks show it: every reading."""
        faces = [reading.to_html() for reading in self]
        return str(notebook().picture_html(self.name or "Picture", _count(len(self)), faces))

    def draw(self, *, movements: bool = False) -> NDArray[np.uint8]:
        """A copy of the picture with a box and a few words a face, RGB uint8 (H, W, 3).

        Args:
            movements: whether a second line says what moves in a face, where anything does.

        Examples:
            >>> import mien
            >>> from PIL import Image
            >>> Image.fromarray(mien.read("photo.jpg").draw()).save("drawn.png")
        """
        return drawing().draw_readings(self.image, self, movements=movements)

    def to_dict(self) -> dict[str, Any]:
        """These readings as JSON-ready values: a line of `mien read --json`.

        Examples:
            >>> import mien
            >>> content = mien.read("photo.jpg").to_dict()
            >>> content["image"], content["width"], len(content["faces"])
            ('photo.jpg', 512, 1)
        """
        height, width = self.image.shape[:2]
        faces = [reading.to_dict() for reading in self]
        return {"image": self.name, "width": width, "height": height, "faces": faces}

    def to_pandas(self) -> "pandas.DataFrame":
        """A pandas data frame with a row a face, as `mien.to_pandas` makes it.

        Raises:
            MissingPackageError: pandas is not installed.

        Examples:
            >>> import mien
            >>> table = mien.read("photo.jpg").to_pandas()
            >>> print(table[["image", "face", "top", "state"]])
                   image  face    top  state
            0  photo.jpg     1  happy  clear
        """
        return tables().to_pandas([self])


@public
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PictureResult:
    """What came of one picture: its size and readings, or why it could not be read.

    Attributes:
        image: path of the picture, as given or as found in a folder.
        width: width of the picture in pixels; 0 if it could not be read.
        height: height of the picture in pixels; 0 if it could not be read.
        readings: readings of its faces, largest face first.
        error: why the picture could not be read, in words that name it; None if it could.

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
        told = self.summary().removeprefix(f"{self.image}: ")  # errors name it themselves
        return f"<PictureResult of {self.image}: {told}{_lines(self.readings)}>"

    def summary(self) -> str:
        """The error, or how many faces were read: "no face", "1 face", "2 faces"."""
        return _count(len(self.readings)) if self.error is None else self.error

    def to_dict(self) -> dict[str, Any]:
        """This result as JSON-ready values: a line of `mien read --json`."""
        if self.error is not None:
            return {"image": self.image, "error": self.error}
        faces = [reading.to_dict() for reading in self.readings]
        return {"image": self.image, "width": self.width, "height": self.height, "faces": faces}

    def _repr_html_(self) -> str:
        """How notebooks show it: the name, and every reading."""
        faces = [reading.to_html() for reading in self.readings]
        return str(notebook().picture_html(self.image, self.summary(), faces))


def _lines(readings: Iterable[Reading]) -> str:
    return "".join(f"\n  {reading}" for reading in readings)


def _count(faces: int) -> str:
    return "no face" if not faces else "1 face" if faces == 1 else f"{faces} faces"


def name_of(image: object) -> str | None:
    """The file that a picture was given as, if it was."""
    return os.fsdecode(image) if isinstance(image, str | os.PathLike) else None
