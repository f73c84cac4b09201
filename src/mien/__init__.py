"""Read what faces show, as votes of ten people.

    import mien

    for reading in mien.read("photo.jpg"):
        print(reading)  # <happy, 8 of 10, clear, box (34, 50, 134, 190)>
    for frame, readings in mien.watch("film.mp4"):
        print(frame.time, [(reading.track, reading.answers) for reading in readings])

Each name is imported at its first use, so `import mien` takes almost no time.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# Outside Windows, ONNX Runtime 1.29 and later reports the computer and the models to Microsoft. It
# reads this setting once, at its first import.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

if TYPE_CHECKING:
    from mien.answers import Reason, State, Votes
    from mien.change import Change
    from mien.emotions import COLOURS, VOTE_NAMES, Emotion
    from mien.errors import (
        DataError,
        ImageError,
        MienError,
        MissingPackageError,
        ModelError,
        TrainingError,
        VideoError,
    )
    from mien.faces.batch import read_files
    from mien.faces.classifier import Classifier
    from mien.faces.detector import Detector
    from mien.faces.reader import Reader, read
    from mien.faces.stream import Follower
    from mien.faces.timings import Timings
    from mien.faces.usual_face import UsualFace, usual_face
    from mien.faces.usual_faces import UsualFaces
    from mien.faces.watch import watch
    from mien.films.video import AnnotatedVideo
    from mien.frames import Face, Frame, Quality
    from mien.media.camera import Camera
    from mien.media.film import Video
    from mien.media.picture import load_image
    from mien.movements import MOVEMENT_NAMES
    from mien.output.drawing import draw_readings
    from mien.output.tables import to_arrow, to_pandas, to_polars
    from mien.readings import PictureResult, Readings
    from mien.types import Reading

    __version__: str

__all__ = [
    "COLOURS",
    "MOVEMENT_NAMES",
    "VOTE_NAMES",
    "AnnotatedVideo",
    "Camera",
    "Change",
    "Classifier",
    "DataError",
    "Detector",
    "Emotion",
    "Face",
    "Follower",
    "Frame",
    "ImageError",
    "MienError",
    "MissingPackageError",
    "ModelError",
    "PictureResult",
    "Quality",
    "Reader",
    "Reading",
    "Readings",
    "Reason",
    "State",
    "Timings",
    "TrainingError",
    "UsualFace",
    "UsualFaces",
    "Video",
    "VideoError",
    "Votes",
    "__version__",
    "draw_readings",
    "load_image",
    "read",
    "read_files",
    "to_arrow",
    "to_pandas",
    "to_polars",
    "usual_face",
    "watch",
]

_NAMES_BY_MODULE = {
    "answers": ("Reason", "State", "Votes"),
    "change": ("Change",),
    "emotions": ("COLOURS", "VOTE_NAMES", "Emotion"),
    "errors": (
        *("DataError", "ImageError", "MienError", "MissingPackageError", "ModelError"),
        *("TrainingError", "VideoError"),
    ),
    "faces.batch": ("read_files",),
    "faces.classifier": ("Classifier",),
    "faces.detector": ("Detector",),
    "faces.reader": ("Reader", "read"),
    "faces.stream": ("Follower",),
    "faces.timings": ("Timings",),
    "faces.usual_face": ("UsualFace", "usual_face"),
    "faces.usual_faces": ("UsualFaces",),
    "faces.watch": ("watch",),
    "films.video": ("AnnotatedVideo",),
    "frames": ("Face", "Frame", "Quality"),
    "media.camera": ("Camera",),
    "media.film": ("Video",),
    "media.picture": ("load_image",),
    "movements": ("MOVEMENT_NAMES",),
    "output.drawing": ("draw_readings",),
    "output.tables": ("to_arrow", "to_pandas", "to_polars"),
    "readings": ("PictureResult", "Readings"),
    "types": ("Reading",),
}
_MODULES = {name: module for module, names in _NAMES_BY_MODULE.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("mien")
    elif name in _MODULES:
        value = getattr(import_module(f"mien.{_MODULES[name]}"), name)
    else:
        raise AttributeError(f"module 'mien' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
