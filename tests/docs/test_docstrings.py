"""Every public name has an example in its docstring, and all examples run."""

import doctest
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

import mien

CALLED = {
    "Change.sentence",
    "Detector.detect",
    "Reader.read",
    "Reader.read_batch",
    "Reader.read_many",
    "Reader.read_timed",
    "Reading.change_words",
    "Reading.movement_words",
    "Reading.over_time_words",
    "Reading.sentence",
    "Reading.to_dict",
    "Reading.to_html",
    "Reading.top",
    "Readings.draw",
    "Readings.to_dict",
    "Readings.to_pandas",
}
"""Methods that have an example of their own."""


def public() -> Iterator[tuple[str, Any]]:
    """The classes and functions of mien, by name."""
    for name in mien.__all__:
        thing = getattr(mien, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            yield name, thing


def examples(thing: Any, name: str) -> list[doctest.DocTest]:
    found = doctest.DocTestFinder().find(thing, name, module=False, globs={})
    return [test for test in found if test.examples]


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", [name for name, _ in public()])
def test_examples_of_a_public_name_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    tests = examples(getattr(mien, name), name)
    assert name in {test.name for test in tests}, f"mien.{name} has no example in its docstring"
    runner = doctest.DocTestRunner(verbose=False)
    for test in tests:
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0, capsys.readouterr().out


def test_methods_that_people_call_have_an_example() -> None:
    found = {test.name for name, thing in public() for test in examples(thing, name)}
    assert CALLED - found == set()


def test_examples_import_from_mien_alone() -> None:
    for name, thing in public():
        for test in examples(thing, name):
            for example in test.examples:
                assert not re.search(r"(from|import) mien\.", example.source), test.name
