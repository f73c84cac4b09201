"""Search for hyper-parameters: Optuna over short runs, kept in one folder.

The folder holds `study.db` (SQLite, which several processes may share), a run folder for each
trial, `trials.csv`, and pictures of what mattered. Trials are judged by validation accuracy only. A
trial below the median of the others at the same epoch is stopped.

Source: Akiba et al. 2019, "Optuna"; sampler: Watanabe 2023, "Tree-Structured Parzen Estimator".
"""

import csv
import shlex
import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
import optuna
from optuna.trial import FrozenTrial, Trial, TrialState
from optuna.visualization import matplotlib as pictures

from mien.errors import TrainingError
from mien.output.console import tell
from mien.output.whole_file import whole_file
from mien.training.data.dataset import load_dataset
from mien.training.engine.checkpoint import Epoch
from mien.training.engine.config import OLD_NETWORKS, Augmentation, Config
from mien.training.engine.run_folder import fingerprint
from mien.training.engine.train import train
from mien.training.evaluation.figures import save

_ENDED: Final = (TrialState.COMPLETE, TrialState.PRUNED)
_HEARTBEAT: Final = 60  # seconds; a trial silent for twice as long has died and is tried again


def suggest(trial: Trial, *, network: str, epochs: int, seed: int) -> Config:
    """Return a run's config with the hyper-parameters that the study draws."""
    return Config(
        network=network,
        epochs=epochs,
        patience=epochs,
        seed=seed,
        batch_size=trial.suggest_categorical("batch_size", (64, 128, 256)),
        learning_rate=trial.suggest_float("learning_rate", 3e-4, 1e-2, log=True),
        warmup=trial.suggest_float("warmup", 0.0, 0.2),
        label_smoothing=trial.suggest_float("label_smoothing", 0.0, 0.2),
        votes_weight=trial.suggest_float("votes_weight", 0.25, 4.0, log=True),
        augmentation=Augmentation(
            rotation_range=trial.suggest_float("rotation_range", 0.0, 30.0),
            shear_range=trial.suggest_float("shear_range", 0.0, 20.0),
            zoom_range=trial.suggest_float("zoom_range", 0.0, 0.4),
            shift_range=trial.suggest_float("shift_range", 0.0, 0.15),
        ),
    )


def tune(
    data: Path,
    out: Path,
    *,
    trials: int,
    epochs: int,
    network: str = "baseline",
    seed: int = 0,
) -> str:
    """Add trials to the study in the folder `out`, which is made if it is missing.

    Several processes may work on a study at once. It ends with `trials` trials, including stopped
    ones; each further process may add one that it had started. The test splits of `data` are not
    touched.

    Returns:
        Lines on the outcome, with the command that trains the best config to its end.

    Raises:
        TrainingError: the study in the folder is on other data, or of other epochs or network.
        DataError: the data set cannot be used.
    """
    out.mkdir(parents=True, exist_ok=True)
    study = _open_study(out, seed)
    _check_same(study, out, data=fingerprint(load_dataset(data)), network=network, epochs=epochs)

    def objective(trial: Trial) -> float:
        config = suggest(trial, network=network, epochs=epochs, seed=seed)
        values = ", ".join(f"{name} {value:.3g}" for name, value in trial.params.items())
        tell(f"Trial {trial.number}: {values}")
        run = out / f"trial-{trial.number:04}"
        try:
            return train(
                data, run, config, after_epoch=lambda epoch: _report(trial, epoch)
            ).accuracy
        except KeyboardInterrupt:
            study.enqueue_trial(trial.params)  # tried again on the next start
            raise

    enough = optuna.study.MaxTrialsCallback(trials, states=_ENDED)
    if len(study.get_trials(states=_ENDED)) < trials:
        study.optimize(objective, callbacks=[enough])
    return _finish(study, out, data)


def _open_study(out: Path, seed: int) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        storage = optuna.storages.RDBStorage(
            f"sqlite:///{out / 'study.db'}",
            engine_kwargs={"connect_args": {"timeout": 60}},  # others may be writing
            heartbeat_interval=_HEARTBEAT,
            heartbeat_stale_trial_callback=optuna.storages.RetryHeartbeatStaleTrialCallback(),
        )
        study = optuna.create_study(
            storage=storage,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=2),
            study_name="mien",
            direction="maximize",
            load_if_exists=True,
        )
        # With one seed only, each process and each start would draw the same trials.
        own = np.random.SeedSequence((seed, len(study.trials))).generate_state(1)[0]
        study.sampler = optuna.samplers.TPESampler(seed=int(own))
        return study


def _check_same(study: optuna.Study, out: Path, **asked: Any) -> None:
    """Refuse trials that cannot be compared with the study's earlier ones."""
    for name, value in asked.items():
        known = study.user_attrs.get(name)
        known = OLD_NETWORKS.get(str(known), known)
        if known is None:
            study.set_user_attr(name, value)
        elif known != value:
            raise TrainingError(
                f"{out}: this study's {name} is {known!r}, not {value!r}; give the same, or "
                "another folder"
            )


def _report(trial: Trial, epoch: Epoch) -> None:
    trial.report(epoch.validation.accuracy, epoch.epoch)
    if trial.should_prune():
        raise optuna.TrialPruned


def _finish(study: optuna.Study, out: Path, data: Path) -> str:
    """Write table and pictures, and describe the best trial."""
    ended = study.get_trials(states=_ENDED)
    complete = [trial for trial in ended if trial.state is TrialState.COMPLETE]
    _write_table(ended, out / "trials.csv")
    if not complete:
        return f"{out}: no trial was trained to its end"
    best = study.best_trial
    network = str(study.user_attrs["network"])
    command = ["mien", "train", "--data", str(data)]
    command += ["--network", OLD_NETWORKS.get(network, network)]
    for name, value in best.params.items():
        command += [f"--{name.replace('_', '-')}", f"{value:.4g}"]
    accuracy = f"validation accuracy {best.value:.4f}"
    return "\n".join(
        [
            f"{out}: {len(ended)} trials, {len(ended) - len(complete)} of them stopped early",
            *map(str, _draw(study, out)),
            f"best: trial {best.number}, {accuracy}; train it to its end by",
            shlex.join([*command, "--out", "RUN"]),
        ]
    )


def _draw(study: optuna.Study, out: Path) -> list[Path]:
    """Draw the study's pictures; importances need two trials that differ."""
    drawn: list[Path] = []
    for name, plot in (
        ("history", pictures.plot_optimization_history),
        ("slices", pictures.plot_slice),
        ("importances", pictures.plot_param_importances),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Optuna calls its own pictures experimental
            try:
                axes: Any = plot(study)
            except (RuntimeError, ValueError):
                continue
        figure = getattr(axes, "figure", None) or axes.flat[0].figure
        drawn.append(save(figure, out / f"{name}.png", bbox_inches="tight"))
    return drawn


def _write_table(trials: list[FrozenTrial], path: Path) -> None:
    names = sorted({name for trial in trials for name in trial.params})
    with whole_file(path) as new, new.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["trial", "state", "epochs", "validation_accuracy", *names])
        for trial in trials:
            row = [trial.number, trial.state.name.lower(), len(trial.intermediate_values)]
            values = [trial.params.get(name, "") for name in names]
            writer.writerow([*row, max(trial.intermediate_values.values()), *values])
