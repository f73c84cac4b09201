"""Classes that are imported from `mien`, whatever module they lie in."""

from typing import TypeVar

Class = TypeVar("Class", bound=type)


def public(cls: Class) -> Class:
    """Let a class be called by its public name, `mien.NAME`.

    Tracebacks and `help` then show the name that people import, and pickles can be read after the
    class has moved to another module.
    """
    cls.__module__ = "mien"
    return cls
