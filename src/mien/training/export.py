"""Runs' weights → one ONNX file that carries all that is needed to use it.

The file takes uint8 crops as they are: normalisation, calibration and softmax are in its graph,
label order, framing, origin and version in its metadata.
"""

import json
import logging
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES, VOTE_NAMES
from mien.errors import TrainingError
from mien.movements import MOVEMENT_NAMES
from mien.output.whole_file import write_whole
from mien.training.data.dataset import SIZE, load_dataset, select
from mien.training.engine.config import Config
from mien.training.engine.run_folder import fingerprint, load_run, read_config
from mien.training.engine.train import predict_logits
from mien.training.evaluation.metrics import movements_r2
from mien.training.model.calibration import Calibration, fit
from mien.training.model.exported import Exported, Together
from mien.training.model.heads import head_slices
from mien.training.model.losses import LABELS, Targets, votes_loss
from mien.training.model.quantize import quantize as quantize_model
from mien.training.model.shown import POOL, Shown, fit_shown

FORMAT: Final = 1
"""Version of the file's inputs, outputs and metadata."""

LEAST_R2: Final = 0.5
"""Movements of which a network tells less (`metrics.movements_r2`, validation) are left out."""

TOLERANCE: Final = 1e-4
"""Most that ONNX Runtime's shares may differ from PyTorch's."""

COST_OF_8_BITS: Final = 0.01
"""Most that quantisation may cost: label accuracy, and nats of the votes' log loss."""


def export(
    runs: Sequence[Path],
    out: Path,
    data: Path | None = None,
    *,
    quantize: bool = False,
    last: bool = False,
) -> str:
    """Write `out` from run folders and check it against PyTorch.

    Args:
        runs: one run or more, each with at least one finished epoch, of the same heads and the same
            data set. The file of several gives what they say together (`Together`), and takes
            as many times as long for a face.
        out: the ONNX file to write.
        data: the runs' data set; its validation images set the calibration
            (`mien.training.model.calibration`), the pool of the shown votes
            (`mien.training.model.shown`) and which movements are kept (`LEAST_R2`). Without it
            the shares are not calibrated, and the file has neither shown votes nor movements.
        quantize: keep the convolutions in 8-bit integers (`mien.training.model.quantize`), for
            speed; takes `data`, whose training images set the scales and whose validation images
            tell what it costs.
        last: take the weights of the last epoch, not those of the best by label accuracy; the other
            heads often learn on when the label no longer does.

    Returns:
        A line that says what was written, and which movements were left out.

    Raises:
        TrainingError: no run or no such run, runs of different heads, `data` is not theirs or
            wanted and missing, the file's shares differ from PyTorch's by more than `TOLERANCE`
            before quantisation, or quantisation costs more than `COST_OF_8_BITS`.
    """
    if not runs:
        raise TrainingError("nothing to export: name a training run's folder")
    if quantize and data is None:
        raise TrainingError("quantisation takes the runs' data set: name it with --data")
    loaded = [load_run(run, last=last) for run in runs]
    origins = [read_config(run) for run in runs]
    config, network = loaded[0]
    for run, (other, _) in zip(runs, loaded, strict=True):
        if other.heads != config.heads:
            raise TrainingError(
                f"{run}: heads {', '.join(other.heads)}, and {runs[0]} has "
                f"{', '.join(config.heads)}; export runs of the same heads together"
            )
    if len(loaded) > 1:
        network = Together([one for _, one in loaded]).eval()
    records = None
    images = np.random.default_rng(0).integers(0, 256, (16, SIZE, SIZE), dtype=np.uint8)
    exported, told = Exported(network, config.heads, dict.fromkeys(config.heads)), _uncalibrated()
    if data is not None:
        records = load_dataset(data)
        found_data = fingerprint(records)
        for run, origin in zip(runs, origins, strict=True):
            if found_data != origin["data"]:
                raise TrainingError(f"{data}: not the data set that {run} was trained on")
        validation = select(records, "validation", source=None)
        images = np.concatenate((images, validation["image"][:240]))
        exported, told = _fitted(network, config.heads, validation)
    exported = exported.eval()
    crops = torch.from_numpy(images)
    model = _to_onnx(exported, crops)
    told_of = [_origin(one, origin) for (one, _), origin in zip(loaded, origins, strict=True)]
    metadata: dict[str, Any] = {
        "format": FORMAT,
        "labels": list(EMOTION_NAMES),
        "votes": list(FERPLUS_NAMES) if config.votes else None,
        **told,
        "framing": "fer2013",
        "size": SIZE,
        "normalisation": "x / 255, in the graph",
        "version": version("mien"),
        "data": origins[0]["data"],
        "weights": "last epoch" if last else "best epoch by label accuracy",
        **told_of[0],
        "together_with": told_of[1:],
    }
    content = model.SerializeToString()
    session = _session(content)
    with torch.inference_mode():
        expected = [shares.numpy() for shares in exported(crops)]
    found = session.run(exported.outputs, {"crops": images})
    difference = max(float(np.abs(a - b).max()) for a, b in zip(found, expected, strict=True))
    if not difference <= TOLERANCE:
        raise TrainingError(
            f"{runs[0]}: ONNX Runtime's shares differ from PyTorch's by {difference:.1e}, more "
            f"than {TOLERANCE:.0e}; nothing was written"
        )
    if quantize and records is not None:
        content = quantize_model(content, select(records, "train", source=None)["image"])
        metadata["quantisation"] = cost = _cost(session, _session(content), records)
        if max(cost["accuracy_lost"], cost["votes_log_loss_gained"]) > COST_OF_8_BITS:
            raise TrainingError(f"{runs[0]}: 8 bits cost too much, {cost}; nothing was written")
    model = onnx.load_from_string(content)
    onnx.helper.set_model_props(model, {"mien": json.dumps(metadata)})
    content = model.SerializeToString()
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, content)
    return (
        f"{out}: {len(content) / 1e6:.1f} MB, differs from PyTorch by {difference:.1e}, "
        f"calibrated by {told['calibration']['method']}"
        + _movements_in_words(told)
        + (f", quantisation {metadata['quantisation']}" if quantize else "")
    )


