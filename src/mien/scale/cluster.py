"""Connection to Ray for a while: to the cluster that RAY_ADDRESS names, or to this machine."""

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec

from mien.errors import MissingPackageError
from mien.parallel import cores

_OBJECTS = 256 << 20
# Bytes of shared memory for what processes send each other: names, counts and small JPEGs. By
# default Ray takes a third of the machine's memory.

_ENVIRONMENT = {
    # Under `uv run` Ray would start its processes in a folder without mien.
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",  # Ray's own files keep the rest
    "RAY_USAGE_STATS_ENABLED": "0",  # by default Ray reports its use to its makers
    # On a busy machine Serve's proxy starts more slowly than Ray waits by default.
    "RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S": "60",
    "RAY_SERVE_PROXY_HEALTH_CHECK_TIMEOUT_S": "60",
}


def check_ray() -> None:
    """Refuse to begin if Ray is missing.

    Raises:
        MissingPackageError: Ray is not installed.
    """
    if find_spec("ray") is None:
        raise MissingPackageError(
            "--ray needs Ray, which is not installed. Install it: pip install 'mien[scale]', in a "
            "checkout: pip install -c constraints.txt '.[scale]'"
        )


@contextmanager
def ray_cluster() -> Generator[int]:
    """Connect to Ray, or start it; what was started is ended in any case.

    Yields:
        Number of cores that Ray has at the moment.

    Raises:
        MissingPackageError: Ray is not installed.
    """
    check_ray()
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import ray

    if ray.is_initialized():  # by a program that calls mien, and that will end it
        yield _cores_of_cluster()
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
        yield _cores_of_cluster()
    finally:
        ray.shutdown()


def _cores_of_cluster() -> int:
    import ray

    return max(1, int(ray.cluster_resources().get("CPU", 1)))
