"""Augment whole batches, on the CPU or the GPU, by the options that Keras users know."""

import math
from dataclasses import dataclass
from typing import Final

import torch
from kornia.augmentation import (
    RandomAffine,
    RandomErasing,
    RandomGaussianBlur,
    RandomHorizontalFlip,
    RandomJPEG,
)

from mien.training.engine.config import Augmentation

_PADDING: Final = {"nearest": "border", "reflect": "reflection", "constant": "zeros"}


def rescale(images: torch.Tensor) -> torch.Tensor:
    """Turn grey images, uint8 (N, H, W), into a network's input, float32 (N, 1, H, W) in 0 to 1."""
    return images.unsqueeze(1).float() / 255


def augment_batch(images: torch.Tensor, augmentation: Augmentation, seed: int) -> torch.Tensor:
    """Return augmented copies of a batch, the `worse` stage of `augment_stages`."""
    return augment_stages(images, augmentation, seed).worse


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """A batch of images at two stages of augmentation.

    Attributes:
        moved: images after rotation, scaling, mirroring and so on, as clear as before.
        worse: the same images after light, blur, noise, JPEG and erasing too.
    """

    moved: torch.Tensor
    worse: torch.Tensor


def augment_stages(images: torch.Tensor, augmentation: Augmentation, seed: int) -> Stages:
    """Augment a batch, float32 (N, 1, H, W); the same images and seed give the same result.

    Both stages are of the same shape and device, within the range of the input.
    """
    a = augmentation
    affine = RandomAffine(
        degrees=a.rotation_range,
        translate=(a.shift_range, a.shift_range) if a.shift_range else None,
        scale=(1 - a.zoom_range, 1 + a.zoom_range),
        shear=a.shear_range,
        padding_mode=_PADDING[a.fill_mode],
        p=1.0,
    )
    # Kornia draws from torch's global generator, always on the CPU: seeded here, restored after.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        moved = affine(images)
        if a.horizontal_flip:
            moved = RandomHorizontalFlip(p=0.5)(moved)
        worse = _through_a_camera(moved, a)
        if a.erasing:
            worse = RandomErasing(scale=(0.02, 0.2), value=0.5, p=a.erasing)(worse)
    return Stages(moved, worse)


def _through_a_camera(images: torch.Tensor, augmentation: Augmentation) -> torch.Tensor:
    """Apply light, lens, sensor and file, in this order; draws from torch's global generator."""

    def draw(low: float, high: float) -> torch.Tensor:
        return torch.empty(len(images), 1, 1, 1).uniform_(low, high).to(images.device)

    a = augmentation
    if a.equalization:
        share = draw(0, a.equalization) * (draw(0, 1) < 0.5)
        images = images + share * (_equalized(images) - images)
    if a.brightness_range or a.contrast_range:
        mean = images.mean(dim=(1, 2, 3), keepdim=True)
        contrast = draw(1 - a.contrast_range, 1 + a.contrast_range)
        brightness = draw(1 - a.brightness_range, 1 + a.brightness_range)
        images = ((mean + (images - mean) * contrast) * brightness).clamp(0, 1)
    if a.blur:
        side = 2 * math.ceil(3 * a.blur) + 1  # three standard deviations on either side
        images = RandomGaussianBlur((side, side), (0.1, a.blur), p=0.5)(images)
    if a.noise:
        deviation = draw(0, a.noise / 255) * (draw(0, 1) < 0.5)
        images = (images + deviation * torch.randn(images.shape).to(images.device)).clamp(0, 1)
    if a.jpeg:
        in_colour = images.expand(-1, 3, -1, -1)  # the codec knows no grey
        images = RandomJPEG((float(a.jpeg), 100.0), p=0.5)(in_colour)[:, :1]
    return images


def _equalized(images: torch.Tensor) -> torch.Tensor:
    """Spread the grey values of images evenly: each pixel becomes its rank, 0 to 1."""
    order = images.flatten(1).argsort(dim=1)
    ranks = torch.linspace(0, 1, order.shape[1], device=images.device).expand_as(order)
    return torch.zeros_like(ranks).scatter(1, order, ranks).view_as(images)
