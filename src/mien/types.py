"""Frozen values that pass between the steps: frames, faces, readings, what came of a picture.

Coordinates are pixels of the picture given: x to the right, y down, (0, 0) the upper left corner of
the upper left pixel. "Left" is the picture's left, not the person's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mien.answers import PEOPLE, Language, Reason, State, Votes, is_mixed, ranked, share_out
from mien.change import Change
from mien.emotions import VOTE_NAMES
from mien.lookup import notebook, words
from mien.public import public

Gesture = Literal["nod", "shake"]
"""What a head does: a nod, or a shake."""

Box = tuple[float, float, float, float]
"""(x1, y1, x2, y2): left, top, right and bottom edge, in pixels of the picture."""


@public
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Frame:
    """One picture of a film or camera.

    Attributes:
        image: RGB uint8 (H, W, 3), upright, as people see it.
        time: seconds since the film's beginning; never less than that of the frame before.
        index: number of frames that come before it in the film.

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
        box: (x1, y1, x2, y2) in pixels; may reach beyond the picture's edge.
        landmarks: float32 (5, 2), pixels: left eye, right eye, nose tip, left and right mouth
            corner, left and right as seen in the picture. (0, 2) where the caller gave only a box
            (`mien.read(faces=...)`); mien's own detector always gives five.
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
        contrast: standard deviation of the crop's grey values, 0 to 0.5.
        sharpness: variance of the Laplacian of the contrast-normalised crop; higher is sharper.
        yaw: how far the head is turned sideways, 0 (towards the camera) to 1 (profile),
            from the nose's place between the eyes; 0 for a face without landmarks.

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


