"""The readers that all sessions and pictures share, each of which gets its turn.

Whoever has something to be read waits for a turn (`mien.live.turns`), and asks for no second before
the first is over: so everyone gets the same share of time, and what is read is the newest frame at
the moment of the turn, not that of the moment of asking.

Crops of different sessions are not classified in one batch: with two cores two frames would meet,
which is no faster than one by one, and four would save 7 % of the time but make the first wait for
the detector's work on all (benchmarks/load/batching.py).
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Protocol, TypeVar, runtime_checkable

from mien.errors import MienError
from mien.faces.stream import FaceReader
from mien.faces.timings import Timings
from mien.frames import Box
from mien.live.admission import Admission
from mien.live.costs import Costs
from mien.live.logs import logger, tell
from mien.live.metrics import Metrics
from mien.live.protocol import Frame
from mien.live.settings import Settings
from mien.live.turns import Turns
from mien.types import Reading

Outcome = TypeVar("Outcome")

LONGEST: Final = 30.0
"""Seconds that a frame or picture may hold a reader's thread; then the thread is given up."""

MOST_GIVEN_UP: Final = 8
"""Threads given up that are at it still; while there are so many, nothing more is read."""


class HungError(MienError):
    """A reader did not come to an end; its thread was given up."""


def timings(arrival: float, start: float, decoded: float, steps: Timings) -> dict[str, float]:
    """Milliseconds of each step of a reading that ends now.

    Args:
        arrival: when the frame or picture came, as of `time.perf_counter`.
        start: when its turn came.
        decoded: when it was decoded.
        steps: what the reader tells.
    """
    seconds = {
        "waiting": start - arrival,
        "decode": decoded - start,
        "detector": steps.detector,
        "alignment": steps.alignment,
        "network": steps.network,
        "total": time.perf_counter() - arrival,
    }
    return {name: 1000 * value for name, value in seconds.items()}


@runtime_checkable
class DistantReader(FaceReader, Protocol):
    """A reader in another process, to which a frame goes as it came: its JPEG is far smaller."""

    def read_frame(
        self, frame: Frame, regions: Sequence[Box] | None = None
    ) -> tuple[list[Reading], Timings]:
        """Readings of a page's frame, and what took how long; `regions` as of `FaceReader`."""
        ...


class ReaderPool:
    """A reader that loads in the background, threads to read by, turns and places."""

    def __init__(self, factory: Callable[[], FaceReader], settings: Settings) -> None:
        """Begin to load the reader; needs a running event loop.

        Args:
            factory: makes the reader; called once, in a thread.
            settings: how many read at the same time, and for how many pages.
        """
        self.settings = settings
        self.admission = Admission(settings.threads, settings.sessions, costs=Costs())
        self.metrics = Metrics()
        self.turns = Turns(settings.threads, self.admission.costs)
        """One is held while one frame or picture is read."""
        self.has_given_up = False
        """Whether a thread may hang for good: Python would wait for it before the process ends."""
        loop = asyncio.get_running_loop()
        self._given_up: list[Future[Any]] = []
        self._stopping: asyncio.Future[None] = loop.create_future()
        self._executor = self._threads()
        self._loading = loop.run_in_executor(self._executor, factory)
        self._loading.add_done_callback(_log_outcome)

    @property
    def state(self) -> str:
        """What became of the reader: "loading", "ready" or "failed"."""
        if not self._loading.done():
            return "loading"
        return "failed" if self._loading.cancelled() or self._loading.exception() else "ready"

    async def reader(self) -> FaceReader:
        """The reader, as soon as it is loaded.

        Raises:
            Exception: whatever the factory raised.
        """
        # Shielded: a page that closes meanwhile must not cancel the loading for the others.
        return await asyncio.shield(self._loading)

    async def run(self, function: Callable[..., Outcome], *arguments: object) -> Outcome:
        """Call a function in a reader's thread; for who holds one of `turns`.

        Whoever is cancelled meanwhile learns of it once the thread is free or given up: to let the
        turn go before would let more be read at once than there are threads.

        Raises:
            HungError: it took longer than `LONGEST`, or the server ends, or too many threads hang
                already. The thread may still be at it, and touch what it was given. It is logged.
        """
        loop, executor = asyncio.get_running_loop(), self._executor
        self._given_up = [one for one in self._given_up if not one.done()]
        if len(self._given_up) >= MOST_GIVEN_UP:
            raise HungError(f"{MOST_GIVEN_UP} readings hang already. Start mien again.")
        begun = executor.submit(function, *arguments)
        work = asyncio.wrap_future(begun)
        end = loop.time() + LONGEST
        cancelled: asyncio.CancelledError | None = None
        first = asyncio.FIRST_COMPLETED
        while not (work.done() or self._stopping.done()) and (left := end - loop.time()) > 0:
            try:
                await asyncio.wait({work, self._stopping}, timeout=left, return_when=first)
            except asyncio.CancelledError as error:
                cancelled = error
        if not work.done():
            work.cancel()  # the thread goes on; what comes of it concerns nobody any more
            self._given_up.append(begun)
            self._give_up(executor)
        if cancelled is not None:
            if not work.cancelled():
                work.exception()  # seen, or asyncio would tell of it
            raise cancelled
        if work.cancelled():
            raise HungError(f"Expected a reading within {LONGEST:g} s; it was given up.")
        return work.result()

    def stop(self) -> None:
        """Drop what has not begun, and wait no longer for what has."""
        if not self._stopping.done():
            self._stopping.set_result(None)
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.settings.threads, thread_name_prefix="mien-reader")

    def _give_up(self, executor: ThreadPoolExecutor) -> None:
        self.has_given_up = True
        if self._stopping.done():
            return
        logger.error("A reader's thread hung for %g s and was given up", LONGEST)
        # New threads for all: the others finish what they have. Another may have hung beside it.
        if executor is self._executor:
            self._executor = self._threads()
            executor.shutdown(wait=False)


def _log_outcome(loading: asyncio.Future[FaceReader]) -> None:
    if loading.cancelled():
        return
    if error := loading.exception():
        logger.error("The face reader could not be loaded: %s", error)
    else:
        tell("ready")
