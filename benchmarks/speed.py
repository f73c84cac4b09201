"""Keep the figures of `mien bench` as a history, so that a change is seen.

    python benchmarks/speed.py

Adds a line to benchmarks/history/speed.csv: date, commit, machine and the figures. Compare lines of
one machine, measured while it has nothing else to do.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from remembering import remember

HISTORY = Path(__file__).parent / "history" / "speed.csv"


def flat(figures: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten figures to one row; the entries of a list are named by what they measure."""
    row: dict[str, Any] = {}
    for key, value in figures.items():
        name = f"{prefix}{key}".replace(" ", "_")
        if isinstance(value, dict):
            row |= flat(value, f"{name}_")
        elif isinstance(value, list):
            for entry in value:
                row |= flat(entry, f"{entry['faces']}_faces_{entry['threads']}_threads_")
        else:
            row[name] = value
    return row


def main() -> None:
    """Measure, and add a line."""
    command = [sys.executable, "-m", "mien", "bench", "--json", "-"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    remember(HISTORY, [flat(json.loads(done.stdout))])


if __name__ == "__main__":
    main()
