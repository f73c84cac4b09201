"""Rules for the tests themselves."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from file_sizes import LARGER, LIMIT, ROOT, too_large, tracked_files

TESTS = Path(__file__).parent


def test_no_test_module_imports_another() -> None:
    modules = {path.stem: path for path in TESTS.rglob("test_*.py")}
    assert len(modules) > 90
    for path in TESTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                assert name.rpartition(".")[2] not in modules, (
                    f"{path.name} imports {name}: move what both need into a helper module"
                )


def test_files_in_git_are_small() -> None:
    try:
        names = tracked_files()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("This is no git repository, or git is missing")
    assert len(names) > 100
    assert too_large(names) == []
    weights = [name for name in names if name.endswith((".onnx", ".pt", ".tflite"))]
    assert weights == ["src/mien/weights/mien.onnx"]
    assert [name for name in names if re.match(r"experiments/.*\.(png|jpg|svg)$", name)] == []


def test_a_file_that_is_too_large_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LARGER, "LICENSE", 10)
    size = (ROOT / "LICENSE").stat().st_size
    assert size < LIMIT
    assert too_large(["LICENSE", "README.md"]) == [
        f"LICENSE has {size:,} bytes; at most 10 are kept in git"
    ]


def test_the_forge_runs_the_commands_that_people_run() -> None:
    workflow = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert re.findall(r"- run: (\S.*?)(?: #.*)?$", workflow, re.M) == [
        ".ci/run",
        "make test PYTHON=python",
    ]
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").rstrip().endswith("exec make check")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    versions = re.findall(r"Python :: (3\.\d+)", project)
    assert re.findall(r'"(3\.\d+)"', workflow.partition("matrix:")[2].partition("\n    runs-on")[0])
    for version in versions:
        assert f'"{version}"' in workflow