@public
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reading:
    """What people would say about one face in one picture or frame.

    Attributes:
        face: where the face is.
        votes: shares of people by what they would say; their sum is 1.
        quality: how well the face can be seen.
        reason: why the face is not clear; None where people could tell and would agree.
        track: number of the face over time; None in a single picture.
        time: time of the frame in seconds; None in a single picture.
        mixed: whether two emotions are about as frequent, of a face that is clear; over time it
            comes and goes a little later than in the votes. None takes it from the votes.
        movements: what moves in the face, by names of `mien.MOVEMENT_NAMES`, 0 (not) to
            1 (as far as it goes); read-only. Empty where the network tells none.
        change: how the face differs from the person's usual one, where that is known
            (`mien.UsualFace`); None where it looks as usual. The votes are not altered by it.
        compared: whether the person's usual face is known, so that `change` says something.
        talking: over time, whether the mouth moves as in speech; None where that cannot be known:
            in a single picture, in the first second, where readings come less than three times a
            second, and while the face cannot be seen well.
        gesture: over time, "nod" or "shake" for a moment after a nod or a shake of the head.
        just_now: over time, whether what is shown has changed a few seconds ago, and has stayed.

    Examples:
        >>> import mien
        >>> reading = mien.read("photo.jpg")[0]
        >>> reading
        <happy, 10 of 10, clear, box (179, 64, 269, 176)>
        >>> reading.emotion, reading.votes["happy"] > 0.9
        ('happy', True)
    """

    face: Face
    votes: Votes
    quality: Quality
    reason: Reason | None = None
    track: int | None = None
    time: float | None = None
    mixed: bool | None = None
    movements: Mapping[str, float] = field(default_factory=dict[str, float])
    change: Change | None = None
    compared: bool = False
    talking: bool | None = None
    gesture: Gesture | None = None
    just_now: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "movements", MappingProxyType(dict(self.movements)))

    def __reduce__(self) -> tuple[type["Reading"], tuple[Any, ...]]:
        values = (getattr(self, each.name) for each in fields(self))
        # A proxy does not pickle.
        return type(self), tuple(dict(v) if isinstance(v, MappingProxyType) else v for v in values)

    def __repr__(self) -> str:
        """A line such as "<happy, 8 of 10, clear, box (34, 50, 134, 190)>".

        What is not clear names no answer: "<unclear: too small, box (34, 50, 44, 62)>".
        """
        people = dict(zip(VOTE_NAMES, share_out(self.votes.shares), strict=True))
        said = " and ".join(f"{name}, {people[name]} of {PEOPLE}" for name in self.answers)
        state = f"{said}, {self.state}" if said else f"unclear: {self.reason}"
        box = ", ".join(f"{value:.0f}" for value in self.box)
        face = "" if self.track is None else f"face {self.track}: "
        return f"<{face}{state}, box ({box})>"

    @property
    def clear(self) -> bool:
        """Whether people could tell, and would not disagree; see `state`."""
        return self.reason is None

    @property
    def can_be_seen(self) -> bool:
        """Whether the face can be seen well; people may disagree all the same."""
        return self.reason in (None, Reason.DISAGREE)

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
        """The face detector's confidence, 0 to 1."""
        return self.face.score

    @property
    def emotion(self) -> str:
        """Name of the largest share, one of `mien.VOTE_NAMES`; look at `state` first."""
        return VOTE_NAMES[ranked(self.votes.shares)[0]]

    @property
    def state(self) -> State:
        """Whether one answer is to be shown ("clear"), two ("mixed"), or none ("unclear")."""
        if not self.clear:
            return State.UNCLEAR
        mixed = is_mixed(self.votes.shares) if self.mixed is None else self.mixed
        return State.MIXED if mixed else State.CLEAR

    @property
    def answers(self) -> tuple[str, ...]:
        """Names to show, the larger share first: `emotion`, and another where mixed; or none."""
        count = {State.CLEAR: 1, State.MIXED: 2, State.UNCLEAR: 0}[self.state]
        return tuple(name for name, _ in self.top(count))

    def top(self, k: int = 3) -> list[tuple[str, float]]:
        """The k largest shares with their names, the largest first.

        Examples:
            >>> import mien
            >>> [(name, round(share, 1)) for name, share in mien.read("photo.jpg")[0].top(1)]
            [('happy', 1.0)]
        """
        return [(VOTE_NAMES[i], float(self.votes.shares[i])) for i in ranked(self.votes.shares)[:k]]

    def sentence(self, language: Language = "en") -> str:
        """What people would say, such as "8 of 10 people would say happy, 2 neutral".

        Args:
            language: "en" for English, "de" for German.

        Examples:
            >>> import mien
            >>> reading = mien.read("photo.jpg")[0]
            >>> reading.sentence()
            '10 of 10 people would say happy'
            >>> reading.sentence("de")
            '10 von 10 Menschen würden sagen: fröhlich'
        """
        return words().sentence(self.votes.shares, self.reason, self.state == State.MIXED, language)

    def movement_words(self, language: Language = "en") -> str:
        """What moves in the face, such as "corners of the mouth up, eyes narrowed".

        Args:
            language: "en" for English, "de" for German.

        Returns:
            At most three movements, the strongest first. Empty where none is strong enough, where
            the face cannot be seen well, and where the network tells none.

        Examples:
            >>> import mien
            >>> mien.read("photo.jpg")[0].movement_words()
            'corners of the mouth up, upper lip raised'
        """
        return words().movement_words(self.movements, self.reason, language)

    def change_words(self, language: Language = "en") -> str:
        """How the face differs from the person's usual one, such as "more smiling than usual".

        Args:
            language: "en" for English, "de" for German.

        Returns:
            "as usual" where it does not. Empty where the usual face is not known, and where the
            face cannot be seen well.

        Examples:
            >>> import mien
            >>> usual = mien.usual_face(mien.read("at-rest.jpg"))
            >>> usual.compared(mien.read("at-rest.jpg")[0]).change_words()
            'as usual'
        """
        if not self.compared or not self.can_be_seen:
            return ""
        return self.change.sentence(language) if self.change else words().as_usual(language)

    def over_time_words(self, language: Language = "en") -> str:
        """What the face does over time, such as "talking, nods"; empty where it does nothing.

        Args:
            language: "en" for English, "de" for German.

        Examples:
            >>> import mien
            >>> from dataclasses import replace
            >>> reading = replace(mien.read("photo.jpg")[0], talking=True, gesture="nod")
            >>> reading.over_time_words()
            'talking, nods'
        """
        return words().over_time_words(self.talking, self.gesture, language)

    def _repr_html_(self) -> str:
        """How notebooks show it."""
        return str(self.to_html())

    def to_html(self) -> str:
        """HTML as notebooks show it: ten little people, the sentence, and what moves.

        Examples:
            >>> import mien
            >>> "10 of 10 people would say happy" in mien.read("photo.jpg")[0].to_html()
            True
        """
        told = self.sentence()
        return notebook().reading_html(self.votes.shares, self.reason, self.movement_words(), told)

    def to_dict(self) -> dict[str, Any]:
        """This reading as JSON-ready values: the `faces` entries of `mien read --json`.

        Examples:
            >>> import json, mien
            >>> face = mien.read("photo.jpg")[0].to_dict()
            >>> face["state"], face["top"][0][0], len(json.dumps(face)) > 0
            ('clear', 'happy', True)
        """
        result: dict[str, Any] = {
            "box": [round(value, 2) for value in self.box],
            "score": round(self.score, 4),
            "landmarks": [[round(float(x), 2), round(float(y), 2)] for x, y in self.landmarks],
            "votes": {name: round(share, 4) for name, share in self.votes.items()},
            "top": [[name, round(share, 4)] for name, share in self.top()],
            "movements": {name: round(value, 4) for name, value in self.movements.items()},
            "state": str(self.state),
            "clear": self.clear,
            "why": self.reason and str(self.reason),
        }
        if self.compared:
            result["change"] = self.change.to_dict() if self.change else None
        if self.track is not None:
            result["track"] = self.track
            result["talking"] = self.talking
            result["gesture"] = self.gesture
            result["just_now"] = self.just_now
        if self.time is not None:
            result["time"] = round(self.time, 4)
        return result
