"""Words and HTML of values, looked up when they are asked for, so that values know neither."""

from importlib import import_module
from typing import Any


def words() -> Any:
    """The module `mien.output.words`."""
    return import_module("mien.output.words")


def notebook() -> Any:
    """The module `mien.output.notebook`."""
    return import_module("mien.output.notebook")
