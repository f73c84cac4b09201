"""The networks, from float32 (N, 1, 48, 48) images in 0 to 1 to logits, float32 (N, outputs)."""

from collections.abc import Callable, Sequence
from typing import Final, cast

import torch
from torch import nn

from mien.errors import TrainingError
from mien.training.model.dlib_resnet import dlib_resnet
from mien.training.model.heads import count_logits, head_slices


def _convolution(channels_in: int, channels_out: int, *, pool: bool) -> list[nn.Module]:
    # Pooling first: max and ReLU commute, and the rest then runs on a quarter of the pixels.
    return [
        nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
        *([nn.MaxPool2d(2)] if pool else []),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    ]


def baseline(outputs: int) -> nn.Module:
    """Make the plain CNN that the project began with; 2.4 million parameters.

    3×3 convolutions of growing width (32, 64, 64, 128, 128, 256, 256), each with batch
    normalisation and ReLU, 2×2 max-pooling wherever the width grows next, a dense layer of 512
    between dropouts, and a linear layer whose softmax gives the shares.
    """
    return nn.Sequential(
        *_convolution(1, 32, pool=True),
        *_convolution(32, 64, pool=False),
        *_convolution(64, 64, pool=True),
        *_convolution(64, 128, pool=False),
        *_convolution(128, 128, pool=True),
        *_convolution(128, 256, pool=False),
        *_convolution(256, 256, pool=True),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(256 * 3 * 3, 512),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        nn.Linear(512, outputs),
    )


