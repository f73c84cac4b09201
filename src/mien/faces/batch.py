"""Many picture files read by all cores, with one result each, in their order.

Threads do the work: decoding, the face detector and the network release Python's lock. Processes
were not faster, measured with one core free (docs/pictures-and-folders.md).
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
"""Name of a picture, and its file or content."""


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
        reader: reader with other models or limits; None uses the default one.
        workers: number of threads, each of which holds one picture at a time; None uses one a core.

    Raises:
        ImageError: one of the paths is not a path.
        MienError: `workers` is not a number of threads.

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
    """Check paths, when `read_files` is called rather than when its first result is requested.

    Raises:
        ImageError: one of them is not a path.
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
    """Read named files or contents as `read_files` does, and process each picture further.

    Args:
        sources: any number of sources; they are taken in the caller's thread.
        reader: reader of the pictures.
        workers: number of threads; None uses one a core.
        also: called in the threads with each picture that was read, RGB uint8 (H, W, 3), and its
            result; None calls nothing.

    Yields:
        Each result, and what `also` returned for it; None if the picture was not read.
    """
    stopped = threading.Event()
    read = partial(_read_some, reader=reader, also=also, stopped=stopped)
    size = BATCH if also is None else 1  # pictures for `also` would take memory
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
    """Read a few pictures, one after the other; stop if `stopped` is set."""
    try:
        return _read_together(sources, reader, also, stopped)
    except MienError:
        raise
    except Exception as error:  # a fault in one picture must not affect the others
        if len(sources) > 1:
            return [
                pair
                for source in sources
                for pair in _read_some([source], reader=reader, also=also, stopped=stopped)
            ]
        name = sources[0][0]
        return [(PictureResult(name, error=f"{name}: cannot be read: {reason_of(error)}."), None)]


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
                message = str(error) if name in str(error) else f"{name}: {error}"
                opened.append(PictureResult(name, error=message))
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
