"""`mien live --ray`: the live page by Ray Serve.

    page ⇄ Serve's proxy ⇄ sessions (the application of `mien.live`) → readers (one core each)

The sessions' process holds connections, tracks and turns, as `mien live` does, and sends each frame
on as it came, as JPEG. Readers are stateless: Ray Serve starts as many as the frames under way
demand, gives frames that wait at one of them to it together, and starts those that die anew. A
frame whose reader dies is given to another one, once.
"""

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, Final

import numpy as np
from fastapi import FastAPI
from numpy.typing import NDArray
from ray import serve
from ray.exceptions import RayActorError
from ray.serve.config import AutoscalingConfig, HTTPOptions
from ray.serve.handle import DeploymentHandle
from ray.serve.schema import LoggingConfig

from mien.errors import MienError
from mien.faces.reader import Reader
from mien.faces.timings import Timings
from mien.frames import Box
from mien.live.app import create_app
from mien.live.jpeg import decode
from mien.live.logs import set_up
from mien.live.protocol import Frame
from mien.live.settings import Settings
from mien.scale.cluster import ray_cluster
from mien.types import Reading

APPLICATION: Final = "mien"
SESSIONS: Final = "Sessions"
READERS: Final = "Readers"

MOST_TOGETHER: Final = 4
"""Frames that a reader takes together where so many wait; it never waits for more to come."""

_UNDER_WAY: Final = 32  # frames that a sessions' process has sent to readers
_SECONDS: Final = 10.0  # for a frame, after which it is given up

Outcome = tuple[list[Reading], Timings]

Sent = tuple[Frame, Sequence[Box] | None]
"""A page's frame, and the boxes around which alone faces are looked for."""

_QUIET: Final = LoggingConfig(log_level="WARNING", enable_access_log=False)


class FrameReaders:
    """A reader; Ray Serve runs several."""

    def __init__(self) -> None:
        """Load the models."""
        self._reader = Reader(threads=1)

    @serve.batch(max_batch_size=MOST_TOGETHER, batch_wait_timeout_s=0.0)
    async def read_frames(self, frames: list[Sent]) -> list[Outcome]:
        """Readings of frames that are of different sessions, as a rule.

        Of several together each is searched whole, and their time is told as the detector's, in
        equal parts.
        """
        return await asyncio.to_thread(self._read, frames)

    async def read_image(self, image: NDArray[np.uint8]) -> Outcome:
        """Readings of an RGB uint8 (H, W, 3) picture."""
        return await asyncio.to_thread(self._reader.read_timed, image)

    def _read(self, frames: list[Sent]) -> list[Outcome]:
        # Whole pictures: the sessions' process has seen that.
        images = [decode(frame) for frame, _ in frames]
        if len(images) == 1:
            return [self._reader.read_timed(images[0], regions=frames[0][1])]
        began = perf_counter()
        readings = self._reader.read_batch(images)
        timings = Timings((perf_counter() - began) / len(images), 0.0, 0.0)
        return [(faces, timings) for faces in readings]


class RemoteReader:
    """Reads by the readers of Ray Serve; for several threads at once."""

    def __init__(self, readers: DeploymentHandle[Any]) -> None:
        """Take the handle of a deployment of `FrameReaders`."""
        self._readers = readers

    def read_frame(self, frame: Frame, regions: Sequence[Box] | None = None) -> Outcome:
        """Readings of a page's frame, in some regions alone where any are given."""
        return self._ask("read_frames", (frame, regions))

    def read_timed(
        self, image: NDArray[np.uint8], *, regions: Sequence[Box] | None = None
    ) -> Outcome:
        """Readings of an RGB uint8 (H, W, 3) picture, which is searched whole."""
        return self._ask("read_image", image)

    def _ask(self, method: str, value: object) -> Outcome:
        ask = getattr(self._readers, method)
        try:
            return ask.remote(value).result(timeout_s=_SECONDS)
        except RayActorError:  # its reader died; another one is there, or will be
            return ask.remote(value).result(timeout_s=_SECONDS)


class Sessions:
    """The connections of pages; Ray Serve runs one process, or several."""

    def __init__(self, settings: Settings, readers: DeploymentHandle[Any]) -> None:
        """Take the handle of a deployment of `FrameReaders`."""
        self._settings = settings
        self._readers = readers

    def __serve_build_asgi_app__(self) -> FastAPI:
        """The application of `mien live`, for Ray Serve."""
        set_up(self._settings.log)
        return create_app(lambda: RemoteReader(self._readers), self._settings)


def application(arguments: Mapping[str, Any]) -> serve.Application:
    """What `serve run mien.scale.serve:application` and a Serve configuration deploy.

    Args:
        arguments: values of `mien.live.settings.Settings`, and `most_readers`, up to which Ray
            Serve adds readers; by default 2. The token may be in MIEN_LIVE_TOKEN instead.

    Raises:
        MienError: others than this computer could reach the server and no token is set.
    """
    given: dict[str, Any] = {"token": os.environ.get("MIEN_LIVE_TOKEN"), **arguments}
    most = int(given.pop("most_readers", 2))
    for name in ("allow_host", "proxy"):
        given[name] = tuple(given.get(name, ()))
    settings = Settings(**given)
    settings.check()
    if settings.readers is None:
        settings = replace(settings, readers=_UNDER_WAY)

    scaling = AutoscalingConfig(
        min_replicas=1, initial_replicas=most, max_replicas=most, target_ongoing_requests=2
    )
    readers: Any = serve.deployment(
        FrameReaders,
        name=READERS,
        ray_actor_options={"num_cpus": 1},
        autoscaling_config=scaling,
        max_ongoing_requests=2 * MOST_TOGETHER,
        health_check_period_s=2,
        logging_config=_QUIET,
    )
    sessions: Any = serve.deployment(
        serve.ingress()(Sessions),
        name=SESSIONS,
        ray_actor_options={"num_cpus": 0},
        max_ongoing_requests=1024,  # a connection is one for as long as it is open
        logging_config=_QUIET,
    )
    return sessions.bind(settings, readers.bind())


def serve_live(settings: Settings) -> None:
    """Serve the live page by Ray Serve until Ctrl-C or SIGTERM.

    Raises:
        MienError: others than this computer could reach the server and no token is set, or the
            port cannot be had.
    """
    settings.check()
    ended = threading.Event()

    def end(*_: object) -> None:
        ended.set()

    with ray_cluster() as cores:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)  # only now: Ray takes SIGTERM for itself
        port = start(settings, most_readers=cores)
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        print(f"mien is at http://{shown}:{port} by Ray (Ctrl-C ends it)", flush=True)
        try:
            ended.wait()
        finally:
            serve.shutdown()


def start(settings: Settings, *, most_readers: int) -> int:
    """Deploy the application on the Ray that is connected, and wait until it answers.

    Args:
        settings: of the server; the port must be free, or 0 for any free one.
        most_readers: up to which Ray Serve adds readers.

    Returns:
        The port.

    Raises:
        MienError: the port cannot be had.
    """
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        with socket.create_server((settings.host, settings.port), family=family) as free:
            port = int(free.getsockname()[1])
    except OSError as error:
        raise MienError(
            f"Port {settings.port} on {settings.host} cannot be had ({error.strerror}). Choose "
            "another port by --port."
        ) from error
    logging.getLogger("ray.serve").setLevel(logging.ERROR)
    serve.start(http_options=HTTPOptions(host=settings.host, port=port), logging_config=_QUIET)
    values = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
    serve.run(application({**values, "most_readers": most_readers}), name=APPLICATION)
    return port
