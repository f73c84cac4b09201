"""`mien read` over many pictures, from standard input, into files that go on."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from terminals import run_on_terminal

from mien.cli.main import main
from mien.faces.classifier import PACKAGED_MODEL

Picture = NDArray[np.uint8]
Output = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, astronaut: Picture) -> Path:
    """Thirty pictures, every third without a face; one broken, one empty, one misnamed."""
    root = tmp_path / "pictures"
    root.mkdir()
    face, none = astronaut[::2, ::2], astronaut[300::2, ::2]
    for number in range(30):
        Image.fromarray(none if number % 3 == 2 else face).save(root / f"{number:02}.jpg")
    (root / "10.jpg").write_bytes((root / "11.jpg").read_bytes()[:700])
    (root / "11.jpg").write_bytes(b"")
    Image.fromarray(face).save(root / "12.jpg", "PNG")
    (root / "notes.txt").write_text("no picture")
    return root


def told(arguments: list[str], capsys: Output) -> tuple[int, str, str]:
    code = main(["read", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_order_is_the_input_s_and_the_broken_come_last(folder: Path, capsys: Output) -> None:
    code, out, err = told([str(folder), "--json"], capsys)
    assert code == 1
    names = [Path(json.loads(line)["image"]).name for line in out.splitlines()]
    assert names == [f"{number:02}.jpg" for number in range(30)]
    truncated, empty, count = err.splitlines()
    assert truncated.startswith(f"{folder}/10.jpg: cannot be read as a picture: ")
    assert empty == f"{folder}/11.jpg: empty. Expected a picture."
    assert count == "mien: 2 of 30 pictures could not be read."


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_file_holds_what_would_be_printed(folder: Path, capsys: Output, ending: str) -> None:
    out = folder.parent / "new" / f"faces.{ending}"
    if ending == "parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
        assert told([str(folder), "--out", str(out)], capsys)[:2] == (1, "")
        table = parquet.read_table(out)
        assert table.num_rows == 19 + 2  # faces and errors
        assert {path.name for path in out.parent.iterdir()} == {out.name, f".{out.name}.mien"}
        return
    printed = told([str(folder), "--json" if ending == "jsonl" else "--csv"], capsys)
    given = told([str(folder), "--out", str(out)], capsys)
    assert given == (1, "", printed[2])
    assert out.read_text() == printed[1]
    code, _, err = told([str(folder), "--out", str(out)], capsys)
    assert (code, out.read_text()) == (1, printed[1])
    assert err.endswith("mien: 2 of 30 pictures could not be read.\n")


def test_what_is_done_is_not_read_again(folder: Path, capsys: Output) -> None:
    out = folder.parent / "faces.jsonl"
    assert main(["read", str(folder / "0?.jpg"), "--out", str(out)]) == 0
    status = (folder / "03.jpg").stat()
    (folder / "03.jpg").write_bytes(bytes(status.st_size))  # reading it again would fail
    os.utime(folder / "03.jpg", ns=(status.st_atime_ns, status.st_mtime_ns))
    code, _, err = told([str(folder), "--out", str(out)], capsys)
    assert code == 1
    assert err.startswith(f"mien: 10 of 30 pictures are in {out} already.\n")
    images = [json.loads(line)["image"] for line in out.read_text().splitlines()]
    assert images == sorted(map(str, folder.glob("*.jpg")))
    assert "error" not in out.read_text().splitlines()[3]


def test_a_picture_that_changed_is_read_again(folder: Path, capsys: Output) -> None:
    out = folder.parent / "faces.jsonl"
    assert main(["read", str(folder / "0?.jpg"), "--out", str(out)]) == 0
    (folder / "03.jpg").write_bytes(b"")
    code, _, err = told([str(folder / "0?.jpg"), "--out", str(out)], capsys)
    assert code == 1
    assert err.splitlines() == [
        f"mien: 9 of 10 pictures are in {out} already.",
        "mien: 1 picture has changed since then and will be read again.",
        f"{folder}/03.jpg: empty. Expected a picture.",
        "mien: 1 of 10 pictures could not be read.",
    ]
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert sorted(line["image"] for line in lines) == sorted(map(str, folder.glob("0?.jpg")))
    assert [line["image"] for line in lines if "error" in line] == [f"{folder}/03.jpg"]


@pytest.mark.parametrize("option", ["--model", "--usual"])
def test_another_model_or_usual_face_is_refused_or_overwrites(
    folder: Path, capsys: Output, option: str
) -> None:
    out = folder.parent / "faces.csv"
    arguments = [str(folder / "0?.jpg"), "--out", str(out)]
    assert told(arguments, capsys)[0] == 0
    before = out.read_bytes()
    other = folder / "00.jpg"
    if option == "--model":
        other = folder.parent / "other.onnx"
        doc_string = b"\x32\x07another"  # a field of the file that changes no reading
        other.write_bytes(PACKAGED_MODEL.read_bytes() + doc_string)
    code, _, err = told([*arguments, option, str(other)], capsys)
    assert code == 1
    differing = "weights" if option == "--model" else "usual"
    assert err.startswith(f"mien: {out}: was begun with {differing} ")
    assert "name another --out, or replace it with --overwrite." in err
    assert out.read_bytes() == before
    code, _, err = told([*arguments, option, str(other), "--overwrite"], capsys)
    assert (code, err) == (0, "")
    code, _, err = told([*arguments, option, str(other)], capsys)
    assert err == f"mien: 10 of 10 pictures are in {out} already.\n"
    assert told(arguments, capsys)[0] == 1


def test_a_file_of_another_kind_is_left_alone(folder: Path, capsys: Output) -> None:
    picture = folder / "00.jpg"
    before = picture.read_bytes()
    code, out, err = told([str(folder), "--json", "--out", str(picture)], capsys)
    assert (code, out) == (1, "")
    assert err.startswith(f"mien: {picture}: expected JSON lines of an earlier `mien read`")
    assert picture.read_bytes() == before


def test_parquet_without_pyarrow_fails_before_any_work(
    folder: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    out = folder.parent / "faces.parquet"
    code, _, err = told([str(folder), "--out", str(out)], capsys)
    assert code == 1
    assert err == (
        "mien: This needs pyarrow, which is not installed. Install it: pip install pyarrow\n"
    )
    assert list(folder.parent.iterdir()) == [folder]


class Pipe:
    """Standard input of given bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_a_picture_from_standard_input(
    folder: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Pipe((folder / "00.jpg").read_bytes()))
    drawn = folder.parent / "drawn"
    code, out, _ = told([str(folder / "02.jpg"), "-", "--json", "--draw", str(drawn)], capsys)
    assert code == 0
    assert [json.loads(line)["image"] for line in out.splitlines()] == [f"{folder}/02.jpg", "-"]
    assert sorted(path.name for path in drawn.iterdir()) == ["02.jpg", "standard-input.jpg"]
    monkeypatch.setattr(sys, "stdin", Pipe(b"none"))
    code, out, err = told(["-"], capsys)
    assert (code, out) == (1, "")
    assert err.startswith("-: picture of 4 bytes in memory: not a picture")


