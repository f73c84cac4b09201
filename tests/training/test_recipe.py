"""The recipe in `recipes/` is that of the weights in the package."""

import json
import re
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mien.classifier import Classifier
from mien.cli import app

RECIPE = Path(__file__).parents[2] / "recipes" / "shipped.sh"


def test_the_shipped_weights_were_trained_as_the_recipe_says() -> None:
    text = RECIPE.read_text().replace("\\\n", " ")
    (command,) = re.findall(r"^mien (train .*)", text, re.MULTILINE)
    words = [word for word in shlex.split(command) if not word.startswith("${")]
    _, bound, _ = app.parse_args(words)
    config = json.loads(json.dumps(asdict(bound.arguments["config"])))
    shipped = Classifier().metadata["config"]
    assert known(config, shipped) == known(shipped, shipped)


def known(config: dict[str, Any], shipped: dict[str, Any]) -> dict[str, Any]:
    """The config's options that there were when the shipped weights were trained, flat."""
    options = {name: config[name] for name in shipped if name != "augmentation"}
    return options | {name: config["augmentation"][name] for name in shipped["augmentation"]}
