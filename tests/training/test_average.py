import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from mien.cli.main import app
from mien.errors import TrainingError
from mien.faces.classifier import Classifier
from mien.training.data.dataset import load_dataset
from mien.training.engine.average import average
from mien.training.engine.config import Config
from mien.training.engine.run_folder import fingerprint, load_run, open_run, read_config
from mien.training.engine.validation import predict_logits
from mien.training.export import export
from mien.training.model.heads import head_slices
from mien.training.model.networks import build

MakeRun = Callable[..., Path]


@pytest.fixture
def make_run(tmp_path: Path, dataset_file: Path) -> MakeRun:
    """Writes a run's folder, with fresh weights of its seed and running statistics of its own."""
    data = fingerprint(load_dataset(dataset_file))

    def make(seed: int, *, last: int | None = None, **options: object) -> Path:
        run = tmp_path / f"run-{seed}"
        run.mkdir()
        config = Config(network="se_resnet", seed=seed, **options)  # pyright: ignore[reportArgumentType]
        content = {"config": asdict(config), "data": data, "commit": "", "command": []}
        (run / "config.json").write_text(json.dumps(content))
        torch.save(state(config, seed), run / "best.pt")
        if last is not None:
            kept = {f"module.{key}": value for key, value in state(config, last).items()}
            torch.save({"average": {**kept, "n_averaged": torch.tensor(9)}}, run / "checkpoint.pt")
        return run

    return make


def state(config: Config, seed: int) -> dict[str, torch.Tensor]:
    network = build(config.network, seed, config.heads)
    weights = network.state_dict()
    for key, value in weights.items():
        if key.endswith("running_var"):
            value.fill_(1 + seed)
        elif key.endswith("num_batches_tracked"):
            value.fill_(10 * seed)
    return weights


def test_every_weight_and_every_running_statistic_is_the_mean(
    make_run: MakeRun, tmp_path: Path
) -> None:
    one, other = make_run(1), make_run(2)
    line = average([one, other], tmp_path / "mean", (0.2, 0.8))
    assert f"{one} × 0.2 (best epoch), {other} × 0.8 (best epoch)" in line
    config, network = load_run(tmp_path / "mean")
    assert config.seed == 2
    a, b = (load_run(run)[1].state_dict() for run in (one, other))
    mean = network.state_dict()
    assert any(key.endswith("running_var") for key in mean)
    for key, value in mean.items():
        if value.is_floating_point():
            torch.testing.assert_close(value, 0.2 * a[key] + 0.8 * b[key])
        else:
            assert value == 20
    # Without weights all count alike.
    average([one, other, other], tmp_path / "third")
    third = load_run(tmp_path / "third")[1].state_dict()
    key = next(iter(mean))
    torch.testing.assert_close(third[key], (a[key] + 2 * b[key]) / 3)


def test_heads_that_a_run_lacks_are_those_of_the_others(make_run: MakeRun, tmp_path: Path) -> None:
    few = make_run(1)
    with_expressions = make_run(2, expressions_weight=0.5)
    with_both = make_run(3, expressions_weight=1.5, movements_weight=3.0)
    average([few, with_expressions, with_both], tmp_path / "mean", (0.5, 0.125, 0.375))
    config, network = load_run(tmp_path / "mean")
    assert config.heads == ("label", "votes", "expressions", "movements")
    assert (config.expressions_weight, config.movements_weight) == (1.5, 3.0)
    rows = [[*load_run(run)[1].parameters()][-2] for run in (few, with_expressions, with_both)]
    found = [*network.parameters()][-2]
    places = head_slices(config.heads)
    for head in ("label", "votes"):
        expected = (
            0.5 * rows[0][places[head]]
            + 0.125 * rows[1][places[head]]
            + 0.375 * rows[2][places[head]]
        )
        torch.testing.assert_close(found[places[head]], expected)
    place = places["expressions"]
    torch.testing.assert_close(found[place], 0.25 * rows[1][place] + 0.75 * rows[2][place])
    torch.testing.assert_close(found[places["movements"]], rows[2][places["movements"]])


