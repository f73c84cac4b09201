"""The usual face of a person: some twenty numbers, with which a reading can be compared.

Faces at rest differ: one reads as sad, another as half a smile. What a person shows now is found by
comparing it with that person's own usual face. The logarithm of each emotion's share, set against
that of neutral, is compared; the emotion that has grown most, if by more than `LEAST`, is the
change. Surprise, fear and disgust count less where nothing moves that makes them. Votes are never
altered. The numbers tell how somebody looks at rest, not who somebody is.

The constants were chosen on ../shared/data/real, by what benchmarks/usual_face.py measures, and on
FER2013's validation images, so that emotions that are not in there are not lost.
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
from mien.emotions import EMOTION_NAMES, VOTE_NAMES
from mien.errors import DataError
from mien.movements import MOST_SAID, MOVEMENT_NAMES
from mien.public import public
from mien.types import Reading

LEAST: Final = 0.9
"""Nats by which an emotion's log odds against neutral must lie above the usual to be a change."""

ADDED: Final = {
    "angry": 0.02,
    "disgust": 0.01,
    "fear": 0.01,
    "happy": 0.005,
    "sad": 0.01,
    "surprise": 0.01,
    "neutral": 0.01,
}
"""Shares that are added before logarithms are taken, so that tiny shares count little.

A rise from 0.3 to 1 % is a factor of three that nobody would see. More than this for anger, disgust
and fear is better on `real/yale`, where nobody shows them, and worse where people do: of 1,288 of
FER2013's validation images, against the median of the neutral ones, 0.05 each tells 28 % of
disgust and 7 % of fear; these values tell 47 and 24.
"""

_WIDE: Final = ("mouth open", "inner brows raised", "outer brows raised", "eyes wide")

MADE_BY: Final = {"surprise": _WIDE, "fear": _WIDE, "disgust": ("upper lip raised",)}
"""Movements without which an emotion is doubtful: other light, glasses and sadness look like these
three for the votes, and move nothing that makes them."""

WITHOUT: Final = 1.0
"""Nats that an emotion counts less by where none of the movements that make it is more than usual;
in between in proportion, up to `MADE`.

With it 82.7 % of `real/yale` is right in place of 77.1, all of London's smiles as before; of
FER2013's validation images 60.1 % in place of 59.1, balanced: fear 27 (31), disgust 53 (57), anger
61 (55), sadness 64 (60). Happiness is not held to a movement: 23 of London's 51 smiles move the
corners of the mouth by less than 0.2.
"""

MADE: Final = 0.15
"""Difference of a movement that makes an emotion from the usual, from which that one counts in
full."""

MOVED: Final = 0.2
"""Difference from which a movement is said to be more than usual; glasses or other light make
differences of 0.05 to 0.15 (standard deviations, Face Landmarker, `real/yale`)."""

SOME: Final = 0.1
"""Odds against neutral from which a usual face shows some of an emotion."""

_FORMAT: Final = 1  # of the JSON; to be raised when `ADDED` changes, which the numbers depend on
_KIND: Final = "usual face"
_NAMES: Final = tuple(name for name in EMOTION_NAMES if name != "neutral")
_PLACES: Final = [VOTE_NAMES.index(name) for name in _NAMES]
_NEUTRAL: Final = VOTE_NAMES.index("neutral")
_ADDED: Final = np.array([ADDED[name] for name in _NAMES])
_FARTHEST: Final = 10.0  # log odds that no shares can have, with what is added
_LARGEST: Final = 100_000  # bytes of a file that is read

Vector = NDArray[np.float64]


def log_odds(votes: Vector) -> Vector:
    """Log odds of the six emotions against neutral, with what is `ADDED`.

    Args:
        votes: float64 (8,), shares in the order of `mien.VOTE_NAMES`.

    Returns:
        float64 (6,), in nats, in the order of `EMOTION_NAMES` without neutral.
    """
    against = math.log(float(votes[_NEUTRAL]) + ADDED["neutral"])
    return np.log(votes[_PLACES] + _ADDED) - against


def can_be_seen(reading: Reading) -> bool:
    """Whether a face is seen well enough to be compared, even where people would disagree."""
    return reading.can_be_seen


