"""What an exported file computes: one network or several, calibration, shown votes, movements."""

from collections.abc import Mapping, Sequence

import torch
from torch import nn

from mien.movements import MOVEMENT_NAMES
from mien.training.data.augment import rescale
from mien.training.model.calibration import Calibration
from mien.training.model.heads import head_slices
from mien.training.model.shown import Shown


class Together(nn.Module):
    """Several networks as one: the mean of their logits.

    Every second network sees the mirror image. Two networks that see either side of a face err less
    alike than two that see the same (experiments/README.md, "Two networks in one file").
    """

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Takes and gives what one of the networks does."""
        sides = (images, images.flip(3))
        answers = [network(sides[place % 2]) for place, network in enumerate(self.networks)]
        return torch.stack(answers).mean(dim=0)


class Exported(nn.Module):
    """A network from crops to what its file gives: calibrated shares, and movements.

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
        named = [head for head in heads if head in {"label", "votes"}]
        self.outputs = [
            *named,
            *(["movements"] if movements else []),
            *(["shown"] if shown is not None else []),
        ]

    def forward(self, crops: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The outputs in their order."""
        logits = self.network(rescale(crops))
        shares: dict[str, torch.Tensor] = {}
        for head, calibration in self.calibrations.items():
            if head == "movements":
                continue
            own = logits[:, self.places[head]]
            if calibration is not None:
                own = calibration.logits(own)
            shares[head] = torch.softmax(own, dim=1)
        found = dict(shares)
        if self.movements:
            found["movements"] = logits[:, self.places["movements"]].sigmoid()[:, self.movements]
        if self.shown is not None:
            found["shown"] = self.shown(shares)
        return tuple(found[name] for name in self.outputs)
