"""docs/reference agrees with the docstrings and the commands."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path

import make_reference
import pytest

import mien
from mien.cli.main import main
from mien.live.settings import Settings

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


@pytest.mark.parametrize(("name", "page"), make_reference.PAGES.items())
def test_the_reference_is_current(name: str, page: Callable[[], str]) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == page(), "run `make reference` and commit what it writes"


def test_a_public_name_without_a_place_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mien.__all__", ["read", "forgotten"])
    with pytest.raises(ValueError, match=r"mien\.forgotten: add to GROUPS"):
        make_reference.python_page()


def test_a_class_that_nobody_can_import_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name for name in mien.__all__ if name != "Votes"]
    groups = {"Read": tuple(name for name in names if name != "__version__")}
    monkeypatch.setattr("mien.__all__", names)
    monkeypatch.setattr(make_reference, "GROUPS", groups)
    with pytest.raises(ValueError, match=r"speaks of mien\.answers\.Votes, which is not public"):
        make_reference.python_page()


def test_a_command_that_speaks_of_a_module_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    completion = "Networks are those of `mien.training.model.networks.NETWORKS`."
    monkeypatch.setattr(make_reference, "COMPLETION", completion)
    with pytest.raises(ValueError, match=r"^mien\.training\.model: name what is public"):
        make_reference.commands_page()


@pytest.mark.slow
def test_the_variables_in_the_reference_are_those_that_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is set in turn to a value other than the default, and must arrive."""
    page = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    named = re.findall(r"`--(?:no-)?([a-z-]+).*?`.*?\*\[env: (\w+)\]\*", page, re.DOTALL)
    fields = {field.name: field for field in dataclasses.fields(Settings)}
    arrived: list[Settings | None] = []

    def serve(settings: Settings | None, *, open_browser: bool) -> None:
        arrived.append(settings)

    monkeypatch.setattr("mien.live.server.serve", serve)
    tried = 0
    for option, variable in named:
        name = option.replace("-", "_")
        if name not in fields:  # an option of the command, not a setting of the server
            continue
        default = fields[name].default
        value = {"log": "json", "host": "127.0.0.2", "token": "a-token-of-some-length"}.get(
            name, "7" if default is None or isinstance(default, int) else "10.1.2.3"
        )
        with monkeypatch.context() as patch:
            patch.setenv(variable, value)
            assert main(["live"]) == 0
        settings = arrived.pop()
        assert settings is not None, f"{variable} does nothing"
        given = getattr(settings, name)
        assert value in (given if isinstance(given, tuple) else str(given)), variable
        tried += 1
    assert tried == len(fields)
