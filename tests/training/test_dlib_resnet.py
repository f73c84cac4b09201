from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage import data

from mien.cli.main import app
from mien.errors import ModelError
from mien.training.data.augment import rescale
from mien.training.data.dataset import load_dataset
from mien.training.engine.config import Config
from mien.training.engine.run_folder import first_network, open_run
from mien.training.model.dlib_resnet import MODEL_NAME, DlibResNet
from mien.training.model.networks import build

Pictures = NDArray[np.uint8]


@pytest.fixture(scope="module")
def model() -> bytes:
    spec = find_spec("face_recognition_models")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("models").joinpath(MODEL_NAME).read_bytes()


@pytest.fixture(scope="module")
def people() -> Pictures:
    """Faces of a hundred people, uint8 (100, 150, 150)."""
    faces = data.lfw_subset()[:100] * 255
    larger = [cv2.resize(face, (150, 150), interpolation=cv2.INTER_LINEAR) for face in faces]
    return np.asarray(larger, np.uint8)


def test_tells_people_apart_as_dlib_does(
    model: bytes, people: Pictures, astronaut: Pictures
) -> None:
    picture = cv2.cvtColor(astronaut, cv2.COLOR_RGB2GRAY)

    def face(angle: float) -> Pictures:
        turn = cv2.getRotationMatrix2D((223, 120), angle, 150 / 140)
        turn[:, 2] += np.array((75, 75)) - (223, 120)
        return np.asarray(cv2.warpAffine(picture, turn, (150, 150)), np.uint8)

    same = np.stack([face(0), face(10), face(0)[:, ::-1], face(0) // 2])
    network = DlibResNet(17, side=150)  # as dlib's
    network.begin(people[:50])
    last = np.frombuffer(model, "<f4", 256 * 128, offset=22_334_922).reshape(256, 128)

    def embeddings(images: Pictures) -> torch.Tensor:
        with torch.inference_mode():
            features = network.head[1](network.head[0](network.body(rescale(torch.tensor(images)))))
        return features @ torch.tensor(last)

    within = torch.pdist(embeddings(same))
    between = torch.cdist(embeddings(same), embeddings(people))
    assert within.max() < between.min()
    # dlib takes two pictures less than 0.6 apart for one person's.
    assert within.max() < 0.6 < between.median()


def test_a_run_begins_with_its_weights_but_for_the_last_layer(
    people: Pictures, tmp_path: Path
) -> None:
    images = people[:30, ::3, ::3]
    begun = [
        first_network(tmp_path, Config(network="dlib_resnet", seed=seed), images).state_dict()
        for seed in (0, 1)
    ]
    fresh = build("dlib_resnet", 0, ("label", "votes")).state_dict()
    for key, weights in begun[0].items():
        if key.startswith("head"):
            assert torch.equal(weights, fresh[key])
            continue
        assert torch.equal(weights, begun[1][key])
        if weights.ndim > 1:
            assert not torch.equal(weights, fresh[key])
            # Of the size of fresh weights, so that one learning rate fits all.
            assert 0.5 < weights.std() / fresh[key].std() < 3


def test_an_altered_or_missing_package_is_refused(
    model: bytes,
    people: Pictures,
    dataset_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = tmp_path / "face_recognition_models"
    (package / "models").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('must not be imported')")
    monkeypatch.syspath_prepend(tmp_path)
    network = DlibResNet(7)
    with pytest.raises(ModelError, match=r"cannot be read.*pip install"):
        network.begin(people[:4])
    altered = bytearray(model)
    altered[100_000] ^= 1
    (package / "models" / MODEL_NAME).write_bytes(altered)
    with pytest.raises(ModelError, match=r"SHA-256 55533b28.*pip install"):
        network.begin(people[:4])
    monkeypatch.setattr("mien.faces.packaged_weights.find_spec", lambda name: None)  # pyright: ignore[reportUnknownLambdaType]
    with pytest.raises(
        ModelError, match=r"face_recognition_models, which is not installed.*pip install"
    ):
        network.begin(people[:4])
    records = load_dataset(dataset_file)
    with pytest.raises(ModelError, match="face_recognition_models, which is not installed"):
        open_run(tmp_path / "run", Config(network="dlib_resnet"), records, resume=False)
    assert not (tmp_path / "run").exists()


def test_a_run_without_the_weights_leaves_no_folder(
    dataset_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mien.faces.packaged_weights.find_spec", lambda name: None)  # pyright: ignore[reportUnknownLambdaType]
    out = tmp_path / "runs" / "dlib"
    command = f"train --network dlib_resnet --data {dataset_file} --out {out}"
    with pytest.raises(ModelError, match="face_recognition_models, which is not installed"):
        app(command.split(), result_action="return_value", exit_on_error=False)
    assert not list(tmp_path.iterdir())
