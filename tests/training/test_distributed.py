"""A run on two processes, by gloo on the CPU: as on one, and on from where a process was lost."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from mien.errors import TrainingError
from mien.training.engine.config import Config
from mien.training.engine.distributed import Processes
from mien.training.engine.train import train

OPTIONS = ("--epochs", "4", "--batch-size", "16", "--seed", "7", "--network", "se_resnet")


ENOUGH = 900
"""Seconds; more than any run takes, on a busy machine too."""

LOST = """
import os, signal, sys, time
from pathlib import Path

from mien.cli.main import main
from mien.training.engine import train


def die(*_):
    while not Path(sys.argv[sys.argv.index("--out") + 1], "checkpoint.pt").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)


if os.environ["TORCHELASTIC_RESTART_COUNT"] == "0":
    train.pass_epoch = die  # what all but the first process do at an epoch's end
sys.exit(main(sys.argv[1:]))
"""
"""A program that trains, and whose second process is lost as soon as an epoch is kept."""


def start(
    data: Path, run: Path, *, program: tuple[str, ...] = ("-m", "mien"), restarts: int = 0
) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", "--max-restarts", str(restarts), *program, "train"]
    command += ["--data", str(data), "--out", str(run), *OPTIONS]
    settings = os.environ | {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, env=settings, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def epochs(run: Path) -> list[dict[str, str]]:
    with (run / "epochs.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def pair(dataset_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("runs") / "pair"
    with start(dataset_file, run) as processes:
        told, _ = processes.communicate(timeout=ENOUGH)
    assert processes.returncode == 0, told
    assert told.count("best epoch") == 1
    return run


def test_two_processes_learn_as_one_does(pair: Path, dataset_file: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    train(dataset_file, alone, Config(epochs=4, batch_size=16, seed=7, network="se_resnet"))
    for one, two in zip(epochs(alone), epochs(pair), strict=True):
        for key in ("training_loss", "validation_loss"):
            assert float(two[key]) == pytest.approx(float(one[key]), rel=0.1), key
    assert json.loads((pair / "config.json").read_text())["processes"] == 2
    steps = (pair / "metrics.csv").read_text().splitlines()
    assert len(steps) == len((alone / "metrics.csv").read_text().splitlines())


def test_a_lost_process_costs_the_unfinished_epoch_alone(
    pair: Path, dataset_file: Path, tmp_path: Path
) -> None:
    run = tmp_path / "lost"
    program = tmp_path / "lost.py"
    program.write_text(LOST)
    with start(dataset_file, run, program=(str(program),), restarts=1) as processes:
        told, _ = processes.communicate(timeout=ENOUGH)
    assert processes.returncode == 0, told
    assert told.count("epoch 1/4") == 1, told  # the epoch that was kept
    figures = [
        [{k: v for k, v in line.items() if k != "seconds"} for line in epochs(each)]
        for each in (run, pair)
    ]
    assert figures[0] == figures[1]
    weights = [torch.load(each / "best.pt", weights_only=True) for each in (run, pair)]
    assert all(torch.equal(value, weights[1][key]) for key, value in weights[0].items())


def test_shares_make_up_the_batch() -> None:
    batch = np.arange(11)
    shares = [batch[Processes(number, 3).share(batch)] for number in range(3)]
    assert sorted(np.concatenate(shares)) == list(batch)
    assert [len(share) for share in shares] == [4, 4, 3]


def test_a_batch_too_small_to_share_is_refused(
    dataset_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(
        "mien.training.engine.train.joined_processes", lambda: nullcontext(Processes(0, 9))
    )
    with pytest.raises(TrainingError, match="too few for 9 processes"):
        train(dataset_file, tmp_path / "run", Config(batch_size=16))
