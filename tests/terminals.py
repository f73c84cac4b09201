"""A command run on its own terminal, as a person runs it."""

import os
import subprocess
import threading
from collections.abc import Sequence


def run_on_terminal(
    command: Sequence[str], *, whole: bool = False
) -> tuple["subprocess.CompletedProcess[str]", str]:
    """Run a command whose standard error, or whole output, is a terminal of 100 columns.

    The terminal is read continuously: its buffer is small, and a full buffer blocks the command.

    Returns:
        The finished process with its standard output, and the text on the terminal.
    """
    terminal, other_end = os.openpty()
    shown: list[bytes] = []

    def read() -> None:
        try:
            while piece := os.read(terminal, 65536):
                shown.append(piece)
        except OSError:  # on Linux, once the other end is closed
            pass

    reading = threading.Thread(target=read)
    reading.start()
    try:
        done = subprocess.run(
            command,
            stdout=other_end if whole else subprocess.PIPE,
            stderr=other_end,
            env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
            text=True,
            timeout=300,
            check=False,
        )
    finally:
        os.close(other_end)
        reading.join()
        os.close(terminal)
    return done, b"".join(shown).decode()
