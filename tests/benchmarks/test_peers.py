"""The comparison with other libraries: its workers, and what becomes of what was measured."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from peers.environments import FOLDER, MissingError, install, size, worker
from peers.measuring import CONTENDERS, film, frames, measure
from peers.presenting import BEGIN, END, ROWS, conditions, draw, table, write_into
from peers.workers import Worker, WorkerError
from PIL import Image

from mien.faces.classifier import Classifier

MIEN = [sys.executable, "-m", "peers.mien_worker", "default"]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("frames")
    for name, image in frames().items():
        image.tofile(folder / name)
    return {name: str(folder / name) for name in frames()}


def test_the_worker_finds_and_reads_the_faces(pictures: dict[str, str], tmp_path: Path) -> None:
    with Worker(MIEN, "one", tmp_path / "log") as process:
        for name, faces in (("one", 1), ("nine", 9)):
            answer = process.ask(do="frame", file=pictures[name], repeats=2)
            assert answer["faces"] == faces
            assert len(answer["ms"]) == 2
        assert len(process.ask(do="face", file=pictures["one"], repeats=3)["ms"]) == 3
        film().tofile(tmp_path / "film")
        answer = process.ask(do="film", file=str(tmp_path / "film"), repeats=2)
        assert (answer["faces"], len(answer["ms"])) == (1, 2)
        about = process.ask(do="about")
        assert about["versions"]["mien"]
        assert about["peak_memory"] is None or about["peak_memory"] > 20e6


def test_the_worker_s_shares_are_the_classifier_s(
    tmp_path: Path, astronaut: NDArray[np.uint8]
) -> None:
    crops = np.stack([astronaut[40:88, 200:248, 0], astronaut[300:348, 200:248, 0]])
    crops.tofile(tmp_path / "crops")
    with Worker(MIEN, "default", tmp_path / "log") as process:
        process.ask(do="shares", file=str(tmp_path / "crops"), out=str(tmp_path / "shares"))
    label = np.fromfile(tmp_path / "shares.label", np.float32).reshape(2, 7)
    votes = np.fromfile(tmp_path / "shares.votes", np.float32).reshape(2, 10)
    assert label == pytest.approx(Classifier().predict_label(crops), abs=1e-5)
    assert votes == pytest.approx(Classifier().predict_votes(crops), abs=1e-5)


@pytest.mark.parametrize(("library", "finder"), [("fer", "haar"), ("face-api", "tiny")])
def test_a_peer_s_worker_reads_faces(
    library: str, finder: str, pictures: dict[str, str], tmp_path: Path
) -> None:
    try:
        command = worker(library, FOLDER, "default", finder)
    except MissingError as error:
        pytest.skip(str(error))
    crops = tmp_path / "crops"
    np.random.default_rng(0).integers(0, 256, (2, 48, 48), np.uint8).tofile(crops)
    with Worker(command, "default", tmp_path / "log") as process:
        assert process.ask(do="frame", file=pictures["nine"], repeats=1)["faces"] > 0
        film()[:2].tofile(tmp_path / "film")
        assert process.ask(do="film", file=str(tmp_path / "film"), repeats=1)["faces"] > 0
        process.ask(do="shares", file=str(crops), out=str(tmp_path / "shares"))
    shares = np.fromfile(tmp_path / "shares.label", np.float32).reshape(2, 7)
    assert shares.sum(axis=1) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("program", "why"),
    [("raise SystemExit('no such network')", "no such network"), ("print('noise')", "noise")],
)
def test_a_worker_that_does_not_answer_tells_why(program: str, why: str, tmp_path: Path) -> None:
    process = Worker([sys.executable, "-c", program], "default", tmp_path / "log")
    with process, pytest.raises(WorkerError, match=why):
        process.ask(do="about")


def test_without_environments_nothing_is_measured_and_why_is_told(tmp_path: Path) -> None:
    saved: list[dict[str, Any]] = []
    measure(tmp_path, None, 1, 1, {"fer": "the disk is full"}, saved.append)
    results = saved[-1]
    assert "the disk is full" in results["contenders"]["fer, Haar"]["not_measured"]
    assert "not installed" in results["contenders"]["mien"]["not_measured"]
    assert table(results).count("not measured") == len(CONTENDERS) * (len(ROWS) + 2)
    assert "fer, MTCNN was not measured: the disk is full." in table(results)


def test_a_library_without_its_installer_is_a_problem_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("peers.environments.LIBRARIES", ("face-api",))
    assert "npm is not installed" in install(tmp_path)["face-api"]


def test_size_counts_the_packages_alone(tmp_path: Path) -> None:
    packages = tmp_path / "fer" / "lib" / "python3.11" / "site-packages"
    (packages / "fer").mkdir(parents=True)
    (packages / "fer" / "network.tflite").write_bytes(bytes(300))
    (tmp_path / "fer" / "lib64").symlink_to("lib")
    (tmp_path / "fer" / "bin").mkdir()
    (tmp_path / "fer" / "bin" / "python").write_bytes(bytes(5000))
    assert size("fer", tmp_path) == 300


def figures(**changes: Any) -> dict[str, Any]:
    return {
        "versions": {"mien": "1.0"},
        "found": {"one": 1, "nine": 9},
        "default": {"one": 10.0, "nine": 20.0, "face": 1.0},
        "one": {"one": 11.0, "nine": 21.0, "face": 1.0},
        "start_seconds": 0.5,
        "peak_memory": 150e6,
        "install_size": 400e6,
        **changes,
    }


@pytest.fixture
def results() -> dict[str, Any]:
    return {
        "date": "2026-01-01",
        "machine": {"processor": "a processor", "cores": 2, "load": 0.1},
        "rounds": 10,
        "starts": 5,
        "contenders": {
            "mien": figures(majority_accuracy=0.8),
            "slow": figures(default={"one": 120.0, "nine": 130.0, "face": 0.5}),
            "absent": {"not_measured": "no Node"},
        },
    }


def test_the_best_of_a_row_stands_out(results: dict[str, Any]) -> None:
    lines = table(results).splitlines()
    assert "| a 640×480 frame with one face | **10.0 ms** | 120 ms | not measured |" in lines
    assert "| a face, once found | 1.0 ms | **0.5 ms** | not measured |" in lines
    assert "| FER+'s majority, PublicTest | **80.0 %** | not measured | not measured |" in lines
    assert lines[-1] == "absent was not measured: no Node."


def test_table_and_picture_are_written(results: dict[str, Any], tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write_into(page, results)
    write_into(page, results)
    text = page.read_text()
    assert text.startswith(f"before\n{BEGIN}\n| | mien |")
    assert text.endswith(f"{END}\nafter\n")
    assert text.count("2 cores of a processor") == 1
    assert "busy" not in text
    assert "old" not in text
    draw(results, tmp_path / "peers.png")
    with Image.open(tmp_path / "peers.png") as image:
        assert image.width > 1000


def test_a_busy_machine_is_told(results: dict[str, Any]) -> None:
    results["machine"]["load"] = 3.0
    assert "busy with other work (load 3.0 before)" in conditions(results)


def test_a_page_without_a_place_for_the_table_is_refused(
    results: dict[str, Any], tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text("no place")
    with pytest.raises(ValueError, match=r"page\.md"):
        write_into(page, results)
    assert page.read_text() == "no place"
