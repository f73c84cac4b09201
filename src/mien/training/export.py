"""Export runs' weights as one ONNX file that holds all that is needed to use it.

The file takes uint8 crops: normalisation, calibration and softmax are in its graph, label order,
framing, origin and version in its metadata.
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
from mien.training.engine.run_folder import AVERAGE, fingerprint, load_run, read_config
from mien.training.engine.validation import predict_logits
from mien.training.evaluation.metrics import LEAST_SHARE, movements_r2
from mien.training.model.calibration import Calibration, fit
from mien.training.model.exported import Exported, Together
from mien.training.model.heads import Head, head_slices
from mien.training.model.losses import LABELS, Targets, votes_loss
from mien.training.model.quantize import quantize as quantize_model
from mien.training.model.shown import POOL, Shown, fit_shown

FORMAT: Final = 1
"""Version of the file's inputs, outputs and metadata."""

LEAST_R2: Final = 0.5
"""Least R² on validation images of a movement that the file gives."""

TOLERANCE: Final = 1e-4
"""Largest difference between ONNX Runtime's and PyTorch's shares."""

COST_OF_8_BITS: Final = 0.01
"""Largest cost of quantisation: label accuracy, and nats of the votes' log loss."""

_UNCALIBRATED: Final[Mapping[str, Any]] = {
    "calibration": {"method": "none"},
    "movements": [],
    "movements_r2": {},
    "shown": None,
}


def export(
    runs: Sequence[Path],
    out: Path,
    data: Path | None = None,
    *,
    quantize: bool = False,
    last: bool = False,
) -> str:
    """Write run folders' networks to `out`, check the file against PyTorch, and describe it.

    Args:
        runs: one or more runs with a finished epoch, of the same heads and data set. The file of
            several runs gives their mean (`Together`), and takes as many times as long for a face.
        out: the ONNX file to write.
        data: the runs' data set; its validation images set the calibration
            (`mien.training.model.calibration`), the pool of the shown votes
            (`mien.training.model.shown`) and which movements are kept (`LEAST_R2`). Without it
            the shares are not calibrated, and the file has neither shown votes nor movements.
        quantize: keep the convolutions in 8-bit integers (`mien.training.model.quantize`); needs
            `data`, whose training images set the scales and whose validation images the cost.
        last: take the weights of the last epoch, not those of the best by label accuracy; the other
            heads often still improve when the label no longer does.

    Raises:
        TrainingError: no run or no such run, runs of different heads, `data` is not theirs or
            missing, the file's shares differ from PyTorch's by more than `TOLERANCE` before
            quantisation, or quantisation costs more than `COST_OF_8_BITS`.
    """
    if not runs:
        raise TrainingError("nothing to export: name a training run's folder")
    if quantize and data is None:
        raise TrainingError("quantisation takes the runs' data set: name it with --data")
    loaded = [load_run(run, last=last) for run in runs]
    contents = [read_config(run) for run in runs]
    config, network = loaded[0]
    for run, (other, _) in zip(runs, loaded, strict=True):
        if other.heads != config.heads:
            raise TrainingError(
                f"{run}: heads {', '.join(other.heads)}, and {runs[0]} has "
                f"{', '.join(config.heads)}; export runs of the same heads together"
            )
    if len(loaded) > 1:
        network = Together([one for _, one in loaded]).eval()
    images = np.random.default_rng(0).integers(0, 256, (16, SIZE, SIZE), dtype=np.uint8)
    records = None
    exported = Exported(network, config.heads, dict.fromkeys(config.heads))
    fitted: Mapping[str, Any] = _UNCALIBRATED
    if data is not None:
        records = load_dataset(data)
        found = fingerprint(records)
        for run, content in zip(runs, contents, strict=True):
            if found != content["data"]:
                raise TrainingError(f"{data}: not the data set that {run} was trained on")
        validation = select(records, "validation", source=None)
        images = np.concatenate((images, validation["image"][:240]))
        exported, fitted = _fitted(network, config.heads, validation)
    model = _to_onnx(exported.eval(), images)
    session = _session(model)
    difference = _difference(exported, session, images)
    if not difference <= TOLERANCE:
        raise TrainingError(
            f"{runs[0]}: ONNX Runtime's shares differ from PyTorch's by {difference:.1e}, more "
            f"than {TOLERANCE:.0e}; nothing was written"
        )
    origins = [_origin(one, content) for (one, _), content in zip(loaded, contents, strict=True)]
    metadata: dict[str, Any] = {
        "format": FORMAT,
        "labels": list(EMOTION_NAMES),
        "votes": list(FERPLUS_NAMES) if config.votes else None,
        **fitted,
        "framing": "fer2013",
        "size": SIZE,
        "normalisation": "x / 255, in the graph",
        "version": version("mien"),
        "data": contents[0]["data"],
        "weights": _kept(contents[0], last),
        **origins[0],
        "together_with": origins[1:],
    }
    if quantize and records is not None:
        model = quantize_model(model, select(records, "train", source=None)["image"])
        metadata["quantisation"] = cost = _cost(session, _session(model), records)
        if max(cost["accuracy_lost"], cost["votes_log_loss_gained"]) > COST_OF_8_BITS:
            raise TrainingError(f"{runs[0]}: 8 bits cost too much, {cost}; nothing was written")
    proto = onnx.load_from_string(model)
    onnx.helper.set_model_props(proto, {"mien": json.dumps(metadata)})
    model = proto.SerializeToString()
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, model)
    return (
        f"{out}: {len(model) / 1e6:.1f} MB, differs from PyTorch by {difference:.1e}, "
        f"calibrated by {fitted['calibration']['method']}"
        + _movements_in_words(fitted)
        + (f", quantisation {metadata['quantisation']}" if quantize else "")
    )