def test_names_from_a_list(folder: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    names = f"{folder}/02.jpg\n\n{folder}/05.jpg\r\n".encode()
    expected = f"{folder}/02.jpg: no face\n{folder}/05.jpg: no face\n"
    monkeypatch.setattr(sys, "stdin", Pipe(names))
    assert told(["--files-from", "-"], capsys) == (0, expected, "")
    (folder / "list").write_bytes(names)
    assert told(["--files-from", str(folder / "list")], capsys) == (0, expected, "")
    code, _, err = told(["--files-from", str(folder / "missing")], capsys)
    assert code == 1
    assert str(folder / "missing") in err


STOPPED = """
import os, signal, sys

from mien.cli.main import main
from mien.faces.classifier import PACKAGED_MODEL
from mien.output.result_file import ResultFile

write, written = ResultFile.write, []


def write_and_stop(self, result):
    write(self, result)
    written.append(result)
    if len(written) == 40:
        os.kill(os.getpid(), signal.SIGINT)


ResultFile.write = write_and_stop
sys.exit(main(sys.argv[1:]))
"""
"""mien, on which somebody presses Ctrl-C after 40 pictures."""


@pytest.mark.slow
def test_interrupted_and_started_again_nothing_is_lost_or_doubled(folder: Path) -> None:
    for number in range(30, 120):
        (folder / f"{number:03}.jpg").write_bytes((folder / "00.jpg").read_bytes())
    out = folder.parent / "faces.jsonl"
    command = [sys.executable, "-m", "mien", "read", str(folder), "--out", str(out)]
    process = subprocess.run(
        [sys.executable, "-c", STOPPED, *command[3:]],
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 130
    assert process.stderr.startswith("mien: stopped; ")
    assert not out.exists()
    part = out.with_name("faces.jsonl.part")
    kept = [line.rpartition(', "stamp"')[0] + "}" for line in part.read_text().splitlines()[1:]]
    assert 0 < len(kept) < 120
    with part.open("a") as file:
        file.write('{"image": "half a li')
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"mien: {len(kept)} of 120 pictures are in {out} already.\n")
    lines = out.read_text().splitlines()
    assert lines[: len(kept)] == kept
    images = [json.loads(line)["image"] for line in lines]
    assert images == sorted(map(str, folder.glob("*.jpg")))


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_a_bar_is_shown_where_results_go_to_a_file(folder: Path) -> None:
    command = [sys.executable, "-m", "mien", "read", str(folder)]
    command += ["--out", str(folder.parent / "faces.csv")]
    _, shown = run_on_terminal(command, whole=True)
    assert "Reading" in shown
    assert "/30" in shown
    assert "mien: 2 of 30 pictures could not be read." in shown
