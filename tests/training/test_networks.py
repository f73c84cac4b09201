import pytest
import torch

from mien.errors import TrainingError
from mien.training.networks import NETWORKS, build


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(("votes", "logits"), [(False, 7), (True, 17)])
def test_a_network_gives_its_heads_logits_and_its_seed_decides_the_weights(
    name: str, votes: bool, logits: int
) -> None:
    images = torch.rand(3, 1, 48, 48, generator=torch.Generator().manual_seed(0))
    outputs = [build(name, seed, votes=votes).eval()(images) for seed in (0, 0, 1)]
    assert outputs[0].shape == (3, logits)
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(TrainingError, match="baseline"):
        build("resnet", 0, votes=False)
