"""Streams that are closed, odd widths, control characters, and options that people meant."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mien.cli.main import main
from mien.cli.usage import fit_width
from mien.errors import os_error_message
from mien.output.console import safe

Output = pytest.CaptureFixture[str]


@pytest.fixture
def picture(tmp_path: Path, astronaut: NDArray[np.uint8]) -> Path:
    path = tmp_path / "suit.png"
    Image.fromarray(astronaut[300::2, ::2]).save(path)
    return path


@pytest.mark.skipif(os.name == "nt", reason="closes streams by a shell")
def test_closed_streams(picture: Path) -> None:
    """The steps share one start each: streams closed one by one, then all of them."""
    mien = f"{sys.executable} -m mien read"
    broken = picture.with_name("broken.png")
    broken.write_bytes(b"none")

    def run(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, timeout=120, check=False
        )

    done = run(f"{mien} {picture} {broken} --json 2>&-")
    assert done.returncode == 1
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 2
    done = run(f"{mien} {picture} >&-")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    out = picture.with_name("out.jsonl")
    done = run(f"{mien} {picture} {broken} - --out {out} <&- >&- 2>&-")
    assert done.returncode == 1
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert [line["image"] for line in lines] == [str(picture), str(broken), "-"]


def test_streams_that_never_were(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):  # as under pythonw
        monkeypatch.setattr(sys, name, None)
    assert main(["read", str(picture)]) == 0
    assert main(["read", str(picture) + "no"]) == 1
    assert main(["read", "--help"]) == 0
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        stream.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("options", [[], ["--csv"]])
def test_a_full_standard_output_is_told(picture: Path, options: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-u", "-m", "mien", "read", str(picture), *options],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("mien: standard output: no space is left")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("columns", ["0", "1", "2", "13", "100000000", "9" * 40, "-5", "abc", "²"])
def test_help_whatever_the_width(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    fit_width()
    assert 40 <= int(os.environ["COLUMNS"]) <= 400
    assert main(["read", "--help"]) == 0
    assert "--files-from" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ([], "mien COMMAND --help explains a command."),
        (["data"], "mien data COMMAND --help explains a command."),
        (["data", "prepare"], ""),
        *((name.split(), "") for name in ("read", "watch", "live", "bench", "train", "evaluate")),
        (["--install-completion"], ""),
    ],
)
def test_help_names_the_commands_that_there_are(
    command: list[str], told: str, capsys: Output
) -> None:
    assert main([*command, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "explains a command" in line] == ([told] if told else [])


def test_widths_that_can_be_shown_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    fit_width()
    assert os.environ["COLUMNS"] == "120"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["read", "a.png", "--jsonn"], "--jsonn. Did you mean --json?"),
        (["watch", "a.mp4", "--ot", "x"], "--ot. Did you mean --out?"),
        (["watch", "a.mp4"], "mien watch needs --out FOLDER"),
        (["watch", "--", "-a.mp4", "--out", "x"], "mien watch needs --out FOLDER"),
        (["read", "a.png", "-j"], "Unknown option: -j. A picture of that name is ./-j"),
        (["watch", "-a.mp4", "--out", "x"], "Unknown option: -a.mp4. A film of that name"),
        (["live", "--prot", "1"], "--prot. Did you mean --port?"),
        (["raed"], 'Did you mean "read"?'),
        (["train", "--hlep"], "--hlep. Did you mean --help?"),
        (["read", "a.png", "--null"], "--files-from"),
        (["read", "a.png", "--out"], "│ --out needs a value: --out FILE. mien read --help"),
        (["read", "a.png", "--out", "-"], "without it results go to standard output"),
        (["read", "a.png", "--out", "a.html"], "or a name that ends in .jsonl, .csv or .parquet."),
        (["read", "a.png", "--draw"], "│ --draw needs a value: --draw FOLDER."),
        (["read", "a.png", "--draw", ""], "│ --draw needs a name, got an empty one."),
        (["read", "a.png", "--out="], "│ --out needs a name, got an empty one."),
        (["watch", "a.mp4", "--out", ""], "│ --out needs a name, got an empty one."),
        (["read", "a.png", "--csv", "--json"], "│ Give only one of --json and --csv."),
        (["watch", "a", "--out", "x", "--json", "--parquet"], "│ Give only one of --json and --"),
        (["data", "prepare", "x"], "mien data prepare needs --out FILE"),
        (["evaluate"], "│ Give either --data DATASET or --pictures FOLDER."),
    ],
)
def test_what_was_meant_is_told(arguments: list[str], words: str, capsys: Output) -> None:
    assert main(arguments) == 2
    err = " ".join(capsys.readouterr().err.replace("│\n", " ").split())
    assert words in err.replace(" │ ", " ") or words in err


def test_options_behind_two_hyphens_are_names(capsys: Output) -> None:
    assert main(["read", "--", "--jsonn"]) == 1
    assert capsys.readouterr().err == "--jsonn: no such file. Expected a picture.\n"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("0", "0: no such file. Expected a picture. Cameras are read by `mien live`"),
        ("https://example.org/a.jpg", "an address. Expected a file: download the picture first."),
    ],
)
def test_what_reads_it_instead_is_told(given: str, words: str, capsys: Output) -> None:
    assert main(["read", given]) == 1
    assert words in capsys.readouterr().err


def test_a_folder_of_films_is_told_how(tmp_path: Path, capsys: Output) -> None:
    assert main(["watch", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert f"such as {tmp_path}/*.mp4" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_control_characters_in_names_are_shown(picture: Path, capsys: Output) -> None:
    odd = picture.with_name("a\x1b[2J\nb\u202e.png")
    odd.write_bytes(picture.read_bytes())
    assert main(["read", str(odd), str(odd) + "x"]) == 1
    out, err = capsys.readouterr()
    for text in (out, err):
        assert "a\\x1b[2J\\nb\\u202e.png" in text
        assert "\x1b" not in text
    assert main(["read", str(odd), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["image"] == str(odd)


def test_words_that_are_safe_stay() -> None:
    for words in ("Mummé 日本 ü", "a\u00a0b", "👩\u200d🚀"):
        assert safe(words) == words


def test_system_errors_are_told_in_words(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "none", "no such file or folder"), (tmp_path, "a folder")):
        with pytest.raises(OSError, match=str(path)) as caught:
            path.read_bytes()
        assert os_error_message(caught.value).startswith(f"{path}: {words}")
        assert "Errno" not in os_error_message(caught.value)


@pytest.mark.parametrize("kind", ["folder", "utf-16", "utf-8-sig"])
def test_settings_from_windows(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    asked: list[int] = []

    def serve(settings: object, *, open_browser: bool) -> None:
        asked.append(getattr(settings, "port", 0))

    monkeypatch.setattr("mien.live.server.serve", serve)
    file = tmp_path / "mien.toml"
    monkeypatch.setenv("MIEN_SETTINGS", str(file))
    if kind == "folder":
        file.mkdir()
        assert main(["live"]) == 1
        err = capsys.readouterr().err
        assert err.startswith(f"mien: {file}: the settings file (MIEN_SETTINGS) cannot be read")
        return
    file.write_bytes("[live]\r\nport = 7\r\n".encode(kind))
    assert main(["live"]) == 0
    assert asked == [7]
