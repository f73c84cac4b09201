"""The graph of an exported file: networks, calibration, shown votes and movements."""

from collections.abc import Mapping, Sequence

import torch
from torch import nn

from mien.movements import MOVEMENT_NAMES
from mien.training.data.augment import rescale
from mien.training.model.calibration import Calibration
from mien.training.model.heads import Head, head_slices
from mien.training.model.shown import Shown


class Together(nn.Module):
    """Several networks as one: the mean of their logits.

    Every second network sees the mirror image: two networks then err less alike than two that see
    the same image (experiments/README.md, "Two networks in one file").
    """

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images, float32 (N, 1, H, W) → logits, float32 (N, L), as of one network."""
        sides = (images, images.flip(3))
        answers = [network(sides[place % 2]) for place, network in enumerate(self.networks)]
        return torch.stack(answers).mean(dim=0)


class Exported(nn.Module):
    """A network from crops to the outputs of its file: calibrated shares, and movements.

    Takes uint8 (N, 48, 48); gives `outputs` in their order: for label, votes and shown float32
    (N, columns), shares that sum to 1, and for movements float32 (N, M), 0 to 1.
    """

    def __init__(
        self,
        network: nn.Module,
        heads: Sequence[str],
        calibrations: Mapping[str, Calibration | None],
        movements: Sequence[str] = (),
        shown: Shown | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.places = head_slices(heads)
        self.calibrations = calibrations
        self.movements = [MOVEMENT_NAMES.index(name) for name in movements]
        self.shown = shown
        self.outputs = [head for head in heads if head in {Head.LABEL, Head.VOTES}]
        self.outputs += ["movements"] if movements else []
        self.outputs += ["shown"] if shown is not None else []

    def forward(self, crops: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Crops, uint8 (N, 48, 48) → the outputs in their order."""
        logits = self.network(rescale(crops))
        shares: dict[str, torch.Tensor] = {}
        for head, calibration in self.calibrations.items():
            if head == Head.MOVEMENTS:
                continue
            own = logits[:, self.places[head]]
            if calibration is not None:
                own = calibration.logits(own)
            shares[head] = torch.softmax(own, dim=1)
        found = dict(shares)
        if self.movements:
            found["movements"] = logits[:, self.places[Head.MOVEMENTS]].sigmoid()[:, self.movements]
        if self.shown is not None:
            found["shown"] = self.shown(shares)
        return tuple(found[name] for name in self.outputs)
