"""Decorator for the classes that are imported from `mien`."""

from typing import TypeVar

Class = TypeVar("Class", bound=type)


def public(cls: Class) -> Class:
    """Give a class its public name, `mien.NAME`.

    Tracebacks and `help` show that name, and pickles still load after the class has moved to
    another module.
    """
    cls.__module__ = "mien"
    return cls
