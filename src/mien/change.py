"""Difference between how a face looks now and how the same person usually looks."""

from dataclasses import dataclass
from typing import Any

from mien.answers import Language
from mien.lookup import output
from mien.public import public


@public
@dataclass(frozen=True, slots=True)
class Change:
    """How a face differs from the person's usual face; it does not say why.

    Attributes:
        emotion: emotion, other than neutral, that people would name more often than usual.
        by: size of the difference in nats: the logarithm of the factor by which the ratio of this
            emotion's share to that of neutral exceeds the usual ratio. 0.9 is a factor of 2.5.
            Surprise, fear and disgust count up to 1 less if no movement that causes them is seen.
        more: whether the usual face shows some of that emotion, too.
        movements: movements that are stronger than usual, by names of `mien.MOVEMENT_NAMES`, the
            largest difference first; at most three, empty if the network predicts none.

    Examples:
        >>> import mien
        >>> change = mien.Change("happy", by=2.3, movements=("mouth corners up",))
        >>> change.sentence()
        'smiling, unlike usual: corners of the mouth up'
    """

    emotion: str
    by: float
    more: bool = False
    movements: tuple[str, ...] = ()

    def sentence(self, language: Language = "en") -> str:
        """Return the change in plain words, such as "frowning, unlike usual".

        If movements are known, it names them: "smiling, unlike usual: corners of the mouth up".

        Args:
            language: "en" for English, "de" for German.

        Examples:
            >>> import mien
            >>> mien.Change("happy", by=2.3).sentence("de")
            'lächelt, anders als sonst'
        """
        return output("words").change_sentence(self.emotion, self.more, self.movements, language)

    def to_dict(self) -> dict[str, Any]:
        """Return JSON-ready values: `change` of a face in `mien read --usual --json`."""
        return {
            "emotion": self.emotion,
            "by": round(self.by, 4),
            "more": self.more,
            "sentence": self.sentence(),
        }
