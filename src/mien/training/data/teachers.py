"""Who is asked about a data set's images: the options of `mien data annotate`."""

from dataclasses import dataclass
from pathlib import Path

from mien.errors import DataError


@dataclass(frozen=True, slots=True)
class Teachers:
    """Files and runs whose answers are written into a data set.

    Attributes:
        expressions: OpenCV Zoo's expression network, an ONNX file; press faces bring its answers
            along.
        landmarker: face_landmarks_detector.tflite of Google's Face Landmarker; goes with
            --blendshapes.
        blendshapes: its face_blendshapes.tflite.
        press: the zip that the press faces came from, for their movements at full size, if the data
            set holds such faces.
        teachers: runs or exported files of mien's, whose mean shares of labels and votes are kept;
            votes are those of the teachers that have such a head.
    """

    expressions: Path | None = None
    landmarker: Path | None = None
    blendshapes: Path | None = None
    press: Path | None = None
    teachers: tuple[Path, ...] = ()

    def check(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            DataError: nobody is named, or one of the Face Landmarker's networks without the other.
        """
        if (self.landmarker is None) != (self.blendshapes is None):
            raise DataError(
                "movements take both networks of the Face Landmarker: give --landmarker "
                "face_landmarks_detector.tflite and --blendshapes face_blendshapes.tflite"
            )
        if self.expressions is None and self.landmarker is None and not self.teachers:
            raise DataError(
                "nobody to ask: give --expressions, --landmarker with --blendshapes, or --teachers"
            )
