"""A frame, the faces found in it, and how well they can be seen.

Coordinates are in pixels of the picture: x to the right, y down, (0, 0) the upper left corner of
the upper left pixel. "Left" is the left of the picture, not of the person.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mien.public import public

Box = tuple[float, float, float, float]
"""Left, top, right and bottom edge: (x1, y1, x2, y2), in pixels of the picture."""


@public
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Frame:
    """One picture of a film or camera.

    Attributes:
        image: upright picture, RGB uint8 (H, W, 3).
        time: seconds since the beginning of the film; never less than that of the frame before.
        index: number of frames that come before this one in the film.

    Examples:
        >>> import mien
        >>> image = mien.load_image("photo.jpg")
        >>> frame = mien.Frame(image, time=0.0, index=0)
        >>> mien.Follower().read(mien.Reader(), frame)[0].track
        1
    """

    image: NDArray[np.uint8]
    time: float
    index: int

    def __repr__(self) -> str:
        height, width = self.image.shape[:2]
        return f"<Frame {self.index} at {self.time:.2f} s, {width}×{height}>"


@public
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Face:
    """A face found in a picture.

    Attributes:
        box: (x1, y1, x2, y2) in pixels; may reach beyond the edge of the picture.
        landmarks: float32 (5, 2), in pixels: left eye, right eye, tip of the nose, left and right
            corner of the mouth, as seen in the picture. The shape is (0, 2) if the caller gave only
            a box (`mien.read(faces=...)`); mien's own detector always gives five.
        score: the detector's confidence, 0 to 1.

    Examples:
        >>> import mien
        >>> face = mien.read("photo.jpg")[0].face
        >>> round(face.width), round(face.height)
        (90, 112)
    """

    box: Box
    landmarks: NDArray[np.float32]
    score: float

    def __repr__(self) -> str:
        box = ", ".join(f"{value:.0f}" for value in self.box)
        return f"<Face, box ({box}), score {self.score:.2f}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Face):
            return NotImplemented
        alike = (self.box, self.score) == (other.box, other.score)
        return alike and np.array_equal(self.landmarks, other.landmarks)

    def __hash__(self) -> int:
        return hash((tuple(self.box), self.score))

    @property
    def width(self) -> float:
        """Width of the box in pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Height of the box in pixels."""
        return self.box[3] - self.box[1]


@public
@dataclass(frozen=True, slots=True)
class Quality:
    """How well a face can be seen.

    Attributes:
        size: width of the face's box in pixels of the picture.
        brightness: mean grey value of the crop, 0 to 1.
        contrast: standard deviation of the grey values of the crop, 0 to 0.5.
        sharpness: variance of the Laplacian of the contrast-normalised crop; higher is sharper.
        yaw: sideways turn of the head, 0 (towards the camera) to 1 (profile), measured by where the
            nose is between the eyes; 0 for a face without landmarks.

    Examples:
        >>> import mien
        >>> quality = mien.read("photo.jpg")[0].quality
        >>> print(f"{quality.size:.0f} pixels wide, brightness {quality.brightness:.1f}")
        90 pixels wide, brightness 0.6
    """

    size: float
    brightness: float
    contrast: float
    sharpness: float
    yaw: float
