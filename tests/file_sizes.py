"""Sizes of the files in the repository; as a program, it names those that are too large."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

LIMIT = 500_000
"""Bytes."""
LARGER = {
    "src/mien/weights/mien.onnx": 6_000_000,
}
"""What may be larger, and how large."""


def tracked_files() -> list[str]:
    """Return the files that git tracks, or would add."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, check=True
    )
    return [name for name in done.stdout.decode().split("\0") if (ROOT / name).is_file()]


def too_large(names: list[str]) -> list[str]:
    """Return a sentence for each file above its limit."""
    told: list[str] = []
    for name in names:
        size, limit = (ROOT / name).stat().st_size, LARGER.get(name, LIMIT)
        if size > limit:
            told.append(f"{name} has {size:,} bytes; at most {limit:,} are kept in git")
    return told


if __name__ == "__main__":
    sys.exit("\n".join(too_large(tracked_files())) or None)
