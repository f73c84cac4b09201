"""The recipe in `recipes/` is that of the weights in the package."""

import json
import re
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from mien.classifier import Classifier
from mien.cli import app

ROOT = Path(__file__).parents[2]


def config_of(command: str) -> dict[str, Any]:
    words = [word for word in shlex.split(command) if not word.startswith("${")]
    _, bound, _ = app.parse_args(words)
    return json.loads(json.dumps(asdict(bound.arguments["config"])))


def flat(config: dict[str, Any], *, without: str = "start") -> dict[str, Any]:
    """All options on one level, but for the folder to start from, which lies anywhere."""
    options = {name: value for name, value in config.items() if name != "augmentation"}
    return {name: v for name, v in (options | config["augmentation"]).items() if name != without}


@pytest.fixture(scope="module")
def commands() -> list[str]:
    """The recipe's training commands in their order."""
    text = (ROOT / "recipes" / "shipped.sh").read_text().replace("\\\n", " ")
    return re.findall(r"^mien (train .*)", text, re.MULTILINE)


def test_the_shipped_weights_were_trained_as_the_recipe_says(commands: list[str]) -> None:
    config, shipped = config_of(commands[-1]), Classifier().metadata["config"]
    assert flat(config) == flat(shipped)
    assert bool(config["start"]) == bool(shipped["start"])


def test_and_what_they_started_from_as_well(commands: list[str]) -> None:
    first, last = commands
    kept = json.loads((ROOT / "docs" / "runs" / "residual" / "config.json").read_text())
    # Options that came after that run have the value that changes nothing.
    assert flat(config_of(first)) == {"part": 1.0, "backgrounds": 0.0} | flat(kept["config"])
    assert '--start "$out/first"' in last
    assert '--out "$out/first"' in first
