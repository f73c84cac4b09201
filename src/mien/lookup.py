"""Words, HTML, drawings and tables of values, imported when they are used.

Values do not depend on how they are shown.
"""

from importlib import import_module
from typing import Any


def output(name: str) -> Any:
    """Import `mien.output.NAME`."""
    return import_module(f"mien.output.{name}")
