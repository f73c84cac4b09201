"""Load networks that others learn from: runs, and files of `mien export`."""

from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import nn

from mien.faces.classifier import Classifier
from mien.training.engine.run_folder import load_run
from mien.training.model.heads import Head, count_logits

_LEAST: Final = 1e-7  # least share whose logarithm is taken


def load_teacher(teacher: Path) -> nn.Module:
    """Load a network in evaluation mode, on the CPU: float32 (N, 1, 48, 48) in 0 to 1 → logits.

    The logits are those of labels and, where the network has that head, votes: float32
    (N, 7 or 17). Further heads are left out.

    Args:
        teacher: folder of a run, or a file of `mien export`, whose calibrated shares are taught. In
            8 bits that takes a third of the time on a CPU with VNNI; it runs nowhere else.

    Raises:
        TrainingError: the folder holds no run, or none that finished an epoch.
        ModelError: the file is no model of mien's.
    """
    if teacher.is_file():
        return ExportedTeacher(teacher)
    config, network = load_run(teacher)
    taught = [head for head in config.heads if head in {Head.LABEL, Head.VOTES}]
    return _FirstHeads(network, count_logits(taught)).eval()


class _FirstHeads(nn.Module):
    """A network without its heads beyond labels and votes, which come first."""

    def __init__(self, network: nn.Module, columns: int) -> None:
        super().__init__()
        self.network = network
        self.columns = columns

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images, float32 (N, 1, 48, 48) in 0 to 1 → logits, float32 (N, 7 or 17)."""
        return self.network(images)[:, : self.columns]


class ExportedTeacher(nn.Module):
    """An exported file as a PyTorch network, which cannot be trained."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._classifier = Classifier(file, threads=torch.get_num_threads())

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images, float32 (N, 1, 48, 48) in 0 to 1 → logits of the heads, float32 (N, 7 or 17)."""
        crops = (images.squeeze(1) * 255).round().to(torch.uint8).cpu().numpy()
        shares = np.concatenate(self._classifier.predict_heads(crops), axis=1)
        return torch.from_numpy(shares).clamp(min=_LEAST).log().float().to(images.device)
