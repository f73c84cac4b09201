"""Copies of pictures with the readings drawn in; whatever fails here, results are kept."""

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

_LARGEST_JPEG: Final = 65_500  # pixels per side

Copy = tuple[str, bytes] | Exception
"""Ending and content of a file, or why there is none."""


def draw_copy(
    image: NDArray[np.uint8],
    result: PictureResult,
    *,
    movements: bool = False,
    changes: bool = False,
) -> Copy:
    """Return a picture's copy as JPEG, or as PNG where JPEG cannot hold it; never raise.

    Args:
        image: RGB uint8 (H, W, 3).
        result: readings of the picture.
        movements: whether the copy says what moves in each face.
        changes: whether the copy says how each face differs from the person's usual one.
    """
    content = io.BytesIO()
    try:
        drawn = draw_readings(image, result.readings, movements=movements, changes=changes)
        picture = Image.fromarray(drawn)
        if max(picture.size) > _LARGEST_JPEG:
            picture.save(content, "PNG", compress_level=1)
            return ".png", content.getvalue()
        picture.save(content, "JPEG", quality=92)
    except Exception as error:  # the readings are complete all the same
        return error
    return ".jpg", content.getvalue()


class DrawnCopies(AbstractContextManager["DrawnCopies"]):
    """Writer of drawn copies into one folder, each under a name that was free.

    Copies that cannot be written are noted beside the results, so that the next run makes them.

    Attributes:
        errors: why copies could not be written, in the order of the pictures.
        missing: names of pictures that an earlier run read, and whose copies it could not write.
    """

    def __init__(self, folder: Path, out: Path | None) -> None:
        """Make the folder, and read the notes of an earlier run.

        Args:
            folder: folder for the copies.
            out: file of the results; FILE.undrawn beside it has the notes. None takes no notes.

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
        """Write the copy of a picture; after a failure `errors` has one more.

        Args:
            name: name of the picture.
            copy: copy made by `draw_copy`.
        """
        try:
            if isinstance(copy, Exception):
                raise copy
            stem = "standard-input" if name == "-" else Path(name).stem
            write_new(copy[1], self._names(stem, copy[0]))
        except Exception as error:  # results count more than copies
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
        with suppress(OSError):  # then the next run draws some copies twice
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
        """Note a missing copy at once, as the run may be killed."""
        if self._notes is not None:
            with suppress(OSError), self._notes.open("a", encoding="utf-8") as file:
                file.write(json_line({"image": name}))


def _noted(path: Path) -> list[str]:
    """Return the names in the notes of an earlier run; skip what is no note."""
    names: list[str] = []
    with suppress(OSError), path.open(encoding="utf-8") as file:
        for line in file:
            with suppress(ValueError, KeyError, TypeError):
                names.append(str(json.loads(line)["image"]))
    return names
