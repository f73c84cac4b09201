import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from small_models import write_model
from terminals import run_on_terminal

import mien
from mien.cli.main import main
from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, VOTE_NAMES
from mien.errors import MienError
from mien.faces.reader import Reader
from mien.live.settings import Settings

Picture = NDArray[np.uint8]
Output = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, astronaut: Picture) -> Path:
    """Pictures: the astronaut twice under one name, one without a face, one that is broken."""
    root = tmp_path / "pictures"
    (root / "more").mkdir(parents=True)
    Image.fromarray(astronaut).save(root / "astronaut.png")
    Image.fromarray(astronaut[:, ::-1]).save(root / "more" / "astronaut.png")
    Image.fromarray(astronaut[300:]).save(root / "suit.png")
    (root / "broken.png").write_bytes((root / "suit.png").read_bytes()[:2000])
    return root


def test_read_tells_in_plain_words(folder: Path, capsys: Output) -> None:
    assert main(["read", str(folder / "astronaut.png"), str(folder / "suit.png")]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == f"{folder}/astronaut.png: 1 face"
    assert "of 10 people would say happy" in lines[1]
    assert lines[2:] == [f"{folder}/suit.png: no face"]
    assert err == ""


def test_a_broken_picture_is_named_and_the_others_are_read(folder: Path, capsys: Output) -> None:
    assert main(["read", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert out.count(": 1 face\n") == 2
    assert out.count(": no face\n") == 1
    broken, count = err.splitlines()
    assert broken.startswith(f"{folder}/broken.png: ")
    assert count == "mien: 1 of 4 pictures could not be read."


def test_json_is_an_object_a_picture(folder: Path, capsys: Output) -> None:
    assert main(["read", "--json", str(folder), str(folder / "missing.jpg")]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    results: dict[str, dict[str, Any]] = {line["image"]: line for line in lines}
    assert len(lines) == len(results) == 5
    failed = {name for name, result in results.items() if set(result) == {"image", "error"}}
    assert failed == {f"{folder}/broken.png", f"{folder}/missing.jpg"}
    assert results[f"{folder}/suit.png"]["faces"] == []
    astronaut = results[f"{folder}/astronaut.png"]
    assert list(astronaut) == ["image", "width", "height", "faces"]
    assert (astronaut["width"], astronaut["height"]) == (512, 512)
    (face,) = astronaut["faces"]
    assert list(face) == [
        *("box", "score", "landmarks", "votes", "top", "movements", "state", "clear", "why")
    ]
    assert tuple(face["votes"]) == VOTE_NAMES
    assert sum(face["votes"].values()) == pytest.approx(1, abs=1e-3)
    assert np.shape(face["landmarks"]) == (5, 2)
    assert len(face["top"]) == 3
    assert face["top"][0][0] == "happy"
    assert face["clear"] is True
    assert face["why"] is None
    (reading,) = mien.read(folder / "astronaut.png")
    assert face == reading.to_dict()


def test_csv_is_a_row_a_face(folder: Path, capsys: Output) -> None:
    assert main(["read", "--csv", str(folder)]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    faces = {row["image"]: row for row in rows if not row["error"]}
    assert set(faces) == {f"{folder}/astronaut.png", f"{folder}/more/astronaut.png"}
    row = faces[f"{folder}/astronaut.png"]
    (reading,) = mien.read(folder / "astronaut.png")
    for name, value in zip(("x1", "y1", "x2", "y2"), reading.box, strict=True):
        assert float(row[name]) == pytest.approx(value, abs=0.01)
    assert (row["width"], row["height"], row["face"]) == ("512", "512", "1")
    assert sum(float(row[name]) for name in VOTE_NAMES) == pytest.approx(1, abs=1e-3)
    assert (row["top"], row["clear"], row["why"]) == ("happy", "true", "")
    assert float(row["share"]) == float(row["happy"])
    (broken,) = (row for row in rows if row["error"])
    assert broken["image"] == f"{folder}/broken.png"
    assert broken["face"] == ""


def test_what_moves_is_said_where_it_is_asked_for(
    tmp_path: Path, folder: Path, capsys: Output
) -> None:
    label = dict.fromkeys(EMOTION_NAMES, 0.04) | {"happy": 0.76}
    moves = {"mouth corners up": 0.8, "eyes closed": 0.05, "mouth open": 0.1}
    model = write_model(tmp_path, label=label, movements=moves)
    arguments = ["read", str(folder / "astronaut.png"), "--model", str(model)]
    assert main([*arguments, "--draw", str(tmp_path / "plain")]) == 0
    plain = capsys.readouterr().out.splitlines()
    assert main([*arguments, "--movements", "--draw", str(tmp_path / "moving")]) == 0
    assert capsys.readouterr().out.splitlines() == [*plain, "    corners of the mouth up"]
    copies = [
        np.asarray(Image.open(tmp_path / name / "astronaut.jpg"), np.int16)
        for name in ("plain", "moving")
    ]
    assert (np.abs(copies[0] - copies[1]) > 100).any()
    assert main([*arguments, "--csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert float(row["movement_mouth_corners_up"]) == pytest.approx(0.8)
    assert row["movement_brows_lowered"] == ""
    code = main(["read", "--ray", str(folder), "--out", str(tmp_path / "out"), "--movements"])
    assert code == 2


def test_faces_are_compared_with_the_usual_one(
    tmp_path: Path, astronaut: Picture, capsys: Output
) -> None:
    usual = tmp_path / "usual.jpg"
    Image.fromarray(astronaut).save(usual, quality=95)
    arguments = ["read", str(usual), "--usual", str(usual)]
    assert main(arguments) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "    as usual"
    assert main([*arguments, "--json"]) == 0
    (face,) = json.loads(capsys.readouterr().out)["faces"]
    assert face["change"] is None
    assert main(["read", str(usual), "--json"]) == 0
    (face,) = json.loads(capsys.readouterr().out)["faces"]
    assert "change" not in face


def test_a_real_smile_is_told_against_the_usual_face(
    tmp_path: Path, shared_data: Path, capsys: Output
) -> None:
    yale = shared_data / "real" / "yale"
    smile = str(yale / "subject06_happy.png")
    usual = [str(yale / f"subject06_{kind}.png") for kind in ("normal", "glasses")]
    arguments = ["read", smile, "--usual", *usual]
    assert main([*arguments, "--draw", str(tmp_path / "told")]) == 0
    plain, told = capsys.readouterr().out.splitlines()[1:]
    assert plain.startswith("  10 of 10 people would say happy")
    assert told.startswith("    more smiling than usual: corners of the mouth up")
    assert main([*arguments, "--json"]) == 0
    (face,) = json.loads(capsys.readouterr().out)["faces"]
    assert face["change"]["emotion"] == "happy"
    assert face["change"]["by"] > 2
    assert face["change"]["sentence"] == told.strip()
    assert main([*arguments, "--csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["change"], row["change_sentence"]) == ("happy", told.strip())
    assert float(row["change_by"]) == face["change"]["by"]
    assert main(["read", smile, "--draw", str(tmp_path / "plain")]) == 0
    copies = [
        np.asarray(Image.open(tmp_path / name / "subject06_happy.jpg"), np.int16)
        for name in ("plain", "told")
    ]
    assert (np.abs(copies[0] - copies[1]) > 100).any()


def test_usual_pictures_that_cannot_be_used_are_named_before_any_work(
    tmp_path: Path, folder: Path, astronaut: Picture, capsys: Output
) -> None:
    picture = str(folder / "astronaut.png")
    dark = tmp_path / "dark.png"
    Image.fromarray((astronaut * 0.12).astype(np.uint8)).save(dark)
    for usual, told in (
        (tmp_path / "none.jpg", "none.jpg: no such file. Expected a picture."),
        (folder / "suit.png", "suit.png: no face found. Give pictures of the person's face."),
        (dark, "dark.png: its largest face is unclear: too dark. Give a picture"),
    ):
        assert main(["read", picture, "--usual", picture, str(usual)]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("mien: --usual ")
        assert told in err
    for arguments in (["--usual", picture], [picture, "--usual"]):
        assert main(["read", *arguments]) == 2
        assert "mien read IMAGE... --usual PICTURE..." in " ".join(
            capsys.readouterr().err.replace("│", " ").split()
        )
    ray = ["read", "--ray", str(folder), "--out", str(tmp_path / "out"), "--usual", picture]
    assert main(ray) == 2


def test_unclear_faces_say_why(tmp_path: Path, folder: Path, capsys: Output) -> None:
    model = write_model(tmp_path, votes=dict.fromkeys(FERPLUS_NAMES, 1 / 9) | {"NF": 0.0})
    arguments = ["read", str(folder / "astronaut.png"), "--model", str(model)]
    assert main(arguments) == 0
    told = capsys.readouterr().out.splitlines()[1]
    assert told.startswith("  unclear: people would disagree (3 of 10 would say something else, ")
    assert main([*arguments, "--json"]) == 0
    face = json.loads(capsys.readouterr().out)["faces"][0]
    assert face["clear"] is False
    assert face["why"] == "people would disagree"


def test_several_faces_are_numbered(folder: Path, astronaut: Picture, capsys: Output) -> None:
    Image.fromarray(np.hstack([astronaut, astronaut])).save(folder / "two.png")
    assert main(["read", str(folder / "two.png")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("two.png: 2 faces")
    assert [line.split(",")[0] for line in lines[1:]] == ["  face 1", "  face 2"]


def test_drawn_copies_overwrite_nothing(folder: Path, capsys: Output) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.png")}
    out = folder / "drawn" / "here"
    arguments = ["read", str(folder / "astronaut.png"), str(folder / "more"), "--draw", str(out)]
    assert main(arguments) == 0
    assert sorted(path.name for path in out.iterdir()) == ["astronaut-2.jpg", "astronaut.jpg"]
    with Image.open(out / "astronaut.jpg") as drawn, Image.open(folder / "astronaut.png") as plain:
        assert drawn.size == plain.size
        difference = np.abs(np.asarray(drawn, int) - np.asarray(plain, int)).max(axis=2)
    assert difference.max() > 100
    first = (out / "astronaut.jpg").read_bytes()
    assert main(arguments) == 0
    assert len(list(out.iterdir())) == 4
    assert (out / "astronaut.jpg").read_bytes() == first
    assert {path: path.read_bytes() for path in before} == before
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("pattern", ["", "*", "**/*"])
def test_a_later_run_does_not_read_the_copies(folder: Path, pattern: str, capsys: Output) -> None:
    (folder / "broken.png").unlink()
    drawn, out = folder / "drawn", folder.parent / "faces.csv"
    arguments = ["read", str(folder / pattern), "--out", str(out), "--draw", str(drawn)]
    assert main(arguments) == 0
    rows, copies = out.read_bytes(), sorted(drawn.iterdir())
    assert len(copies) == 3
    capsys.readouterr()
    assert main(arguments) == 0
    assert f"left out: {drawn}: the folder for results." in capsys.readouterr().err
    assert (out.read_bytes(), sorted(drawn.iterdir())) == (rows, copies)
    assert main(["read", str(drawn), "--json"]) == 0  # named itself, it is read


def test_copies_do_not_come_among_the_pictures(folder: Path, capsys: Output) -> None:
    before = sorted(folder.rglob("*"))
    for draw in (folder, folder / "more" / ".."):
        assert main(["read", str(folder), "--draw", str(draw)]) == 1
        assert "Name another folder" in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before


def test_the_folder_for_copies_may_not_be_a_file(folder: Path, capsys: Output) -> None:
    assert main(["read", str(folder), "--draw", str(folder / "suit.png")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "suit.png" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["read"],
        ["read", "a.png", "--json", "--csv"],
        ["read", "a.png", "--jsn"],
        ["read", "-", "-"],
        ["read", "-", "--files-from", "-"],
        ["read", "a.png", "--parquet"],
        ["read", "a.png", "--out", "faces.txt"],
        ["raed", "a.png"],
        ["live", "--port", "99999"],
        ["live", "--port", "high"],
        ["train"],
    ],
)
def test_wrong_usage_is_told_and_exits_with_2(arguments: list[str], capsys: Output) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Error" in err


@pytest.mark.parametrize("arguments", [[], ["--help"], ["read", "--help"], ["data", "--help"]])
def test_help_is_given(arguments: list[str], capsys: Output) -> None:
    assert main(arguments) == 0
    assert "Usage: mien" in capsys.readouterr().out


def test_version(capsys: Output) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == mien.__version__


def test_a_folder_without_pictures_is_an_error(tmp_path: Path, capsys: Output) -> None:
    assert main(["read", str(tmp_path)]) == 1
    assert f"{tmp_path}: no pictures" in capsys.readouterr().err


def test_a_missing_model_is_named(folder: Path, capsys: Output) -> None:
    assert main(["read", str(folder), "--json", "--model", "nowhere.onnx"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("mien: nowhere.onnx: ")


def test_ctrl_c_is_quiet(folder: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Reader, "read_batch", stop)
    assert main(["read", str(folder)]) == 130
    assert capsys.readouterr().err == ""


def test_live_serves_as_asked(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    asked: list[tuple[Settings | None, bool]] = []

    def serve(settings: Settings | None, *, open_browser: bool) -> None:
        asked.append((settings, open_browser))
        if settings and settings.port == 80:
            raise MienError("port 80: taken")

    monkeypatch.setattr("mien.live.server.serve", serve)
    assert main(["live"]) == 0
    assert main(["live", "--host", "::1", "--port", "80", "--no-open"]) == 1
    assert asked == [(None, True), (Settings(host="::1", port=80), False)]
    assert capsys.readouterr().err == "mien: port 80: taken\n"


def test_live_takes_settings_from_flags_variables_and_a_file_in_this_order(
    monkeypatch: pytest.MonkeyPatch, capsys: Output, tmp_path: Path
) -> None:
    asked: list[Settings | None] = []

    def serve(settings: Settings | None, *, open_browser: bool) -> None:
        asked.append(settings)

    monkeypatch.setattr("mien.live.server.serve", serve)
    file = tmp_path / "mien.toml"
    lines = ["[live]", "port = 1", "sessions = 5", "readers = 3", 'allow-host = ["a.org", "b.org"]']
    file.write_text("\n".join(lines))
    monkeypatch.setenv("MIEN_SETTINGS", str(file))
    monkeypatch.setenv("MIEN_LIVE_SESSIONS", "6")
    monkeypatch.setenv("MIEN_LIVE_READERS", "4")
    assert main(["live", "--readers", "5"]) == 0
    assert asked == [Settings(port=1, sessions=6, readers=5, allow_host=("a.org", "b.org"))]

    file.write_text("[live]\nprot = 1\n")
    assert main(["live"]) == 2
    assert "prot" in capsys.readouterr().err
    monkeypatch.setenv("MIEN_SETTINGS", str(tmp_path / "missing.toml"))
    assert main(["live"]) == 1
    assert "missing.toml" in capsys.readouterr().err


def run(*arguments: str, prepare: str = "") -> subprocess.CompletedProcess[str]:
    """`mien` in a fresh Python, which runs `prepare` first."""
    code = f"{prepare}\nimport sys\nfrom mien.cli.main import main\nsys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


WITHOUT_THE_EXTRA = """
import sys

class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "kornia", "matplotlib", "onnx", "sklearn"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent)
"""


def test_training_commands_tell_of_the_missing_extra() -> None:
    for command in (["train", "--data", "a", "--out", "b"], ["data", "describe", "a"]):
        done = run(*command, prepare=WITHOUT_THE_EXTRA)
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.startswith("mien: this command needs the training extra, and ")
        assert "pip install 'mien[training]'" in done.stderr


def test_without_the_extra_the_rest_works(folder: Path) -> None:
    assert run("data", "--help", prepare=WITHOUT_THE_EXTRA).returncode == 0
    assert run("read", str(folder / "suit.png"), prepare=WITHOUT_THE_EXTRA).returncode == 0
    done = run("raed", "a.png", prepare=WITHOUT_THE_EXTRA)
    assert done.returncode == 2
    assert 'Did you mean "read"?' in done.stderr


@pytest.mark.parametrize("prepare", ["", WITHOUT_THE_EXTRA], ids=["extra", "no extra"])
def test_completion_is_installed(tmp_path: Path, prepare: str) -> None:
    home = f"{prepare}\nimport os; os.environ['HOME'] = {str(tmp_path)!r}"
    done = run("--install-completion", "--shell", "bash", prepare=home)
    assert (done.returncode, done.stderr) == (0, "")
    script = (tmp_path / ".local/share/bash-completion/completions/mien").read_text()
    assert "--files-from" in script
    assert "--learning-rate" in script  # the options are known without the extra too


@pytest.mark.slow
def test_training_commands_are_found(tmp_path: Path, capsys: Output) -> None:
    missing = str(tmp_path / "none.npy")
    assert main(["data", "describe", missing]) == 1
    assert missing in capsys.readouterr().err


def test_python_m_mien(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mien", "read", "--json", str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 4
    assert "broken.png" in done.stderr


def test_a_closed_pipe_is_no_traceback(folder: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen(
        [sys.executable, "-m", "mien", "read", str(folder)], stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"Traceback" not in err
    assert b"Exception" not in err


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no pseudo-terminals")
def test_progress_goes_to_the_terminal_and_results_to_the_pipe(folder: Path) -> None:
    command = [sys.executable, "-m", "mien", "read", "--json", str(folder)]
    done, shown = run_on_terminal(command)
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 4
    assert "Reading" in shown
    assert "broken.png" in shown.replace("\r\n", "")


def test_names_that_are_no_unicode_are_read(folder: Path, capsys: Output) -> None:
    odd = os.fsencode(folder) + b"/odd-\xff.png"
    Path(os.fsdecode(odd)).write_bytes((folder / "suit.png").read_bytes())
    done = run("read", os.fsdecode(odd))
    assert done.returncode == 0
    assert "odd-" in done.stdout
    done = run("read", "--json", os.fsdecode(odd))
    assert json.loads(done.stdout)["image"] == os.fsdecode(odd)
