"""One rule of when a run continues with earlier results: for pictures, films and archives.

Results of different weights or settings are not mixed: the run stops, or replaces the earlier ones
if that is asked for. A file that changed since it was read is read again.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mien.errors import MienError
from mien.faces.classifier import PACKAGED_MODEL

Settings = Mapping[str, Any]
"""All that readings depend on, except the files that are read, as JSON can hold it."""


def hash_of(*contents: bytes) -> str:
    """Return 16 characters that differ between contents."""
    return hashlib.sha256(b"".join(contents)).hexdigest()[:16]


def weights_of(model: Path | None) -> str:
    """Return the hash of a network's weights.

    Args:
        model: file of `mien export`; None for the network that ships with mien.

    Raises:
        OSError: the file cannot be read.
    """
    return hash_of((model or PACKAGED_MODEL).read_bytes())


def stamp_of(source: Path | bytes) -> str:
    """Return what shows that a file changed: its size and time, or the hash of a content.

    It is empty where the file is missing.
    """
    if isinstance(source, bytes):
        return hash_of(source)
    try:
        status = source.stat()
    except (OSError, ValueError):
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


def continues(named: object, before: Settings | str | None, now: Settings, overwrite: bool) -> bool:
    """Return whether a run continues with earlier results; if not, it replaces them.

    Args:
        named: file or folder that an error names.
        before: settings of the earlier run, also as JSON; None where there is none.
        now: settings of this run.
        overwrite: whether results of other settings are to be replaced.

    Raises:
        MienError: the settings differ, and the results are not to be replaced.
    """
    if isinstance(before, str):
        before = _parsed(before)
    if before is None or before == now:
        return True
    if overwrite:
        return False
    differing = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    raise MienError(
        f"{named}: was begun with {_words(before, differing)}; this run has "
        f"{_words(now, differing)}. Use the same options, name another --out, or replace it with "
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
