import pytest
import torch
from torch.nn.functional import one_hot

from mien.training.model.calibration import fit


def drawn(bias: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits, and labels drawn from their softmax, as one-hot targets."""
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(20_000, len(bias), generator=generator) * 2 + bias
    labels = torch.multinomial(logits.softmax(1), 1, generator=generator)[:, 0]
    return logits, one_hot(labels, len(bias)).float()


@pytest.mark.parametrize("temperature", [3.0, 0.5])
def test_temperature_and_bias_are_those_that_were_put_in(temperature: float) -> None:
    bias = torch.tensor([0.0, 0.5, -0.5, 0.0, 0.0, 1.0, -1.0])
    logits, targets = drawn(bias)
    found = fit((logits - bias) * temperature, targets)
    assert found.temperature == pytest.approx(temperature, rel=0.05)
    differences = torch.tensor(found.bias) - bias
    # Rare answers count for more, so that their biases rise a little beyond.
    assert (differences - differences.mean()).abs().max() < 0.2
    torch.testing.assert_close(
        found.logits((logits - bias) * temperature),
        logits + differences,
        atol=0.5,
        rtol=0.05,
    )


def test_rare_answers_come_first_more_often_than_by_a_temperature_alone() -> None:
    bias = torch.tensor([2.0, 2.0, -2.0])
    logits, targets = drawn(bias)
    rare = targets[:, 2] == 1
    found = fit(logits, targets).logits(logits).argmax(dim=1)[rare] == 2
    assert found.float().mean() > (logits.argmax(dim=1)[rare] == 2).float().mean() + 0.02


def test_a_few_images_and_fixed_columns_move_nothing_far() -> None:
    logits = torch.zeros(6, 4)
    targets = one_hot(torch.tensor([0, 0, 0, 1, 1, 1]), 4).float()
    found = fit(logits, targets, fixed=[3])
    assert found.bias[3] == 0
    assert max(map(abs, found.bias)) < 0.5
    assert fit(logits, targets).bias[3] < 0
