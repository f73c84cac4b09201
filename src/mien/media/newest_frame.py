"""The newest frame of what goes on live, however slow its reader is."""

from collections import deque
from collections.abc import Callable, Generator
from math import inf
from threading import Condition, Thread
from typing import Final

from mien.frames import Frame
from mien.media.waiting import STEP, leave

_TRIED: Final = 1.0  # seconds of a film by which it shows whether it is live ...
_LIVE: Final = 0.5  # ... because for so many of each second it had to be waited for
_AHEAD: Final = 32  # frames that are read ahead, at most: a second of a usual film


def newest(
    frames: Generator[Frame], waited: Callable[[], float], stop: Callable[[], None] | None = None
) -> Generator[Frame]:
    """The frames; of what is live, those that come while another is read are left out but the last.

    A thread takes them, so that what they come from never waits. Where it turns out that they come
    quicker than they happen, they are in store somewhere, and none is left out.

    Args:
        frames: closed at the end, and with this generator.
        waited: seconds for which their source had to be waited for so far; infinite for one that
            is known to be live.
        stop: called before the end, so that what the frames come from waits no longer. If it
            stalls all the same, the thread is left to itself, and closes `frames` when it can.

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
                    changed.wait(STEP)  # not for ever: Ctrl-C would not be told on Windows
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
