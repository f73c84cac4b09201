import zipfile
from pathlib import Path
from typing import Any, TypedDict

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from small_models import write_model
from small_teachers import press_row, write_expressions, write_press

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError, TrainingError
from mien.faces.classifier import Classifier
from mien.faces.detector import Detector
from mien.movements import MOVEMENT_NAMES
from mien.training.data import annotate as annotating
from mien.training.data.annotate import annotate
from mien.training.data.dataset import DTYPE, Source, load_dataset, select, write_dataset
from mien.training.data.prepare import prepare
from mien.training.engine.config import Teachers


@pytest.fixture(scope="module")
def press_zip(tmp_path_factory: pytest.TempPathFactory, astronaut: NDArray[np.uint8]) -> Path:
    """Twelve press faces: hers, moved a little."""
    grey = np.asarray(cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY), np.uint8)
    rows = [press_row(number, "happy") for number in range(12)]
    pictures: dict[str, NDArray[np.uint8] | bytes] = {
        row["name"]: np.ascontiguousarray(grey[50 + i : 162 + i, 170 + i : 282 + i])
        for i, row in enumerate(rows)
    }
    return write_press(tmp_path_factory.mktemp("press") / "press.zip", rows, pictures)


@pytest.fixture(scope="module")
def faces_file(
    kaggle_folder: Path, press_zip: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data set with press faces."""
    out = tmp_path_factory.mktemp("faces") / "faces.npy"
    prepare(kaggle_folder, out, press=press_zip)
    return out


class Files(TypedDict):
    landmarker: Path
    blendshapes: Path


class Landmarker:
    """Says how large a picture and its face are; finds no face in dark ones."""

    def __init__(self, detector: Path, blendshapes: Path) -> None:
        for file in (detector, blendshapes):
            if not file.exists():
                raise TrainingError(f"{file}: no network of the Face Landmarker")

    def movements(
        self, image: NDArray[np.uint8], centre: tuple[float, float], side: float
    ) -> NDArray[np.float32] | None:
        if image.mean() < 60:
            return None
        moved = np.zeros(len(MOVEMENT_NAMES), np.float32)
        moved[:4] = len(image) / 1000, side / 1000, centre[0] / 1000, image.mean() / 1000
        return moved


@pytest.fixture
def landmarker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Arguments that ask for movements; what tells them is not Google's."""
    monkeypatch.setattr(annotating, "Landmarker", Landmarker)
    files = Files(
        landmarker=tmp_path / "landmarker.tflite", blendshapes=tmp_path / "blendshapes.tflite"
    )
    files["landmarker"].touch()
    files["blendshapes"].touch()
    return files


def test_expressions_are_written_for_training_images_alone(
    faces_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "out.npy"
    line = annotate(faces_file, out, Teachers(expressions=write_expressions(tmp_path / "zoo.onnx")))
    before, after = load_dataset(faces_file), load_dataset(out)
    fer2013 = after["source"] == 0
    trained = after["split"] <= 1
    assert after["expressions"][fer2013 & trained].sum(axis=1) == pytest.approx(1)
    assert not after["expressions"][~trained].any()
    np.testing.assert_array_equal(after["expressions"][~fer2013], before["expressions"][~fer2013])
    assert not after["expressions"][fer2013 & trained][:, EMOTION_NAMES.index("sad")].max() > 0.3
    for name in DTYPE.names or ():
        if name != "expressions":
            np.testing.assert_array_equal(after[name], before[name])
    known = int((fer2013 & trained).sum()) + 12
    assert f"152 images; {known} have expressions, 0 have movements" in line


def test_movements_see_press_faces_in_full(
    faces_file: Path, press_zip: Path, tmp_path: Path, landmarker: Files
) -> None:
    out = tmp_path / "out.npy"
    annotate(faces_file, out, Teachers(press=press_zip, **landmarker))
    records = load_dataset(out)
    trained = records[records["split"] <= 1]
    known = trained["movements"][:, 0] >= 0
    dark = trained["image"].mean(axis=(1, 2)) < 60
    press = trained["source"] == 1
    assert (known == ~dark)[~press].all()
    assert (trained["movements"][~known] == -1).all()
    assert (records["movements"][records["split"] > 1] == -1).all()
    for source, length, framing in ((~press, 48, 48), (press, 112, 96)):
        moved = trained["movements"][source & known]
        assert len(moved) > 5
        np.testing.assert_allclose(moved[:, 0], length / 1000)
        np.testing.assert_allclose(moved[:, 1], framing / 1143, rtol=1e-5)
        np.testing.assert_allclose(moved[:, 2], length / 2000)
    # Each picture is that of its record.
    means = trained["image"][known & ~press].mean(axis=(1, 2)) / 1000
    np.testing.assert_allclose(trained["movements"][known & ~press][:, 3], means, rtol=1e-5)


def test_teachers_give_mean_shares_of_labels_and_votes(dataset_file: Path, tmp_path: Path) -> None:
    votes = dict.fromkeys(FERPLUS_NAMES, 0.05) | {"happiness": 0.55}
    label = dict.fromkeys(EMOTION_NAMES, 0.05) | {"happy": 0.7}
    both, labels_alone = write_model(tmp_path, votes=votes), write_model(tmp_path, label=label)
    out = tmp_path / "out.npy"
    line = annotate(dataset_file, out, Teachers(teachers=(both, labels_alone)))
    records = load_dataset(out)
    trained = records["split"] <= 1
    images = np.array(records["image"][trained])
    shares = [Classifier(file).predict_label(images) for file in (both, labels_alone)]
    np.testing.assert_allclose(records["taught"][trained][:, :7], np.mean(shares, 0), atol=1e-5)
    told = Classifier(both).predict_votes(images)
    assert told is not None
    np.testing.assert_allclose(records["taught"][trained][:, 7:], told, atol=1e-5)
    assert not records["taught"][~trained].any()
    assert f"{trained.sum()} have labels and votes" in line
    annotate(dataset_file, out, Teachers(teachers=(labels_alone,)))
    assert not load_dataset(out)["taught"][:, 7:].any()


def test_teachers_see_the_mirror_image_too(
    dataset_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LeftHalf(torch.nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            logits = torch.zeros(len(images), 17)
            logits[:, 3] = images[..., :24].mean(dim=(1, 2, 3))
            return logits

    monkeypatch.setattr(annotating, "load_teacher", lambda file: LeftHalf())  # pyright: ignore[reportUnknownLambdaType]
    records = np.array(load_dataset(dataset_file))
    plain, mirrored = tmp_path / "plain.npy", tmp_path / "mirrored.npy"
    annotate(dataset_file, plain, Teachers(teachers=(tmp_path,)))
    records["image"] = records["image"][:, :, ::-1]
    write_dataset(records, mirrored)
    annotate(mirrored, mirrored, Teachers(teachers=(tmp_path,)))  # in place
    taught = [load_dataset(file)["taught"] for file in (plain, mirrored)]
    np.testing.assert_allclose(taught[0], taught[1], atol=1e-6)


def test_what_an_earlier_call_wrote_stays(
    faces_file: Path, press_zip: Path, tmp_path: Path, landmarker: Files
) -> None:
    out = tmp_path / "out.npy"
    annotate(faces_file, out, Teachers(expressions=write_expressions(tmp_path / "zoo.onnx")))
    before = np.array(load_dataset(out)["expressions"])
    line = annotate(out, out, Teachers(press=press_zip, **landmarker))
    records = load_dataset(out)
    np.testing.assert_array_equal(records["expressions"], before)
    assert (records["movements"][:, 0] >= 0).any()
    assert " 0 have expressions" not in line


def test_what_is_missing_is_said_before_any_work(
    faces_file: Path,
    press_zip: Path,
    tmp_path: Path,
    landmarker: Files,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: Any) -> None:
        raise AssertionError("it began to work")

    monkeypatch.setattr(annotating, "enlarge", refused)
    zoo, out = write_expressions(tmp_path / "zoo.onnx"), tmp_path / "out.npy"
    with pytest.raises(DataError, match="nobody to ask: give --expressions"):
        annotate(faces_file, out, Teachers())
    with pytest.raises(DataError, match="--blendshapes"):
        annotate(faces_file, out, Teachers(expressions=zoo, landmarker=landmarker["landmarker"]))
    with pytest.raises(DataError, match="give --press"):
        annotate(faces_file, out, Teachers(expressions=zoo, **landmarker))
    with pytest.raises(DataError, match=r"none\.zip: not the zip of these press faces"):
        annotate(
            faces_file, out, Teachers(expressions=zoo, press=tmp_path / "none.zip", **landmarker)
        )
    rows = [press_row(number, "happy") for number in range(12)]
    grey = np.full((112, 112), 90, np.uint8)
    other = write_press(tmp_path / "other.zip", rows, {row["name"]: grey for row in rows})
    with pytest.raises(DataError, match=r"00000\.jpg shows another face"):
        annotate(faces_file, out, Teachers(expressions=zoo, press=other, **landmarker))
    landmarker["blendshapes"].unlink()
    with pytest.raises(TrainingError, match=r"blendshapes\.tflite"):
        annotate(faces_file, out, Teachers(expressions=zoo, press=press_zip, **landmarker))
    with pytest.raises(TrainingError, match="holds no run"):
        annotate(faces_file, out, Teachers(expressions=zoo, teachers=(tmp_path / "no-run",)))
    with pytest.raises(DataError, match=r"missing\.npy"):
        annotate(tmp_path / "missing.npy", out, Teachers(expressions=zoo))
    assert not out.exists()


def test_landmarks_that_are_not_found_are_put_where_they_mostly_are(shared_data: Path) -> None:
    """On FER2013's own images, those found lie about where the mean puts them."""
    with zipfile.ZipFile(shared_data / "fer2013.zip") as archive:
        names = [n for n in archive.namelist() if "train/happy/" in n and n.endswith(".jpg")][:12]
        images = [np.array(Image.open(archive.open(name)).convert("L")) for name in names]
    detector = Detector()
    mean = annotating.mean_landmarks()
    found = [annotating.landmarks_of(annotating.enlarge(image), detector) for image in images]
    distances = [np.linalg.norm(each - mean, axis=1).mean() for each in found]
    assert sum(distance > 0 for distance in distances) >= 10  # found, not put there
    assert np.median(distances) < 4 * 48 * 0.12  # pixels of the enlarged image
    blank = np.full((48, 48), 128, np.uint8)
    enlarged = annotating.enlarge(blank)
    assert enlarged.shape == (4 * 96, 4 * 96)
    np.testing.assert_array_equal(annotating.landmarks_of(enlarged, detector), mean)


def test_press_faces_are_left_out_where_fer2013_is_asked_for(faces_file: Path) -> None:
    records = load_dataset(faces_file)
    both = select(records, "train", source=None)
    alone = select(records, "train")
    assert len(both) - len(alone) == len(select(records, "train", source=Source.PRESS)) == 12
