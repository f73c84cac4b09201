"""docs/reference is what the docstrings and the commands say now."""

from collections.abc import Callable
from pathlib import Path

import make_reference
import pytest

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("python.md", make_reference.python_page),
        ("commands.md", make_reference.commands_page),
    ],
)
def test_the_reference_is_current(name: str, page: Callable[[], str]) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == page(), "run `make reference` and commit what it writes"


def test_a_public_name_without_a_place_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.__all__", ["read", "forgotten"])
    with pytest.raises(ValueError, match=r"mien\.forgotten: add to GROUPS"):
        make_reference.python_page()
