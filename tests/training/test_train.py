import csv
import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from small_models import write_model

import mien.training.engine.train as training
from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import DataError, TrainingError
from mien.training.data.backgrounds import background_records
from mien.training.data.dataset import load_dataset
from mien.training.engine import checkpoint, epoch, run_folder
from mien.training.engine.config import Augmentation, Config
from mien.training.engine.epoch import learning_rate
from mien.training.engine.run_folder import fingerprint, load_run, open_run
from mien.training.engine.train import train
from mien.training.engine.validation import predict_logits
from mien.training.model.networks import build

CONFIG = Config(epochs=3, batch_size=16, seed=7, ema_decay=0.9, weight_decay=0.05)


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def run(dataset_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "whole"
    train(dataset_file, folder, CONFIG)
    return folder


def test_a_run_keeps_config_metrics_weights_and_curves(run: Path, dataset_file: Path) -> None:
    config, network = load_run(run)
    assert config == replace(CONFIG, votes_weight=0)  # this data set has no votes
    assert not network.training
    epochs = lines(run / "epochs.csv")
    assert [line["epoch"] for line in epochs] == ["1", "2", "3"]
    assert len(lines(run / "metrics.csv")) == 3 * (84 // 16)
    content = json.loads((run / "config.json").read_text())
    assert content["data"] == fingerprint(load_dataset(dataset_file))
    with Image.open(run / "learning-curves.png") as curves:
        assert curves.width > 300


def test_the_last_weights_are_those_of_the_checkpoint(run: Path) -> None:
    network = load_run(run, last=True)[1]
    mean = torch.load(run / "checkpoint.pt", weights_only=True)["average"]
    assert not network.training
    assert all(
        torch.equal(value, mean[f"module.{key}"]) for key, value in network.state_dict().items()
    )


def test_best_weights_are_those_of_the_best_validation_epoch(run: Path, dataset_file: Path) -> None:
    records = load_dataset(dataset_file)
    validation = records[records["split"] == 1]
    _, network = load_run(run)
    logits = predict_logits(network, validation["image"], torch.device("cpu"))
    accuracy = (logits.argmax(1).numpy() == validation["label"]).mean()
    best = max(float(line["validation_accuracy"]) for line in lines(run / "epochs.csv"))
    assert accuracy == pytest.approx(best)


def test_backgrounds_are_learnt_as_no_face_and_leave_the_labels_alone(
    dataset_file: Path, tmp_path: Path
) -> None:
    records = np.array(load_dataset(dataset_file))
    records["votes"][:, FERPLUS_NAMES.index("neutral")] = 10
    voted = tmp_path / "voted.npy"
    np.save(voted, records)
    faces = records["image"][records["split"] == 0]
    train(voted, tmp_path / "run", replace(CONFIG, epochs=8, ema_decay=0.0, backgrounds=0.5))
    steps = lines(tmp_path / "run" / "metrics.csv")
    assert len(steps) == 8 * (round(1.5 * len(faces)) // CONFIG.batch_size)
    assert all(0 <= float(line["accuracy"]) <= 1 for line in steps)

    # The last weights: which epoch labels best, of a few images of no class, is chance.
    network = load_run(tmp_path / "run")[1]
    network.load_state_dict(
        torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)["network"]
    )

    def not_a_face(images: NDArray[np.uint8]) -> float:
        logits = predict_logits(network, images, torch.device("cpu"))
        return float(logits[:, 7:].softmax(dim=1)[:, FERPLUS_NAMES.index("NF")].mean())

    assert not_a_face(background_records(faces, 40, seed=1)["image"]) > not_a_face(faces) + 0.1


@pytest.mark.parametrize("when", ["within an epoch", "between lines and checkpoint"])
def test_an_interrupted_run_resumes_to_the_same_result(
    run: Path, dataset_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    calls = 0
    name = "augment_stages" if when == "within an epoch" else "save"
    module = epoch if name == "augment_stages" else checkpoint
    original = getattr(module, name)
    last = 8 if name == "augment_stages" else 4 if _better_second_epoch(run) else 3

    def interrupted(*arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == last:
            raise KeyboardInterrupt
        return original(*arguments)

    folder = tmp_path / "interrupted"
    monkeypatch.setattr(module, name, interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(dataset_file, folder, CONFIG)
    monkeypatch.undo()
    train(dataset_file, folder, CONFIG, resume=True)
    weights = [torch.load(path / "checkpoint.pt", weights_only=True) for path in (run, folder)]
    for key, value in weights[0]["network"].items():
        assert torch.equal(value, weights[1]["network"][key]), key
    assert lines(run / "metrics.csv") == lines(folder / "metrics.csv")
    same = [
        {k: v for k, v in line.items() if k != "seconds"}
        for path in (run, folder)
        for line in lines(path / "epochs.csv")
    ]
    assert same[:3] == same[3:]


def _better_second_epoch(run: Path) -> bool:
    first, second, *_ = [float(line["validation_accuracy"]) for line in lines(run / "epochs.csv")]
    return second > first


def test_learns_and_stops_early(tmp_path: Path, dataset_file: Path) -> None:
    # Images whose brightness tells their label: learnable within seconds.
    records = np.array(load_dataset(dataset_file))
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 20, records["image"].shape)
    records["image"] = records["label"][:, None, None] * 36 + noise
    path = tmp_path / "bright.npy"
    np.save(path, records)
    config = Config(epochs=40, batch_size=8, learning_rate=1e-3, patience=4)
    best = train(path, tmp_path / "run", config)
    assert best.accuracy > 0.6
    assert best.epochs == len(lines(tmp_path / "run" / "epochs.csv"))
    assert best.epochs < 40
    assert best.epochs - best.epoch == 4


def test_the_mean_of_the_weights_follows_the_steps_and_is_what_is_kept(
    run: Path, dataset_file: Path, tmp_path: Path
) -> None:
    last = tmp_path / "last"
    train(dataset_file, last, replace(CONFIG, ema_decay=0.0))
    kept = [torch.load(folder / "checkpoint.pt", weights_only=True) for folder in (run, last)]
    name = "0.weight"
    # The same steps were taken; without averaging the mean is the last step's weights.
    assert torch.equal(kept[0]["network"][name], kept[1]["network"][name])
    assert torch.equal(kept[1]["average"]["module." + name], kept[1]["network"][name])
    assert not torch.equal(kept[0]["average"]["module." + name], kept[0]["network"][name])
    start = build(CONFIG.network, CONFIG.seed, ("label",)).state_dict()[name]
    moved, behind = (
        (kept[0][weights][key] - start).norm()
        for weights, key in (("network", name), ("average", "module." + name))
    )
    assert 0.3 * moved < behind < moved


def test_progressive_training_sees_small_images_first(
    dataset_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[int, set[int]] = {}

    def watched(run: Path, config: Config, images: NDArray[np.uint8]) -> torch.nn.Module:
        network = run_folder.first_network(run, config, images)

        def note(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            if module.training:
                seen.setdefault(len(epochs), set()).add(inputs[0].shape[-1])

        network.register_forward_pre_hook(note)
        return network

    epochs: list[object] = []
    monkeypatch.setattr(training, "first_network", watched)
    teacher = write_model(tmp_path)  # which takes 48×48 only
    config = Config(
        network="se_resnet",
        epochs=3,
        batch_size=16,
        progressive=0.67,
        teachers=(str(teacher),),
        distillation_weight=0.7,
    )
    train(dataset_file, tmp_path / "run", config, after_epoch=epochs.append)
    assert seen == {0: {32}, 1: {32}, 2: {48}}


class Recorder(torch.nn.Module):
    """Says "angry" of 3 in 4 and "happy" of 1 in 4 images, and keeps what it is shown."""

    def __init__(self) -> None:
        super().__init__()
        shares = torch.tensor([0.75, 1e-9, 1e-9, 0.25, 1e-9, 1e-9, 1e-9])
        self.logits = torch.nn.Parameter(shares.log())
        self.shown: list[torch.Tensor] = []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if torch.is_inference_mode_enabled():  # while it is validated
            return self.logits.detach().expand(len(images), -1)
        self.shown.append(images)
        return self.logits.expand(len(images), -1)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    network = Recorder()
    monkeypatch.setattr(training, "first_network", lambda run, config, images: network)  # pyright: ignore[reportUnknownLambdaType]
    return network


AS_THEY_ARE = Augmentation(
    rotation_range=0, shear_range=0, zoom_range=0, shift_range=0, horizontal_flip=False
)


def test_mixup_blends_images_and_their_labels_alike(
    dataset_file: Path, tmp_path: Path, recorder: Recorder
) -> None:
    records = np.array(load_dataset(dataset_file))
    records["label"] = np.where(np.arange(len(records)) % 2, 3, 0)
    records["image"] = np.where(records["label"] == 3, 255, 0)[:, None, None]
    path = tmp_path / "black-or-white.npy"
    np.save(path, records)
    config = Config(
        epochs=1,
        batch_size=16,
        learning_rate=1e-9,
        mixup=1.0,
        label_smoothing=0,
        augmentation=AS_THEY_ARE,
    )
    train(path, tmp_path / "run", config)
    steps = lines(tmp_path / "run" / "metrics.csv")
    for images, step in zip(recorder.shown, steps, strict=True):
        white = float(images.mean())
        expected = -white * np.log(0.25) - (1 - white) * np.log(0.75)
        assert float(step["loss"]) == pytest.approx(expected, rel=1e-4)
    greys = torch.cat([images[:, 0, 0, 0] for images in recorder.shown])
    assert ((greys > 0.01) & (greys < 0.99)).float().mean() > 0.3  # the others met their like


def test_balance_draws_rare_labels_more_often(
    dataset_file: Path, tmp_path: Path, recorder: Recorder
) -> None:
    records = np.array(load_dataset(dataset_file))
    records["label"] = np.where(np.arange(len(records)) % 9 == 0, 3, 0)
    records["image"] = np.where(records["label"] == 3, 255, 0)[:, None, None]
    path = tmp_path / "rare.npy"
    np.save(path, records)
    whites: list[float] = []
    for balance in (0.0, 1.0):
        recorder.shown.clear()
        config = Config(
            epochs=8, batch_size=16, balance=balance, patience=9, augmentation=AS_THEY_ARE
        )
        train(path, tmp_path / str(balance), config)
        whites.append(float(torch.cat(recorder.shown).mean()))
    assert whites[0] == pytest.approx((records["label"][records["split"] == 0] == 3).mean())
    assert whites[1] == pytest.approx(0.5, abs=0.1)


def test_teachers_see_what_the_network_sees_before_it_was_made_worse(
    run: Path,
    dataset_file: Path,
    tmp_path: Path,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    teacher = Recorder()
    monkeypatch.setattr(training, "load_teacher", lambda run: teacher)  # pyright: ignore[reportUnknownLambdaType]
    augmentation = replace(AS_THEY_ARE, rotation_range=30, brightness_range=0.5)
    config = Config(
        epochs=1,
        batch_size=16,
        teachers=(str(run),),
        distillation_weight=0.7,
        augmentation=augmentation,
    )
    train(dataset_file, tmp_path / "run", replace(config, votes_weight=0.0))
    for images, views in zip(recorder.shown, teacher.shown, strict=True):
        clear, mirrored = views.chunk(2)
        torch.testing.assert_close(mirrored, clear.flip(3))
        brightness = images.mean(dim=(1, 2, 3)) / clear.mean(dim=(1, 2, 3))
        assert brightness.min() < 0.9  # darker for the network alone
        bright = brightness[:, None, None, None] * clear
        inside = (images > 0.02) & (images < 0.98)
        torch.testing.assert_close(images[inside], bright[inside], atol=0.1, rtol=0.1)


def test_a_fraction_of_the_images_makes_shorter_epochs(dataset_file: Path, tmp_path: Path) -> None:
    train(dataset_file, tmp_path / "run", replace(CONFIG, epochs=1, data_fraction=0.5))
    assert len(lines(tmp_path / "run" / "metrics.csv")) == 42 // 16


def test_a_network_of_one_size_cannot_be_trained_progressively(
    dataset_file: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match="--progressive"):
        train(dataset_file, tmp_path / "run", Config(network="baseline", progressive=0.5))


def test_the_learning_rate_rises_then_falls_to_nothing() -> None:
    config = Config(learning_rate=0.1, warmup=0.1)
    rates = [learning_rate(config, step, 100) for step in range(100)]
    assert rates[:10] == pytest.approx(np.linspace(0.01, 0.1, 10))
    assert max(rates) == pytest.approx(0.1)
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert rates[-1] < 1e-4


def test_a_run_is_never_overwritten_or_mixed_up(
    run: Path, dataset_file: Path, tmp_path: Path
) -> None:
    before = (run / "config.json").read_bytes()
    with pytest.raises(TrainingError, match="--resume"):
        train(dataset_file, run, CONFIG)
    with pytest.raises(TrainingError, match="--epochs 3"):
        train(dataset_file, run, replace(CONFIG, epochs=9), resume=True)
    other = tmp_path / "other.npy"
    np.save(other, load_dataset(dataset_file)[::2])
    with pytest.raises(TrainingError, match="another data set"):
        train(other, run, CONFIG, resume=True)
    assert (run / "config.json").read_bytes() == before


def test_nothing_to_resume_or_load(dataset_file: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no run"):
        train(dataset_file, tmp_path / "none", CONFIG, resume=True)
    with pytest.raises(TrainingError, match="holds no run"):
        load_run(tmp_path / "none")
    with pytest.raises(DataError, match=r"missing\.npy"):
        train(tmp_path / "missing.npy", tmp_path / "run", CONFIG)


def test_a_run_may_begin_with_the_weights_of_another(
    run: Path, dataset_file: Path, tmp_path: Path
) -> None:
    config = replace(CONFIG, start=str(run), epochs=1, learning_rate=0.0)
    train(dataset_file, tmp_path / "more", config)
    _, before = load_run(run)
    _, after = load_run(tmp_path / "more")
    for old, new in zip(before.parameters(), after.parameters(), strict=True):
        torch.testing.assert_close(old, new)
    content = json.loads((tmp_path / "more" / "config.json").read_text())
    assert content["start"] == hashlib.sha256((run / "best.pt").read_bytes()).hexdigest()
    with pytest.raises(TrainingError, match="no run"):
        train(dataset_file, tmp_path / "none", replace(config, start=str(tmp_path / "nothing")))
    with pytest.raises(TrainingError, match="its weights are of baseline: se_resnet is no deeper"):
        train(dataset_file, tmp_path / "none", replace(config, network="se_resnet"))
    assert not (tmp_path / "none").exists()


def test_a_network_learns_what_its_teachers_say(
    run: Path, dataset_file: Path, tmp_path: Path
) -> None:
    teacher = tmp_path / "teacher"
    shutil.copytree(run, teacher)
    weights = torch.load(teacher / "best.pt", weights_only=True)
    *_, last_bias = weights
    weights[last_bias][3] += 5  # says "happy" to everything
    torch.save(weights, teacher / "best.pt")
    config = replace(
        CONFIG, epochs=6, ema_decay=0.0, teachers=(str(teacher),), distillation_weight=1.0
    )
    train(dataset_file, tmp_path / "taught", config)
    records = load_dataset(dataset_file)
    logits = predict_logits(load_run(tmp_path / "taught")[1], records["image"], torch.device("cpu"))
    assert torch.softmax(logits, dim=1)[:, 3].mean() > 0.5  # one label in seven says so
    kept = json.loads((tmp_path / "taught" / "config.json").read_text())
    assert kept["teachers"] == [hashlib.sha256((teacher / "best.pt").read_bytes()).hexdigest()]
    assert load_run(tmp_path / "taught")[0].teachers == (str(teacher),)


def test_an_exported_file_teaches_too(dataset_file: Path, tmp_path: Path) -> None:
    happy = dict.fromkeys(EMOTION_NAMES, 0.01) | {"happy": 0.94}
    teacher = write_model(tmp_path, label=happy)
    config = replace(
        CONFIG, epochs=6, ema_decay=0.0, teachers=(str(teacher),), distillation_weight=1.0
    )
    train(dataset_file, tmp_path / "taught", config)
    images = load_dataset(dataset_file)["image"]
    logits = predict_logits(load_run(tmp_path / "taught")[1], images, torch.device("cpu"))
    assert (logits.argmax(dim=1) == 3).all()  # one label in seven says so
    kept = json.loads((tmp_path / "taught" / "config.json").read_text())
    assert kept["teachers"] == [hashlib.sha256(teacher.read_bytes()).hexdigest()]


def test_teachers_have_the_same_heads(run: Path, dataset_file: Path, tmp_path: Path) -> None:
    records = load_dataset(dataset_file)
    for teacher in (run, write_model(tmp_path)):
        with pytest.raises(TrainingError, match="expected a network with a votes head"):
            open_run(tmp_path / "new", Config(teachers=(str(teacher),)), records, resume=False)
    assert not (tmp_path / "new").exists()


def test_a_teacher_that_is_not_there_is_named(dataset_file: Path, tmp_path: Path) -> None:
    config = Config(teachers=(str(tmp_path / "none.onnx"),))
    with pytest.raises(TrainingError, match=r"none\.onnx: no such run, and no such file"):
        open_run(tmp_path / "new", config, load_dataset(dataset_file), resume=False)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (
            {"expressions_weight": 1.0},
            "no expressions to learn; `mien data annotate --expressions`",
        ),
        ({"movements_weight": 1.0}, "no movements to learn; `mien data annotate --landmarker"),
        ({"distillation_weight": 0.5}, "no labels and votes of other networks"),
        ({"distillation_weight": 1.5}, "--distillation-weight 1.5: it is a share"),
        ({"teachers": ("run",)}, "--teachers: they teach nothing with a weight of 0"),
        ({"movements_weight": -1.0}, "--movements-weight -1: expected 0 or more"),
    ],
)
def test_what_the_data_set_does_not_say_cannot_be_learnt(
    dataset_file: Path, tmp_path: Path, weight: dict[str, Any], words: str
) -> None:
    with pytest.raises(TrainingError, match=re.escape(words)):
        train(dataset_file, tmp_path / "run", replace(CONFIG, **weight))
    assert not (tmp_path / "run").exists()


def test_press_faces_alone_are_nothing_to_compare_epochs_by(
    dataset_file: Path, tmp_path: Path
) -> None:
    records = np.array(load_dataset(dataset_file))
    records["source"][records["split"] == 1] = 1
    path = tmp_path / "press.npy"
    np.save(path, records)
    with pytest.raises(DataError, match="'validation' has no images"):
        train(path, tmp_path / "run", CONFIG)


def test_batches_of_press_faces_alone_do_no_harm(dataset_file: Path, tmp_path: Path) -> None:
    records = np.array(load_dataset(dataset_file))
    training = np.flatnonzero(records["split"] == 0)
    records["source"][training[4:]] = 1
    records["source"][np.flatnonzero(records["split"] == 1)[:9]] = 1
    records["votes"][:, FERPLUS_NAMES.index("happiness")] = 1
    path = tmp_path / "press.npy"
    np.save(path, records)
    train(path, tmp_path / "run", replace(CONFIG, epochs=1, batch_size=4))
    (line,) = lines(tmp_path / "run" / "epochs.csv")
    for name in ("training_loss", "training_accuracy", "validation_press_accuracy"):
        assert np.isfinite(float(line[name])), name
    assert line["validation_expressions_loss"] == line["validation_movements_r2"] == ""
    network = load_run(tmp_path / "run")[1]
    assert all(bool(torch.isfinite(weights).all()) for weights in network.parameters())
