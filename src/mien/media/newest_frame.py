"""The newest frame of a live source, however slow its reader is."""

from collections import deque
from collections.abc import Callable, Generator
from math import inf
from threading import Condition, Thread
from typing import Final

from mien.frames import Frame
from mien.media.waiting import STEP, leave

_TRIED: Final = 1.0  # seconds of a film after which it is known whether it is live
_LIVE: Final = 0.5  # share of the time spent waiting from which a source is live
_AHEAD: Final = 32  # largest number of frames that are read ahead: a second of a usual film


def newest(
    frames: Generator[Frame], waited: Callable[[], float], stop: Callable[[], None] | None = None
) -> Generator[Frame]:
    """Yield frames; from a live source, only the newest of those that arrived in the meantime.

    A thread takes the frames, so that their source never waits. If frames arrive faster than they
    happen, the source is not live but stored, and none is left out.

    Args:
        frames: frames of the source; closed at the end, and with this generator.
        waited: returns the seconds spent waiting for the source so far; infinite if it is known to
            be live.
        stop: called before the end, to end the waiting for the source. If the source still stalls,
            the thread is abandoned and closes `frames` afterwards.

    Raises:
        Exception: whatever `frames` raise, after the last of them.
    """
    ahead: deque[Frame] = deque()
    changed = Condition()
    over = stopped = False
    failure: list[BaseException] = []

    def take() -> None:
        nonlocal over
        start: float | None = None
        live = True if waited() == inf else None
        try:
            for frame in frames:
                start = frame.time if start is None else start
                with changed:
                    if live is None and (frame.time - start >= _TRIED or len(ahead) >= _AHEAD):
                        live = waited() >= _LIVE * (frame.time - start)
                    if live:
                        ahead.clear()
                    changed.wait_for(lambda: stopped or len(ahead) < _AHEAD)
                    if stopped:
                        return
                    ahead.append(frame)
                    changed.notify_all()
        except BaseException as error:
            failure.append(error)
        finally:
            frames.close()
            with changed:
                over = True
                changed.notify_all()

    thread = Thread(target=take, name="mien-newest", daemon=True)
    thread.start()
    try:
        while True:
            with changed:
                while not (ahead or over):
                    changed.wait(STEP)  # not forever: on Windows, Ctrl-C does not interrupt it
                if not ahead:
                    break
                frame = ahead.popleft()
                changed.notify_all()
            yield frame
        if failure:
            raise failure[0]
    finally:
        with changed:
            stopped = True
            changed.notify_all()
        if stop is not None:
            stop()
        leave(thread)
