"""Words and HTML of values, looked up when they are asked for, so that values know neither."""

from importlib import import_module
from typing import Any


def words(language: str = "en") -> Any:
    """The module `mien.output.words`.

    Args:
        language: of the words that will be asked for.

    Raises:
        ValueError: it has no words in that language.
    """
    module = import_module("mien.output.words")
    if language not in module.AS_USUAL:
        known = " or ".join(map(repr, module.AS_USUAL))
        raise ValueError(f"Expected {known} as language; got {language!r}.")
    return module


def notebook() -> Any:
    """The module `mien.output.notebook`."""
    return import_module("mien.output.notebook")


def drawing() -> Any:
    """The module `mien.output.drawing`."""
    return import_module("mien.output.drawing")


def tables() -> Any:
    """The module `mien.output.tables`."""
    return import_module("mien.output.tables")
