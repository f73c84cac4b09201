import csv
from pathlib import Path

import optuna
import pytest
from PIL import Image

import mien.training.engine.tune as tuning
from mien.errors import TrainingError
from mien.training.engine.checkpoint import Epoch
from mien.training.engine.run_folder import load_run
from mien.training.engine.train import Trained
from mien.training.engine.tune import tune
from mien.training.engine.validation import Validation


def table(study: Path) -> list[dict[str, str]]:
    with (study / "trials.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def study(dataset_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Three trials, made by two commands."""
    out = tmp_path_factory.mktemp("study")
    tune(dataset_file, out, trials=2, epochs=1)
    return out, tune(dataset_file, out, trials=3, epochs=1)


def test_a_study_goes_on_where_it_ended(study: tuple[Path, str]) -> None:
    out, text = study
    trials = table(out)
    assert [trial["trial"] for trial in trials] == ["0", "1", "2"]
    assert len({trial["learning_rate"] for trial in trials}) == 3
    assert all(3e-4 <= float(trial["learning_rate"]) <= 1e-2 for trial in trials)
    assert "3 trials, 0 of them stopped early" in text
    best = max(trials, key=lambda trial: float(trial["validation_accuracy"]))
    number = int(text.partition("best: trial ")[2].partition(",")[0])
    assert trials[number]["validation_accuracy"] == best["validation_accuracy"]
    assert f"--learning-rate {float(trials[number]['learning_rate']):.4g}" in text


def test_each_trial_is_a_run_of_its_own_config(study: tuple[Path, str]) -> None:
    out, _ = study
    for trial in table(out):
        config, _ = load_run(out / f"trial-{int(trial['trial']):04}")
        assert config.learning_rate == pytest.approx(float(trial["learning_rate"]))
        assert config.augmentation.zoom_range == pytest.approx(float(trial["zoom_range"]))
        assert config.epochs == 1


def test_pictures_are_drawn(study: tuple[Path, str]) -> None:
    out, _ = study
    for name in ("history.png", "slices.png"):
        with Image.open(out / name) as picture:
            assert picture.width > 300


def test_a_study_that_has_enough_trials_trains_no_more(
    study: tuple[Path, str], dataset_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, text = study
    monkeypatch.setattr(tuning, "train", None)
    assert tune(dataset_file, out, trials=3, epochs=1) == text


def test_trials_that_cannot_be_compared_are_refused(
    study: tuple[Path, str], dataset_file: Path
) -> None:
    out, _ = study
    with pytest.raises(TrainingError, match="epochs is 1, not 2"):
        tune(dataset_file, out, trials=4, epochs=2)


def test_an_interrupted_trial_is_tried_again(
    dataset_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tuning, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tune(dataset_file, tmp_path, trials=1, epochs=1)
    storage = f"sqlite:///{tmp_path / 'study.db'}"
    (failed, _) = optuna.load_study(study_name="mien", storage=storage).trials
    monkeypatch.undo()
    tune(dataset_file, tmp_path, trials=1, epochs=1)
    (again,) = table(tmp_path)
    assert float(again["learning_rate"]) == failed.params["learning_rate"]


def test_a_trial_that_falls_behind_is_given_up(
    dataset_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stand_in(_data: Path, run: Path, _config: object, *, after_epoch: object) -> object:
        assert callable(after_epoch)
        hopeless = run.name == "trial-0006"
        for epoch in range(1, 5):
            found = Validation(loss=1.0, accuracy=0.1 if hopeless else 0.5)
            after_epoch(Epoch(epoch, 0.001, 1.0, 0.5, found, seconds=1.0))
        return Trained(epoch=1, accuracy=0.5, epochs=4)

    monkeypatch.setattr(tuning, "train", stand_in)
    text = tune(dataset_file, tmp_path, trials=7, epochs=4)
    assert "7 trials, 1 of them stopped early" in text
    given_up = table(tmp_path)[6]
    assert (given_up["state"], given_up["epochs"]) == ("pruned", "2")