@public
@dataclass(frozen=True, slots=True, repr=False)
class UsualFace:
    """How one person usually looks: some twenty numbers, no picture, no identity.

    Made by `mien.usual_face`. It holds for the network that read the faces: other weights need
    another.

    Attributes:
        log_odds: of each emotion but neutral, by name: the usual logarithm of its share, set
            against that of neutral, in nats (a little is added to both); read-only.
        movements: usual value of each movement that the network tells, 0 to 1; read-only.
        readings: how many it was made of.
        since: time in seconds of the first of them, where it has one.

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
        """How far each emotion's log odds lie above the usual, in nats, the largest first."""
        now = dict(zip(_NAMES, log_odds(reading.votes.shares).tolist(), strict=True))
        above = {name: now[name] - self.log_odds[name] for name in _NAMES}
        return dict(sorted(above.items(), key=lambda item: -item[1]))

    def counted(self, reading: Reading) -> dict[str, float]:
        """The `differences` as they count, in nats, the most first.

        An emotion of `MADE_BY` counts less by `WITHOUT`, where these movements are known and none
        of them is more than usual.
        """
        counts = self.differences(reading)
        for name, movements in MADE_BY.items():
            known = [m for m in movements if m in self.movements and m in reading.movements]
            if known:
                most = max(reading.movements[m] - self.movements[m] for m in known)
                counts[name] -= WITHOUT * (1 - min(max(most / MADE, 0.0), 1.0))
        return dict(sorted(counts.items(), key=lambda item: -item[1]))

    def compare(self, reading: Reading) -> Change | None:
        """How a face of the same person differs from the usual one.

        Args:
            reading: of a face, by the same network.

        Returns:
            The emotion that has grown most, if by more than 0.9 nats; None for a face that looks as
            usual, and for one that cannot be seen well.
        """
        emotion, by = next(iter(self.counted(reading).items()))
        return self.change(reading, emotion) if can_be_seen(reading) and by > LEAST else None

    def change(self, reading: Reading, emotion: str) -> Change:
        """The change towards one emotion, however large, with what moves more than usual.

        Args:
            reading: of a face.
            emotion: a name of `EMOTION_NAMES`, not neutral.
        """
        more = self.log_odds[emotion] > math.log(SOME)
        return Change(emotion, self.counted(reading)[emotion], more, self._moved(reading))

    def compared(self, reading: Reading) -> Reading:
        """The reading, with `change` and `compared` set, and nothing else altered."""
        return replace(reading, change=self.compare(reading), compared=True)

    def _moved(self, reading: Reading) -> tuple[str, ...]:
        risen = {
            name: value - self.movements[name]
            for name, value in reading.movements.items()
            if value - self.movements.get(name, 1.0) >= MOVED
        }
        if "eyes closed" in risen:
            risen.pop("eyes narrowed", None)
        return tuple(sorted(risen, key=lambda name: -risen[name])[:MOST_SAID])

    def to_dict(self) -> dict[str, Any]:
        """This usual face as JSON-ready values, of which `from_dict` makes it again."""
        return {
            "mien": _KIND,
            "format": _FORMAT,
            "log_odds": {name: round(value, 4) for name, value in self.log_odds.items()},
            "movements": {name: round(value, 4) for name, value in self.movements.items()},
            "readings": self.readings,
            "since": self.since,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "UsualFace":
        """The usual face of what `to_dict` gave.

        Raises:
            DataError: it is something else, or of another format.
        """
        expected = f"Expected a usual face of mien, of format {_FORMAT}, as UsualFace.to_dict"
        given: Any = content  # of a file, it may be anything
        if not isinstance(given, Mapping) or given.get("mien") != _KIND:
            raise DataError(f'{expected} gives it; its "mien" is not {_KIND!r}.')
        if given.get("format") != _FORMAT:
            raise DataError(
                f"{expected} gives it; got format {given.get('format')!r}. Make it anew from "
                "readings with this version of mien."
            )
        odds = _numbers(given, "log_odds", _NAMES, -_FARTHEST, _FARTHEST)
        if len(odds) < len(_NAMES):
            missing = [name for name in _NAMES if name not in odds]
            raise DataError(f"{expected} gives it; log_odds lack {', '.join(missing)}.")
        moves = _numbers(given, "movements", MOVEMENT_NAMES, 0.0, 1.0)
        readings, since = given.get("readings"), given.get("since")
        if not isinstance(readings, int) or isinstance(readings, bool) or readings < 1:
            raise DataError(f"{expected} gives it; readings is {readings!r}, not 1 or more.")
        if since is not None and not _is_number(since):
            raise DataError(f"{expected} gives it; since is {since!r}, no time in seconds.")
        return cls(odds, moves, readings, None if since is None else float(since))

    def save(self, path: str | Path) -> None:
        """Write this usual face to a file, as JSON. Nothing else in mien writes one.

        Raises:
            OSError: the file cannot be written.
        """
        content = json.dumps(self.to_dict(), indent=1) + "\n"
        path = Path(path).resolve()
        if path.exists() and not path.is_file():  # a device or pipe
            path.write_text(content, encoding="utf-8")
            return
        new = path.with_name(path.name + ".new")  # a full disk leaves the one before
        try:
            new.write_text(content, encoding="utf-8")
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: str | Path) -> "UsualFace":
        """The usual face that `save` wrote to a file.

        Raises:
            DataError: the file is missing, or holds something else; the message names it.
        """
        try:
            with Path(path).open("rb") as file:
                text = file.read(_LARGEST + 1)
            if len(text) > _LARGEST:
                raise DataError(f"larger than {_LARGEST:,} bytes; a usual face has about 1,000.")
            return cls.from_dict(json.loads(text))
        except OSError as error:
            told = error.strerror or str(error)
            raise DataError(f"{path}: cannot be read as a usual face: {told}.") from error
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}: expected JSON of UsualFace.save: {error}.") from error
        except DataError as error:
            raise DataError(f"{path}: {error}") from error


