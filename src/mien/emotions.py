"""Names and colours of the seven emotions of FER2013, and the ten columns of FER+.

Every array of shares in a reading has the order of `VOTE_NAMES`: the seven emotions in label order,
then "other".
"""

from enum import IntEnum
from typing import Final

from mien.public import public


@public
class Emotion(IntEnum):
    """One of FER2013's seven labels; the value is the label.

    Source: Goodfellow et al. 2013, "Challenges in Representation Learning".

    Examples:
        >>> import mien
        >>> mien.Emotion.HAPPY.label, int(mien.Emotion.HAPPY)
        ('happy', 3)
    """

    ANGRY = 0
    DISGUST = 1
    FEAR = 2
    HAPPY = 3
    SAD = 4
    SURPRISE = 5
    NEUTRAL = 6

    @property
    def label(self) -> str:
        """The plain word, for example "happy"."""
        return self.name.lower()


EMOTION_NAMES: Final = tuple(emotion.label for emotion in Emotion)
"""Names of the seven emotions in label order; also FER2013's folder names."""

EMOTIONAL_NAMES: Final = tuple(name for name in EMOTION_NAMES if name != "neutral")
"""Names of the six emotions other than neutral, in label order."""

OTHER: Final = "other"
"""Name for all answers that are none of the seven emotions: contempt, and "cannot tell"."""

VOTE_NAMES: Final = (*EMOTION_NAMES, OTHER)
"""Order of the eight shares in `Reading.votes`."""

COLOURS: Final = {
    "angry": (0xD5, 0x5E, 0x00),
    "disgust": (0x00, 0x9E, 0x73),
    "fear": (0xB5, 0x60, 0x9A),
    "happy": (0xE6, 0x9F, 0x00),
    "sad": (0x00, 0x72, 0xB2),
    "surprise": (0x56, 0xB4, 0xE9),
    "neutral": (0x8A, 0x91, 0x9D),
    OTHER: (0xC9, 0xCE, 0xD6),
}
"""RGB colour of each answer, safe for colour-blind readers.

Source: Okabe & Ito 2008, "Color Universal Design".
"""

FERPLUS_NAMES: Final = (
    "neutral",
    "happiness",
    "surprise",
    "sadness",
    "anger",
    "disgust",
    "fear",
    "contempt",
    "unknown",
    "NF",
)
"""Names of FER+'s ten columns of votes in file order; NF means "not a face".

Source: Barsoum et al. 2016, "Training deep networks for facial expression recognition with
crowd-sourced label distribution".
"""

VOTE_OF_FERPLUS: Final = {
    "neutral": "neutral",
    "happiness": "happy",
    "surprise": "surprise",
    "sadness": "sad",
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "contempt": OTHER,
    "unknown": OTHER,
}
"""The name in `VOTE_NAMES` that each column of FER+ counts towards; NF counts towards none."""

FERPLUS_OF: Final = {name: column for column, name in VOTE_OF_FERPLUS.items() if name != OTHER}
"""The FER+ column of each of the seven emotions."""
