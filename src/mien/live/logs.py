"""Log of the server, as text for people or as one JSON object per line for programs.

No field ever holds a picture or a token. Nothing that strangers do fills a disk or delays the
server: of each kind of line some a second are written and the others counted. A thread of its own
writes them, and lines are dropped when nobody takes them.
"""

import json
import logging
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener
from queue import Full, Queue
from types import TracebackType
from typing import Any, Final, Literal, TextIO

from mien.live.limits import Buckets, Recent

logger = logging.getLogger("mien.live")

LINES: Final = 100.0
"""Number of lines of one kind that may be written at once; after that, five a second."""

LONGEST_LINE: Final = 16_000
"""Largest number of characters in a line; longer ones are cut."""

AGAIN: Final = 60.0
"""Seconds until the same warning about the same client is written again."""

_WAITING: Final = 1000  # lines that wait to be written at most; further ones are dropped
_REMEMBERED: Final = 1024
_LOGS: Final = ("mien.live", "uvicorn", "asyncio", "py.warnings", "websockets")
_warned: Recent[tuple[str, str, str], float] = Recent(_REMEMBERED)


def log_event(event: str, **fields: float | str | None) -> None:
    """Log an event with a few figures and words; the text log leaves it out."""
    logger.info(event, extra={"fields": fields})


def warn_once(event: str, client: str, **fields: float | str | None) -> None:
    """Warn of what a client does: once a minute for each event, client and reason."""
    now, key = time.monotonic(), (event, client, str(fields.get("reason")))
    is_new = now - _warned.get(key, -AGAIN) >= AGAIN
    _warned[key] = now
    if is_new:
        logger.warning(event, extra={"fields": {"client": client, **fields}})


def forget_warnings() -> None:
    """Let every warning be written again; for a server that begins."""
    _warned.clear()


class JsonLines(logging.Formatter):
    """Format with time, level, logger, event, the event's own fields and any traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage()[:LONGEST_LINE],
            **getattr(record, "fields", {}),
        }
        if left_out := getattr(record, "left_out", 0):
            entry["left_out"] = left_out
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)[-LONGEST_LINE:]
        return json.dumps(entry, ensure_ascii=False)


class _TextLines(logging.Formatter):
    """Format for people: level, event, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        fields = dict(getattr(record, "fields", {}))
        if left_out := getattr(record, "left_out", 0):
            fields["lines left out"] = left_out
        if fields:
            text += f" ({', '.join(f'{name} {value}' for name, value in fields.items())})"
        return text[:LONGEST_LINE]


class Limited(logging.Filter):
    """Filter that passes some lines of each kind, and notes in the next how many it left out."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._buckets = Buckets(rate=LINES / 20, burst=LINES)
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        kind = f"{record.name}:{record.levelno}:{str(record.msg)[:80]}"
        with self._lock:
            if not self._buckets.take(kind):
                if len(self._left_out) < _REMEMBERED:
                    self._left_out[kind] = self._left_out.get(kind, 0) + 1
                return False
            record.left_out = self._left_out.pop(kind, 0)
        return True


class Background(QueueHandler):
    """Handler that leaves writing to a thread, so that no event waits for the log's reader."""

    def __init__(self, stream: TextIO) -> None:
        self._lines: Queue[logging.LogRecord] = Queue(_WAITING)
        super().__init__(self._lines)
        _Writer(self._lines, stream).start()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- logging's name
        """Drop a line if too many wait; name a line that cannot be formatted."""
        if not isinstance(sys.exception(), Full):
            logger.error("A line of the log could not be made: %.200r", record.msg)

    def flush(self) -> None:
        """Wait until all lines are written, two seconds at most."""
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(lambda: not self._lines.unfinished_tasks, 2)


class _Writer(QueueListener):
    """Thread that writes lines which `Background` has formatted."""

    def __init__(self, lines: "Queue[logging.LogRecord]", stream: TextIO) -> None:
        super().__init__(lines)
        self._stream = stream

    def handle(self, record: logging.LogRecord) -> None:
        with suppress(OSError, ValueError):  # the log's reader is gone
            self._stream.write(f"{record.msg}\n")
            self._stream.flush()


def set_up(kind: Literal["text", "json"]) -> None:
    """Send the server's log to standard error: as text all warnings, as JSON all events."""
    handler = Background(sys.stderr)
    handler.addFilter(Limited())
    handler.setFormatter(
        JsonLines() if kind == "json" else _TextLines("%(levelname)s: %(message)s")
    )
    logging.getLogger("mien.live").setLevel("INFO" if kind == "json" else "WARNING")
    # uvicorn's INFO lines concern its inner steps, and its DEBUG lines would hold frames.
    logging.getLogger("uvicorn").setLevel("WARNING")
    logging.captureWarnings(True)
    for name in _LOGS:
        log = logging.getLogger(name)
        for old in log.handlers:
            old.close()
        log.handlers = [handler]
        log.propagate = False
    if kind == "json":
        sys.excepthook = _uncaught
        threading.excepthook = lambda given: _uncaught(
            given.exc_type, given.exc_value, given.exc_traceback
        )


def flush() -> None:
    """Wait until all lines are written; for the end of the process."""
    for handler in logger.handlers:
        handler.flush()


def _uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    info = (kind, error, trace) if error is not None else None
    logger.error("Uncaught %s", kind.__name__, exc_info=info)  # type: ignore[arg-type]
    flush()
