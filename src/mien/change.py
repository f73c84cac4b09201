"""How a face looks now compared with how the same person usually looks."""

from dataclasses import dataclass
from typing import Any

from mien.answers import Language
from mien.lookup import words
from mien.public import public


@public
@dataclass(frozen=True, slots=True)
class Change:
    """How a face differs from how the same person usually looks; says nothing of the cause.

    Attributes:
        emotion: of the seven but neutral: what people would say more often than usual.
        by: how much more, in nats: the logarithm of the factor by which its share, set against
            that of neutral, is larger than in the usual face. 0.9 is a factor of 2.5. Of surprise,
            fear and disgust up to 1 less, where nothing moves that makes them.
        more: whether the usual face shows some of that emotion, too.
        movements: what moves more than usual, by names of `mien.MOVEMENT_NAMES`, the
            largest difference first; at most three, empty where the network tells none.

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
        """The change in plain words.

        Such as "more smiling than usual", "frowning, unlike usual", and, where movements are known,
        "smiling, unlike usual: corners of the mouth up".

        Args:
            language: "en" for English, "de" for German.

        Examples:
            >>> import mien
            >>> mien.Change("happy", by=2.3).sentence("de")
            'lächelt, anders als sonst'
        """
        return words().change_sentence(self.emotion, self.more, self.movements, language)

    def to_dict(self) -> dict[str, Any]:
        """This change as JSON-ready values: `change` in a face of `mien read --usual --json`."""
        return {
            "emotion": self.emotion,
            "by": round(self.by, 4),
            "more": self.more,
            "sentence": self.sentence(),
        }
