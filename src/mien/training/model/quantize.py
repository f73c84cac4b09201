"""Quantise an exported network's convolutions to 8-bit integers: nearly twice as fast on a CPU.

ONNX Runtime's static quantisation takes the scales of activations from training images, cut off at
the 99.99th percentile, which loses less than their extremes. The first convolution and those of 1×1
(squeeze-excitation and shortcuts) stay in float32: they take little time and much accuracy.
"""

import contextlib
import io
import logging
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.calibrate import CalibrationMethod
from onnxruntime.quantization.shape_inference import quant_pre_process

_IMAGES: Final = 512  # number of training images that set the scales

_PERCENTILE: Final = 99.99  # percentile of an activation's values that its scale reaches

_BATCH: Final = 32


class _Crops(CalibrationDataReader):
    """Batches of crops for ONNX Runtime."""

    def __init__(self, crops: NDArray[np.uint8]) -> None:
        size = min(_BATCH, len(crops))  # all alike, or the histograms do not fit together
        starts = range(0, len(crops) - size + 1, size)
        self._batches: Iterator[NDArray[np.uint8]] = (crops[i : i + size] for i in starts)

    def get_next(self) -> dict[str, Any] | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return the next batch, or None at the end."""
        batch = next(self._batches, None)
        return None if batch is None else {"crops": np.ascontiguousarray(batch)}


def quantize(content: bytes, images: NDArray[np.uint8]) -> bytes:
    """Quantise the wide convolutions of a serialised ONNX model to 8 bits.

    Weights have 7 bits and a scale for each channel: with 8, processors without VNNI overflow.

    Args:
        content: a file of `mien export` in float32.
        images: crops like those to be read, uint8 (N, 48, 48); `IMAGES` of them are used.

    Returns:
        The model, serialised, without metadata.
    """
    chosen = images[:: max(1, len(images) // _IMAGES)][:_IMAGES]
    with tempfile.TemporaryDirectory() as folder, _quiet():
        plain, prepared, quantised = (Path(folder) / f"{name}.onnx" for name in "abc")
        plain.write_bytes(content)
        quant_pre_process(str(plain), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(quantised),
            _Crops(chosen),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_narrow(onnx.load(prepared)),
            calibrate_method=CalibrationMethod.Percentile,
            extra_options={"CalibPercentile": _PERCENTILE},
        )
        return quantised.read_bytes()


def _narrow(model: onnx.ModelProto) -> list[str]:
    """Return the names of the convolutions of the grey image, and of those of 1×1."""
    sizes = {weights.name: tuple(weights.dims) for weights in model.graph.initializer}
    convolutions = [node for node in model.graph.node if node.op_type == "Conv"]
    return [
        node.name
        for node in convolutions
        if sizes[node.input[1]][1] == 1 or sizes[node.input[1]][2:] == (1, 1)
    ]


@contextlib.contextmanager
def _quiet() -> Generator[None]:
    """Hide what ONNX Runtime prints and warns of."""
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.disable(disabled)
