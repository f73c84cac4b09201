import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, VOTE_NAMES
from mien.errors import TrainingError
from mien.faces.classifier import Classifier
from mien.movements import MOVEMENT_NAMES
from mien.training.data.dataset import load_dataset
from mien.training.engine.config import Config
from mien.training.engine.run_folder import load_run
from mien.training.engine.teachers import load_teacher
from mien.training.engine.train import train
from mien.training.export import export


@pytest.fixture(scope="module")
def voted_file(dataset_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data set with votes for nine in ten images."""
    records = np.array(load_dataset(dataset_file))
    rng = np.random.default_rng(0)
    records["votes"] = rng.multinomial(10, np.full(10, 0.1), len(records))
    records["votes"][::10] = 0
    path = tmp_path_factory.mktemp("voted") / "voted.npy"
    np.save(path, records)
    return path


@pytest.fixture(scope="module")
def run(voted_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    train(voted_file, folder, Config(epochs=1, batch_size=16))
    return folder


@pytest.fixture(scope="module")
def exported(run: Path, voted_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exported") / "model.onnx"
    export([run], out, voted_file)
    return out


def test_the_file_takes_crops_as_they_are(run: Path, exported: Path, voted_file: Path) -> None:
    images = np.array(load_dataset(voted_file)["image"][:9])
    session = onnxruntime.InferenceSession(exported)
    metadata = json.loads(session.get_modelmeta().custom_metadata_map["mien"])
    _, network = load_run(run)
    with torch.inference_mode():
        logits = network(torch.from_numpy(images[:, None] / np.float32(255)))
    for head, columns in (("label", slice(0, 7)), ("votes", slice(7, 17))):
        shares = np.asarray(session.run([head], {"crops": images})[0])
        calibration = metadata["calibration"][head]
        calibrated = logits[:, columns] / calibration["temperature"]
        calibrated += torch.tensor(calibration["bias"])
        expected = torch.softmax(calibrated, dim=1).numpy()
        np.testing.assert_allclose(shares, expected, atol=1e-4)
        alone = np.asarray(session.run([head], {"crops": images[:1]})[0])
        np.testing.assert_allclose(alone, shares[:1], atol=1e-6)


def test_a_run_without_votes_has_one_head(dataset_file: Path, tmp_path: Path) -> None:
    train(dataset_file, tmp_path / "run", Config(epochs=1, batch_size=16))
    export([tmp_path / "run"], tmp_path / "model.onnx")
    classifier = Classifier(tmp_path / "model.onnx")
    assert classifier.predict_votes(np.zeros((1, 48, 48), np.uint8)) is None
    assert classifier.metadata["calibration"] == {"method": "none"}


def test_the_file_says_what_it_is(run: Path, exported: Path) -> None:
    model = onnx.load(exported)
    onnx.checker.check_model(model)
    metadata = json.loads({p.key: p.value for p in model.metadata_props}["mien"])
    assert metadata["labels"] == list(EMOTION_NAMES)
    assert metadata["network"] == "baseline"
    assert metadata["votes"] == list(FERPLUS_NAMES)
    for head in ("label", "votes"):
        calibration = metadata["calibration"][head]
        assert calibration["log_loss_after"] <= calibration["log_loss_before"]
    config = json.loads((run / "config.json").read_text())
    assert metadata["commit"] == config["commit"]
    assert metadata["data"] == config["data"]


@pytest.fixture(scope="module")
def other_run(voted_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "other"
    train(voted_file, folder, Config(epochs=1, batch_size=16, seed=1))
    return folder


def test_several_runs_answer_together_the_second_by_the_mirror_image(
    run: Path, other_run: Path, voted_file: Path, tmp_path: Path
) -> None:
    export([run, other_run], tmp_path / "model.onnx")
    images = np.array(load_dataset(voted_file)["image"][:9])
    classifier = Classifier(tmp_path / "model.onnx")
    plain = torch.from_numpy(images[:, None] / np.float32(255))
    with torch.inference_mode():
        one = load_run(run)[1].eval()(plain)
        other = load_run(other_run)[1].eval()(plain.flip(3))
    expected = torch.softmax((one + other)[:, :7] / 2, dim=1).numpy()
    np.testing.assert_allclose(classifier.predict_label(images), expected, atol=1e-4)
    assert classifier.metadata["seed"] == 0
    (second,) = classifier.metadata["together_with"]
    assert second["seed"] == 1


def test_runs_that_do_not_fit_together_are_refused(
    run: Path, dataset_file: Path, voted_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "model.onnx"
    with pytest.raises(TrainingError, match="name a training run"):
        export([], out)
    train(dataset_file, tmp_path / "labels", Config(epochs=1, batch_size=16))
    with pytest.raises(TrainingError, match=r"heads label, .* has label, votes"):
        export([run, tmp_path / "labels"], out)
    assert not out.exists()


def test_another_data_set_is_refused(run: Path, voted_file: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "other.npy", load_dataset(voted_file)[::2])
    with pytest.raises(TrainingError, match="not the data set"):
        export([run], tmp_path / "model.onnx", tmp_path / "other.npy")
    assert not (tmp_path / "model.onnx").exists()


def test_eight_bits_make_a_smaller_file_that_reads_nearly_alike(
    run: Path, exported: Path, voted_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "small.onnx"
    export([run], out, voted_file, quantize=True)
    assert capfd.readouterr().out == ""
    images = np.array(load_dataset(voted_file)["image"])
    plain, small = Classifier(exported), Classifier(out)
    assert np.abs(plain.predict(images) - small.predict(images)).max() < 0.05
    assert small.metadata["quantisation"]["accuracy_lost"] <= 0.01
    assert small.metadata["calibration"] == plain.metadata["calibration"]
    assert "quantisation" not in plain.metadata
    kinds = [weights.data_type for weights in onnx.load(out).graph.initializer]
    assert onnx.TensorProto.INT8 in kinds
    assert out.stat().st_size < exported.stat().st_size - 500_000  # the convolutions' weights


def test_eight_bits_want_the_data_and_must_not_cost_much(
    run: Path, voted_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrainingError, match="--data"):
        export([run], tmp_path / "small.onnx", quantize=True)
    monkeypatch.setattr("mien.training.export.COST_OF_8_BITS", -1.0)
    with pytest.raises(TrainingError, match="cost too much"):
        export([run], tmp_path / "small.onnx", voted_file, quantize=True)
    assert not any(tmp_path.iterdir())


@pytest.fixture(scope="module")
def annotated_file(voted_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images whose brightness says all there is to say of them."""
    records = np.array(load_dataset(voted_file))
    rng = np.random.default_rng(0)
    label = records["label"].astype(int)
    records["image"] = (label * 36 + rng.integers(0, 20, (48, 48, len(label)))).transpose(2, 0, 1)
    records["expressions"] = np.eye(7)[label]
    records["movements"] = rng.random((len(label), 14)) * 0.1 + 0.45  # nothing to learn of them
    records["movements"][:, :2] = label[:, None] / 6
    records["movements"][:, 2] = 0.5  # which never changes
    records["taught"][:, :7] = np.eye(7)[label]
    records["taught"][:, 7:] = 0.1
    records["source"][-20:] = 1
    path = tmp_path_factory.mktemp("annotated") / "annotated.npy"
    np.save(path, records)
    return path


def test_four_heads_become_shown_votes_and_the_movements_that_are_learnt(
    annotated_file: Path, tmp_path: Path
) -> None:
    config = Config(
        epochs=7,
        warmup=0.17,
        batch_size=12,
        expressions_weight=1.0,
        movements_weight=6.0,
        distillation_weight=0.3,
    )
    train(annotated_file, tmp_path / "run", config)
    line = export([tmp_path / "run"], tmp_path / "model.onnx", annotated_file)
    classifier = Classifier(tmp_path / "model.onnx")
    told = classifier.metadata
    assert told["movements"] == list(classifier.movement_names)
    assert set(told["movements"]) <= {MOVEMENT_NAMES[0], MOVEMENT_NAMES[1]}
    assert told["movements"]
    assert told["movements_r2"][MOVEMENT_NAMES[2]] is None
    assert f"{len(told['movements'])} movements (left out, R² below 0.5: " in line
    assert f"{MOVEMENT_NAMES[13]} (" in line
    assert told["shown"] == list(VOTE_NAMES)
    assert set(told["shown_from"]["weights"]) == {"votes", "label", "expressions"}
    json.loads(json.dumps(dict(told)), parse_constant=pytest.fail)  # no NaN
    records = load_dataset(annotated_file)
    images = np.array(records["image"])
    found = classifier.predict_faces(images)
    assert found.movements is not None
    assert found.movements.shape == (len(images), len(classifier.movement_names))
    wanted = records["movements"][:, 0]
    assert np.corrcoef(found.movements[:, 0], wanted)[0, 1] > 0.7
    np.testing.assert_allclose(found.votes.sum(axis=1), 1)
    # The labels alone are learnt here: what is shown follows them, and not the raters' noise.
    assert (found.votes[:, :7].argmax(axis=1) == records["label"]).mean() > 0.4
    plain = export([tmp_path / "run"], tmp_path / "plain.onnx")
    assert "movements" not in plain
    assert Classifier(tmp_path / "plain.onnx").movement_names == ()
    # As a teacher it gives labels and votes.
    assert load_teacher(tmp_path / "run")(torch.zeros(2, 1, 48, 48)).shape == (2, 17)
