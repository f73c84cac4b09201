"""Copies of pictures with the readings drawn in: beside the results, and never at their cost."""

import io
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mien.errors import reason_of
from mien.output.drawing import draw_readings
from mien.output.journal import json_line
from mien.output.whole_file import write_new, write_whole
from mien.readings import PictureResult

_LARGEST_JPEG: Final = 65_500  # pixels a side

Copy = tuple[str, bytes] | Exception
"""The ending and content of a file, or why there is none."""


def draw_copy(
    image: NDArray[np.uint8],
    result: PictureResult,
    *,
    movements: bool = False,
    changes: bool = False,
) -> Copy:
    """A picture's copy as JPEG, as PNG where JPEG cannot hold it; never raises.

    Args:
        image: RGB uint8 (H, W, 3).
        result: what was read in it.
        movements: whether it says what moves in each face.
        changes: whether it says how each face differs from the person's usual one.
    """
    content = io.BytesIO()
    try:
        drawn = draw_readings(image, result.readings, movements=movements, changes=changes)
        picture = Image.fromarray(drawn)
        if max(picture.size) > _LARGEST_JPEG:
            picture.save(content, "PNG", compress_level=1)
            return ".png", content.getvalue()
        picture.save(content, "JPEG", quality=92)
    except Exception as error:  # what was read is whole all the same
        return error
    return ".jpg", content.getvalue()


class DrawnCopies(AbstractContextManager["DrawnCopies"]):
    """Pictures with readings drawn in, in one folder, each under a name that was free.

    Those that could not be written are noted beside the results, so that the next run makes them.

    Attributes:
        errors: why copies could not be written, in the order of the pictures.
        missing: names of pictures that an earlier run has read and could not draw.
    """

    def __init__(self, folder: Path, out: Path | None) -> None:
        """Make the folder, and look what an earlier run has left to do.

        Args:
            folder: for the copies.
            out: file of the results, beside which it is noted what is missing; None notes nothing.

        Raises:
            OSError: the folder cannot be made.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.errors: list[str] = []
        self._folder = folder
        self._next: dict[str, int] = {}
        self._notes = None if out is None else out.with_name(out.name + ".undrawn")
        self.missing = dict.fromkeys(_noted(self._notes) if self._notes else ())

    def save(self, name: str, copy: Copy) -> None:
        """Write the copy of a picture; where that fails, `errors` says so.

        Args:
            name: of the picture.
            copy: of `draw_copy`.
        """
        try:
            if isinstance(copy, Exception):
                raise copy
            stem = "standard-input" if name == "-" else Path(name).stem
            write_new(copy[1], self._names(stem, copy[0]))
        except Exception as error:  # copies are never worth losing results
            self.errors.append(
                f"{name}: was read, but its copy cannot be written into {self._folder}: "
                f"{reason_of(error)}."
            )
            if name not in self.missing:
                self.missing[name] = None
                self._note(name)
        else:
            self.missing.pop(name, None)

    def __exit__(self, *_: object) -> None:
        if self._notes is None:
            return
        with suppress(OSError):  # then the next run draws some that are there
            if self.missing:
                lines = (json_line({"image": name}) for name in self.missing)
                write_whole(self._notes, "".join(lines))
            else:
                self._notes.unlink(missing_ok=True)

    def _names(self, stem: str, ending: str) -> Iterator[Path]:
        for number in count(self._next.get(stem, 0) + 1):
            self._next[stem] = number
            yield self._folder / f"{stem}{'' if number == 1 else f'-{number}'}{ending}"

    def _note(self, name: str) -> None:
        """At once: the run may be killed."""
        if self._notes is not None:
            with suppress(OSError), self._notes.open("a", encoding="utf-8") as file:
                file.write(json_line({"image": name}))


def _noted(path: Path) -> list[str]:
    """Names in the notes of an earlier run; what is no note is passed over."""
    names: list[str] = []
    with suppress(OSError), path.open(encoding="utf-8") as file:
        for line in file:
            with suppress(ValueError, KeyError, TypeError):
                names.append(str(json.loads(line)["image"]))
    return names
