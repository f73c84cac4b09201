"""Progress of long work: a bar on standard error, where a person sees it."""

import sys
import time
from collections.abc import Callable, Generator, Iterable, Sized
from contextlib import contextmanager
from typing import Final, TypeVar

from mien.output.console import tell

Item = TypeVar("Item")

_PAUSE: Final = 30.0  # seconds between lines where no bar can be shown


@contextmanager
def progress(
    name: str,
    total: float | None,
    done: float = 0.0,
    *,
    counted: str | None = None,
    lines: bool = False,
    hidden: bool = False,
) -> Generator[Callable[[float], None]]:
    """Show a bar while the context lasts, if standard error is a terminal.

    Args:
        name: words beside the bar.
        total: amount of work, such as a number of pictures or seconds; None if unknown.
        done: amount that is already done.
        counted: what is counted, such as "pictures"; then the bar shows numbers, too.
        lines: whether a line is written twice a minute where no bar can be shown.
        hidden: whether nothing is shown at all.

    Yields:
        A function that takes the amount that is now done.
    """
    if hidden or not sys.stderr.isatty():
        written = time.monotonic()

        def write(now: float) -> None:
            nonlocal written
            if time.monotonic() - written > _PAUSE:
                written = time.monotonic()
                tell(f"mien: {now:,.0f} of {total or 0:,.0f} {counted or name} are done.")

        yield write if lines and not hidden else lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import MofNCompleteColumn, Progress

    numbers = [MofNCompleteColumn()] if counted else []
    columns = (*Progress.get_default_columns(), *numbers)
    console = Console(stderr=True)
    # Rich would send standard output to the bar's console, which is standard error.
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(escape(name), total=total, completed=done)  # pyright: ignore[reportArgumentType]
        yield lambda now: bar.update(task, completed=now)


def with_progress(items: Iterable[Item], name: str, total: int | None = None) -> Generator[Item]:
    """Yield items, and show a bar that counts them.

    Args:
        items: items to yield.
        name: words beside the bar.
        total: number of items; None takes their length, if they have one.
    """
    if total is None and isinstance(items, Sized):
        total = len(items)
    with progress(name, total) as show_done:
        for number, item in enumerate(items, start=1):
            yield item
            show_done(number)
