"""Keep figures of benchmarks over time: a table for each benchmark, a row for each run."""

import csv
import subprocess
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from mien.cli import bench


def commit() -> str:
    """Return the commit of the working tree, with "-dirty" if files differ."""
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def machine() -> str:
    """Return the processor's name and the number of cores."""
    return "{processor}, {cores} cores".format(**bench.machine())


def remember(history: Path, rows: Iterable[Mapping[str, object]]) -> None:
    """Add rows to a table, each with date, commit and machine where the table has such columns.

    Raises:
        SystemExit: the table lacks a row's column; nothing is written.
    """
    about = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "commit": commit(), "machine": machine()}
    kept = [about | dict(row) for row in rows]
    if not kept:
        return
    is_new = not history.exists()
    columns = list(kept[0])
    if not is_new:
        with history.open(newline="", encoding="utf-8") as file:
            columns = next(csv.reader(file))
        missing = [column for row in kept for column in row if column not in {*columns, *about}]
        if missing:
            raise SystemExit(f"{history}: lacks the column {missing[0]!r}; bring it in line.")
    history.parent.mkdir(parents=True, exist_ok=True)
    with history.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerows(kept)