def _origin(config: Config, origin: Mapping[str, Any]) -> dict[str, Any]:
    """What the metadata say of one run."""
    return {
        "network": config.network,
        "commit": origin["commit"],
        "command": origin["command"],
        "seed": config.seed,
        "config": asdict(config),
    }


def _movements_in_words(told: Mapping[str, Any]) -> str:
    """Which movements the file gives, and which it does not and why; "" of a network without."""
    if not told["movements_r2"]:
        return ""
    left_out = [
        name if r2 is None else f"{name} ({r2:.2f})"
        for name, r2 in told["movements_r2"].items()
        if name not in told["movements"]
    ]
    return f", {len(told['movements'])} movements" + (
        f" (left out, R² below {LEAST_R2}: {', '.join(left_out)})" if left_out else ""
    )


def _uncalibrated() -> dict[str, Any]:
    """What the metadata say of a network whose data set was not named."""
    return {"calibration": {"method": "none"}, "movements": [], "movements_r2": {}, "shown": None}


def _fitted(
    network: nn.Module, heads: Sequence[str], validation: NDArray[np.void]
) -> tuple[Exported, dict[str, Any]]:
    """The network with all that validation images tell, and what the metadata say of it."""
    logits = predict_logits(network, validation["image"], torch.device("cpu"))
    places = head_slices(heads)
    targets = Targets.of(validation, torch.device("cpu"))
    answers = {head: logits[:, place] for head, place in places.items() if head != "movements"}
    calibrations, figures = _calibrate(answers, targets)
    told: dict[str, Any] = {
        **_uncalibrated(),
        "calibration": {"method": "temperature and bias", **figures},
    }
    if "movements" in places:
        found = logits[:, places["movements"]].sigmoid().numpy()
        r2 = movements_r2(targets.movements.numpy(), found).tolist()
        told["movements_r2"] = {
            name: value if np.isfinite(value) else None  # JSON has no NaN
            for name, value in zip(MOVEMENT_NAMES, r2, strict=True)
        }
        told["movements"] = [
            name for name, value in zip(MOVEMENT_NAMES, r2, strict=True) if value >= LEAST_R2
        ]
    shown: Shown | None = None
    if set(POOL) <= set(heads):
        shares = {
            head: torch.softmax(calibrations[head].logits(answers[head]), dim=1) for head in POOL
        }
        shown = fit_shown(shares, validation)
        told["shown"], told["shown_from"] = list(VOTE_NAMES), shown.described()
    return Exported(network, heads, calibrations, told["movements"], shown), told


