"""mien reads a face the way ten people would.

    import mien

    for reading in mien.read("photo.jpg"):
        print(reading)  # <happy, 8 of 10, clear, box (34, 50, 134, 190)>
    for frame, readings in mien.watch("film.mp4"):
        print(frame.time, [(reading.track, reading.answers) for reading in readings])

Names are imported when they are first used, so that `import mien` costs next to nothing.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

# From 1.29 on ONNX Runtime tells Microsoft about the computer and the models, outside Windows; it
# reads this once, when it is first imported.
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
    from mien.faces.reader import Reader, Timings, read
    from mien.faces.stream import Follower
    from mien.faces.usual_face import UsualFace, usual_face
    from mien.faces.usual_faces import UsualFaces
    from mien.faces.watch import watch
    from mien.films.video import AnnotatedVideo
    from mien.media.camera import Camera
    from mien.media.film import Video
    from mien.media.picture import load_image
    from mien.movements import MOVEMENT_NAMES
    from mien.output.drawing import draw_readings
    from mien.output.tables import to_arrow, to_pandas, to_polars
    from mien.readings import PictureResult, Readings
    from mien.types import Face, Frame, Quality, Reading

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

_MODULES = {
    "COLOURS": "emotions",
    "MOVEMENT_NAMES": "movements",
    "VOTE_NAMES": "emotions",
    "AnnotatedVideo": "films.video",
    "Camera": "media.camera",
    "Change": "change",
    "Classifier": "faces.classifier",
    "DataError": "errors",
    "Detector": "faces.detector",
    "Emotion": "emotions",
    "Face": "types",
    "Follower": "faces.stream",
    "Frame": "types",
    "ImageError": "errors",
    "MienError": "errors",
    "MissingPackageError": "errors",
    "ModelError": "errors",
    "PictureResult": "readings",
    "Quality": "types",
    "Reader": "faces.reader",
    "Reading": "types",
    "Readings": "readings",
    "Reason": "answers",
    "State": "answers",
    "Timings": "faces.reader",
    "TrainingError": "errors",
    "UsualFace": "faces.usual_face",
    "UsualFaces": "faces.usual_faces",
    "Video": "media.film",
    "VideoError": "errors",
    "Votes": "answers",
    "draw_readings": "output.drawing",
    "load_image": "media.picture",
    "read": "faces.reader",
    "read_files": "faces.batch",
    "to_arrow": "output.tables",
    "to_pandas": "output.tables",
    "to_polars": "output.tables",
    "usual_face": "faces.usual_face",
    "watch": "faces.watch",
}


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
