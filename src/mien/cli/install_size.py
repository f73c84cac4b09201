"""Size of an installed package on the disk, with all packages that it needs."""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path


def install_size(package: str) -> int:
    """Return the bytes of an installed package and of all packages that it needs.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    waiting = [_normal(package)]
    needed = {waiting[0]: distribution(package)}
    while waiting:
        for name in _requirements(needed[waiting.pop()]):
            if name not in needed:
                try:
                    needed[name] = distribution(name)
                except PackageNotFoundError:  # for another system or Python
                    continue
                waiting.append(name)
    return sum(map(_size, needed.values()))


def _requirements(package: Distribution) -> list[str]:
    """Return the names of the packages that it needs, without those of its extras."""
    lines = [line for line in package.requires or () if not re.search(r";.*\bextra\b", line)]
    return [_normal(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in lines]


def _normal(name: str) -> str:
    """Return a package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _size(package: Distribution) -> int:
    files = {Path(str(package.locate_file(file))) for file in package.files or ()}
    if package.name == "mien":  # an editable install lists only a pointer to the checkout
        files |= set(Path(__file__).parents[1].rglob("*"))
    return sum(file.stat().st_size for file in files if file.is_file())
