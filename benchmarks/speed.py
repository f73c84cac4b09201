"""What `mien bench` measures, kept as a history, so that a change is seen.

    python benchmarks/speed.py

Adds a line to benchmarks/history/speed.csv: date, commit, machine and the figures. Compare lines of
one machine, measured while it has nothing else to do.
"""

import csv
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HISTORY = Path(__file__).parent / "history" / "speed.csv"


def flat(figures: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested figures as one row; a list's entries are told apart by what they measure."""
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


def add(history: Path, row: dict[str, Any]) -> None:
    """Add a row.

    Raises:
        SystemExit: the history has other columns; nothing is written then.
    """
    if history.exists():
        with history.open(newline="", encoding="utf-8") as file:
            columns = next(csv.reader(file))
        if columns != list(row):
            sys.exit(f"{history} has other columns: move it away, or bring it in line.")
    else:
        history.parent.mkdir(parents=True, exist_ok=True)
        with history.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerow(row)
    with history.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(row.values())


def main() -> None:
    """Measure, and add a line."""
    command = [sys.executable, "-m", "mien", "bench", "--json", "-"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    head = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(head, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    origin = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit}
    add(HISTORY, origin | flat(json.loads(done.stdout)))


if __name__ == "__main__":
    main()
