"""A command on a terminal of its own, as a person runs it."""

import os
import subprocess
import threading
from collections.abc import Sequence


def run_on_terminal(
    command: Sequence[str], *, whole: bool = False
) -> tuple["subprocess.CompletedProcess[str]", str]:
    """Run a command whose standard error, or whole output, is a terminal of 100 columns.

    The terminal is read all the time: it holds some kilobytes, and who writes more waits.

    Returns:
        What ended, with its standard output, and what the terminal showed.
    """
    terminal, other_end = os.openpty()
    shown: list[bytes] = []

    def read() -> None:
        try:
            while piece := os.read(terminal, 65536):
                shown.append(piece)
        except OSError:  # Linux, once nobody holds the other end
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
