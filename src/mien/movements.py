"""The movements of a face that a network may tell: what moves, not what it means."""

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
