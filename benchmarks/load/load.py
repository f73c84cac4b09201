"""Measure how many live sessions one machine holds: real WebSockets and faces, bounded.

Each session sends 640×480 JPEGs with one face, ten a second, as the page does, and obeys the
credits. The load generator shares the processors with the server. Figures for every number of
sessions are each one's readings a second and delay, dropped frames, sessions refused because mien
is full, and the server's processor time and memory. A number is held if every session gets 95 % of
its frames read, with 95 % of the delays, from capture to readings, below 150 ms.

    python benchmarks/load/load.py --processors 2 --no-limit --json load.json --picture load.png
    python benchmarks/load/load.py --soak 600        # sessions come and go; is anything left over?

Needs the dev extra; the curve takes five minutes, without --no-limit half of it.
"""

import asyncio
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import cyclopts
import numpy as np
import psutil
from clients import Session, film, hold
from cyclopts import Parameter
from steps import HEAD, Step, draw, row, summary


@contextmanager
def server(*options: str) -> Generator[tuple[str, psutil.Process]]:
    """Run `mien live` in a process of its own, and end it by SIGTERM."""
    command = [sys.executable, "-m", "mien", "live", "--port", "0", "--no-open"]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[3], psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def step(
    address: str,
    process: psutil.Process,
    pictures: Sequence[bytes],
    sessions: int,
    rate: float,
    seconds: float,
) -> Step:
    """Hold a number of sessions at the same time and measure."""

    async def all_of_them() -> list[Session]:
        return await asyncio.gather(
            *(
                hold(address, pictures, rate=rate, start=i / sessions / rate, seconds=seconds)
                for i in range(sessions)
            )
        )

    def used(of: psutil.Process) -> float:
        times = of.cpu_times()
        return times.user + times.system

    own = psutil.Process()
    before, own_before, began = used(process), used(own), time.perf_counter()
    results = asyncio.run(all_of_them())
    wall = time.perf_counter() - began
    cores, own_cores = (used(process) - before) / wall, (used(own) - own_before) / wall
    return summary(results, seconds, cores, own_cores, process.memory_info().rss / 1e6)


def curve(
    numbers: Sequence[int], rate: float, seconds: float, options: Sequence[str]
) -> list[Step]:
    """Measure a step for each number of sessions, all with the same server."""
    pictures = film()
    with server(*options) as (address, process):
        step(address, process, pictures, 2, rate, 3)  # the models load, and all gets warm
        steps: list[Step] = []
        for number in numbers:
            steps.append(step(address, process, pictures, number, rate, seconds))
            print(row(steps[-1]), flush=True)
        return steps


def soak(seconds: float, at_once: int, options: Sequence[str]) -> dict[str, Any]:
    """Let sessions come and go without pause; measure the server before, meanwhile and after.

    Sessions last 0.5 to 6 seconds, so that ten minutes see as many as hours of real use. One in
    eight is cut off in the middle of a message instead of being closed.
    """
    pictures = film()
    rng = np.random.default_rng(0)
    begun = errors = 0
    samples: list[dict[str, float]] = []

    async def one_after_the_other(address: str, end: float) -> None:
        nonlocal begun, errors
        while time.perf_counter() < end:
            begun += 1
            life = float(rng.uniform(0.5, 6))
            holding = hold(address, pictures, rate=10, start=0, seconds=life)
            if rng.random() < 1 / 8:
                try:
                    await asyncio.wait_for(holding, timeout=life / 2)
                except TimeoutError:
                    continue
            else:
                errors += len((await holding).errors)

    def held(process: psutil.Process) -> dict[str, float]:
        with process.oneshot():
            return {
                "mb": round(process.memory_info().rss / 1e6, 1),
                "threads": process.num_threads(),
                "files": process.num_fds(),
            }

    async def crowd(address: str, process: psutil.Process) -> None:
        began = time.perf_counter()
        lives = [
            asyncio.create_task(one_after_the_other(address, began + seconds))
            for _ in range(at_once)
        ]
        while time.perf_counter() < began + seconds:
            await asyncio.sleep(min(10.0, seconds / 10))
            samples.append({"second": round(time.perf_counter() - began), **held(process)})
            print(samples[-1], "sessions begun:", begun, flush=True)
        await asyncio.gather(*lives)

    with server(*options) as (address, process):
        asyncio.run(_warm(address, pictures))
        time.sleep(2)
        before = held(process)
        asyncio.run(crowd(address, process))
        time.sleep(3)
        after = held(process)
    half = samples[len(samples) // 2 :]
    growth = float(np.polyfit([s["second"] for s in half], [s["mb"] for s in half], 1)[0])
    return {
        "seconds": seconds, "at_once": at_once, "begun": begun, "errors": errors,
        "before": before, "after": after, "samples": samples,
        "mb_an_hour_in_the_second_half": round(3600 * growth, 1),
    }  # fmt: skip


async def _warm(address: str, pictures: Sequence[bytes]) -> None:
    await asyncio.gather(*(hold(address, pictures, rate=10, start=0, seconds=5) for _ in range(8)))


def main(
    *,
    numbers: tuple[int, ...] = (1, 2, 4, 6, 8, 10, 12, 16, 24),
    rate: float = 10,
    seconds: float = 15,
    processors: int | None = None,
    no_limit: bool = False,
    soak_seconds: Annotated[float | None, Parameter("--soak")] = None,
    at_once: int = 6,
    json_file: Annotated[Path | None, Parameter("--json")] = None,
    picture: Path | None = None,
) -> None:
    """Measure and print a table.

    Args:
        numbers: numbers of sessions at the same time.
        rate: frames a second of each.
        seconds: seconds for which each number is held.
        processors: number of processors for server and clients (Linux); all by default.
        no_limit: measure again with all sessions admitted, to see the effect of places.
        soak_seconds: let sessions come and go for so long instead.
        at_once: number of sessions at the same time in a soak.
        json_file: file for the figures.
        picture: PNG for the curve.
    """
    if processors is not None:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])
    used = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    options = ["--sessions-a-client", "1000"]
    load = round(os.getloadavg()[0], 1)
    content: dict[str, Any] = {
        "processors": used, "machine": platform.platform(), "load_before": load,
    }  # fmt: skip
    print(f"{used} processors, load {load} before")
    if soak_seconds is not None:
        content["soak"] = soak(soak_seconds, at_once, options)
        print(json.dumps({k: v for k, v in content["soak"].items() if k != "samples"}, indent=2))
    else:
        print(HEAD)
        steps, without = curve(numbers, rate, seconds, options), list[Step]()
        if no_limit:
            print("without places:")
            without = curve(numbers, rate, seconds, [*options, "--sessions", "1000"])
        content["steps"] = [asdict(one) for one in steps]
        content["without_places"] = [asdict(one) for one in without]
        if picture is not None:
            title = f"{used} processors, server and clients; {rate:g} frames a second each"
            draw(steps, without, title, picture)
    if json_file is not None:
        json_file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    cyclopts.run(main)
