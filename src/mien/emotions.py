"""The seven emotions of FER2013 in its label order, and the ten columns of FER+.

Every array of shares in a reading runs over `VOTE_NAMES`: the seven emotions in label order, then
"other".
"""

from enum import IntEnum
from typing import Final


class Emotion(IntEnum):
    """One of FER2013's seven labels; the value is the label.

    Source: Goodfellow et al. 2013, "Challenges in Representation Learning".
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

OTHER: Final = "other"
"""What people say that is none of the seven: contempt, or that they cannot tell."""

VOTE_NAMES: Final = (*EMOTION_NAMES, OTHER)
"""Order of the eight shares in `Reading.votes`."""

ADJECTIVES: Final = dict(
    zip(
        VOTE_NAMES,
        ("angry", "disgusted", "afraid", "happy", "sad", "surprised", "neutral", "something else"),
        strict=True,
    )
)
"""The words that fit after "looks", by name."""

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
"""The ten columns of FER+'s votes in their file order; NF is "not a face".

Source: Barsoum et al. 2016, "Training deep networks for facial expression recognition with
crowd-sourced label distribution".
"""
