"""How a face looks now compared with how the same person usually looks, and its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mien.wording import MOVEMENT_WORDS, Language

_UNLIKE: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "angry": "frowning, unlike usual",
        "disgust": "looking disgusted, unlike usual",
        "fear": "looking afraid, unlike usual",
        "happy": "smiling, unlike usual",
        "sad": "looking sad, unlike usual",
        "surprise": "looking surprised, unlike usual",
    },
    "de": {
        "angry": "zieht die Stirn kraus, anders als sonst",
        "disgust": "wirkt angeekelt, anders als sonst",
        "fear": "wirkt ängstlich, anders als sonst",
        "happy": "lächelt, anders als sonst",
        "sad": "wirkt traurig, anders als sonst",
        "surprise": "wirkt überrascht, anders als sonst",
    },
}
"""What is said of an emotion that the person's usual face does not show."""

_MORE: Final[Mapping[Language, Mapping[str, str]]] = {
    "en": {
        "angry": "frowning more than usual",
        "disgust": "looking more disgusted than usual",
        "fear": "looking more afraid than usual",
        "happy": "more smiling than usual",
        "sad": "looking sadder than usual",
        "surprise": "looking more surprised than usual",
    },
    "de": {
        "angry": "zieht die Stirn krauser als sonst",
        "disgust": "wirkt angeekelter als sonst",
        "fear": "wirkt ängstlicher als sonst",
        "happy": "lächelt mehr als sonst",
        "sad": "wirkt trauriger als sonst",
        "surprise": "wirkt überraschter als sonst",
    },
}
"""What is said of an emotion of which the person's usual face shows some."""

AS_USUAL: Final[Mapping[Language, str]] = {"en": "as usual", "de": "wie sonst"}
"""What is said of a face that does not differ from the person's usual one."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a face differs from how the same person usually looks; says nothing of the cause.

    Attributes:
        emotion: of the seven but neutral: what people would say more often than usual.
        by: how much more, in nats: the logarithm of the factor by which its share, set against
            that of neutral, is larger than in the usual face. 0.9 is a factor of 2.5.
        more: whether the usual face shows some of that emotion, too.
        movements: what moves more than usual, by names of `mien.movements.MOVEMENT_NAMES`, the
            largest difference first; at most three, empty where the network tells none.
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
        """
        told = (_MORE if self.more else _UNLIKE)[language][self.emotion]
        moves = ", ".join(MOVEMENT_WORDS[language][name] for name in self.movements)
        return f"{told}: {moves}" if moves else told

    def to_dict(self) -> dict[str, Any]:
        """This change as JSON-ready values: `change` in a face of `mien read --usual --json`."""
        return {"emotion": self.emotion, "by": round(self.by, 4), "sentence": self.sentence()}
