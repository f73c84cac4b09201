"""The readers that all sessions and pictures share, each of which gets its turn.

Whoever has something to be read waits for a turn, first come, first served, and asks for no second
before the first is over: so everyone gets the same share, and what is read is the newest frame at
the moment of the turn, not that of the moment of asking.

Crops of different sessions are not classified in one batch: with two cores two frames would meet,
which is no faster than one by one, and four would save 7 % of the time but make the first wait for
the finder's work on all (benchmarks/load/batching.py).
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mien.live.logs import logger, tell
from mien.live.metrics import Metrics
from mien.live.places import Places
from mien.live.protocol import Frame
from mien.live.settings import Settings
from mien.types import Reading

Outcome = TypeVar("Outcome")


class StepTimes(Protocol):
    """Seconds that the steps of a reading took."""

    @property
    def finder(self) -> float:
        """Finding the faces."""
        ...

    @property
    def crop(self) -> float:
        """Cutting them out."""
        ...

    @property
    def network(self) -> float:
        """Reading them."""
        ...


def timings(arrival: float, start: float, decoded: float, steps: StepTimes) -> dict[str, float]:
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
        "finder": steps.finder,
        "crop": steps.crop,
        "network": steps.network,
        "total": time.perf_counter() - arrival,
    }
    return {name: 1000 * value for name, value in seconds.items()}


class FrameReader(Protocol):
    """What the server needs of `mien.reader.Reader`; called from several threads at once."""

    def read_timed(self, image: NDArray[np.uint8]) -> tuple[list[Reading], StepTimes]:
        """Readings of an RGB uint8 (H, W, 3) picture, and what took how long."""
        ...


@runtime_checkable
class DistantReader(FrameReader, Protocol):
    """A reader in another process, to which a frame goes as it came: its JPEG is far smaller."""

    def read_frame(self, frame: Frame) -> tuple[list[Reading], StepTimes]:
        """Readings of a page's frame, and what took how long."""
        ...


class Readers:
    """A reader that loads in the background, threads to read by, turns and places."""

    def __init__(self, factory: Callable[[], FrameReader], settings: Settings) -> None:
        """Begin to load the reader; needs a running event loop.

        Args:
            factory: makes the reader; called once, in a thread.
            settings: how many read at the same time, and for how many pages.
        """
        self.settings = settings
        self.places = Places(settings.threads, settings.sessions)
        self.metrics = Metrics()
        self.turn = asyncio.Semaphore(settings.threads)
        """Held while one frame or picture is read; whoever waits longest gets it next."""
        self._executor = ThreadPoolExecutor(settings.threads, thread_name_prefix="mien-reader")
        self._loading = asyncio.get_running_loop().run_in_executor(self._executor, factory)
        self._loading.add_done_callback(_log_outcome)

    @property
    def state(self) -> str:
        """What became of the reader: "loading", "ready" or "failed"."""
        if not self._loading.done():
            return "loading"
        return "failed" if self._loading.cancelled() or self._loading.exception() else "ready"

    async def reader(self) -> FrameReader:
        """The reader, as soon as it is loaded.

        Raises:
            Exception: whatever the factory raised.
        """
        # Shielded: a page that closes meanwhile must not cancel the loading for the others.
        return await asyncio.shield(self._loading)

    async def run(self, function: Callable[..., Outcome], *arguments: object) -> Outcome:
        """Call a function in a reader's thread; for who holds `turn`."""
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, function, *arguments
        )

    def stop(self) -> None:
        """Drop what has not begun."""
        self._executor.shutdown(wait=False, cancel_futures=True)


def _log_outcome(loading: asyncio.Future[FrameReader]) -> None:
    if loading.cancelled():
        return
    if error := loading.exception():
        logger.error("The face reader could not be loaded: %s", error)
    else:
        tell("ready")
