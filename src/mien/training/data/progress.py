"""How long loops show how far they are."""

from collections.abc import Callable, Iterable
from typing import Any

Progress = Callable[[Iterable[Any], str, int | None], Iterable[Any]]
"""Passes items on and shows how far they are: items, what is done, how many there are if known."""


def silent(items: Iterable[Any], _description: str, _total: int | None) -> Iterable[Any]:
    """A `Progress` that shows nothing."""
    return items
