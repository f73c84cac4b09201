"""The recipe in `recipes/` is that of the weights in the package."""

import json
import re
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from mien.cli.main import app
from mien.faces.classifier import Classifier

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "recipes" / "shipped.sh").read_text().replace("\\\n", " ")
RUNS = dict(re.findall(r"^train (\S+) (.*)", TEXT, re.MULTILINE))


@pytest.mark.parametrize("name", RUNS)
def test_every_run_was_trained_as_the_recipe_says(name: str) -> None:
    words = shlex.split(f"train --data DATA --out OUT {RUNS[name]}")
    _, bound, _ = app.parse_args(words)
    config = json.loads(json.dumps(asdict(bound.arguments["config"])))
    done = json.loads((ROOT / "experiments" / "runs" / name / "config.json").read_text())["config"]
    assert known(config, done) == known(done, done)


def test_the_shipped_weights_are_of_the_last_run() -> None:
    last = list(RUNS)[-1]
    done = json.loads((ROOT / "experiments" / "runs" / last / "config.json").read_text())
    shipped = Classifier().metadata
    assert f'mien export "$out/{last}"' in TEXT
    assert shipped["config"] == done["config"]
    assert (shipped["commit"], shipped["data"]) == (done["commit"], done["data"])


def known(config: dict[str, Any], done: dict[str, Any]) -> dict[str, Any]:
    """The options that there were when the run was made, flat; other runs by their names."""
    options = {name: config[name] for name in done if name != "augmentation"}
    for other in ("start", "teachers"):
        if options.get(other):
            given = options[other]
            options[other] = (
                Path(given).name if isinstance(given, str) else [Path(each).name for each in given]
            )
    return options | {name: config["augmentation"][name] for name in done["augmentation"]}
