from pathlib import Path

import numpy as np
import pytest
import torch
from small_models import write_model

from mien.errors import ModelError, TrainingError
from mien.faces.classifier import Classifier
from mien.training.data.augment import rescale
from mien.training.engine.teachers import load_teacher
from mien.training.model.networks import build

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "experiments" / "runs" / "residual-6" / "config.json"


def test_an_exported_file_says_as_a_network_what_it_says_by_itself(
    astronaut: np.ndarray[tuple[int, ...], np.dtype[np.uint8]],
) -> None:
    file = ROOT / "src" / "mien" / "weights" / "mien.onnx"
    crops = np.stack([astronaut[x : x + 48, 200:248, 0] for x in range(0, 200, 20)])
    logits = load_teacher(file)(rescale(torch.from_numpy(crops)))
    assert logits.dtype == torch.float32
    shares = [torch.softmax(head, dim=1) for head in (logits[:, :7], logits[:, 7:])]
    for found, expected in zip(shares, Classifier(file).predict_heads(crops), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_file_without_votes_teaches_labels_alone(tmp_path: Path) -> None:
    teacher = load_teacher(write_model(tmp_path))
    assert teacher(torch.zeros(3, 1, 48, 48)).shape == (3, 7)


def test_a_share_of_nothing_is_finite(tmp_path: Path) -> None:
    label = dict.fromkeys(("angry", "disgust", "fear", "sad", "surprise", "neutral"), 0.0)
    teacher = load_teacher(write_model(tmp_path, label={**label, "happy": 1.0}))
    assert torch.isfinite(teacher(torch.zeros(1, 1, 48, 48))).all()


def test_a_folder_is_a_run(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(CONFIG.read_bytes())
    network = build("se_resnet_deep", 0, ("label", "votes"))
    torch.save(network.state_dict(), tmp_path / "best.pt")
    assert load_teacher(tmp_path)(torch.zeros(2, 1, 48, 48)).shape == (2, 17)


def test_what_is_neither_run_nor_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="none: holds no run"):
        load_teacher(tmp_path / "none")
    file = tmp_path / "notes.txt"
    file.write_text("no model")
    with pytest.raises(ModelError, match=r"notes\.txt"):
        load_teacher(file)
