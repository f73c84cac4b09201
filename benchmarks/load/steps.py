"""Figures of a number of sessions, as a row of a table and in a picture of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from clients import Session

LATEST: Final = 150.0
"""Milliseconds below which 95 % of the delays must lie."""

READ: Final = 0.95
"""Share of each session's frames that must be read."""


@dataclass(frozen=True)
class Step:
    """Figures of a number of sessions; delays in milliseconds."""

    sessions: int
    admitted: int
    told_full: int
    rate_mean: float
    rate_least: float
    delay_median: float
    delay_p95: float
    delay_p95_worst: float
    dropped_share: float
    errors: int
    held: bool
    server_cores: float
    server_cores_a_session: float
    server_mb: float
    clients_cores: float


def summary(
    results: Sequence[Session], seconds: float, cores: float, own_cores: float, megabytes: float
) -> Step:
    """Compute the figures of one step, over the sessions that had a place."""
    read = [one for one in results if one.delays] or [Session(delays=[0.0], captured=1)]
    rates = [len(one.delays) / seconds for one in read]
    worst = max(float(np.percentile(one.delays, 95)) for one in read)
    together = np.concatenate([one.delays for one in read])
    enough = all(len(one.delays) >= READ * one.captured for one in read)
    return Step(
        sessions=len(results),
        admitted=sum(bool(one.delays) and not one.was_full for one in results),
        told_full=sum(one.was_full for one in results),
        rate_mean=round(float(np.mean(rates)), 2),
        rate_least=round(min(rates), 2),
        delay_median=round(1000 * float(np.median(together)), 1),
        delay_p95=round(1000 * float(np.percentile(together, 95)), 1),
        delay_p95_worst=round(1000 * worst, 1),
        dropped_share=round(sum(o.dropped for o in read) / sum(o.captured for o in read), 3),
        errors=sum(len(one.errors) for one in results),
        held=enough and 1000 * worst < LATEST,
        server_cores=round(cores, 2),
        server_cores_a_session=round(cores / len(read), 3),
        server_mb=round(megabytes),
        clients_cores=round(own_cores, 2),
    )


HEAD: Final = (
    "| sessions | read | told full | readings a second, mean (least) | delay, median | 95 % "
    "(worst session) | dropped | cores, server | a session | MB | held |\n"
    "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|:-:|"
)


def row(one: Step) -> str:
    """Write a step as a row of the table."""
    cells = (
        one.sessions, one.admitted, one.told_full, f"{one.rate_mean} ({one.rate_least})",
        f"{one.delay_median} ms", f"{one.delay_p95} ms ({one.delay_p95_worst} ms)",
        f"{100 * one.dropped_share:.0f} %", one.server_cores, one.server_cores_a_session,
        one.server_mb, "yes" if one.held else "no",
    )  # fmt: skip
    return "|" + "|".join(f" {cell} " for cell in cells) + "|"


def draw(steps: Sequence[Step], without: Sequence[Step], title: str, path: Path) -> None:
    """Draw delay, readings and places over the number of sessions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 8), layout="constrained")
    above, middle, below = figure.subplots(3, sharex=True)
    for curve, style, name in ((steps, "o-", ""), (without, "o--", ", without places")):
        if not curve:
            continue
        numbers = [one.sessions for one in curve]
        late = [one.delay_p95_worst for one in curve]
        median = [one.delay_median for one in curve]
        rate = [one.rate_least for one in curve]
        above.plot(numbers, late, style, color="#D55E00", label=f"95 %, worst session{name}")
        above.plot(numbers, median, style, color="#0072B2", label=f"median{name}")
        middle.plot(numbers, rate, style, color="#0072B2", label=f"least of all sessions{name}")
    above.axhline(LATEST, color="#8A919D", linestyle=":", label=f"{LATEST:g} ms")
    above.set(ylabel="delay, ms", ylim=(0, None), title=title)
    middle.set(ylabel="readings a second", ylim=(0, None))
    numbers = [one.sessions for one in steps]
    below.plot(numbers, [one.admitted for one in steps], "o-", color="#009E73", label="are read")
    below.plot(numbers, [one.told_full for one in steps], "o-", color="#E69F00", label="wait")
    below.set(xlabel="sessions that came", ylabel="sessions", ylim=(0, None))
    for axes in (above, middle, below):
        axes.legend()
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=100)