class SqueezeExcitation(nn.Module):
    """Weights of the channels by the whole image (Hu et al. 2018, arXiv 1709.01507)."""

    def __init__(self, channels: int, reduction: int = 8) -> None:
        super().__init__()
        self.weights = nn.Sequential(
            nn.AdaptiveAvgPool2d(1),
            nn.Conv2d(channels, channels // reduction, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels // reduction, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Scale each channel of float32 (N, channels, H, W) by 0 to 1."""
        return features * self.weights(features)


class ResidualBlock(nn.Module):
    """Two 3×3 convolutions beside a shortcut (He et al. 2016, arXiv 1512.03385).

    Where it halves the image, the shortcut averages 2×2 pixels before its 1×1 convolution (He et
    al. 2019, arXiv 1812.01187), so that no pixel is left out.
    """

    def __init__(self, channels_in: int, channels_out: int, *, halve: bool) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(channels_in, channels_out, 3, 2 if halve else 1, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
            SqueezeExcitation(channels_out),
        )
        self.shortcut = nn.Sequential()
        if halve:
            self.shortcut.append(nn.AvgPool2d(2))
        if channels_in != channels_out:
            self.shortcut.append(nn.Conv2d(channels_in, channels_out, 1, bias=False))
            self.shortcut.append(nn.BatchNorm2d(channels_out))
        self.activation = nn.ReLU(inplace=True)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Features, float32 (N, channels_in, H, W) → (N, channels_out, H or H/2, W or W/2)."""
        return self.activation(self.convolutions(features) + self.shortcut(features))

    def pass_on(self) -> None:
        """Let the block pass on its input until it is trained; its shortcut must have no layers."""
        normalisation = self.convolutions[4]  # the last: only the shortcut is left
        nn.init.zeros_(normalisation.weight)  # pyright: ignore[reportArgumentType]


def _se_resnet(
    outputs: int, widths: tuple[int, ...], blocks: tuple[int, ...], *, pool: bool
) -> nn.Module:
    layers = _convolution(1, widths[0], pool=pool)
    channels = widths[0]
    for stage, (width, count) in enumerate(zip(widths, blocks, strict=True)):
        for index in range(count):
            layers.append(ResidualBlock(channels, width, halve=stage > 0 and index == 0))
            channels = width
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(channels, outputs)]
    return nn.Sequential(*layers)


def se_resnet(outputs: int) -> nn.Module:
    """Make a residual network with squeeze-excitation for live use; 1.4 million parameters.

    One convolution of 32 channels and max-pooling; stages of 32, 64 and 192 channels at 24², 12²
    and 6² pixels with 1, 3 and 2 blocks; the mean over the pixels and a linear layer. It takes
    about 0.85 of the time of `baseline`.
    """
    return _se_resnet(outputs, (32, 64, 192), (1, 3, 2), pool=True)


def se_resnet_deep(outputs: int) -> nn.Module:
    """Make `se_resnet` with a third block of 192 channels; 2.1 million parameters.

    It takes about 1.2 times as long as `se_resnet`, and can begin with its weights (`grown`).
    """
    return _se_resnet(outputs, (32, 64, 192), (1, 3, 3), pool=True)


def se_resnet_large(outputs: int) -> nn.Module:
    """Make `se_resnet` with many more channels, to teach the others; 19 million parameters.

    Stages of 64, 128, 256 and 512 channels at 48², 24², 12² and 6² pixels with 1, 2, 3 and 3
    blocks: too slow for live use.
    """
    return _se_resnet(outputs, (64, 128, 256, 512), (1, 2, 3, 3), pool=False)


NETWORKS: Final[dict[str, Callable[[int], nn.Module]]] = {
    "baseline": baseline,
    "se_resnet": se_resnet,
    "se_resnet_deep": se_resnet_deep,
    "se_resnet_large": se_resnet_large,
    "dlib_resnet": dlib_resnet,
}
"""Networks of `mien train --network`, made from their number of outputs."""

ONE_SIZE: Final = frozenset({"baseline"})
"""Networks whose dense layer takes images of 48×48 only."""


def build(name: str, seed: int, heads: Sequence[str]) -> nn.Module:
    """Make a network of `NETWORKS` with fresh weights, with heads in the order of `Head`.

    Raises:
        TrainingError: no network has that name.
    """
    if name not in NETWORKS:
        raise TrainingError(f"no network {name!r}; there are {', '.join(NETWORKS)}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return NETWORKS[name](count_logits(heads))


def last_layer(network: nn.Module) -> str:
    """Return the name of the linear layer that gives the logits, with a row for each logit."""
    return [name for name, module in network.named_modules() if isinstance(module, nn.Linear)][-1]


def with_heads(
    network: nn.Module, name: str, seed: int, heads: Sequence[str], known: Sequence[str]
) -> nn.Module:
    """Make a network of the same kind, called `name`, with further heads of fresh weights.

    `network` has the heads `known`, all of which are among `heads`.
    """
    wider = build(name, seed, heads)
    last, old = (cast("nn.Linear", one.get_submodule(last_layer(one))) for one in (wider, network))
    new = head_slices(heads)
    with torch.no_grad():
        for head, place in head_slices(known).items():
            last.weight[new[head]] = old.weight[place]
            last.bias[new[head]] = old.bias[place]
        weights = network.state_dict()
        for key, value in wider.state_dict().items():
            if weights[key].shape == value.shape:
                value.copy_(weights[key])
    return wider


def grown(network: nn.Module, name: str, heads: Sequence[str]) -> nn.Module:
    """Make a deeper network with the same outputs, for further training.

    Its additional blocks pass on their input (Chen et al. 2016, "Net2Net", arXiv 1511.05641).

    Raises:
        TrainingError: no network has that name, or it is no deeper one of the same widths.
    """
    deeper = build(name, 0, heads)
    known = list(network.children())
    for module in deeper.children():
        if known and _shapes(module) == _shapes(known[0]):
            module.load_state_dict(known.pop(0).state_dict())
        elif isinstance(module, ResidualBlock) and not len(module.shortcut):
            module.pass_on()
        else:
            break
    else:
        if not known:
            return deeper
    raise TrainingError(f"{name} is no deeper network of the same widths")


def _shapes(module: nn.Module) -> tuple[str, list[torch.Size]]:
    return type(module).__name__, [weights.shape for weights in module.state_dict().values()]
