"""Many picture files → what came of each, by all cores, in their order.

Threads do it: decoding, the face detector and the network leave Python's lock to others. Processes
were no faster where that was measured, with one core free (docs/pictures-and-folders.md).
"""

import os
import threading
import warnings
from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from mien.errors import ImageError, MienError, reason_of
from mien.faces.reader import BATCH, Reader, default_reader
from mien.media.picture import load_image
from mien.media.search import ImageSearch
from mien.parallel import check_workers, chunks, cores, in_order
from mien.readings import PictureResult

Extra = TypeVar("Extra")
Source = tuple[str, Path | bytes]
"""A picture's name, and its file or content."""


def read_files(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    reader: Reader | None = None,
    workers: int | None = None,
) -> Generator[PictureResult]:
    """What people would say about each face of picture files, in their order, lazily.

    A picture that cannot be read gives a result with an error, and the others are read. A
    UserWarning says what a search leaves out: folders that cannot be opened, HEIC pictures without
    pillow-heif.

    Args:
        paths: files, folders (searched for pictures to any depth) and patterns such as
            "scans/**/*.png". Hidden files are left out.
        reader: reader with other models or limits; None takes the default one.
        workers: number of threads, each of which holds one picture at a time; None takes one a
            core.

    Raises:
        ImageError: one of the paths is none.
        MienError: `workers` is no number of threads.

    Examples:
        >>> import mien
        >>> for result in mien.read_files(["photo.jpg", "holiday"]):
        ...     print(result.image, result.summary())
        photo.jpg 1 face
        holiday/beach.jpg 1 face
        holiday/sea.png 1 face
    """
    check_workers(workers)
    return _read_files(_files(paths), reader, workers)


def _files(paths: Any) -> list[Path]:
    """The paths, checked when `read_files` is called, not when its results are asked for.

    Raises:
        ImageError: one of them is no path.
    """
    if isinstance(paths, str | os.PathLike):
        return [Path(paths)]
    given = list(paths) if isinstance(paths, Iterable) else [paths]
    for path in given:
        if not isinstance(path, str | os.PathLike):
            raise ImageError(
                "Expected files, folders and patterns, by their paths; got a "
                f"{type(path).__name__}. A picture in memory is read by mien.read, several by "
                "mien.Reader().read_many."
            )
    return [Path(path) for path in given]


def _read_files(
    paths: list[Path], reader: Reader | None, workers: int | None
) -> Generator[PictureResult]:
    search = ImageSearch()
    found = search.files(paths)
    for sentence in search.sentences():
        warnings.warn(f"mien {sentence}", stacklevel=2)
    sources = ((str(path), path) for path in found)
    for result, _ in read_sources(sources, reader or default_reader(), workers, also=None):
        yield result


def read_sources(
    sources: Iterable[Source],
    reader: Reader,
    workers: int | None,
    also: Callable[[NDArray[np.uint8], PictureResult], Extra] | None,
) -> Generator[tuple[PictureResult, Extra | None]]:
    """Like `read_files`, for named files or contents, and what else is to be made of each picture.

    Args:
        sources: any number; they are taken in the caller's own thread.
        reader: that reads them.
        workers: as of `read_files`.
        also: called in the threads with a picture that was read; what it returns comes beside the
            result.
    """
    stopped = threading.Event()
    read = partial(_read_some, reader=reader, also=also, stopped=stopped)
    size = BATCH if also is None else 1  # a picture that is still needed is not kept for long
    try:
        for pairs in in_order(read, chunks(sources, size), cores() if workers is None else workers):
            yield from pairs
    finally:
        stopped.set()


def _read_some(
    sources: list[Source],
    *,
    reader: Reader,
    also: Callable[[NDArray[np.uint8], PictureResult], Extra] | None,
    stopped: threading.Event,
) -> list[tuple[PictureResult, Extra | None]]:
    """Read a few pictures, one after the other; nothing more once it is `stopped`."""
    try:
        return _read_together(sources, reader, also, stopped)
    except MienError:
        raise
    except Exception as error:  # whatever one picture does, the others are read
        if len(sources) > 1:
            each = ([source] for source in sources)
            return [
                pair
                for one in each
                for pair in _read_some(one, reader=reader, also=also, stopped=stopped)
            ]
        name = sources[0][0]
        told = f"{name}: cannot be read: {reason_of(error)}."
        return [(PictureResult(name, error=told), None)]


def _read_together(
    sources: list[Source],
    reader: Reader,
    also: Callable[[NDArray[np.uint8], PictureResult], Extra] | None,
    stopped: threading.Event,
) -> list[tuple[PictureResult, Extra | None]]:
    opened: list[PictureResult] = []
    kept: list[NDArray[np.uint8]] = []

    def images() -> Generator[NDArray[np.uint8]]:
        for name, source in sources:
            if stopped.is_set():
                return
            try:
                image = load_image(source)
            except MienError as error:
                told = str(error) if name in str(error) else f"{name}: {error}"
                opened.append(PictureResult(name, error=told))
                continue
            opened.append(PictureResult(name, image.shape[1], image.shape[0]))
            if also is not None:
                kept.append(image)
            yield image
            del image

    readings = iter(reader.read_batch(images()))
    results = [r if r.error else replace(r, readings=tuple(next(readings))) for r in opened]
    if also is None:
        return [(result, None) for result in results]
    pictures = iter(kept)
    return [(r, None if r.error else also(next(pictures), r)) for r in results]
