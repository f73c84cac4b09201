"""How many live sessions one machine holds: real WebSockets, real faces, bounded in count and time.

Each session sends 640×480 JPEGs with one face, ten a second, as the page does, and obeys the
credits. The load generator shares the processors with the server. For every number of sessions:
readings a second and delay of each, what was dropped, who was told that mien is full, and the
server's processor time and memory. A number is held when every session gets 95 % of its frames
read, with 95 % of the delays, from capture to readings, below 150 ms.

    python benchmarks/load/load.py --processors 2 --json load.json --picture load.png
    python benchmarks/load/load.py --no-limit        # admit all: what happens without places
    python benchmarks/load/load.py --soak 600        # sessions come and go; is anything left over?

Needs the dev extra; the curve takes about five minutes.
"""

import asyncio
import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import cyclopts
import numpy as np
import psutil
from clients import Session, film, hold
from cyclopts import Parameter

LATEST: Final = 150.0
"""Milliseconds below which 95 % of the delays are to lie."""

READ: Final = 0.95
"""Share of each session's frames that are to be read."""


@dataclass(frozen=True)
class Step:
    """What was measured with a number of sessions; delays in milliseconds."""

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


@contextmanager
def server(*options: str) -> Generator[tuple[str, psutil.Process]]:
    """`mien live` in a process of its own, at its end by SIGTERM."""
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
    """Hold so many sessions at the same time and measure."""

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


def summary(
    results: Sequence[Session], seconds: float, cores: float, own_cores: float, megabytes: float
) -> Step:
    """The figures of one step, of those sessions that had a place."""
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


def curve(
    numbers: Sequence[int], rate: float, seconds: float, options: Sequence[str]
) -> list[Step]:
    """A step for each number of sessions, all with the same server."""
    pictures = film()
    with server(*options) as (address, process):
        step(address, process, pictures, 2, rate, 3)  # the models load, and all gets warm
        steps: list[Step] = []
        for number in numbers:
            steps.append(step(address, process, pictures, number, rate, seconds))
            print(row(steps[-1]), flush=True)
        return steps


HEAD: Final = (
    "| sessions | read | told full | readings a second, mean (least) | delay, median | 95 % "
    "(worst session) | dropped | cores, server | a session | MB | held |\n"
    "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|:-:|"
)


def row(one: Step) -> str:
    """A step as a row of the table."""
    cells = (
        one.sessions, one.admitted, one.told_full, f"{one.rate_mean} ({one.rate_least})",
        f"{one.delay_median} ms", f"{one.delay_p95} ms ({one.delay_p95_worst} ms)",
        f"{100 * one.dropped_share:.0f} %", one.server_cores, one.server_cores_a_session,
        one.server_mb, "yes" if one.held else "no",
    )  # fmt: skip
    return "|" + "|".join(f" {cell} " for cell in cells) + "|"


def soak(seconds: float, at_once: int, options: Sequence[str]) -> dict[str, Any]:
    """Sessions come and go without pause; what the server holds before, meanwhile and after.

    Lives are of 0.5 to 6 seconds, so that ten minutes see as many comings as hours of real use; one
    in eight is cut off in the middle of a message instead of being closed.
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


def draw(steps: Sequence[Step], machine: str, path: Path) -> None:
    """The curve: delay and rate over the number of sessions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6), layout="constrained")
    above, below = figure.subplots(2, sharex=True)
    numbers = [one.sessions for one in steps]
    above.plot(
        numbers,
        [s.delay_p95_worst for s in steps],
        "o-",
        color="#D55E00",
        label="95 %, worst session",
    )
    above.plot(numbers, [s.delay_median for s in steps], "o-", color="#0072B2", label="median")
    above.axhline(LATEST, color="#8A919D", linestyle="--", label=f"{LATEST:g} ms")
    above.set(ylabel="delay, ms", ylim=(0, None), title=machine)
    above.legend()
    below.plot(
        numbers,
        [s.rate_mean for s in steps],
        "o-",
        color="#0072B2",
        label="readings a second, of who is read",
    )
    below.plot(numbers, [s.admitted for s in steps], "o-", color="#009E73", label="sessions read")
    below.plot(
        numbers,
        [s.told_full for s in steps],
        "o-",
        color="#E69F00",
        label="sessions told that mien is full",
    )
    below.set(xlabel="sessions that came", ylim=(0, None))
    below.legend()
    figure.savefig(path, dpi=110)


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
        numbers: of sessions at the same time.
        rate: frames a second of each.
        seconds: for which each number is held.
        processors: how many of this machine's to use, for server and clients (Linux); all by
            default.
        no_limit: admit all, to see what places are good for.
        soak_seconds: instead, let sessions come and go for so long.
        at_once: sessions at the same time in a soak.
        json_file: where to write the figures as JSON.
        picture: where to draw the curve, as PNG.
    """
    if processors is not None:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])
    used = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    options = ["--sessions-a-client", "1000", *(["--sessions", "1000"] if no_limit else [])]
    load = round(os.getloadavg()[0], 1)
    content: dict[str, Any] = {
        "processors": used, "machine": platform.platform(), "load_before": load,
        "threads_of_this_process": threading.active_count(),
    }  # fmt: skip
    print(f"{used} processors, load {load} before")
    if soak_seconds is not None:
        content["soak"] = soak(soak_seconds, at_once, options)
        print(json.dumps({k: v for k, v in content["soak"].items() if k != "samples"}, indent=2))
    else:
        print(HEAD)
        steps = curve(numbers, rate, seconds, options)
        content["steps"] = [asdict(one) for one in steps]
        if picture is not None:
            title = f"{used} processors, server and clients; {rate:g} frames a second each"
            draw(steps, title, picture)
    if json_file is not None:
        json_file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    cyclopts.run(main)
