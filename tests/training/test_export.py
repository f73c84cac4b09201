import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from mien.emotions import EMOTION_NAMES
from mien.errors import TrainingError
from mien.training.data import load_dataset
from mien.training.export import export, fit_temperature
from mien.training.train import Config, load_run, train


@pytest.fixture(scope="module")
def run(dataset_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    train(dataset_file, folder, Config(epochs=1, batch_size=16))
    return folder


@pytest.fixture(scope="module")
def exported(run: Path, dataset_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exported") / "model.onnx"
    export(run, out, dataset_file)
    return out


def test_the_file_takes_crops_as_they_are(run: Path, exported: Path, dataset_file: Path) -> None:
    images = np.array(load_dataset(dataset_file)["image"][:9])
    session = onnxruntime.InferenceSession(exported)
    shares = np.asarray(session.run(["label"], {"crops": images})[0])
    temperature = json.loads(session.get_modelmeta().custom_metadata_map["mien"])["calibration"][
        "temperature"
    ]
    _, network = load_run(run)
    with torch.inference_mode():
        logits = network(torch.from_numpy(images[:, None] / np.float32(255)))
    expected = torch.softmax(logits / temperature, dim=1).numpy()
    np.testing.assert_allclose(shares, expected, atol=1e-4)
    alone = np.asarray(session.run(["label"], {"crops": images[:1]})[0])
    np.testing.assert_allclose(alone, shares[:1], atol=1e-6)


def test_the_file_says_what_it_is(run: Path, exported: Path) -> None:
    model = onnx.load(exported)
    onnx.checker.check_model(model)
    metadata = json.loads({p.key: p.value for p in model.metadata_props}["mien"])
    assert metadata["labels"] == list(EMOTION_NAMES)
    assert metadata["network"] == "baseline"
    assert metadata["calibration"]["log_loss_after"] <= metadata["calibration"]["log_loss_before"]
    config = json.loads((run / "config.json").read_text())
    assert metadata["commit"] == config["commit"]
    assert metadata["data"] == config["data"]


def test_another_data_set_is_refused(run: Path, dataset_file: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "other.npy", load_dataset(dataset_file)[::2])
    with pytest.raises(TrainingError, match="not the data set"):
        export(run, tmp_path / "model.onnx", tmp_path / "other.npy")
    assert not (tmp_path / "model.onnx").exists()


def test_the_temperature_is_the_one_that_was_put_in() -> None:
    generator = torch.Generator().manual_seed(0)
    true = torch.randn(20_000, 7, generator=generator) * 2
    labels = torch.multinomial(true.softmax(1), 1, generator=generator)[:, 0]
    assert fit_temperature(true * 3, labels) == pytest.approx(3, rel=0.05)
    assert fit_temperature(true / 2, labels) == pytest.approx(0.5, rel=0.05)
