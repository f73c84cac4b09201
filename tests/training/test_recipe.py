"""The recipe in `recipes/` is that of the weights in the package."""

import re
import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from mien.cli.main import app
from mien.faces.classifier import Classifier
from mien.training.engine.config import Config, config_from
from mien.training.engine.run_folder import read_config

ROOT = Path(__file__).parents[2]


def expanded(text: str) -> str:
    """The recipe with the options that runs share in place of their names."""
    text = text.replace("\\\n", " ")
    shared = re.findall(r'^(\w+)="(--.*|\$.*)"$', text, re.MULTILINE)
    for name, options in reversed(shared):
        text = text.replace(f"${name}", options)
    return text


TEXT = expanded((ROOT / "recipes" / "shipped.sh").read_text())
RUNS = dict(re.findall(r"^train (\S+) (.*)", TEXT, re.MULTILINE))


@pytest.mark.parametrize("name", RUNS)
def test_every_run_was_trained_as_the_recipe_says(name: str) -> None:
    words = shlex.split(f"train --data DATA --out OUT {RUNS[name]}")
    _, bound, _ = app.parse_args(words)
    done = read_config(ROOT / "experiments" / "runs" / name)["config"]
    assert plain(bound.arguments["config"]) == plain(done)


def test_the_shipped_weights_are_the_recipe_s_mean() -> None:
    means = {
        name: (shlex.split(runs.replace("$out/", "")), [float(share) for share in shares.split()])
        for runs, shares, name in re.findall(
            r'mien average (.*) --weights (.*?) +--last --out "\$out/(\S+)"', TEXT
        )
    }
    exported = re.findall(r'mien export (.*) --data "\$data" --out "\$out/mien.onnx"', TEXT)
    names = shlex.split(exported[0].replace("$out/", ""))
    shipped = Classifier().metadata
    done = read_config(ROOT / "experiments" / "runs" / list(RUNS)[-1])
    assert shipped["data"] == done["data"]
    for name, told in zip(names, (shipped, *shipped["together_with"]), strict=True):
        parts = [(Path(part["run"]).name, part["weight"]) for part in told["average"]]
        assert parts == list(zip(*means[name], strict=True))
        assert {part["weights"] for part in told["average"]} == {"last epoch"}
        assert config_from(told["config"]) == replace(done["config"], start="", teachers=())


def plain(config: Config) -> dict[str, Any]:
    """All options by name; other runs by theirs."""
    named = replace(
        config,
        start=Path(config.start).name,
        teachers=tuple(Path(teacher).name for teacher in config.teachers),
    )
    return asdict(named)
