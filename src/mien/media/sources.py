"""Films, addresses, standard input and cameras, opened by what they are called."""

import os
from typing import Any

from mien.errors import VideoError
from mien.media.camera import Camera
from mien.media.film import Video

Source = str | os.PathLike[str] | int
"""A file's path; "-" for standard input; an address; the number of a camera."""


def open_video(source: Source, *, sound: bool = False) -> Video | Camera:
    """Open a film, an address, standard input ("-"), or a camera by its number.

    Args:
        source: what to open.
        sound: whether to collect packets of sound, see `Video`.

    Raises:
        VideoError: it cannot be opened, has no pictures, or is of another kind.
    """
    given: Any = source  # may be anything at run time
    if isinstance(given, bool) or not isinstance(given, str | os.PathLike | int):
        kind, shape = type(given).__name__, getattr(given, "shape", None)
        shown = f"{given!r:.80} of type {kind}" if shape is None else f"{kind} of shape {shape}"
        raise VideoError(
            'Expected a film: a path, "-" for standard input, an address, or the number of a '
            f"camera; got {shown}. {_remedy(given)}".rstrip()
        )
    return Camera(source) if isinstance(source, int) else Video(source, sound=sound)


def _remedy(given: Any) -> str:
    """Return what to do with something that is not a film; empty if unknown."""
    if isinstance(given, list | tuple | set):
        return "Call mien.watch for each film."
    if isinstance(given, bytes | bytearray | memoryview):
        return "Write the film to a file first."
    if hasattr(given, "shape") or type(given).__module__.startswith("PIL."):
        return "Pictures are read by mien.read, your own frames by mien.Follower."
    if type(given).__name__ == "VideoCapture":
        return "Give what it was opened with: the path, or the number of the camera."
    return ""
