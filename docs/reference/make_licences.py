"""Write docs/licences.md: the licences of an installation without extras. Print it, too.

    pip-licenses --python PYTHON --from mixed --format json | PYTHON docs/reference/make_licences.py

`make licences` runs this with a separate installation. Wheels carry libraries whose licences
their metadata do not name: these are listed by the files in the wheels, and FFmpeg is asked for
its own licence.
"""

import json
import re
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

OUT: Final = Path(__file__).parents[1] / "licences.md"

GPL: Final = {"x264": "GPL-2.0-or-later", "x265": "GPL-2.0-or-later"}
"""Libraries inside wheels whose licence asks more of whoever passes them on than to name it."""

_LIBRARY: Final = re.compile(
    r"(?:lib)?([\w+-]+?)(?:-[0-9a-f]{8})?(?:[.-][\d.]+\w*)?\.(?:so|dylib|dll)"
)


def libraries() -> dict[str, list[str]]:
    """Names of the shared libraries that each wheel carries beside its own modules."""
    found: dict[str, set[str]] = {}
    for distribution in distributions():
        for file in distribution.files or ():
            folder = file.parts[0]
            if not folder.endswith((".libs", ".dylibs")) and ".dylibs" not in file.parts:
                continue
            if match := _LIBRARY.match(file.name):
                found.setdefault(distribution.name, set()).add(match[1])
    return {name: sorted(some, key=str.lower) for name, some in sorted(found.items())}


def ffmpeg() -> str:
    """The licence that PyAV's FFmpeg claims, and whether it was built with `--enable-gpl`."""
    import av
    from av import _core

    meta: Any = _core.library_meta["libavcodec"]
    built = "with" if "--enable-gpl" in meta["configuration"] else "without"
    return f"PyAV {av.__version__}'s FFmpeg says: {meta['license']}; built {built} `--enable-gpl`."


def page(packages: list[dict[str, str]], inside: dict[str, list[str]], ffmpeg_says: str) -> str:
    """Return the page, in Markdown.

    Args:
        packages: output of pip-licenses: `Name`, `Version` and `License` of each package.
        inside: result of `libraries`.
        ffmpeg_says: result of `ffmpeg`.
    """
    rows = sorted(packages, key=lambda each: each["Name"].lower())
    table = [f"| {each['Name']} | {each['Version']} | {each['License']} |" for each in rows]
    carried: list[str] = []
    for name, some in inside.items():
        words = [f"{each} ({GPL[each]})" if each in GPL else each for each in some]
        carried.append(f"| {name} | {', '.join(words)} |")
    return "\n".join(
        [
            "# Licences",
            "",
            "The content of an installation without extras, on Linux x86-64 (`make licences`).",
            "",
            "| Package | Version | Licence that it claims |",
            "|---|---|---|",
            *table,
            "",
            "Libraries inside the wheels, which the licences above leave out:",
            "",
            "| Package | Libraries |",
            "|---|---|",
            *carried,
            "",
            f"{ffmpeg_says} [SECURITY.md](../SECURITY.md) says what that means for passing it on.",
            "",
        ]
    )


if __name__ == "__main__":
    written = page(json.load(sys.stdin), libraries(), ffmpeg())
    OUT.write_text(written, encoding="utf-8")
    print(written)
