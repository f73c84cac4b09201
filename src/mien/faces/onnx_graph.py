"""Changes of the shapes that an ONNX file declares, without the `onnx` package.

`onnx` takes 80 MB and would serve only this; the protobuf runtime comes with ONNX Runtime. Only the
few fields of ONNX messages that are used here are declared; protobuf keeps all others as unknown
fields and writes them back. Field numbers: onnx/onnx.proto, unchanged since ONNX 1.0.
"""

from functools import cache
from typing import Any, Final

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

_FIELDS: Final = {
    "Model": {"graph": (7, "Graph")},
    "Graph": {
        "input": (11, "ValueInfo"),
        "output": (12, "ValueInfo"),
        "value_info": (13, "ValueInfo"),
    },
    "ValueInfo": {"type": (2, "Type")},
    "Type": {"tensor_type": (1, "Tensor")},
    "Tensor": {"shape": (2, "Shape")},
    "Shape": {"dim": (1, "Dimension")},
    "Dimension": {"dim_value": (1, "int64"), "dim_param": (2, "string")},
}
_SCALARS: Final = {
    "int64": FieldDescriptorProto.TYPE_INT64,
    "string": FieldDescriptorProto.TYPE_STRING,
}
_REPEATED: Final = {"input", "output", "value_info", "dim"}


@cache
def _model_class() -> Any:
    """Return the protobuf class of an ONNX model, reduced to `_FIELDS`, in its own pool."""
    file = FileDescriptorProto(name="mien/onnx.proto", package="mien.onnx", syntax="proto2")
    for message, fields in _FIELDS.items():
        declared = DescriptorProto(name=message)
        for name, (number, kind) in fields.items():
            field = declared.field.add(name=name, number=number)
            field.label = (
                FieldDescriptorProto.LABEL_REPEATED
                if name in _REPEATED
                else FieldDescriptorProto.LABEL_OPTIONAL
            )
            if kind in _SCALARS:
                field.type = _SCALARS[kind]
            else:
                field.type = FieldDescriptorProto.TYPE_MESSAGE
                field.type_name = f".mien.onnx.{kind}"
        file.message_type.append(declared)
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("mien.onnx.Model"))


def free_image_size(model: bytes) -> bytes:
    """Make height and width of an ONNX model's (N, C, H, W) inputs free.

    Outputs keep only their rank, and shapes of inner values are dropped: ONNX Runtime infers both
    from the input.

    Args:
        model: serialised ONNX model.

    Returns:
        The serialised model with the same weights and operators.

    Raises:
        google.protobuf.message.DecodeError: `model` is not a serialised ONNX model.
    """
    parsed = _model_class().FromString(model)
    graph = parsed.graph
    del graph.value_info[:]
    for value in graph.output:
        for dimension in value.type.tensor_type.shape.dim:
            dimension.ClearField("dim_value")
    for value in graph.input:
        dimensions = value.type.tensor_type.shape.dim
        if len(dimensions) == 4:
            for dimension, name in zip(dimensions[2:], ("height", "width"), strict=True):
                dimension.ClearField("dim_value")
                dimension.dim_param = name
    return parsed.SerializeToString()
