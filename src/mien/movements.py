"""The movements of a face that a network may tell: what moves, not what it means."""

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
"""Every movement, from the mouth up to the eyes. A network tells some or all of them."""

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
"""The value from which a movement is said, by name.

Faces at rest have some of most movements: narrowed eyes 0.3, for example. By Google's Face
Landmarker, which the networks learn from, each value is reached by at most 6 % of 90 neutral faces
(the Face Research Lab London Set, the Yale Face Database and the Canada set of webmorphR.stim).
"""

MOST_SAID: Final = 3
"""Movements that are said of one face at most."""


def moving(movements: Mapping[str, float]) -> list[str]:
    """The movements to say of a face: those beyond `SAID_FROM`, the strongest first.

    Eyes that are closed are not said to be narrowed as well.

    Args:
        movements: 0 to 1, by names of `MOVEMENT_NAMES`; all or some of them.
    """
    beyond = {
        name: (value - SAID_FROM[name]) / (1 - SAID_FROM[name])
        for name, value in movements.items()
        if value >= SAID_FROM[name]
    }
    if "eyes closed" in beyond:
        beyond.pop("eyes narrowed", None)
    return sorted(beyond, key=lambda name: -beyond[name])[:MOST_SAID]
