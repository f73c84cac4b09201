"""Measure the cost of a session-second of `mien live` and of `mien live --ray`.

    python benchmarks/ray_live.py
    python benchmarks/ray_live.py --sessions 1 8 --rounds 5

Prints a Markdown table. Both serve the same sessions, of 640×480 frames with one face, on the same
cores, in turns; the clients run there as well. Processor time is that of the server and all its
processes, and can be compared on a busy machine. In the last Ray run a reader is killed.
"""

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated

import cyclopts
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).with_name("load")))
from clients import Session, film, hold
from load import server

READERS = "ray::ServeReplica:mien:Readers"


@dataclass(frozen=True)
class Measured:
    """Figures of a run: processor seconds a session-second and a reading, delays in ms, MB."""

    session: float
    reading: float
    middle: float
    late: float
    rate: float
    memory: float
    errors: int


def family(server: psutil.Process) -> list[psutil.Process]:
    """Return the server and all processes that it started."""
    return [server, *server.children(recursive=True)]


def spent(server: psutil.Process) -> float:
    """Return the processor seconds so far."""
    return sum(sum(one.cpu_times()[:2]) for one in family(server))


async def hold_all(address: str, sessions: int, seconds: float, kill: int | None) -> list[Session]:
    """Hold sessions, and kill a process in their middle."""

    async def end() -> None:
        await asyncio.sleep(seconds / 2)
        if kill is not None:
            os.kill(kill, signal.SIGKILL)

    pictures = film()
    everyone = (
        hold(address, pictures, rate=10, start=number / 10 / sessions, seconds=seconds)
        for number in range(sessions)
    )
    ending = asyncio.create_task(end())
    held = await asyncio.gather(*everyone)
    await ending
    return held


def measure(
    address: str, server: psutil.Process, sessions: int, seconds: float, *, kill: bool = False
) -> Measured:
    """Hold sessions and measure their cost."""
    victim = None
    if kill:
        named = (one for one in family(server) if "".join(one.cmdline()).startswith(READERS))
        victim = next(named).pid
    before, began = spent(server), time.monotonic()
    held = asyncio.run(hold_all(address, sessions, seconds, victim))
    took = time.monotonic() - began
    used = 0.0 if kill else spent(server) - before  # what a dead process used is gone
    delays = 1000 * np.array([delay for one in held for delay in one.delays] or [np.nan])
    return Measured(
        used / (sessions * took),
        used / len(delays),
        float(np.median(delays)),
        float(np.percentile(delays, 95)),
        len(delays) / sessions / seconds,
        sum(one.memory_full_info().uss for one in family(server)) / 1e6,
        sum(len(one.errors) for one in held),
    )


def main(
    *,
    sessions: Annotated[tuple[int, ...], cyclopts.Parameter(consume_multiple=True)] = (1, 4, 8),
    seconds: float = 10,
    rounds: int = 3,
) -> None:
    """Measure.

    Args:
        sessions: numbers of sessions at once.
        seconds: seconds of each measurement.
        rounds: number of rounds, of which the medians are printed.
    """
    results: dict[tuple[str, int], list[Measured]] = {}
    for number in range(rounds):
        for name, options in (("mien live", ()), ("with --ray", ("--ray",))):
            with server("--sessions", "64", *options) as (address, process):
                measure(address, process, 1, 3)  # warm
                for count in sessions:
                    measured = measure(address, process, count, seconds)
                    results.setdefault((name, count), []).append(measured)
                if options and number == rounds - 1:
                    killed = measure(address, process, max(sessions), seconds, kill=True)
                    results["one reader killed", max(sessions)] = [killed]
    print(f"Medians of {rounds} runs of {seconds:g} s, in turns\n")
    print(
        "| | sessions | CPU s a session-second | CPU ms a reading | delay ms | 95 % ms "
        "| readings a second each | MB | errors |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for (name, count), runs in results.items():
        values = [median(getattr(run, key) for run in runs) for key in Measured.__annotations__]
        cost, each, middle, late, rate, memory, errors = values
        print(
            f"| {name} | {count} | {cost:.3f} | {1000 * each:.1f} | {middle:.0f} | {late:.0f} "
            f"| {rate:.1f} | {memory:.0f} | {errors:.0f} |"
        )


if __name__ == "__main__":
    cyclopts.run(main)