def _session(content: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def _cost(
    before: onnxruntime.InferenceSession,
    after: onnxruntime.InferenceSession,
    records: NDArray[np.void],
) -> dict[str, Any]:
    """What quantisation costs on the validation images."""
    validation = select(records, "validation")
    heads = [output.name for output in before.get_outputs()]
    targets = Targets.of(validation, torch.device("cpu"))
    figures: list[tuple[float, float]] = []
    for session in (before, after):
        batches = np.array_split(validation["image"], -(-len(validation) // 256))
        runs = [session.run(heads, {"crops": np.ascontiguousarray(batch)}) for batch in batches]
        shares = {
            name: np.concatenate([np.asarray(run[place]) for run in runs])
            for place, name in enumerate(heads)
        }
        right = float((shares["label"].argmax(axis=1) == validation["label"]).mean())
        loss = 0.0
        if "votes" in shares:
            logits = torch.from_numpy(shares["votes"]).clamp(min=1e-7).log()
            loss = float(votes_loss(logits, targets.votes))
        figures.append((right, loss))
    return {
        "method": "int8, static, per channel, 7-bit weights",
        "accuracy_lost": figures[0][0] - figures[1][0],
        "votes_log_loss_gained": figures[1][1] - figures[0][1],
    }


def _calibrate(
    logits: Mapping[str, torch.Tensor], targets: Targets
) -> tuple[dict[str, Calibration], dict[str, dict[str, Any]]]:
    """Each head's calibration, and what there is to tell of it: log loss in nats before, after."""
    # FER2013's images alone: what their raters said is what label and votes are calibrated to.
    labelled = targets.labels >= 0
    wanted = {
        "label": one_hot(targets.labels.clamp(min=0), LABELS).float() * labelled[:, None],
        "votes": targets.votes * labelled[:, None],
        "expressions": targets.expressions,
    }
    fixed = {"votes": (FERPLUS_NAMES.index("NF"),)}  # every image shows a face
    fitted: dict[str, Calibration] = {}
    figures: dict[str, dict[str, Any]] = {}
    for name, all_logits in logits.items():
        known = wanted[name].sum(dim=1) > 0
        head, target = all_logits[known], wanted[name][known]
        fitted[name] = calibration = fit(head, target, fixed.get(name, ()))
        figures[name] = {
            **asdict(calibration),
            "log_loss_before": float(cross_entropy(head, target)),
            "log_loss_after": float(cross_entropy(calibration.logits(head), target)),
        }
    return fitted, figures


def _to_onnx(exported: Exported, crops: torch.Tensor) -> onnx.ModelProto:
    # PyTorch's exporter warns of its own insides and of torchvision, which nobody needs here.
    logger = logging.getLogger("torch.onnx._internal.exporter._registration")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                exported,
                (crops,),
                input_names=["crops"],
                output_names=exported.outputs,
                dynamic_shapes={"crops": {0: torch.export.Dim("faces", min=1)}},
                dynamo=True,
                verbose=False,
            )
    finally:
        logger.setLevel(level)
    if program is None:
        raise TrainingError("PyTorch could not export the network")
    return program.model_proto