def usual_face(readings: Reading | Iterable[Reading]) -> UsualFace:
    """How a person usually looks, learnt from readings of that person looking as usual.

    One reading is enough. Of several the median counts, number by number, so that a blink or a
    smile among many does no harm.

    Args:
        readings: readings of one person by one network, or a single one. Faces that cannot be seen
            well are left out.

    Raises:
        DataError: none can be seen well.

    Examples:
        >>> import mien
        >>> usual = mien.usual_face(mien.read("at-rest.jpg"))
        >>> [usual.compared(reading).change_words() for reading in mien.read("at-rest.jpg")]
        ['as usual']
    """
    given: list[Any] = [readings] if isinstance(readings, Reading) else list(readings)
    for reading in given:
        if not isinstance(reading, Reading):
            raise DataError(
                "Expected readings, such as mien.read(picture) gives them, to take them as usual; "
                f"got a {type(reading).__name__} among them."
            )
    seen: list[Reading] = [reading for reading in given if can_be_seen(reading)]
    if not seen:
        whys = ", ".join(sorted({str(reading.reason) for reading in given}))
        raise DataError(
            "Expected readings of a face that can be seen well, to take them as usual; got "
            f"{f'{len(given)} that cannot ({whys})' if given else 'none'}."
        )
    odds = np.median([log_odds(reading.votes.shares) for reading in seen], axis=0)
    told = [name for name in MOVEMENT_NAMES if all(name in r.movements for r in seen)]
    times = [reading.time for reading in seen if reading.time is not None]
    return UsualFace(
        log_odds=dict(zip(_NAMES, odds.tolist(), strict=True)),
        movements={name: float(np.median([r.movements[name] for r in seen])) for name in told},
        readings=len(seen),
        since=min(times, default=None),
    )


def _numbers(
    content: Mapping[str, Any], key: str, names: Iterable[str], least: float, most: float
) -> dict[str, float]:
    """The numbers by name, in the order of `names`; not all need be there."""
    given = content.get(key)
    known = list(names)
    if not isinstance(given, Mapping) or not set(given) <= set(known):
        raise DataError(f"Expected {key} by names of {', '.join(known)}; got {given!r}.")
    for name, value in given.items():
        if not _is_number(value) or not least <= value <= most:
            raise DataError(
                f"Expected {key} of {name!r} as a number, {least:g} to {most:g}; got {value!r}."
            )
    return {name: float(given[name]) for name in known if name in given}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
