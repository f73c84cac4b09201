"""Train on the processes that `torchrun` started; without it, on one process.

All processes hold the same weights and draw the same batches. Each takes its share of every batch,
and their gradients are averaged (torch's DistributedDataParallel: gloo on CPUs, NCCL on GPUs). Only
the first writes. All of them must be able to read the run's folder and the data set.
"""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import distributed, nn
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes that train together: number of this one, from 0, and count of all."""

    number: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this process writes files and messages."""
        return self.number == 0

    def parallel(self, network: nn.Module) -> nn.Module:
        """Wrap the network so that its gradients are averaged over all processes."""
        return network if self.count == 1 else DistributedDataParallel(network)

    def share(self, batch: NDArray[np.int64]) -> slice:
        """Return the slice of a batch's images that this process takes."""
        return slice(self.number, len(batch), self.count)

    def once(self, make: Callable[[], Value]) -> Value:
        """Call `make` in the first process, and return its value, or raise its error, in all."""
        if self.count == 1:
            return make()
        outcome: list[Any] = [None, None]  # value and error
        if self.first:
            try:
                outcome[0] = make()
            except Exception as error:
                outcome[1] = error
        distributed.broadcast_object_list(outcome)
        if outcome[1] is not None:
            raise outcome[1]
        return outcome[0]

    def sums(self, values: list[list[float]]) -> list[list[float]]:
        """Add up each number over all processes."""
        if self.count == 1:
            return values
        table = torch.tensor(values)
        table = table.to("cuda" if distributed.get_backend() == "nccl" else "cpu")
        distributed.all_reduce(table)
        return table.tolist()


@contextmanager
def joined_processes() -> Generator[Processes]:
    """Connect the processes that torchrun started; without torchrun, yield the only process."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Processes()
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    store, number, count = next(rendezvous("env://"))
    # torchrun keeps its store when it restarts processes: without names of their own they may find
    # the addresses of lost ones, and never connect.
    prefix = f"start-{_restarts()}"
    store = distributed.PrefixStore(prefix, store)  # pyright: ignore[reportPrivateImportUsage]
    backend = "nccl" if torch.cuda.is_available() else "gloo"
    distributed.init_process_group(backend, store=store, rank=number, world_size=count)
    yield Processes(distributed.get_rank(), distributed.get_world_size())
    distributed.destroy_process_group()  # not after an error, when the others may be gone


def is_first() -> bool:
    """Whether this process is the only one, or the first of those that torchrun started."""
    return os.environ.get("RANK", "0") == "0"


def is_restarted() -> bool:
    """Whether torchrun restarted the processes, because one was lost."""
    return _restarts() > 0


def _restarts() -> int:
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"))
