"""Work shared by threads, in order and with a bounded number of things under way."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import islice
from math import ceil
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from mien.errors import MienError

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def cores() -> int:
    """How many cores this process may use: by its affinity, and by the quota of its container."""
    if count := getattr(os, "process_cpu_count", None):  # since Python 3.13
        allowed = count() or 1
    elif hasattr(os, "sched_getaffinity"):
        allowed = len(os.sched_getaffinity(0))
    else:
        allowed = os.cpu_count() or 1
    quota = _own_quota()
    return allowed if quota is None else max(1, min(allowed, ceil(quota)))


@cache
def _own_quota() -> float | None:
    return quota_of(Path("/proc/self/cgroup"), Path("/sys/fs/cgroup"))


def quota_of(groups: Path, root: Path) -> float | None:
    """Cores' worth of time that Linux' control groups leave a process; None where that is all.

    Args:
        groups: file that names the process's groups, /proc/self/cgroup.
        root: folder of the groups, of version 1, 2 or both, /sys/fs/cgroup.
    """
    try:
        lines = groups.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # no Linux
        return None
    quotas: list[float] = []
    for line in lines:
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if not controllers:
            mounts = (root, root / "unified")
        elif "cpu" in controllers.split(","):
            mounts = (root / "cpu", root / controllers, root / "cpu,cpuacct")
        else:
            continue
        inside = PurePosixPath(path.lstrip("/"))
        # A container may see its own group as the root, and be told its path outside.
        for folder in (mount / part for mount in mounts for part in (inside, *inside.parents)):
            quota = _quota(folder)
            quotas.extend(() if quota is None else (quota,))
    return min(quotas, default=None)


def _quota(folder: Path) -> float | None:
    """Of one group: quota by period, each in microseconds; -1 or "max" is none."""
    try:
        if (folder / "cpu.max").exists():
            quota, period = (folder / "cpu.max").read_text().split()
        else:
            quota = (folder / "cpu.cfs_quota_us").read_text()
            period = (folder / "cpu.cfs_period_us").read_text()
        share = int(quota) / int(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None
    return share if share > 0 else None


def check_workers(workers: Any, what: str = "workers") -> None:
    """Refuse what is no number of threads; None is one.

    Raises:
        MienError: it is none.
    """
    whole: Any = workers is not True and isinstance(workers, int)
    if workers is not None and not (whole and workers >= 1):
        raise MienError(f"Expected {what} as a whole number from 1, or None; got {workers!r}.")


def in_order(
    function: Callable[[Item], Outcome], items: Iterable[Item], workers: int
) -> Generator[Outcome]:
    """Like `map`, by several threads; the items are taken in the caller's own thread.

    At most two more than `workers` are taken before the first outcome is asked for. Closing the
    generator, or an exception, drops what has not begun and waits for what has.

    Args:
        function: may be called by several threads at once.
        items: any number, also without end.
        workers: threads; one of them is the caller's own, without any other.
    """
    if workers == 1:
        yield from map(function, items)
        return
    waiting: deque[Future[Outcome]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="mien") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > workers + 1:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def chunks(items: Iterable[Item], size: int) -> Generator[list[Item]]:
    """The items in lists of `size`; the last may be shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
