"""Frozen values that pass between the steps: frames, faces, readings, what came of a picture.

Coordinates are pixels of the picture given: x to the right, y down, (0, 0) the upper left corner of
the upper left pixel. "Left" is the picture's left, not the person's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mien.answers import DISAGREE, Language, State, is_mixed, ranked
from mien.change import Change
from mien.emotions import VOTE_NAMES
from mien.lookup import notebook, words

Box = tuple[float, float, float, float]
"""(x1, y1, x2, y2): left, top, right and bottom edge, in pixels of the picture."""


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
            corner, left and right as seen in the picture. (0, 2) where the caller gave but a box
            (`Reader.read(faces=...)`); mien's own finder always gives five.
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
            from the nose's place between the eyes; 0 for a face without landmarks.
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
        clear: whether people could tell, and would not disagree; see `state`.
        why: when not clear, the reason in plain words ("too small", "too dark", "blurred",
            "turned away", "people would disagree"; of faces that the caller gave, also "not a
            face"); else None.
        track: number of the face over time, where a tracker gave one.
        time: of the frame, in seconds, where it has one.
        mixed: whether two emotions are about as frequent, of a face that is clear; over time it
            comes and goes a little later than in the votes. None takes it from the votes.
        movements: what moves in the face, by names of `mien.movements.MOVEMENT_NAMES`, 0 (not) to
            1 (as far as it goes); read-only. Empty where the network tells none.
        change: how the face differs from the person's usual one, where that is known
            (`mien.UsualFace`); None where it looks as usual. The votes are not altered by it.
        compared: whether the person's usual face is known, so that `change` says something.
    """

    face: Face
    votes: NDArray[np.float64]
    quality: Quality
    clear: bool
    why: str | None = None
    track: int | None = None
    time: float | None = None
    mixed: bool | None = None
    movements: Mapping[str, float] = field(default_factory=dict[str, float])
    change: Change | None = None
    compared: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "movements", MappingProxyType(dict(self.movements)))

    def __reduce__(self) -> tuple[type["Reading"], tuple[Any, ...]]:
        values = (getattr(self, each.name) for each in fields(self))
        # A proxy does not pickle.
        return type(self), tuple(dict(v) if isinstance(v, Mapping) else v for v in values)

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

    @property
    def emotion(self) -> str:
        """Name of the largest share, one of `mien.emotions.VOTE_NAMES`; look at `state` first."""
        return VOTE_NAMES[ranked(self.votes)[0]]

    @property
    def state(self) -> State:
        """Whether one answer is to be shown ("clear"), two ("mixed"), or none ("unclear")."""
        if not self.clear:
            return State.UNCLEAR
        mixed = is_mixed(self.votes) if self.mixed is None else self.mixed
        return State.MIXED if mixed else State.CLEAR

    @property
    def answers(self) -> tuple[str, ...]:
        """Names to show, the larger share first: `emotion`, and another where mixed; or none."""
        count = {State.CLEAR: 1, State.MIXED: 2, State.UNCLEAR: 0}[self.state]
        return tuple(name for name, _ in self.top(count))

    def top(self, k: int = 3) -> list[tuple[str, float]]:
        """The k largest shares with their names, the largest first."""
        return [(VOTE_NAMES[i], float(self.votes[i])) for i in ranked(self.votes)[:k]]

    def sentence(self, language: Language = "en") -> str:
        """What people would say, such as "8 of 10 people would say happy, 2 neutral".

        Args:
            language: "en" for English, "de" for German.
        """
        return words().sentence(self.votes, self._told_why, self.state == State.MIXED, language)

    def movement_words(self, language: Language = "en") -> str:
        """What moves in the face, such as "corners of the mouth up, eyes narrowed".

        Args:
            language: "en" for English, "de" for German.

        Returns:
            At most three movements, the strongest first. Empty where none is strong enough, where
            the face cannot be seen well, and where the network tells none.
        """
        return words().movement_words(self.movements, self._told_why, language)

    def change_words(self, language: Language = "en") -> str:
        """How the face differs from the person's usual one, such as "more smiling than usual".

        Args:
            language: "en" for English, "de" for German.

        Returns:
            "as usual" where it does not. Empty where the usual face is not known, and where the
            face cannot be seen well.
        """
        if not self.compared or not (self.clear or self.why == DISAGREE):
            return ""
        return self.change.sentence(language) if self.change else words().AS_USUAL[language]

    def _repr_html_(self) -> str:
        """How notebooks show it."""
        return self.to_html()

    def to_html(self) -> str:
        """HTML as notebooks show it: ten little people, the sentence, and what moves."""
        told = self.sentence()
        return notebook().reading_html(self.votes, self._told_why, self.movement_words(), told)

    @property
    def _told_why(self) -> str | None:
        return None if self.clear else self.why

    def to_dict(self) -> dict[str, Any]:
        """This reading as JSON-ready values: the `faces` entries of `mien read --json`."""
        result: dict[str, Any] = {
            "box": [round(value, 2) for value in self.box],
            "score": round(self.score, 4),
            "landmarks": [[round(float(x), 2), round(float(y), 2)] for x, y in self.landmarks],
            "votes": {n: round(float(v), 4) for n, v in zip(VOTE_NAMES, self.votes, strict=True)},
            "top": [[name, round(share, 4)] for name, share in self.top()],
            "movements": {name: round(value, 4) for name, value in self.movements.items()},
            "state": str(self.state),
            "clear": self.clear,
            "why": self.why,
        }
        if self.compared:
            result["change"] = self.change.to_dict() if self.change else None
        if self.track is not None:
            result["track"] = self.track
        if self.time is not None:
            result["time"] = round(self.time, 4)
        return result


@dataclass(frozen=True, slots=True, eq=False)
class PictureResult:
    """What came of one picture: its size and readings, or why it could not be read.

    Attributes:
        image: its name: the path as given, or as found in a folder.
        width: in pixels; 0 if it could not be read.
        height: in pixels; 0 if it could not be read.
        readings: largest face first.
        error: why it could not be read, in words that name it; else None.
    """

    image: str
    width: int = 0
    height: int = 0
    readings: tuple[Reading, ...] = ()
    error: str | None = None

    def summary(self) -> str:
        """The error, or how many faces were read: "no face", "1 face", "2 faces"."""
        if self.error is not None:
            return self.error
        count = len(self.readings)
        return "no face" if not count else "1 face" if count == 1 else f"{count} faces"

    def to_dict(self) -> dict[str, Any]:
        """This result as JSON-ready values: a line of `mien read --json`."""
        if self.error is not None:
            return {"image": self.image, "error": self.error}
        faces = [reading.to_dict() for reading in self.readings]
        return {"image": self.image, "width": self.width, "height": self.height, "faces": faces}

    def _repr_html_(self) -> str:
        """How notebooks show it: the name, and every reading."""
        faces = [reading.to_html() for reading in self.readings]
        return notebook().picture_html(self.image, self.summary(), faces)
