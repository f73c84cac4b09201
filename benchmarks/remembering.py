"""Figures of benchmarks kept over time: a table a benchmark, a row a run."""

import csv
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path


def commit() -> str:
    """Of the working tree, with "-dirty" behind it where files differ."""
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def machine() -> str:
    """Processor and cores, and how busy it is."""
    name = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        names = [line for line in cpus.read_text().splitlines() if line.startswith("model name")]
        name = names[0].partition(":")[2].strip() if names else name
    return f"{name}, {os.cpu_count()} cores"


def remember(history: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Add rows to a table, each with date and commit; the table is made where it is not there."""
    about = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit()}
    is_new = not history.exists()
    history.parent.mkdir(parents=True, exist_ok=True)
    with history.open("a", newline="") as file:
        for row in rows:
            writer = csv.DictWriter(file, [*about, *row])
            if is_new:
                writer.writeheader()
                is_new = False
            writer.writerow(about | dict(row))
