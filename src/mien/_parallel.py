"""Work shared by threads, in order and with a bounded number of things under way."""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
