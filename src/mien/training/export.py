"""A run's best weights → one ONNX file that carries all that is needed to use it.

The file takes uint8 crops as they are: normalisation, calibration and softmax are in its graph,
label order, framing, origin and version in its metadata.
"""

import json
import logging
import warnings
from collections.abc import Iterable, Mapping
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

from mien._whole import write_whole
from mien.emotions import EMOTION_NAMES, FERPLUS_NAMES
from mien.errors import TrainingError
from mien.training.augment import rescale
from mien.training.calibration import Calibration, fit
from mien.training.data import SIZE, load_dataset, select
from mien.training.losses import LABELS, Targets, votes_loss
from mien.training.quantize import quantize as quantize_model
from mien.training.run_folder import fingerprint, load_run, read_config
from mien.training.train import predict_logits

FORMAT: Final = 1
"""Version of the file's inputs, outputs and metadata."""

HEADS: Final = {"label": slice(0, LABELS), "votes": slice(LABELS, None)}
"""A head's name, which is its output's, and where its logits stand."""

TOLERANCE: Final = 1e-4
"""Most that ONNX Runtime's shares may differ from PyTorch's."""

COST_OF_8_BITS: Final = 0.01
"""Most that quantisation may cost: label accuracy, and nats of the votes' log loss."""


class Exported(nn.Module):
    """A network from crops to the calibrated shares of each of its heads.

    Takes uint8 (N, 48, 48); gives for each head float32 (N, columns), shares that sum to 1.
    """

    def __init__(self, network: nn.Module, heads: Mapping[str, Calibration | None]) -> None:
        super().__init__()
        self.network = network
        self.heads = heads

    def forward(self, crops: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Shares of the heads in their order."""
        logits = self.network(rescale(crops))
        return tuple(
            torch.softmax(
                logits[:, HEADS[name]] if head is None else head.logits(logits[:, HEADS[name]]),
                dim=1,
            )
            for name, head in self.heads.items()
        )


def export(run: Path, out: Path, data: Path | None = None, *, quantize: bool = False) -> str:
    """Write `out` from the run folder `run` and check it against PyTorch.

    Args:
        run: a run with at least one finished epoch.
        out: the ONNX file to write.
        data: the run's data set; its validation images set the calibration
            (`mien.training.calibration`). Without it the shares are not calibrated.
        quantize: keep the convolutions in 8-bit integers (`mien.training.quantize`), for speed;
            takes `data`, whose training images set the scales and whose validation images tell
            what it costs.

    Returns:
        A line that says what was written.

    Raises:
        TrainingError: no such run, `data` is not the run's or wanted and missing, the file's
            shares differ from PyTorch's by more than `TOLERANCE` before quantisation, or
            quantisation costs more than `COST_OF_8_BITS`.
    """
    if quantize and data is None:
        raise TrainingError("quantisation takes the run's data set: name it with --data")
    config, network = load_run(run)
    origin = read_config(run)
    heads: dict[str, Calibration | None] = dict.fromkeys(HEADS if config.votes else ["label"])
    calibration: dict[str, Any] = {"method": "none"}
    records = None
    images = np.random.default_rng(0).integers(0, 256, (16, SIZE, SIZE), dtype=np.uint8)
    if data is not None:
        records = load_dataset(data)
        if fingerprint(records) != origin["data"]:
            raise TrainingError(f"{data}: not the data set that {run} was trained on")
        validation = select(records, "validation")
        images = np.concatenate((images, validation["image"][:240]))
        heads, figures = _calibrate(network, validation, heads)
        calibration = {"method": "temperature and bias", **figures}
    exported = Exported(network, heads).eval()
    crops = torch.from_numpy(images)
    model = _to_onnx(exported, crops)
    metadata: dict[str, Any] = {
        "format": FORMAT,
        "network": config.network,
        "labels": list(EMOTION_NAMES),
        "votes": list(FERPLUS_NAMES) if config.votes else None,
        "framing": "fer2013",
        "size": SIZE,
        "normalisation": "x / 255, in the graph",
        "calibration": calibration,
        "version": version("mien"),
        "commit": origin["commit"],
        "command": origin["command"],
        "data": origin["data"],
        "seed": config.seed,
        "config": asdict(config),
    }
    content = model.SerializeToString()
    session = _session(content)
    with torch.inference_mode():
        expected = [shares.numpy() for shares in exported(crops)]
    found = session.run(list(heads), {"crops": images})
    difference = max(float(np.abs(a - b).max()) for a, b in zip(found, expected, strict=True))
    if not difference <= TOLERANCE:
        raise TrainingError(
            f"{run}: ONNX Runtime's shares differ from PyTorch's by {difference:.1e}, more than "
            f"{TOLERANCE:.0e}; nothing was written"
        )
    if quantize and records is not None:
        content = quantize_model(content, select(records, "train")["image"])
        metadata["quantisation"] = cost = _cost(session, _session(content), records)
        if max(cost["accuracy_lost"], cost["votes_log_loss_gained"]) > COST_OF_8_BITS:
            raise TrainingError(f"{run}: 8 bits cost too much, {cost}; nothing was written")
    model = onnx.load_from_string(content)
    onnx.helper.set_model_props(model, {"mien": json.dumps(metadata)})
    content = model.SerializeToString()
    out.parent.mkdir(parents=True, exist_ok=True)
    write_whole(out, content)
    return (
        f"{out}: {len(content) / 1e6:.1f} MB, differs from PyTorch by {difference:.1e}, "
        f"calibrated by {calibration['method']}"
        + (f", quantisation {metadata['quantisation']}" if quantize else "")
    )


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
    network: nn.Module, records: NDArray[np.void], heads: Iterable[str]
) -> tuple[dict[str, Calibration | None], dict[str, dict[str, Any]]]:
    """Each head's calibration, and what there is to tell of it: log loss in nats before, after."""
    logits = predict_logits(network, records["image"], torch.device("cpu"))
    targets = Targets.of(records, torch.device("cpu"))
    wanted = {"label": one_hot(targets.labels, LABELS).float(), "votes": targets.votes}
    fixed = {"label": (), "votes": (FERPLUS_NAMES.index("NF"),)}  # every image shows a face
    fitted: dict[str, Calibration | None] = {}
    figures: dict[str, dict[str, Any]] = {}
    for name in heads:
        known = wanted[name].sum(dim=1) > 0
        head, target = logits[known][:, HEADS[name]], wanted[name][known]
        fitted[name] = calibration = fit(head, target, fixed[name])
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
                output_names=list(exported.heads),
                dynamic_shapes={"crops": {0: torch.export.Dim("faces", min=1)}},
                dynamo=True,
                verbose=False,
            )
    finally:
        logger.setLevel(level)
    if program is None:
        raise TrainingError("PyTorch could not export the network")
    return program.model_proto
