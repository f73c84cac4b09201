import re

import pytest
import torch

from mien.errors import TrainingError
from mien.training.engine.config import Config
from mien.training.model.heads import HEADS
from mien.training.model.networks import NETWORKS, build, grown, with_heads


@pytest.mark.parametrize("name", NETWORKS)
def test_the_help_of_the_command_names_every_network(name: str) -> None:
    line = next(line for line in (Config.__doc__ or "").splitlines() if "network:" in line)
    assert re.search(rf"\b{name}\b", line)


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(("heads", "logits"), [(("label",), 7), (("label", "votes"), 17)])
def test_a_network_gives_its_heads_logits_and_its_seed_decides_the_weights(
    name: str, heads: tuple[str, ...], logits: int
) -> None:
    images = torch.rand(3, 1, 48, 48, generator=torch.Generator().manual_seed(0))
    outputs = [build(name, seed, heads).eval()(images) for seed in (0, 0, 1)]
    assert outputs[0].shape == (3, logits)
    assert torch.equal(outputs[0], outputs[1])
    assert not torch.equal(outputs[0], outputs[2])


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(TrainingError, match="baseline"):
        build("resnet", 0, ("label",))


@pytest.mark.parametrize("heads", [("label",), ("label", "votes")])
def test_a_grown_network_gives_what_the_one_it_began_as_gives(heads: tuple[str, ...]) -> None:
    images = torch.rand(3, 1, 48, 48, generator=torch.Generator().manual_seed(0))
    network = build("se_resnet", 1, heads).eval()
    deeper = grown(network, "se_resnet_deep", heads).eval()
    assert sum(map(torch.numel, deeper.parameters())) > sum(map(torch.numel, network.parameters()))
    torch.testing.assert_close(deeper(images), network(images))
    deeper.train()(images).sum().backward()  # and its new block learns
    assert all(weights.grad is not None for weights in deeper.parameters())
    added = list(deeper.children())[10]
    assert any(bool((weights.grad != 0).any()) for weights in added.parameters())


@pytest.mark.parametrize(
    ("name", "other"),
    [("se_resnet", "baseline"), ("se_resnet_deep", "se_resnet"), ("baseline", "se_resnet")],
)
def test_a_network_grows_into_none_but_a_deeper_one(name: str, other: str) -> None:
    with pytest.raises(TrainingError, match=f"{other} is no deeper network"):
        grown(build(name, 0, ("label",)), other, ("label",))


def test_further_heads_leave_what_the_known_ones_say() -> None:
    images = torch.rand(3, 1, 48, 48, generator=torch.Generator().manual_seed(0))
    network = build("se_resnet", 1, ("label", "votes")).eval()
    wider = with_heads(network, "se_resnet", 0, tuple(HEADS), known=("label", "votes")).eval()
    assert wider(images).shape == (3, sum(HEADS.values()))
    torch.testing.assert_close(wider(images)[:, :17], network(images))
