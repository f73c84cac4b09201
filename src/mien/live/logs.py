"""What happened, for programs: a JSON object a line. No field ever holds a picture or a token."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal

logger = logging.getLogger("mien.live")


def tell(event: str, **fields: float | str | None) -> None:
    """Log an event with a few figures and words; people who did not ask for it do not see it."""
    logger.info(event, extra={"fields": fields})


class JsonLines(logging.Formatter):
    """time, level, logger, event, the event's own fields, and a traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def set_up(kind: Literal["text", "json"]) -> None:
    """Send the server's log to standard error: as text all warnings, as JSON all events."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines() if kind == "json" else logging.Formatter("%(levelname)s: %(message)s")
    )
    logging.getLogger("mien.live").setLevel("INFO" if kind == "json" else "WARNING")
    # uvicorn's own lines of level INFO tell of its inner steps; at DEBUG they would hold frames.
    logging.getLogger("uvicorn").setLevel("WARNING")
    for name in ("mien.live", "uvicorn"):
        log = logging.getLogger(name)
        log.handlers = [handler]
        log.propagate = False