def _origin(config: Config, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata on one run."""
    return {
        "network": config.network,
        "commit": content["commit"],
        "command": content["command"],
        "seed": config.seed,
        "config": asdict(config),
        **({AVERAGE: content[AVERAGE]} if AVERAGE in content else {}),
    }


def _kept(content: Mapping[str, Any], last: bool) -> str:
    """Say which of a run's weights the file holds."""
    if AVERAGE in content:
        return "mean of several runs"
    return "last epoch" if last else "best epoch by label accuracy"


def _movements_in_words(fitted: Mapping[str, Any]) -> str:
    """Say how many movements the file gives, and which are left out; "" without that head."""
    if not fitted["movements_r2"]:
        return ""
    left_out = [
        name if r2 is None else f"{name} ({r2:.2f})"
        for name, r2 in fitted["movements_r2"].items()
        if name not in fitted["movements"]
    ]
    return f", {len(fitted['movements'])} movements" + (
        f" (left out, R² below {LEAST_R2}: {', '.join(left_out)})" if left_out else ""
    )


def _fitted(
    network: nn.Module, heads: Sequence[str], validation: NDArray[np.void]
) -> tuple[Exported, dict[str, Any]]:
    """Fit what the file adds to the network on validation images; return it and its metadata."""
    logits = predict_logits(network, validation["image"], torch.device("cpu"))
    places = head_slices(heads)
    targets = Targets.of(validation, torch.device("cpu"))
    answers = {head: logits[:, place] for head, place in places.items() if head != Head.MOVEMENTS}
    calibrations, figures = _calibrate(answers, targets)
    fitted: dict[str, Any] = {
        **_UNCALIBRATED,
        "calibration": {"method": "temperature and bias", **figures},
    }
    if Head.MOVEMENTS in places:
        found = logits[:, places[Head.MOVEMENTS]].sigmoid().numpy()
        each = movements_r2(targets.movements.numpy(), found).tolist()
        r2: dict[str, float] = dict(zip(MOVEMENT_NAMES, each, strict=True))
        # JSON has no NaN.
        fitted["movements_r2"] = {name: v if np.isfinite(v) else None for name, v in r2.items()}
        fitted["movements"] = [name for name, value in r2.items() if value >= LEAST_R2]
    shown: Shown | None = None
    if set(POOL) <= set(heads):
        shares = {
            head: torch.softmax(calibrations[head].logits(answers[head]), dim=1) for head in POOL
        }
        shown = fit_shown(shares, validation)
        fitted["shown"], fitted["shown_from"] = list(VOTE_NAMES), shown.described()
    return Exported(network, heads, calibrations, fitted["movements"], shown), fitted


def _session(model: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def _difference(
    exported: Exported, session: onnxruntime.InferenceSession, images: NDArray[np.uint8]
) -> float:
    """Compare ONNX Runtime's outputs with PyTorch's."""
    with torch.inference_mode():
        expected = [shares.numpy() for shares in exported(torch.from_numpy(images))]
    found = session.run(exported.outputs, {"crops": images})
    return max(float(np.abs(a - b).max()) for a, b in zip(found, expected, strict=True))


def _cost(
    before: onnxruntime.InferenceSession,
    after: onnxruntime.InferenceSession,
    records: NDArray[np.void],
) -> dict[str, Any]:
    """Measure the cost of quantisation on the validation images."""
    validation = select(records, "validation")
    votes = Targets.of(validation, torch.device("cpu")).votes
    heads = [output.name for output in before.get_outputs()]
    batches = np.array_split(validation["image"], -(-len(validation) // 256))
    accuracies: list[float] = []
    losses: list[float] = []
    for session in (before, after):
        runs = [session.run(heads, {"crops": np.ascontiguousarray(batch)}) for batch in batches]
        shares = dict(zip(heads, map(np.concatenate, zip(*runs, strict=True)), strict=True))
        accuracies.append(float((shares["label"].argmax(axis=1) == validation["label"]).mean()))
        if "votes" in shares:
            logits = torch.from_numpy(shares["votes"]).clamp(min=LEAST_SHARE).log()
            losses.append(float(votes_loss(logits, votes)))
    return {
        "method": "int8, static, per channel, 7-bit weights",
        "accuracy_lost": accuracies[0] - accuracies[1],
        "votes_log_loss_gained": losses[1] - losses[0] if losses else 0.0,
    }


def _calibrate(
    logits: Mapping[str, torch.Tensor], targets: Targets
) -> tuple[dict[str, Calibration], dict[str, dict[str, Any]]]:
    """Fit each head's calibration, and measure the log loss in nats before and after."""
    # On FER2013's images only: label and votes are calibrated to what their raters said.
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


def _to_onnx(exported: Exported, images: NDArray[np.uint8]) -> bytes:
    # PyTorch's exporter warns of its own insides and of torchvision, which nobody needs here.
    logger = logging.getLogger("torch.onnx._internal.exporter._registration")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                exported,
                (torch.from_numpy(images),),
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
    return program.model_proto.SerializeToString()
