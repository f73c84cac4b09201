"""One training run on several processes, as `torchrun` starts them; by itself, one process.

All processes hold the same weights and draw the same batches; each takes its share of every batch,
and their gradients are averaged (torch's DistributedDataParallel: gloo on CPUs, NCCL on GPUs). Only
the first writes. The run's folder and the data set must be where all of them can read.
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
    """Those that train together.

    Attributes:
        number: of this one, from 0.
        count: of all.
    """

    number: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether this is the one that writes and tells."""
        return self.number == 0

    def parallel(self, network: nn.Module) -> nn.Module:
        """The network, made so that its gradients are those of all processes, averaged."""
        return network if self.count == 1 else DistributedDataParallel(network)

    def share(self, batch: NDArray[np.int64]) -> slice:
        """Which of a batch's images are for this process."""
        return slice(self.number, len(batch), self.count)

    def once(self, make: Callable[[], Value]) -> Value:
        """What the first process makes, for all; it alone calls `make`, whose error all raise."""
        if self.count == 1:
            return make()
        told: list[Any] = [None, None]
        if self.first:
            try:
                told[0] = make()
            except Exception as error:
                told[1] = error
        distributed.broadcast_object_list(told)
        if told[1] is not None:
            raise told[1]
        return told[0]

    def sums(self, values: list[list[float]]) -> list[list[float]]:
        """Each number added up over all processes."""
        if self.count == 1:
            return values
        table = torch.tensor(values)
        table = table.to("cuda" if distributed.get_backend() == "nccl" else "cpu")
        distributed.all_reduce(table)
        return table.tolist()


@contextmanager
def joined_processes() -> Generator[Processes]:
    """The processes that torchrun started, connected; or this one alone."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Processes()
        return
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    store, number, count = next(rendezvous("env://"))
    # torchrun keeps its store when it starts processes again: without names of their own they may
    # find the addresses of those that are gone, and never connect.
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
    """Whether torchrun started the processes again, because one was lost."""
    return _restarts() > 0


def _restarts() -> int:
    return int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"))
