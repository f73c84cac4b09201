"""The usual face of a person: about twenty numbers to compare a reading with.

Faces at rest differ: one looks sad, another as if half smiling. So a reading is compared with the
usual face of the same person, by the log odds of each emotion against neutral. The change is the
emotion that has risen most, if by more than `LEAST`. Surprise, fear and disgust count less without
the movements that cause them. Votes are never altered. The numbers say how a person looks at rest,
not who the person is.

The constants were chosen on ../shared/data/real, with benchmarks/usual_face.py, and on FER2013's
validation images, which show the emotions that are missing there.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mien.change import Change
from mien.emotions import EMOTIONAL_NAMES, VOTE_NAMES
from mien.errors import DataError
from mien.faces.usual_face_json import FORMAT, KIND, checked, read
from mien.lookup import output
from mien.movements import MOVEMENT_NAMES, strongest
from mien.public import public
from mien.types import Reading

LEAST: Final = 0.9
"""Nats by which the log odds of an emotion must exceed the usual ones for a change."""

ADDED: Final = {
    "angry": 0.02,
    "disgust": 0.01,
    "fear": 0.01,
    "happy": 0.005,
    "sad": 0.01,
    "surprise": 0.01,
    "neutral": 0.01,
}
"""Shares that are added before taking logarithms, so that tiny shares count little.

A rise from 0.3 to 1 % is a factor of three that nobody would see. Larger values for anger, disgust
and fear are better on `real/yale`, where nobody shows them, and worse where people do. On 1,288 of
FER2013's validation images, compared with the median of the neutral ones, 0.05 each finds 28 % of
disgust and 7 % of fear; these values find 47 and 24 %.
"""

_WIDE: Final = ("mouth open", "inner brows raised", "outer brows raised", "eyes wide")

MADE_BY: Final = {"surprise": _WIDE, "fear": _WIDE, "disgust": ("upper lip raised",)}
"""Movements that cause an emotion. Without them it is doubtful: other light, glasses and sadness
also raise these votes."""

WITHOUT: Final = 1.0
"""Nats by which an emotion counts less if none of the movements that cause it exceeds the usual;
proportionally fewer up to `MADE`.

It makes 82.7 % of `real/yale` right instead of 77.1, and all of London's smiles as before. On
FER2013's validation images, balanced, it makes 60.1 % right instead of 59.1: fear 27 (31), disgust
53 (57), anger 61 (55), sadness 64 (60). Happiness needs no movement: 23 of London's 51 smiles move
the corners of the mouth by less than 0.2.
"""

MADE: Final = 0.15
"""Excess of a movement over the usual from which the emotion that it causes counts in full."""

MOVED: Final = 0.2
"""Excess over the usual from which a movement is mentioned.

