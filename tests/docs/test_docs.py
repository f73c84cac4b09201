"""Every example of every page runs: Python from top to bottom of a page, and each shell command.

They run in a folder with the files that the pages name. Commands in `NOT_RUN` are only checked:
mien's commands are parsed, and targets of make, extras and options must exist.
"""

import contextlib
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_pages import PAGES, ROOT, code_spans, examples

from mien.cli.main import app, main

PACKAGE = ROOT / "src/mien"
TESTS = ROOT / "tests"

NOT_RUN = {
    r"(MIEN_\w+=\S+ )*(\.venv/bin/)?mien live": "serves until somebody ends it; tests/live does",
    r"mien (average|data|train|tune|evaluate|export)|recipes/": "wants FER2013: tests/training",
    r"mien watch (rtsp:|0 )": "wants a camera",
    r"mien .*mine\.onnx": "wants a network of your own; tests/cli/test_cli.py does",
    r"mien (read|watch) .*--ray": "wants s3:// and Ray; tests/scale does",
    r"torchrun ": "wants FER2013; tests/training/test_distributed.py does",
    r"curl .*/v1/read": "wants a server; tests/live/test_api.py does",
    r"(uvx|pipx) ": "installs mien from what PyPI has",
    r"make ": "installs mien, or runs all tests",
    r"(\.venv/bin/)?(python3? -m )?(pip|venv|jupyter|apt)\b": "installs, or stays open",
    r"python benchmarks/": "takes minutes",
}
"""Beginnings of commands that are not run, with the reason."""

WITH_A_SERVER = {"docs/api.md"}
"""Pages whose Python needs a running server; tests/live/test_api.py runs it."""

# pycon is for docstrings, whose examples test_docstrings.py runs.
LANGUAGES = {"mermaid", "pycon", "python", "sh", "json", "text", "toml", "py"}
"""`py` is Python to read, such as signatures in the reference."""


def commands(page: str) -> Iterator[tuple[int, str]]:
    """Yield the shell commands of a page with their lines, without comments."""
    for example in examples(page):
        if example.language == "sh":
            text = re.sub(r"\\\n\s*", " ", example.text)  # a command over several lines
            for number, line in enumerate(text.splitlines()):
                command = re.sub(r"(^|\s+)#.*", "", line).strip()
                if command:
                    yield example.line + number, command


def has(page: str, language: str) -> bool:
    return any(example.language == language for example in examples(page))


@pytest.mark.parametrize("page", PAGES)
def test_blocks_of_code_tell_their_language(page: str) -> None:
    """Otherwise a block could hold a command that no test looks at."""
    unknown = [e for e in examples(page) if e.language not in LANGUAGES]
    assert unknown == [], f"write ```sh, ```text or another of {LANGUAGES} in {page}"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "page", sorted({page for page in PAGES if has(page, "python")} - WITH_A_SERVER)
)
def test_python_examples_run(page: str) -> None:
    names: dict[str, object] = {"__name__": "example"}
    for example in examples(page):
        if example.language == "python":
            # so that a traceback names the page's line
            text = "\n" * (example.line - 1) + example.text
            exec(compile(text, str(ROOT / page), "exec"), names)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("page", [page for page in PAGES if has(page, "sh")])
def test_shell_examples_run(page: str) -> None:
    for line, command in commands(page):
        told = f"{page}:{line}: {command}"
        if any(re.match(pattern, command) for pattern in NOT_RUN):
            look_at(command, told)
        elif re.search(r"[|<>*$&;]", command) or not command.startswith("mien "):
            bash = ["bash", "-euo", "pipefail", "-c", command]
            done = subprocess.run(bash, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{told}\n{done.stderr}\nIf it cannot run here: NOT_RUN."
        else:  # in this process, which is much faster
            assert main(shlex.split(command)[1:]) == 0, told


def look_at(command: str, told: str) -> None:
    """Check what is possible without running the command."""
    for piece in command.split("&&"):
        part = shlex.split(piece)
        while re.match(r"[A-Z_]+=", part[0]):
            part = part[1:]
        if part[0] == "torchrun":
            part = part[part.index("mien") :]
        program = Path(part[0]).name
        if program == "mien":
            app.parse_args(part[1:], exit_on_error=False, print_error=False)
        elif program == "make":
            assert re.search(rf"^{part[-1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), told
        elif program == "pip":
            known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
            for extra in re.findall(r"\[(\w+)\]", command):
                assert extra in known["optional-dependencies"], told
        elif program != "curl" and "/" in command:  # a script of the repository
            script = ROOT / next(word for word in part if "/" in word)
            assert script.is_file(), told
            for option in re.findall(r"--([\w-]+)", command):
                assert re.search(rf"\b{option.replace('-', '_')}\b", script.read_text()), told


@pytest.mark.parametrize("page", PAGES)
def test_pages_speak_of_public_names_alone(page: str) -> None:
    """Modules may move without notice, so no page names them."""
    if page.startswith(("CHANGELOG", "experiments/", "docs/reference/commands")):
        return  # these describe the past, and the options of training
    modules = "|".join(path.stem for path in (ROOT / "src/mien").iterdir() if path.stem[0] != "_")
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.findall(rf"\bmien\.(?:{modules})\.[\w.]+", text) == []
    assert re.findall(r"(?:from|import) mien\.\S+", text) == []


@pytest.mark.parametrize("page", PAGES)
def test_options_named_in_the_text_are_there(page: str) -> None:
    reference = (ROOT / "docs/reference/commands.md").read_text()
    for span in code_spans(page):
        words = re.match(r"mien ((?:data )?[a-z]+)((?: .*)?)$", span)
        if words is None or page == "CHANGELOG.md":
            continue
        name = words[1]
        part = re.search(rf"^##+ mien {name}\n(.*?)(?=^## |\Z)", reference, re.S | re.M)
        assert part, f"{page}: {span}"
        for option in re.findall(r"--[\w-]+", words[2].replace("--help", "")):
            assert re.search(rf"{option}\b", part[1]), f"{page}: {span}"


def test_the_text_to_copy_is_that_of_the_live_page() -> None:
    page = (ROOT / "docs/privacy-and-law.md").read_text()
    told = re.findall(r"^((?:> .*\n)+)", page, re.MULTILINE)[0].replace("> ", "")
    script = (ROOT / "src/mien/live/page/texts/en.js").read_text()
    texts = re.search(r"consentText:\s*((?:\"[^\"]*\"[\s+]*)+)", script)
    assert texts is not None
    shown = "".join(re.findall(r"\"([^\"]*)\"", texts[1])).replace("’", "'")
    assert told.split() == shown.split()


def test_files_named_in_the_architecture_are_there() -> None:
    named = [span for span in code_spans("docs/architecture.md") if re.search(r"(/|\.py)$", span)]
    assert len(named) > 25
    missing = [
        name for name in named if not any((root / name).exists() for root in (ROOT, PACKAGE, TESTS))
    ]
    assert missing == []


def test_no_reason_is_left_over() -> None:
    every = [command for page in PAGES for _, command in commands(page)]
    for pattern in NOT_RUN:
        assert any(re.match(pattern, command) for command in every), pattern


def test_what_only_looks_right_is_refused() -> None:
    with contextlib.redirect_stderr(None), pytest.raises(Exception, match="--sped"):
        look_at("mien train --data a.npy --out run --sped 3", "")
    with pytest.raises(AssertionError):
        look_at("make lvie", "")
    with pytest.raises(AssertionError):
        look_at("pip install '.[trainig]'", "")
    with pytest.raises(AssertionError):
        look_at("python benchmarks/films.py --sped 3", "")
