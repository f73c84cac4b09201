"""Words, HTML, drawings and tables of values, imported when they are used.

Values do not depend on how they are shown.
"""

from importlib import import_module
from typing import Any


def output(name: str) -> Any:
    """Import `mien.output.NAME`."""
    return import_module(f"mien.output.{name}")


def words(language: str = "en") -> Any:
    """Import `mien.output.words`.

    Args:
        language: language in which words will be asked for.

    Raises:
        ValueError: there are no words in that language.
    """
    module = output("words")
    if language not in module.AS_USUAL:
        known = " or ".join(map(repr, module.AS_USUAL))
        raise ValueError(f"Expected {known} as language; got {language!r}.")
    return module
