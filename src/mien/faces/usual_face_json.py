"""Usual faces as JSON: checks of the content, and the files that hold it."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from mien.emotions import EMOTIONAL_NAMES
from mien.errors import DataError, reason_of
from mien.movements import MOVEMENT_NAMES

FORMAT: Final = 1
"""Version of the JSON; raise it when `usual_face.ADDED` changes, which the numbers depend on."""

KIND: Final = "usual face"
"""Value of the key "mien" in the JSON."""

_EXPECTED: Final = (
    f"Expected a usual face of mien, of format {FORMAT}, as UsualFace.to_dict returns it"
)
_FARTHEST: Final = 10.0  # log odds that no shares can reach
_LARGEST: Final = 100_000  # bytes of a file that is read


class Content(NamedTuple):
    """Checked content, in the order of the fields of `UsualFace`."""

    log_odds: dict[str, float]
    movements: dict[str, float]
    readings: int
    since: float | None


def checked(content: Any) -> Content:
    """Check the JSON values of a usual face.

    Raises:
        DataError: they are something else, or of another format.
    """
    if not isinstance(content, Mapping) or content.get("mien") != KIND:
        raise DataError(f'{_EXPECTED}; its "mien" is not {KIND!r}.')
    if content.get("format") != FORMAT:
        raise DataError(
            f"{_EXPECTED}; got format {content.get('format')!r}. Create it again from readings "
            "with this version of mien."
        )
    odds = _numbers(content, "log_odds", EMOTIONAL_NAMES, -_FARTHEST, _FARTHEST)
    if len(odds) < len(EMOTIONAL_NAMES):
        missing = [name for name in EMOTIONAL_NAMES if name not in odds]
        raise DataError(f"{_EXPECTED}; log_odds lack {', '.join(missing)}.")
    movements = _numbers(content, "movements", MOVEMENT_NAMES, 0.0, 1.0)
    readings, since = content.get("readings"), content.get("since")
    if not isinstance(readings, int) or isinstance(readings, bool) or readings < 1:
        raise DataError(f"{_EXPECTED}; readings is {readings!r}, not 1 or more.")
    if since is not None and not _is_number(since):
        raise DataError(f"{_EXPECTED}; since is {since!r}, not a time in seconds.")
    return Content(odds, movements, readings, None if since is None else float(since))


def read(path: Path) -> Any:
    """Read the JSON values in a file.

    Raises:
        DataError: the file is missing, too large, or not JSON.
    """
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST + 1)
    except OSError as error:
        raise DataError(f"cannot be read as a usual face: {reason_of(error)}.") from error
    if len(text) > _LARGEST:
        raise DataError(f"larger than {_LARGEST:,} bytes; a usual face has about 1,000.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"expected JSON of UsualFace.save: {error}.") from error


def _numbers(
    content: Mapping[str, Any], key: str, names: Sequence[str], least: float, most: float
) -> dict[str, float]:
    """Return the numbers by name, in the order of `names`; some may be missing."""
    given = content.get(key)
    if not isinstance(given, Mapping) or not set(given) <= set(names):
        raise DataError(f"Expected {key} by names of {', '.join(names)}; got {given!r}.")
    for name, value in given.items():
        if not _is_number(value) or not least <= value <= most:
            raise DataError(
                f"Expected {key} of {name!r} as a number, {least:g} to {most:g}; got {value!r}."
            )
    return {name: float(given[name]) for name in names if name in given}


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= sys.float_info.max