Glasses or other light cause differences of 0.05 to 0.15 (standard deviations, Face Landmarker,
`real/yale`).
"""

SOME: Final = 0.1
"""Odds against neutral from which a usual face shows some of an emotion."""

_PLACES: Final = [VOTE_NAMES.index(name) for name in EMOTIONAL_NAMES]
_NEUTRAL: Final = VOTE_NAMES.index("neutral")
_ADDED: Final = np.array([ADDED[name] for name in EMOTIONAL_NAMES])

Vector = NDArray[np.float64]


def log_odds(votes: Vector) -> Vector:
    """Return the log odds of the six emotions against neutral, after adding `ADDED`.

    Args:
        votes: float64 (8,), shares in the order of `mien.VOTE_NAMES`.

    Returns:
        float64 (6,), in nats, in the order of `EMOTIONAL_NAMES`.
    """
    against = math.log(float(votes[_NEUTRAL]) + ADDED["neutral"])
    return np.log(votes[_PLACES] + _ADDED) - against


@public
@dataclass(frozen=True, slots=True, repr=False)
class UsualFace:
    """How one person usually looks: about twenty numbers, no picture, no identity.

    `mien.usual_face` creates it. It is valid for the network that read the faces: other weights
    need another usual face.

    Attributes:
        log_odds: usual logarithm of the ratio of each emotion's share to that of neutral, in nats,
            by name (a small number is added to both shares); read-only.
        movements: usual value of each movement that the network predicts, 0 to 1; read-only.
        readings: number of readings that it was made from.
        since: time of the first of them in seconds; None if they have no times.

    Examples:
        >>> import mien
        >>> usual = mien.usual_face(mien.read("at-rest.jpg"))
        >>> usual.save("usual.json")
        >>> mien.UsualFace.load("usual.json").compare(mien.read("at-rest.jpg")[0]) is None
        True
    """

    log_odds: Mapping[str, float]
    movements: Mapping[str, float] = field(default_factory=dict[str, float])
    readings: int = 1
    since: float | None = None

    def __post_init__(self) -> None:
        for name in ("log_odds", "movements"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __repr__(self) -> str:
        return f"<UsualFace of {self.readings:,} reading{'' if self.readings == 1 else 's'}>"

    def __reduce__(self) -> tuple[type["UsualFace"], tuple[Any, ...]]:
        values = (getattr(self, each.name) for each in fields(self))
        return type(self), tuple(dict(v) if isinstance(v, Mapping) else v for v in values)

    def differences(self, reading: Reading) -> dict[str, float]:
        """Return by how many nats each emotion's log odds exceed the usual, the largest first.

        Raises:
            DataError: it is not given one reading.
        """
        given: Any = reading
        if not isinstance(given, Reading):
            raise DataError(
                "Expected one reading, such as the largest face of a picture, "
                f"mien.read(picture)[0]; got {type(given).__name__}."
            )
        now = dict(zip(EMOTIONAL_NAMES, log_odds(reading.votes.shares).tolist(), strict=True))
        return _falling({name: now[name] - self.log_odds[name] for name in EMOTIONAL_NAMES})

    def counted(self, reading: Reading) -> dict[str, float]:
        """Return the `differences` as they count, in nats, the largest first.

        `WITHOUT` is subtracted from an emotion in `MADE_BY` if its movements are known and none
        exceeds the usual.
        """
        counts = self.differences(reading)
        for name, movements in MADE_BY.items():
            known = [m for m in movements if m in self.movements and m in reading.movements]
            if known:
                most = max(reading.movements[m] - self.movements[m] for m in known)
                counts[name] -= WITHOUT * (1 - min(max(most / MADE, 0.0), 1.0))
        return _falling(counts)

    def compare(self, reading: Reading) -> Change | None:
        """Return how a face of the same person differs from the usual one.

        Args:
            reading: reading of the face by the same network.

        Returns:
            The change towards the emotion that has risen most, if by more than 0.9 nats. None if
            the face looks as usual, or cannot be seen well.
        """
        emotion, by = next(iter(self.counted(reading).items()))
        return self.change(reading, emotion) if reading.can_be_seen and by > LEAST else None

    def change(self, reading: Reading, emotion: str) -> Change:
        """Return the change towards one emotion, however small.

        Args:
            reading: reading of a face.
            emotion: name of an emotion other than neutral.
        """
        more = self.log_odds[emotion] > math.log(SOME)
        return Change(emotion, self.counted(reading)[emotion], more, self._moved(reading))

    def compared(self, reading: Reading) -> Reading:
        """Return the reading with `change` and `compared` set; nothing else is altered."""
        return replace(reading, change=self.compare(reading), compared=True)

    def _moved(self, reading: Reading) -> tuple[str, ...]:
        risen = {
            name: value - self.movements[name]
            for name, value in reading.movements.items()
            if value - self.movements.get(name, 1.0) >= MOVED
        }
        return tuple(strongest(risen))

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values, which `from_dict` reads."""
        return {
            "mien": KIND,
            "format": FORMAT,
            "log_odds": {name: round(value, 4) for name, value in self.log_odds.items()},
            "movements": {name: round(value, 4) for name, value in self.movements.items()},
            "readings": self.readings,
            "since": self.since,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "UsualFace":
        """Create a usual face from the values that `to_dict` returned.

        Raises:
            DataError: they are something else, or of another format.
        """
        return cls(*checked(content))

    def save(self, path: str | Path) -> None:
        """Write this usual face to a file, as JSON. Nothing else in mien writes one.

        Raises:
            OSError: the file cannot be written.
        """
        output("whole_file").write_whole(Path(path), json.dumps(self.to_dict(), indent=1) + "\n")

    @classmethod
    def load(cls, path: str | Path) -> "UsualFace":
        """Read a usual face from a file that `save` wrote.

        Raises:
            DataError: the file is missing, or contains something else; the message names it.
        """
        try:
            return cls(*checked(read(Path(path))))
        except DataError as error:
            raise DataError(f"{path}: {error}") from error


def _falling(values: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(values.items(), key=lambda item: -item[1]))


def usual_face(readings: Reading | Iterable[Reading]) -> UsualFace:
    """Learn how a person usually looks from readings of that person looking as usual.

    One reading is enough. Of several readings the median of each number is used, so one blink or
    smile among many does no harm.

    Args:
        readings: readings of one person by one network, or a single one. Faces that cannot be seen
            well are left out.

    Raises:
        DataError: no face can be seen well.

    Examples:
        >>> import mien
        >>> usual = mien.usual_face(mien.read("at-rest.jpg"))
        >>> [usual.compared(reading).change_words() for reading in mien.read("at-rest.jpg")]
        ['as usual']
    """
    several: Any = readings if isinstance(readings, Iterable) else [readings]
    given: list[Any] = list(several)
    for reading in given:
        if not isinstance(reading, Reading):
            raise DataError(
                "Expected readings, as mien.read(picture) returns them, of a face that looks as "
                f"usual; got a {type(reading).__name__} among them."
            )
    seen: list[Reading] = [reading for reading in given if reading.can_be_seen]
    if not seen:
        reasons = ", ".join(sorted({str(reading.reason) for reading in given}))
        raise DataError(
            "Expected readings of a face that can be seen well; got "
            f"{f'{len(given)} that cannot ({reasons})' if given else 'none'}."
        )
    odds = np.median([log_odds(reading.votes.shares) for reading in seen], axis=0)
    known = [name for name in MOVEMENT_NAMES if all(name in r.movements for r in seen)]
    times = [reading.time for reading in seen if reading.time is not None]
    return UsualFace(
        log_odds=dict(zip(EMOTIONAL_NAMES, odds.tolist(), strict=True)),
        movements={name: float(np.median([r.movements[name] for r in seen])) for name in known},
        readings=len(seen),
        since=min(times, default=None),
    )
