"""What happened, for programs: a JSON object a line. No field ever holds a picture or a token.

Nothing that strangers do fills a disk or holds the server up: of each kind of line some a second
are written, the others counted; a thread of its own writes them, and where nobody takes them, they
are dropped.
"""

import json
import logging
import queue
import sys
import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Literal, TextIO

from mien.live.limits import Buckets

logger = logging.getLogger("mien.live")

LINES: Final = 100.0
"""Lines of one kind that may be written at once; five a second after that."""

LONGEST_LINE: Final = 16_000
"""Characters of a line; the rest of a longer one is left out."""

AGAIN: Final = 60.0
"""Seconds until the same of the same client is told again."""

_WAITING: Final = 1000  # lines that wait to be written; further ones are dropped
_REMEMBERED: Final = 1024
_LOGS: Final = ("mien.live", "uvicorn", "asyncio", "py.warnings", "websockets")
_told: OrderedDict[tuple[str, str, str], float] = OrderedDict()


def tell(event: str, **fields: float | str | None) -> None:
    """Log an event with a few figures and words; people who did not ask for it do not see it."""
    logger.info(event, extra={"fields": fields})


def warn_once(event: str, client: str, **fields: float | str | None) -> None:
    """Warn of what a client does, however often it does so, once a minute and reason."""
    now, key = time.monotonic(), (event, client, str(fields.get("reason")))
    if now - _told.pop(key, -AGAIN) < AGAIN:
        _told[key] = now
        return
    _told[key] = now
    if len(_told) > _REMEMBERED:
        _told.popitem(last=False)
    logger.warning(event, extra={"fields": {"client": client, **fields}})


def forget_told() -> None:
    """Tell everything anew; for a server that begins."""
    _told.clear()


class JsonLines(logging.Formatter):
    """time, level, logger, event, the event's own fields, and a traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
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
    """For people: level, event, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        fields = dict(getattr(record, "fields", {}))
        if left_out := getattr(record, "left_out", 0):
            fields["lines left out"] = left_out
        if fields:
            text += f" ({', '.join(f'{name} {value}' for name, value in fields.items())})"
        return text[:LONGEST_LINE]


class Limited(logging.Filter):
    """Lets some lines of each kind through, and tells with the next how many it did not."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._buckets = Buckets(rate=LINES / 20, burst=LINES)
        self._left_out: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        kind = f"{record.name}:{record.levelno}:{str(record.msg)[:80]}"
        with self._lock:
            if not self._buckets.of(kind).take():
                if len(self._left_out) < _REMEMBERED:
                    self._left_out[kind] = self._left_out.get(kind, 0) + 1
                return False
            record.left_out = self._left_out.pop(kind, 0)
        return True


class Background(logging.Handler):
    """Hands lines to a thread that writes them, so that no event waits for whoever reads them."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream
        self._lines: queue.Queue[str | threading.Event] = queue.Queue(_WAITING)
        threading.Thread(target=self._write, name="mien-log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record; where too many wait, it is dropped."""
        try:
            self._lines.put_nowait(self.format(record) + "\n")
        except queue.Full:
            pass
        except Exception:  # a log never stops what it tells of
            self._stream.write(f"A line of the log could not be made: {record.msg!r:.200}\n")

    def flush(self) -> None:
        """Wait until what was told is written, two seconds at most."""
        written = threading.Event()
        try:
            self._lines.put(written, timeout=1)
        except queue.Full:
            return
        written.wait(1)

    def _write(self) -> None:
        while True:
            line = self._lines.get()
            if isinstance(line, threading.Event):
                line.set()
                continue
            try:
                self._stream.write(line)
                self._stream.flush()
            except (OSError, ValueError):  # whoever read it is gone
                pass


def set_up(kind: Literal["text", "json"]) -> None:
    """Send the server's log to standard error: as text all warnings, as JSON all events."""
    handler = Background(sys.stderr)
    handler.addFilter(Limited())
    handler.setFormatter(
        JsonLines() if kind == "json" else _TextLines("%(levelname)s: %(message)s")
    )
    logging.getLogger("mien.live").setLevel("INFO" if kind == "json" else "WARNING")
    # uvicorn's own lines of level INFO tell of its inner steps; at DEBUG they would hold frames.
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
    """Wait until what was told is written; for the process's end."""
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
