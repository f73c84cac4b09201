import pytest
import torch
from torch import nn

from mien.training.engine.hardware import autocast, precision

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("abilities", "expected"),
    [
        ({"avx2": True}, torch.float32),
        ({"avx512_bf16": True}, torch.bfloat16),
        ({"avx512_bf16": False, "amx_bf16": True}, torch.bfloat16),
    ],
)
def test_short_numbers_are_taken_where_the_processor_has_them(
    monkeypatch: pytest.MonkeyPatch, abilities: dict[str, bool], expected: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: abilities)
    assert precision(CPU) is expected
    with autocast(CPU):
        features = nn.Conv2d(1, 2, 3)(torch.rand(1, 1, 8, 8))
    assert features.dtype is expected


def test_a_gpu_computes_in_short_numbers() -> None:
    assert precision(torch.device("cuda")) is torch.bfloat16
