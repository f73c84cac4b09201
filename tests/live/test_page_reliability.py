"""How often mien is right, as the page says it from measured figures."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "recipes" / "page_reliability.py"
    spec = importlib.util.spec_from_file_location("page_reliability", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures() -> dict[str, Any]:
    confusion = [[0] * 8 for _ in range(8)]
    confusion[3][3], confusion[3][6], confusion[6][3], confusion[6][6] = 90, 10, 30, 70
    confusion[1][1] = 5
    return {"split": "public", "shown": {"majority_confusion": confusion}}


def test_precision_and_recall_are_of_what_is_shown(script: ModuleType) -> None:
    found = script.reliability(figures())
    assert found == {
        "happy": {"precision": 0.75, "recall": 0.9},
        "neutral": {"precision": 0.875, "recall": 0.7},
    }  # disgust was seen too rarely


def test_figures_without_votes_are_refused(script: ModuleType) -> None:
    with pytest.raises(ValueError, match="majority_confusion"):
        script.reliability({"split": "public", "shown": {"majority_confusion": None}})


def test_the_page_s_file_is_as_the_script_writes_it(script: ModuleType) -> None:
    text = script.PAGE_FILE.read_text(encoding="utf-8")
    made = script.as_module(figures())
    assert "images: 205," in made
    assert text.splitlines()[2:8] == made.splitlines()[2:8]
    assert text.count("precision:") >= 7  # a type, and most answers
