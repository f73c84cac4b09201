import json
import sys
from pathlib import Path

import pytest

from mien.cli import bench
from mien.cli.bench import Report, measure
from mien.cli.bench_frames import FACES, frame
from mien.cli.install_size import install_size
from mien.cli.main import main
from mien.faces.detector import Detector

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize("faces", FACES)
def test_the_finder_takes_the_drawn_faces_for_faces(faces: int) -> None:
    image = frame(faces)
    assert image.shape == (480, 640, 3)
    assert len(Detector().detect(image)) == faces


@pytest.fixture(scope="module")
def report() -> Report:
    return measure(2, 1)


@pytest.mark.slow
def test_every_kind_of_frame_is_measured(report: Report) -> None:
    assert {f.faces for f in report.frames} == {1, 9}
    assert report.frames[0].threads == 1
    for f in report.frames:
        assert 0 < f.face_ms <= f.alignment_ms + f.network_ms
        assert max(f.detector_ms, f.alignment_ms, f.network_ms) < f.total_ms


@pytest.mark.slow
def test_a_first_reading_takes_longer_than_the_import_alone(report: Report) -> None:
    assert report.start["a first reading"] > report.start["import mien"] > 0


@pytest.mark.slow
def test_memory_and_size_are_those_of_a_program_with_onnx_runtime(report: Report) -> None:
    if sys.platform != "win32":
        assert report.peak_memory is not None
        assert 20e6 < report.peak_memory < 2e9
    assert 50e6 < report.install_size < 2e9


def install(folder: Path, name: str, size: int, *requirements: str) -> None:
    """A package as pip leaves it, with one module of `size` bytes."""
    (folder / f"{name}.py").write_bytes(b"#" * size)
    information = folder / f"{name}-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        "\n".join([f"Name: {name}", "Version: 1", *(f"Requires-Dist: {r}" for r in requirements)])
    )
    (information / "RECORD").write_text(f"{name}.py,,\n")


def test_a_size_is_that_of_all_that_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = ["second-one>=2", "third ; extra == 'more'", "absent ; sys_platform == 'plan9'"]
    install(tmp_path, "first_one", 1000, *needs)
    install(tmp_path, "second_one", 200, "first_one (>=1)")
    install(tmp_path, "third", 30)
    monkeypatch.syspath_prepend(tmp_path)
    assert install_size("first_one") == 1200


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "STARTS", 1)


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_json_goes_to_standard_output_alone(capsys: Output) -> None:
    assert main(["bench", "--repeats", "1", "--json", "-"]) == 0
    out, err = capsys.readouterr()
    content = json.loads(out)
    assert content["frames"][0]["frames_a_second"] > 0
    assert content["machine"]["cores"] >= 1
    assert err == ""


@pytest.mark.slow
@pytest.mark.usefixtures("short")
def test_a_table_is_printed_and_a_file_written(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "speed.json"
    assert main(["bench", "--repeats", "1", "--json", str(file)]) == 0
    out, err = capsys.readouterr()
    assert "640×480" in out
    assert "Peak memory: " in out
    assert json.loads(file.read_text())["install_size_bytes"] > 0
    assert err == ""


def test_a_file_that_cannot_be_written_is_told_before_the_work(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "measure", pytest.fail)
    assert main(["bench", "--json", str(tmp_path / "nowhere" / "speed.json")]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_no_frames_are_no_measure(capsys: Output) -> None:
    assert main(["bench", "--repeats", "0"]) == 2
    assert "Error" in capsys.readouterr().err
