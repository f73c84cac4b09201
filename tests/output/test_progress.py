import sys

import pytest
from terminals import run_on_terminal

from mien.output.progress import progress

PROGRAM = """
from mien.output.progress import progress
with progress("Eating [red]", 40, 10, counted="apples") as show_done:
    show_done(25)
    print("a result")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_a_bar_is_for_people_and_results_for_programs() -> None:
    done, shown = run_on_terminal([sys.executable, "-c", PROGRAM])
    assert done.stdout == "a result\n"
    assert "Eating [red]" in shown
    assert "25/40" in shown


def test_where_nobody_watches_lines_are_written_if_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mien.output.progress._PAUSE", -1.0)
    for lines, hidden in ((False, False), (True, True), (True, False)):
        with progress("Eating", 4000, counted="apples", lines=lines, hidden=hidden) as show_done:
            show_done(1500)
    assert capsys.readouterr().err == "mien: 1,500 of 4,000 apples are done.\n"
