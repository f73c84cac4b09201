"""Frozen values that pass between the steps: frames, faces, qualities, readings.

Coordinates are pixels of the picture given: x to the right, y down, (0, 0) the upper left corner of
the upper left pixel. "Left" is the picture's left, not the person's.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.emotions import VOTE_NAMES

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A picture of a film.

    Attributes:
        image: RGB uint8 (H, W, 3), upright, as people see it.
        time: seconds since the film's beginning; never less than that of the frame before.
        index: how many frames of the film come before it.
    """

    image: NDArray[np.uint8]
    time: float
    index: int


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face found in a picture.

    Attributes:
        box: (x1, y1, x2, y2) in pixels; may reach beyond the picture's edge.
        landmarks: float32 (5, 2), pixels: left eye, right eye, nose tip, left and right mouth
            corner, left and right as seen in the picture.
        score: the finder's confidence, 0 to 1.
    """

    box: Box
    landmarks: NDArray[np.float32]
    score: float

    @property
    def width(self) -> float:
        """Width of the box in pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Height of the box in pixels."""
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a face can be seen.

    Attributes:
        size: width of the face's box in pixels of the picture.
        brightness: mean grey value of the crop, 0 to 1.
        contrast: standard deviation of the crop's grey values, 0 to 0.5.
        sharpness: variance of the Laplacian of the contrast-normalised crop; higher is sharper.
        turn: how far the head is turned sideways, 0 (towards the camera) to 1 (profile),
            from the nose's place between the eyes.
    """

    size: float
    brightness: float
    contrast: float
    sharpness: float
    turn: float


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What people would read from one face in one frame.

    Attributes:
        face: where the face is.
        votes: float64 (8,), shares in the order of `mien.emotions.VOTE_NAMES`, sum 1.
        quality: how well the face can be seen.
        clear: whether most people could tell.
        why: when not clear, the reason in plain words ("too small", "too dark", "blurred",
            "turned away", "people would disagree"); else None.
        track: number of the face over time, where a tracker gave one.
        time: of the frame, in seconds, where it has one.
        shown: the answer to show first, of `mien.emotions.VOTE_NAMES`, where a tracker gave one:
            it stays until another is clearly ahead, so that close answers do not flicker.
    """

    face: Face
    votes: NDArray[np.float64]
    quality: Quality
    clear: bool
    why: str | None = None
    track: int | None = None
    time: float | None = None
    shown: str | None = None

    @property
    def box(self) -> Box:
        """(x1, y1, x2, y2) in pixels."""
        return self.face.box

    @property
    def landmarks(self) -> NDArray[np.float32]:
        """float32 (5, 2), see `Face`."""
        return self.face.landmarks

    @property
    def score(self) -> float:
        """The face finder's confidence, 0 to 1."""
        return self.face.score

    def top(self, k: int = 3) -> list[tuple[str, float]]:
        """The k most likely answers and their shares, most likely first, but `shown` before all."""
        order = [int(i) for i in np.argsort(-self.votes, kind="stable")]
        if self.shown is not None:
            order.sort(key=lambda i: VOTE_NAMES[i] != self.shown)
        return [(VOTE_NAMES[i], float(self.votes[i])) for i in order[:k]]

    def to_dict(self) -> dict[str, Any]:
        """This reading as JSON-ready values: the `faces` entries of `mien read --json`."""
        result: dict[str, Any] = {
            "box": [round(value, 2) for value in self.box],
            "score": round(self.score, 4),
            "landmarks": [[round(float(x), 2), round(float(y), 2)] for x, y in self.landmarks],
            "votes": {n: round(float(v), 4) for n, v in zip(VOTE_NAMES, self.votes, strict=True)},
            "top": [[name, round(share, 4)] for name, share in self.top()],
            "clear": self.clear,
            "why": self.why,
        }
        if self.track is not None:
            result["track"] = self.track
        if self.time is not None:
            result["time"] = round(self.time, 4)
        return result
