"""When a later run goes on with earlier results: one rule for pictures, films and archives.

Results of other weights or settings are not mixed: the run stops, or replaces them where that is
asked for. A file that changed since it was read is read again.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mien.errors import MienError
from mien.faces.classifier import PACKAGED_MODEL

Settings = Mapping[str, Any]
"""All that readings depend on but the files that are read, as JSON can hold it."""


def hash_of(*contents: bytes) -> str:
    """16 characters that tell contents apart."""
    return hashlib.sha256(b"".join(contents)).hexdigest()[:16]


def weights_of(model: Path | None) -> str:
    """The hash of a file of `mien export`; of the network that ships with mien where it is None.

    Raises:
        OSError: it cannot be read.
    """
    return hash_of((model or PACKAGED_MODEL).read_bytes())


def stamp_of(source: Path | bytes) -> str:
    """What shows that a file changed: its size and time; of a content its hash; "" if missing."""
    if isinstance(source, bytes):
        return hash_of(source)
    try:
        status = source.stat()
    except (OSError, ValueError):
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


def goes_on(named: object, before: Settings | str | None, now: Settings, overwrite: bool) -> bool:
    """Whether a run goes on with what an earlier one made; else it replaces that.

    Args:
        named: what an error names.
        before: settings of the earlier run, also as JSON; None where nothing is there.
        now: settings of this run.
        overwrite: whether people asked for replacing results of other settings.

    Raises:
        MienError: the settings are others, and replacing is not asked for.
    """
    if isinstance(before, str):
        before = _parsed(before)
    if before is None or before == now:
        return True
    if overwrite:
        return False
    differing = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    raise MienError(
        f"{named}: was begun with {_words(before, differing)}; asked for now is "
        f"{_words(now, differing)}. Ask for the same, name another with --out, or replace it with "
        "--overwrite."
    )


def _parsed(settings: str) -> Settings:
    try:
        parsed = json.loads(settings)
    except ValueError:
        parsed = None
    return parsed if isinstance(parsed, dict) else {"other settings": settings}


def _words(settings: Settings, names: list[str]) -> str:
    return ", ".join(f"{name} {settings.get(name, 'none')}" for name in names)
