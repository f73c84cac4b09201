"""A small zip of press faces and a small teacher of expressions, by their contracts or not."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from mien.emotions import EMOTION_NAMES
from mien.training.data.expressions import ORDER
from mien.training.data.press import FACES_COLUMNS


def press_row(number: int, label: str, **change: str) -> dict[str, str]:
    """A row of `faces.csv` in which the teacher agrees with the label by nine tenths."""
    shares = {f"zoo_{name}": "0.9" if name == label else "0" for name in EMOTION_NAMES}
    other = "sad" if label != "sad" else "happy"
    shares[f"zoo_{other}"] = "0.1"
    return {"name": f"{number:05}.jpg", "label": label, **shares, **change}


def write_press(
    path: Path,
    rows: Sequence[Mapping[str, str]],
    pictures: Mapping[str, NDArray[np.uint8] | bytes],
    columns: Sequence[str] = FACES_COLUMNS,
) -> Path:
    """Write a zip of press faces.

    Args:
        path: path of the zip.
        rows: rows of `faces.csv`.
        pictures: by file name, grey (112, 112), written as JPEG, or the content of the file.
        columns: columns of `faces.csv`.
    """
    table = io.StringIO()
    writer = csv.DictWriter(table, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("faces.csv", table.getvalue())
        for name, picture in pictures.items():
            content = picture
            if not isinstance(content, bytes):
                content = cv2.imencode(".jpg", content)[1].tobytes()
            archive.writestr(name, content)
    return path


def write_expressions(path: Path, side: int = 112) -> Path:
    """Write a network that says angry if the left half is brighter, happy if the right is."""
    columns = np.zeros((1, 1, 1, side), np.float32)
    columns[..., : side // 2], columns[..., side // 2 :] = -1, 1
    slopes = np.zeros((1, 7), np.float32)
    slopes[0, ORDER.index("happy")], slopes[0, ORDER.index("angry")] = 5, -5
    constants = {"columns": columns, "axes": np.array([1, 2, 3]), "slopes": slopes}
    constants["last"] = np.array([1])
    nodes = [
        helper.make_node("Mul", ["face", "columns"], ["halves"]),
        helper.make_node("ReduceMean", ["halves", "axes"], ["mean"], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "last"], ["column"]),
        helper.make_node("MatMul", ["column", "slopes"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "expressions",
        [helper.make_tensor_value_info("face", onnx.TensorProto.FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, [1, 7])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    path.write_bytes(model.SerializeToString())
    return path