def test_heads_of_which_no_run_has_all(make_run: MakeRun, tmp_path: Path) -> None:
    one, other = make_run(1, expressions_weight=0.5), make_run(2, movements_weight=3.0)
    average([one, other], tmp_path / "mean", (1.0, 0.0))
    config, network = load_run(tmp_path / "mean")
    assert config.heads == ("label", "votes", "expressions", "movements")
    _, of_other = load_run(other)
    rows = [*of_other.parameters()][-2][-14:]
    torch.testing.assert_close([*network.parameters()][-2][-14:], rows)  # though its weight is 0


def test_the_last_epochs_weights_where_they_are_kept(make_run: MakeRun, tmp_path: Path) -> None:
    best_alone, both = make_run(1), make_run(2, last=7)
    command = f"average {best_alone} {both} --weights 0.25 0.75 --last --out {tmp_path / 'mean'}"
    app(command.split(), result_action="return_value")
    kept = json.loads((tmp_path / "mean" / "config.json").read_text())["average"]
    assert [(each["weights"], each["weight"]) for each in kept] == [
        ("best epoch", 0.25),
        ("last epoch", 0.75),
    ]
    a, b = state(Config(network="se_resnet"), 1), state(Config(network="se_resnet"), 7)
    found = load_run(tmp_path / "mean")[1].state_dict()
    key = next(iter(found))
    torch.testing.assert_close(found[key], 0.25 * a[key] + 0.75 * b[key])


def test_a_mean_is_begun_with_and_exported_but_not_resumed(
    make_run: MakeRun, dataset_file: Path, tmp_path: Path
) -> None:
    mean = tmp_path / "mean"
    average([make_run(1, votes_weight=0.0), make_run(2, votes_weight=0.0)], mean)
    records = load_dataset(dataset_file)
    export([mean], tmp_path / "mean.onnx", dataset_file)
    crops = np.array(records["image"][:5])
    label = predict_logits(load_run(mean)[1], crops, torch.device("cpu"))[:, :7]
    classifier = Classifier(tmp_path / "mean.onnx")
    assert classifier.metadata["network"] == "se_resnet"
    assert classifier.metadata["weights"] == "mean of several runs"
    assert [part["weight"] for part in classifier.metadata["average"]] == [0.5, 0.5]
    assert classifier.predict_heads(crops)[0].shape == label.shape
    with pytest.raises(TrainingError, match="has no last epoch; leave out --last"):
        export([mean], tmp_path / "last.onnx", dataset_file, last=True)
    config = Config(network="se_resnet", start=str(mean), votes_weight=0.0)
    open_run(tmp_path / "more", config, records, resume=False)
    assert read_config(tmp_path / "more")["start"] is not None
    with pytest.raises(
        TrainingError, match=f"cannot be resumed; begin a run with it by --start {mean}"
    ):
        open_run(mean, config, records, resume=True)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ((0.5,), "--weights: 1 for 2 runs"),
        ((0.5, 0.6), "--weights 0.5 0.6: expected shares of 0 and more that sum to 1"),
        ((-0.5, 1.5), "expected shares"),
        ((float("nan"), 0.5), "expected shares"),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    make_run: MakeRun, tmp_path: Path, weights: tuple[float, ...], words: str
) -> None:
    with pytest.raises(TrainingError, match=words):
        average([make_run(1), make_run(2)], tmp_path / "mean", weights)
    assert not (tmp_path / "mean").exists()


def test_what_has_no_mean_is_refused(make_run: MakeRun, tmp_path: Path) -> None:
    one = make_run(1)
    with pytest.raises(TrainingError, match="two runs at least"):
        average([one], tmp_path / "mean")
    with pytest.raises(TrainingError, match="none: holds no run"):
        average([one, tmp_path / "none"], tmp_path / "mean")
    with pytest.raises(TrainingError, match="run-1: not empty"):
        average([one, one], one)
    other = make_run(2)
    content = json.loads((other / "config.json").read_text())
    content["config"]["network"] = "baseline"
    (other / "config.json").write_text(json.dumps(content))
    with pytest.raises(TrainingError, match=r"run-2: its weights do not fit its config\.json"):
        average([one, other], tmp_path / "mean")
    torch.save(build("baseline", 0, ("label", "votes")).state_dict(), other / "best.pt")
    with pytest.raises(TrainingError, match=r"run-1 is se_resnet, .*run-2 is baseline"):
        average([one, other], tmp_path / "mean")
    assert not (tmp_path / "mean").exists()
