"""Movements of a face that a network may predict: what moves, not what it means."""

from collections.abc import Mapping
from typing import Final

MOVEMENT_NAMES: Final = (
    "mouth corners up",
    "mouth corners down",
    "mouth open",
    "upper lip raised",
    "lips pressed",
    "lips pursed",
    "mouth stretched",
    "chin raised",
    "brows lowered",
    "inner brows raised",
    "outer brows raised",
    "eyes narrowed",
    "eyes wide",
    "eyes closed",
)
"""All movements, from the mouth up to the eyes. A network predicts some or all of them."""

SAID_FROM: Final = {
    "mouth corners up": 0.35,
    "mouth corners down": 0.15,
    "mouth open": 0.3,
    "upper lip raised": 0.3,
    "lips pressed": 0.35,
    "lips pursed": 0.75,
    "mouth stretched": 0.3,
    "chin raised": 0.7,
    "brows lowered": 0.5,
    "inner brows raised": 0.35,
    "outer brows raised": 0.35,
    "eyes narrowed": 0.55,
    "eyes wide": 0.15,
    "eyes closed": 0.4,
}
"""Lowest value at which each movement is mentioned.

Faces at rest have some of most movements, for example 0.3 of "eyes narrowed". Measured with
Google's Face Landmarker, which the networks learn from, at most 6 % of 90 neutral faces reach each
value (Face Research Lab London Set, Yale Face Database, Canada set of webmorphR.stim).
"""

MOST_SAID: Final = 3
"""Largest number of movements that are mentioned for one face."""


def moving(movements: Mapping[str, float]) -> list[str]:
    """Return the movements to mention for a face: the strongest of those above `SAID_FROM`.

    Args:
        movements: values 0 to 1 by names of `MOVEMENT_NAMES`, all or some of them.
    """
    return strongest(
        {
            name: (value - SAID_FROM[name]) / (1 - SAID_FROM[name])
            for name, value in movements.items()
            if value >= SAID_FROM[name]
        }
    )


def strongest(values: Mapping[str, float]) -> list[str]:
    """Return the names of at most `MOST_SAID` movements, the largest value first.

    Closed eyes are not also mentioned as narrowed.
    """
    names = sorted(values, key=lambda name: -values[name])
    if "eyes closed" in values and "eyes narrowed" in values:
        names.remove("eyes narrowed")
    return names[:MOST_SAID]
