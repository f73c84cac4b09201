"""Start and ask workers of `protocol.py`, each a library in a process of its own."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

from peers.environments import HERE

_ONE_THREAD: Final = dict.fromkeys(
    (
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
        *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    ),
    "1",
)
_QUIET: Final = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}


class WorkerError(Exception):
    """A worker has ended without an answer; the message holds its last line."""


class Worker:
    """A library in a process of its own."""

    def __init__(self, command: list[str], threads: str, log: Path) -> None:
        """Start the worker; it loads nothing before the first request.

        Args:
            command: command of `environments.worker`.
            threads: "default" or "one".
            log: file for its standard error.
        """
        kept = {name: value for name, value in os.environ.items() if name not in _ONE_THREAD}
        limits = _ONE_THREAD if threads == "one" else {}
        own = {"PYTHONPATH": str(HERE.parent)}  # this package, and else its own environment
        self._log = log
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=kept | limits | _QUIET | own,
            )

    def __enter__(self) -> "Worker":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._process.kill()
        self._process.communicate()

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request of `protocol.py` and wait for the answer.

        Raises:
            WorkerError: there is no answer, or one that is no JSON.
        """
        to, back = self._pipes()
        try:
            to.write(json.dumps(request) + "\n")
            to.flush()
        except BrokenPipeError:
            pass  # then there is no answer either
        line = back.readline()
        if not line:
            said = self._log.read_text(errors="replace").strip().splitlines()
            raise WorkerError(said[-1] if said else "it ended without a message")
        try:
            return json.loads(line)
        except ValueError as error:
            raise WorkerError(f"it answered {line!r} instead of JSON") from error

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        if self._process.stdin is None or self._process.stdout is None:
            raise WorkerError("it has no pipes")
        return self._process.stdin, self._process.stdout
