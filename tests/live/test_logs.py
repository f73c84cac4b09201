"""The log is limited, has one format, and never delays the server."""

import io
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from mien.live import logs
from mien.live.logs import Background, JsonLines, Limited, warn_once


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    log = logging.getLogger("mien.live")
    handlers, level, propagate = log.handlers, log.level, log.propagate
    log.setLevel("INFO")
    logs.forget_warnings()
    yield log
    log.handlers, log.propagate = handlers, propagate
    log.setLevel(level)


def written_to(stream: io.StringIO, log: logging.Logger) -> Background:
    handler = Background(stream)
    handler.addFilter(Limited())
    handler.setFormatter(JsonLines())
    log.handlers = [handler]
    return handler


def test_a_flood_of_lines_is_counted_and_not_written(
    log: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    handler = written_to(stream, log)
    for number in range(10_000):
        log.warning("bad request %d", number)
    log.warning("another kind")
    handler.flush()
    entries = [json.loads(line) for line in stream.getvalue().splitlines()]
    written = len(entries)
    assert entries[-1]["event"] == "another kind"
    time.sleep(1.1)
    log.warning("bad request %d", 0)
    handler.flush()
    entries = [json.loads(line) for line in stream.getvalue().splitlines()]
    left_out = sum(entry.get("left_out", 0) for entry in entries)
    assert left_out == 10_001 - written
    assert 20 < written < 1000


def test_the_same_of_the_same_client_is_told_once(log: logging.Logger) -> None:
    stream = io.StringIO()
    handler = written_to(stream, log)
    for number in range(5000):
        warn_once("connection cut off", "192.0.2.1", reason="too many frames")
        warn_once("connection cut off", f"198.51.100.{number % 3}", reason="too many frames")
    handler.flush()
    assert len(stream.getvalue().splitlines()) == 4


def test_a_line_that_cannot_be_formatted_is_named(log: logging.Logger) -> None:
    stream = io.StringIO()
    handler = written_to(stream, log)
    log.warning("odd", extra={"fields": {"value": object()}})
    handler.flush()
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["event"] == "A line of the log could not be made: 'odd'"


def test_a_reader_of_the_log_that_stops_holds_nobody_up(log: logging.Logger) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream, os.fdopen(reading) as reader:
        handler = Background(stream)
        handler.setFormatter(JsonLines())
        log.handlers = [handler]
        began = time.thread_time()
        for _ in range(3000):
            log.warning("x" * 1000)  # far more than a pipe holds
        assert time.thread_time() - began < 5
        log.handlers = []
        taken = threading.Thread(target=lambda: list(reader), daemon=True)
        taken.start()
        handler.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        taken.join(10)


@pytest.mark.parametrize("kind", ["json", "text"])
def test_all_that_goes_wrong_is_told_in_one_format(kind: str) -> None:
    code = f"""
import asyncio, logging, threading, warnings
from mien.live import logs
logs.set_up({kind!r})
warnings.warn("a warning")
logging.getLogger("uvicorn.error").error("of uvicorn", exc_info=ValueError("inner"))
async def go():
    asyncio.get_running_loop().call_exception_handler(
        {{"message": "of asyncio", "exception": OSError("files")}})
asyncio.run(go())
threading.Thread(target=lambda: 1 / 0).start()
logs.flush()
raise RuntimeError("at last")
"""
    process = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert process.returncode == 1
    if kind == "text":
        assert all(word in process.stderr for word in ("of uvicorn", "of asyncio", "at last"))
        return
    entries = [json.loads(line) for line in process.stderr.splitlines()]
    told = " ".join(str(entry) for entry in entries)
    for word in ("a warning", "of uvicorn", "of asyncio", "ZeroDivisionError", "at last"):
        assert word in told, word
