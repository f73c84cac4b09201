import json
from pathlib import Path

import pytest

from mien.cli.main import main
from mien.errors import TrainingError
from mien.faces.classifier import Classifier
from mien.training.engine.config import Augmentation, Config, config_from
from mien.training.engine.run_folder import load_run, read_config

RUNS = Path(__file__).parents[2] / "experiments" / "runs"


@pytest.mark.parametrize(
    "run", [path.parent for path in sorted(RUNS.rglob("config.json"))], ids=str
)
def test_runs_stay_readable_those_of_earlier_versions_too(run: Path) -> None:
    old = json.loads((run / "config.json").read_text())["config"]
    config: Config = read_config(run)["config"]
    assert config.epochs == old["epochs"]
    assert config.ema_decay == old.get("averaging", old.get("ema_decay", 0.0))
    assert config.data_fraction == old.get("part", old.get("data_fraction", 1.0))


def test_old_names_mean_what_they_meant() -> None:
    old = json.loads((RUNS / "residual-6" / "config.json").read_text())["config"]
    config = config_from(old)
    assert config.network == "se_resnet_deep"
    assert config.distillation_weight == old["teaching"] == 0.9
    assert config.teachers == tuple(old["teachers"])
    # Without teachers `teaching` meant nothing; the data set's own answers have their weight.
    old = json.loads((RUNS / "residual-8" / "config.json").read_text())["config"]
    assert not old["teachers"]
    assert config_from(old).distillation_weight == old["distillation_weight"] == 0.3
    assert config_from(old).augmentation == Augmentation(**old["augmentation"])


def test_the_shipped_networks_own_config_is_readable() -> None:
    metadata = Classifier().metadata
    assert config_from(metadata["config"]).network.startswith("se_resnet")


def test_the_weights_of_an_earlier_version_are_still_loaded(shared_data: Path) -> None:
    config, network = load_run(shared_data / "weights" / "residual-6")
    assert config.network == "se_resnet_deep"
    assert sum(weights.numel() for weights in network.parameters()) > 2_000_000


def test_what_is_no_config_is_named(tmp_path: Path) -> None:
    for content in ('{"config": {"network": "baseline", "depth": 3}}', "[]", '{"config": []}'):
        (tmp_path / "config.json").write_text(content)
        with pytest.raises(TrainingError, match="holds no run that this version of mien knows"):
            read_config(tmp_path)
    with pytest.raises(TrainingError, match=r"config\.json: no such file or folder$"):
        read_config(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "option",
    ["--rotation-range=-5", "--jpeg=500", "--zoom-range=1", "--erasing=2", "--noise=-1"],
)
def test_augmentation_that_cannot_be_is_refused(option: str, tmp_path: Path) -> None:
    assert main(["data", "preview", str(tmp_path / "no.npy"), option]) == 2
    assert main(["train", "--data", "no.npy", "--out", str(tmp_path / "run"), option]) == 2


@pytest.mark.parametrize(
    "option",
    ["--epochs=0", "--learning-rate=-1", "--data-fraction=3", "--warmup=2", "--patience=0"],
)
def test_a_run_that_cannot_be_leaves_nothing(
    option: str, dataset_file: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    assert main(["train", "--data", str(dataset_file), "--out", str(run), option]) == 2
    assert not run.exists()
