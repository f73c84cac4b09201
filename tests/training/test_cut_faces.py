from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from small_teachers import write_expressions

from mien.cli.main import app
from mien.emotions import EMOTION_NAMES
from mien.errors import DataError, TrainingError
from mien.faces.alignment import crop_face
from mien.faces.detector import Detector
from mien.media.picture import load_image
from mien.training.data.cut_faces import cut_faces
from mien.training.data.press import press_records


@pytest.fixture
def folder(astronaut: NDArray[np.uint8], tmp_path: Path) -> Path:
    """Pictures of a smiling woman, a shoulder, and a file that is no picture."""
    pictures = tmp_path / "pictures"
    for name in ("happiness/a.png", "surprise/b.png"):
        (pictures / name).parent.mkdir(parents=True)
        Image.fromarray(astronaut).save(pictures / name)
    Image.fromarray(astronaut[:, ::-1]).save(pictures / "happiness" / "mirrored.png")
    Image.fromarray(astronaut[300:, 330:]).save(pictures / "happiness" / "shoulder.png")
    (pictures / "surprise" / "text.png").write_text("no picture")
    return pictures


def test_the_zip_is_what_prepare_takes(folder: Path, tmp_path: Path) -> None:
    zoo = write_expressions(tmp_path / "zoo.onnx")
    out = tmp_path / "deep" / "faces.zip"
    cut = cut_faces(folder, zoo, out)
    assert cut.faces == 3
    assert [line.split(": ")[0] for line in cut.problems] == [
        str(folder / "happiness" / "shoulder.png"),
        str(folder / "surprise" / "text.png"),
    ]
    assert cut.notes == ('"happiness" counts as happy (3 pictures)',)
    problems: list[str] = []
    records = press_records(out, problems)
    assert problems == []
    assert [EMOTION_NAMES[label] for label in records["label"]] == ["happy", "happy", "surprise"]
    np.testing.assert_allclose(records["expressions"].sum(axis=1), 1, atol=1e-3)
    # Each is framed as in live use.
    image = load_image(folder / "happiness" / "a.png")
    (face,) = Detector().detect(image)
    difference = records["image"][0].astype(float) - crop_face(image, face)
    assert np.abs(difference).mean() < 3
    assert np.abs(records["image"][0].astype(float) - records["image"][1]).mean() > 10
    # The same pictures give the same zip.
    before = out.read_bytes()
    cut_faces(folder, zoo, out)
    assert out.read_bytes() == before


def test_the_command_names_what_it_leaves_out(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zoo = write_expressions(tmp_path / "zoo.onnx")
    command = ["data", "faces", str(folder), "--expressions", str(zoo)]
    out = tmp_path / "faces.zip"
    assert app([*command, "--out", str(out)], result_action="return_value") == 1
    told = capsys.readouterr()
    assert told.out == f"{out}: 3 faces; 2 pictures left out\n"
    assert "shoulder.png: no face was found" in told.err


def test_nothing_to_cut_leaves_no_zip(folder: Path, tmp_path: Path) -> None:
    for name in ("happiness/a.png", "happiness/mirrored.png", "surprise/b.png"):
        (folder / name).unlink()
    out = tmp_path / "faces.zip"
    zoo = write_expressions(tmp_path / "zoo.onnx")
    with pytest.raises(
        DataError, match=r"no picture with a face.*shoulder\.png: no face was found"
    ):
        cut_faces(folder, zoo, out)
    with pytest.raises(DataError, match="no labelled picture"):
        cut_faces(tmp_path, zoo, out)
    with pytest.raises(TrainingError, match=r"none\.onnx: no expression network"):
        cut_faces(folder, tmp_path / "none.onnx", out)
    assert not [path for path in tmp_path.iterdir() if "faces.zip" in path.name]
