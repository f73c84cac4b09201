"""Ray for a while: the cluster that RAY_ADDRESS names, or one of this machine's cores alone."""

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec

from mien.errors import MissingPackageError
from mien.parallel import cores

_OBJECTS = 256 << 20
# Bytes of shared memory for what goes between processes: here names and counts, and small JPEGs.
# Ray by itself takes a third of the machine's memory.


def check_ray() -> None:
    """Refuse where Ray is missing, before any work.

    Raises:
        MissingPackageError: it is not installed.
    """
    if find_spec("ray") is None:
        raise MissingPackageError(
            "--ray needs Ray, which is not installed. Install it: pip install 'mien[scale]', in a "
            "checkout: pip install -c constraints.txt '.[scale]'"
        )


@contextmanager
def ray_cluster() -> Generator[int]:
    """Connect to Ray, or start it; what was started is ended, whatever happens.

    Yields:
        How many cores there are now.

    Raises:
        MissingPackageError: Ray is not installed.
    """
    check_ray()
    # Ray runs what it starts in a folder made for `uv run` else, without mien in it.
    os.environ.setdefault("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its own files keep the rest
    # Ray tells its makers how it is used, unless told not to.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # A machine that is busy takes longer to start Serve's proxy than Ray waits by itself, which
    # then ends it and fails.
    os.environ.setdefault("RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S", "60")
    os.environ.setdefault("RAY_SERVE_PROXY_HEALTH_CHECK_TIMEOUT_S", "60")
    import ray

    if ray.is_initialized():  # by a program that calls mien, and ends it itself
        yield int(ray.cluster_resources().get("CPU", 1))
        return
    if os.environ.get("RAY_ADDRESS"):
        ray.init(log_to_driver=False, logging_level=logging.ERROR)
    else:
        ray.init(
            address="local",
            num_cpus=cores(),
            object_store_memory=_OBJECTS,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    try:
        yield max(1, int(ray.cluster_resources().get("CPU", 1)))
    finally:
        ray.shutdown()
