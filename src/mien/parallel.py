"""Work shared by threads, in order and with a bounded number of unfinished items."""

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
    """Return the number of cores that this process may use, by its affinity and container quota."""
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
    """Return the processor time that Linux control groups allow, in cores; None if unlimited.

    Args:
        groups: file that names the groups of the process, /proc/self/cgroup.
        root: folder of the groups, of version 1, 2 or both, /sys/fs/cgroup.
    """
    try:
        lines = groups.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # not Linux
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
        # A container may see its own group as the root, although `groups` has the outer path.
        for folder in (mount / part for mount in mounts for part in (inside, *inside.parents)):
            quota = _quota(folder)
            quotas.extend(() if quota is None else (quota,))
    return min(quotas, default=None)


def _quota(folder: Path) -> float | None:
    """Return the quota of one group in cores; None if it has none (-1 or "max")."""
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
    """Check a number of threads; None is allowed.

    Raises:
        MienError: `workers` is not a whole number from 1.
    """
    whole: Any = workers is not True and isinstance(workers, int)
    if workers is not None and not (whole and workers >= 1):
        raise MienError(f"Expected {what} as a whole number from 1, or None; got {workers!r}.")


def in_order(
    function: Callable[[Item], Outcome], items: Iterable[Item], workers: int
) -> Generator[Outcome]:
    """Call a function for each item in several threads and yield the outcomes in order.

    Items are taken in the caller's thread, at most two more than `workers` ahead of the outcomes.
    Closing the generator, or an exception, drops items that have not started and waits for those
    that have.

    Args:
        function: function that several threads may call at once.
        items: any number of items; may be endless.
        workers: number of threads; 1 uses only the caller's thread.
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
    """Yield the items in lists of `size`; the last may be shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
