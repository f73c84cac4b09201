"""The reading of one face: what people would say about it, and everything known of it over time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mien.answers import PEOPLE, Language, Reason, State, Votes, is_mixed, ranked, share_out
from mien.change import Change
from mien.emotions import VOTE_NAMES
from mien.frames import Box, Face, Quality
from mien.lookup import output
from mien.public import public

Gesture = Literal["nod", "shake"]
"""Gesture of the head: a nod or a shake."""


@public
@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What people would say about one face in one picture or frame.

    Attributes:
        face: where the face is.
        votes: shares of people by what they would say; their sum is 1.
        quality: how well the face can be seen.
        reason: why the face is not clear; None if people could tell and would agree.
        track: number of the face over time; None in a single picture.
        time: time of the frame in seconds; None in a single picture.
        mixed: whether two emotions of a clear face are about equally frequent; over time it appears
            and disappears a little later than in the votes. None derives it from the votes.
        movements: movements of the face by names of `mien.MOVEMENT_NAMES`, 0 (none) to 1 (full);
            read-only. Empty if the network predicts none.
        change: difference from the person's usual face; None if there is none, or if the usual face
            is not known. It does not alter the votes.
        compared: whether the person's usual face is known (see `mien.UsualFace`).
        talking: over time, whether the mouth moves as in speech. None if that is unknown: in a
            single picture, in the first second, with fewer than three readings a second, and while
            the face cannot be seen well.
        gesture: over time, "nod" or "shake" for a moment after that gesture of the head.
        just_now: over time, whether the answer changed a few seconds ago and has stayed since.

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
        # A mapping proxy cannot be pickled.
        return type(self), tuple(dict(v) if isinstance(v, MappingProxyType) else v for v in values)

    def __hash__(self) -> int:  # votes and movements have none
        return hash((self.face, self.track, self.time))

    def __repr__(self) -> str:
        """One line, such as "<happy, 8 of 10, clear, box (34, 50, 134, 190)>".

        An unclear face has a reason and no answer: "<unclear: too small, box (34, 50, 44, 62)>".
        """
        people = dict(zip(VOTE_NAMES, share_out(self.votes.shares), strict=True))
        said = " and ".join(f"{name}, {people[name]} of {PEOPLE}" for name in self.answers)
        state = f"{said}, {self.state}" if said else f"unclear: {self.reason}"
        box = ", ".join(f"{value:.0f}" for value in self.box)
        face = "" if self.track is None else f"face {self.track}: "
        return f"<{face}{state}, box ({box})>"

    @property
    def clear(self) -> bool:
        """Whether people could tell and would agree; see `state`."""
        return self.reason is None

    @property
    def can_be_seen(self) -> bool:
        """Whether the face can be seen well, even if people would disagree about it."""
        return self.reason in (None, Reason.DISAGREE)

    @property
    def box(self) -> Box:
        """Box of the face, (x1, y1, x2, y2) in pixels."""
        return self.face.box

    @property
    def landmarks(self) -> NDArray[np.float32]:
        """Landmarks of the face in pixels, float32 (5, 2), see `mien.Face`."""
        return self.face.landmarks

    @property
    def score(self) -> float:
        """Confidence of the face detector, 0 to 1."""
        return self.face.score

    @property
    def emotion(self) -> str:
        """Name of the largest share, one of `mien.VOTE_NAMES`; check `state` first."""
        return VOTE_NAMES[ranked(self.votes.shares)[0]]

    @property
    def state(self) -> State:
        """Kind of answer to show: one ("clear"), two ("mixed"), or none ("unclear")."""
        if not self.clear:
            return State.UNCLEAR
        mixed = is_mixed(self.votes.shares) if self.mixed is None else self.mixed
        return State.MIXED if mixed else State.CLEAR

    @property
    def answers(self) -> tuple[str, ...]:
        """Answers to show, the larger share first: one if clear, two if mixed, else none."""
        count = {State.CLEAR: 1, State.MIXED: 2, State.UNCLEAR: 0}[self.state]
        return tuple(name for name, _ in self.top(count))

    def top(self, k: int = 3) -> list[tuple[str, float]]:
        """Return the k largest shares with their names, the largest first.

        Examples:
            >>> import mien
            >>> [(name, round(share, 1)) for name, share in mien.read("photo.jpg")[0].top(1)]
            [('happy', 1.0)]
        """
        return [(VOTE_NAMES[i], float(self.votes.shares[i])) for i in ranked(self.votes.shares)[:k]]

    def sentence(self, language: Language = "en") -> str:
        """Return what people would say, such as "8 of 10 people would say happy, 2 neutral".

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
        return output("words").sentence(
            self.votes.shares, self.reason, self.state == State.MIXED, language
        )

    def movement_words(self, language: Language = "en") -> str:
        """Return what moves in the face, such as "corners of the mouth up, eyes narrowed".

        Args:
            language: "en" for English, "de" for German.

        Returns:
            At most three movements, the strongest first. Empty if none is strong enough, if the
            face cannot be seen well, or if the network predicts none.

        Examples:
            >>> import mien
            >>> mien.read("photo.jpg")[0].movement_words()
            'corners of the mouth up, upper lip raised'
        """
        return output("words").movement_words(self.movements, self.reason, language)

    def change_words(self, language: Language = "en") -> str:
        """Return how the face differs from usual, such as "more smiling than usual".

        Args:
            language: "en" for English, "de" for German.

        Returns:
            "as usual" if it does not differ. Empty if the person's usual face is not known, or if
            the face cannot be seen well.

        Examples:
            >>> import mien
            >>> usual = mien.usual_face(mien.read("at-rest.jpg"))
            >>> usual.compared(mien.read("at-rest.jpg")[0]).change_words()
            'as usual'
        """
        if not self.compared or not self.can_be_seen:
            return ""
        return self.change.sentence(language) if self.change else output("words").as_usual(language)

    def over_time_words(self, language: Language = "en") -> str:
        """Return what the face does over time, such as "talking, nods"; empty if nothing.

        Args:
            language: "en" for English, "de" for German.

        Examples:
            >>> import mien
            >>> from dataclasses import replace
            >>> reading = replace(mien.read("photo.jpg")[0], talking=True, gesture="nod")
            >>> reading.over_time_words()
            'talking, nods'
        """
        return output("words").over_time_words(self.talking, self.gesture, language)

    def _repr_html_(self) -> str:
        return str(self.to_html())

    def to_html(self) -> str:
        """Return the HTML that notebooks show: ten little people, the sentence, and what moves.

        Examples:
            >>> import mien
            >>> "10 of 10 people would say happy" in mien.read("photo.jpg")[0].to_html()
            True
        """
        return output("notebook").reading_html(
            self.votes.shares, self.reason, self.movement_words(), self.sentence()
        )

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values: an entry of `faces` in `mien read --json`.

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
