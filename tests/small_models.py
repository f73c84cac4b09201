"""Small ONNX files that follow the contract of `mien export`, or break it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from mien.emotions import EMOTION_NAMES


def write_model(
    folder: Path,
    *,
    label: Mapping[str, float] | None = None,
    votes: Mapping[str, float] | None = None,
    shown: Mapping[str, float] | None = None,
    movements: Mapping[str, float] | None = None,
    change: Mapping[str, Any] | None = None,
    metadata: str | None = "",
    size: int = 48,
    input_name: str = "crops",
    outputs: Sequence[str] = ("label", "votes"),
    scale: float = 1.0,
) -> Path:
    """Write the file.

    Args:
        folder: folder of the file.
        label: answers for a black crop, in the file's own order; a whiter crop moves them towards
            the last.
        votes: the same for a votes head; None omits it.
        shown: the same for the head that is shown instead; None omits it.
        movements: the same for movements, which have no fixed sum: a black crop has these
            values, and each grey value more adds 0.001 to the last; None leaves them out.
        change: entries of the metadata that differ.
        metadata: text of the metadata; None omits them.
        size: side of a crop.
        input_name: name of the input.
        outputs: names of the outputs for `label` and `votes`.
        scale: sum of the shares.
    """
    label = label or dict.fromkeys(EMOTION_NAMES, 1 / 7)
    given = [label] if votes is None else [label, votes]
    heads = dict(zip(outputs, given, strict=False)) | ({} if shown is None else {"shown": shown})
    nodes = [
        helper.make_node("Cast", [input_name], ["grey"], to=onnx.TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["grey", "axes"], ["mean"], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "last"], ["column"]),
    ]
    constants = {"axes": np.array([1, 2]), "last": np.array([1])}
    for name, shares in heads.items():
        slope = np.zeros((1, len(shares)), np.float32)
        slope[0, -1] = 1 / 255
        logits = np.log(np.maximum(list(shares.values()), 1e-30)).astype(np.float32)
        constants |= {f"{name}_slope": slope, f"{name}_start": logits}
        constants[f"{name}_scale"] = np.array(scale, np.float32)
        nodes += [
            helper.make_node(
                "Gemm", ["column", f"{name}_slope", f"{name}_start"], [f"{name}_logits"]
            ),
            helper.make_node("Softmax", [f"{name}_logits"], [f"{name}_shares"], axis=1),
            helper.make_node("Mul", [f"{name}_shares", f"{name}_scale"], [name]),
        ]
    if movements is not None:
        heads["movements"] = movements
        slope = np.zeros((1, len(movements)), np.float32)
        slope[0, -1] = 0.001
        constants |= {
            "movements_slope": slope,
            "movements_start": np.array(list(movements.values()), np.float32),
        }
        nodes.append(
            helper.make_node(
                "Gemm", ["column", "movements_slope", "movements_start"], ["movements"]
            )
        )
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info(input_name, onnx.TensorProto.UINT8, ["n", size, size])],
        [
            helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", len(values)])
            for name, values in heads.items()
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    told = {
        "format": 1,
        "network": "small",
        "labels": list(label),
        "votes": None if votes is None else list(votes),
        **({} if shown is None else {"shown": list(shown)}),
        **({} if movements is None else {"movements": list(movements)}),
        "framing": "fer2013",
        "size": 48,
        **(change or {}),
    }
    if metadata is not None:
        helper.set_model_props(model, {"mien": metadata or json.dumps(told)})
    path = folder / f"small-{len(list(folder.glob('small-*')))}.onnx"
    path.write_bytes(model.SerializeToString())
    return path
