"""Augmentation of whole batches, on the CPU or the GPU, by the names that Keras users know."""

from dataclasses import dataclass
from typing import Literal

import torch
from kornia.augmentation import RandomAffine, RandomHorizontalFlip


@dataclass(frozen=True, slots=True)
class Augmentation:
    """What may happen to an image; each image of a batch draws its own values.

    Attributes:
        rotation_range: turn by up to this many degrees either way.
        shear_range: shear along x by up to this many degrees either way.
        zoom_range: scale by a factor from 1 - zoom_range (out) to 1 + zoom_range (in).
        shift_range: shift along x and y by up to this share of the side either way.
        horizontal_flip: mirror half of the images.
        fill_mode: what stands where the picture ended: the "nearest" pixel's value.
    """

    rotation_range: float = 15.0
    shear_range: float = 10.0
    zoom_range: float = 0.3
    shift_range: float = 0.08
    horizontal_flip: bool = True
    fill_mode: Literal["nearest"] = "nearest"


def rescale(images: torch.Tensor) -> torch.Tensor:
    """Grey images as the network takes them.

    Args:
        images: uint8 (N, H, W), 0 to 255.

    Returns:
        float32 (N, 1, H, W), 0 to 1.
    """
    return images.unsqueeze(1).float() / 255


def augment_batch(images: torch.Tensor, augmentation: Augmentation, seed: int) -> torch.Tensor:
    """Augmented copies of a batch; the same images and seed give the same result.

    Args:
        images: float32 (N, 1, H, W), on any device.
        augmentation: what may happen.
        seed: of this batch.

    Returns:
        float32 (N, 1, H, W) on the images' device, within the range of the input.
    """
    a = augmentation
    affine = RandomAffine(
        degrees=a.rotation_range,
        translate=(a.shift_range, a.shift_range) if a.shift_range else None,
        scale=(1 - a.zoom_range, 1 + a.zoom_range),
        shear=a.shear_range,
        padding_mode="border",
        p=1.0,
    )
    # Kornia draws from torch's global generator, always on the CPU: seeded here, restored after.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        result = affine(images)
        if a.horizontal_flip:
            result = RandomHorizontalFlip(p=0.5)(result)
    return result
