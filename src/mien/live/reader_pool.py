"""Readers that all sessions and pictures share, by turns.

Whoever has something to be read waits for a turn (`mien.live.turns`), and asks for the next one
only after that. So everyone gets the same share of time, and the frame that is read is the newest
one when the turn comes, not when it was asked for.

Crops of different sessions are not classified in one batch. On two cores two frames would meet,
which is no faster than one by one; four would save 7 % of the time, but the first would wait for
the detector's work on all (benchmarks/load/batching.py).
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, Literal, TypeVar

from mien.errors import MienError
from mien.faces.stream import FaceReader
from mien.faces.timings import Timings
from mien.live.admission import Admission
from mien.live.costs import Costs
from mien.live.logs import log_event, logger
from mien.live.metrics import Metrics
from mien.live.protocol import Frame
from mien.live.settings import Settings
from mien.live.turns import Turns

Outcome = TypeVar("Outcome")

LONGEST: Final = 30.0
"""Seconds that a frame or picture may hold a reader's thread; then the thread is given up."""

MOST_GIVEN_UP: Final = 8
"""Number of given up threads that still hang at which nothing more is read."""


class HungError(MienError):
    """A reading did not end; its thread was given up."""


def timings(arrival: float, start: float, decoded: float, steps: Timings) -> dict[str, float]:
    """Return the milliseconds of each step of a reading that ends now.

    Args:
        arrival: time at which the frame or picture came, by `time.perf_counter`.
        start: time at which its turn came.
        decoded: time at which it was decoded.
        steps: times that the reader gives.
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


ReaderFactory = Callable[[], FaceReader]
"""Function that makes the reader of all pages and pictures."""

ReaderOfFrame = Callable[[FaceReader, Frame], FaceReader]
"""Function that gives, for the reader and a page's frame, the reader of that one frame. A reader in
another process gets the frame as it came: its JPEG is far smaller than its picture."""


def same_reader(reader: FaceReader, frame: Frame) -> FaceReader:
    """Return the reader of all frames, which needs only their pictures."""
    return reader


class ReaderPool:
    """The reader, which loads in the background, with the threads, turns and places for it."""

    def __init__(self, factory: ReaderFactory, settings: Settings, of_frame: ReaderOfFrame) -> None:
        """Begin to load the reader; needs a running event loop.

        Args:
            factory: function that makes the reader; called once, in a thread.
            settings: settings of the server.
            of_frame: function that gives the reader of one frame.
        """
        self.settings = settings
        self.of_frame = of_frame
        """Function that gives the reader of one frame."""
        self.admission = Admission(settings.threads, settings.sessions, costs=Costs())
        self.metrics = Metrics()
        self.turns = Turns(settings.threads, self.admission.costs)
        """Turns, of which one is held while a frame or picture is read."""
        self.has_given_up = False
        """Whether a thread may hang forever: Python would wait for it before the process ends."""
        loop = asyncio.get_running_loop()
        self._given_up: list[Future[Any]] = []
        self._stopping: asyncio.Future[None] = loop.create_future()
        self._executor = self._threads()
        self._loading = loop.run_in_executor(self._executor, factory)
        self._loading.add_done_callback(_log_outcome)

    @property
    def state(self) -> Literal["loading", "ready", "failed"]:
        """State of the reader."""
        if not self._loading.done():
            return "loading"
        return "failed" if self._loading.cancelled() or self._loading.exception() else "ready"

    async def reader(self) -> FaceReader:
        """Return the reader, as soon as it is loaded.

        Raises:
            Exception: the factory's error.
        """
        # Shielded: a page that closes meanwhile must not cancel the loading for all others.
        return await asyncio.shield(self._loading)

    async def run(self, function: Callable[..., Outcome], *arguments: object) -> Outcome:
        """Call a function in a reader's thread; for holders of one of `turns`.

        A caller that is cancelled meanwhile waits until the thread is free or given up. If it let
        its turn go before, more would be read at once than there are threads.

        Raises:
            HungError: the call took longer than `LONGEST`, the server ends, or too many threads
                hang already. The thread may still run, and use its arguments. It is logged.
        """
        loop, executor = asyncio.get_running_loop(), self._executor
        self._given_up = [one for one in self._given_up if not one.done()]
        if len(self._given_up) >= MOST_GIVEN_UP:
            raise HungError(f"{MOST_GIVEN_UP} readings hang. Restart mien.")
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
            work.cancel()  # the thread may run on, but its result is ignored
            self._given_up.append(begun)
            self._give_up(executor)
        if cancelled is not None:
            if not work.cancelled():
                work.exception()  # retrieved, or asyncio would log it
            raise cancelled
        if work.cancelled():
            raise HungError(f"Expected a reading within {LONGEST:g} s; it was given up.")
        return work.result()

    def stop(self) -> None:
        """Drop readings that have not begun, and wait no longer for those that have."""
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
        # All threads are replaced, and the old ones finish their work. Several may hang at once.
        if executor is self._executor:
            self._executor = self._threads()
            executor.shutdown(wait=False)


def _log_outcome(loading: asyncio.Future[FaceReader]) -> None:
    if loading.cancelled():
        return
    if error := loading.exception():
        logger.error("The face reader could not be loaded: %s", error)
    else:
        log_event("ready")
