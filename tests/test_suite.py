"""Habits of the tests themselves."""

import ast
from pathlib import Path

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
