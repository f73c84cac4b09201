"""Words and HTML of values, looked up when they are asked for, so that values know neither."""

from importlib import import_module
from typing import Any


def words() -> Any:
    """The module `mien.output.words`."""
    return import_module("mien.output.words")


def notebook() -> Any:
    """The module `mien.output.notebook`."""
    return import_module("mien.output.notebook")


def drawing() -> Any:
    """The module `mien.output.drawing`."""
    return import_module("mien.output.drawing")


def tables() -> Any:
    """The module `mien.output.tables`."""
    return import_module("mien.output.tables")
