"""`mien live --ray`: the live page by Ray Serve.

    page ⇄ Serve's proxy ⇄ sessions (the application of `mien.live`) → readers (one core each)

The process of the sessions holds connections, tracks and turns, as `mien live` does. It passes each
frame on as it came, as JPEG. Readers are stateless. Ray Serve starts as many as the frames under
way need, gives a reader several waiting frames together, and replaces readers that die. A frame
whose reader dies goes to another one, once.
"""

import asyncio
import logging
import os
import signal
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

from mien.faces.reader import Reader
from mien.faces.timings import Timings
from mien.frames import Box
from mien.live.app import create_app
from mien.live.jpeg import decode
from mien.live.logs import set_up
from mien.live.protocol import Frame
from mien.live.server import listen
from mien.live.settings import Settings
from mien.scale.cluster import ray_cluster
from mien.types import Reading

APPLICATION: Final = "mien"
SESSIONS: Final = "Sessions"
READERS: Final = "Readers"

MOST_TOGETHER: Final = 4
"""Largest number of waiting frames that a reader takes together; it never waits for more."""

_UNDER_WAY: Final = 32  # frames that a process of sessions has sent to readers at most
_SECONDS: Final = 10.0  # after which a frame is given up

Outcome = tuple[list[Reading], Timings]

Sent = tuple[Frame, Sequence[Box] | None]
"""A page's frame, and the regions in which faces are searched for; None for the whole frame."""

_QUIET: Final = LoggingConfig(log_level="WARNING", enable_access_log=False)


class FrameReaders:
    """Deployment of readers; Ray Serve runs several processes of it."""

    def __init__(self) -> None:
        """Load the models."""
        self._reader = Reader(threads=1)

    @serve.batch(max_batch_size=MOST_TOGETHER, batch_wait_timeout_s=0.0)
    async def read_frames(self, frames: list[Sent]) -> list[Outcome]:
        """Read frames, usually of different sessions.

        Several frames together are each searched whole. Their time is given as the detector's, in
        equal parts.
        """
        return await asyncio.to_thread(self._read, frames)

    async def read_image(self, image: NDArray[np.uint8]) -> Outcome:
        """Read an RGB uint8 (H, W, 3) picture."""
        return await asyncio.to_thread(self._reader.read_timed, image)

    def _read(self, frames: list[Sent]) -> list[Outcome]:
        images = [decode(frame) for frame, _ in frames]
        if len(images) == 1:
            return [self._reader.read_timed(images[0], regions=frames[0][1])]
        began = perf_counter()
        readings = self._reader.read_batch(images)
        timings = Timings((perf_counter() - began) / len(images), 0.0, 0.0)
        return [(faces, timings) for faces in readings]


class RemoteReader:
    """Reader whose work the readers of Ray Serve do; for several threads at once."""

    def __init__(self, readers: DeploymentHandle[Any], frame: Frame | None = None) -> None:
        """Take the handle of a deployment of `FrameReaders`.

        Args:
            readers: handle of the deployment.
            frame: frame that is sent as it came, in place of its picture; None for any picture.
        """
        self._readers = readers
        self._frame = frame

    def read_timed(
        self, image: NDArray[np.uint8], *, regions: Sequence[Box] | None = None
    ) -> Outcome:
        """Read an RGB uint8 (H, W, 3) picture; all of it, unless it is a frame's."""
        if self._frame is not None:
            return self._ask(self._readers.read_frames, (self._frame, regions))
        return self._ask(self._readers.read_image, image)

    def _ask(self, method: Any, value: object) -> Outcome:
        try:
            return method.remote(value).result(timeout_s=_SECONDS)
        except RayActorError:  # the reader died; Ray Serve has another one, or starts it
            return method.remote(value).result(timeout_s=_SECONDS)


class Sessions:
    """Deployment of the application; Ray Serve runs one process of it, or several."""

    def __init__(self, settings: Settings, readers: DeploymentHandle[Any]) -> None:
        """Take the handle of a deployment of `FrameReaders`."""
        self._settings = settings
        self._readers = readers

    def __serve_build_asgi_app__(self) -> FastAPI:
        """Return the application of `mien live`, for Ray Serve."""
        set_up(self._settings.log)
        return create_app(
            lambda: RemoteReader(self._readers),
            self._settings,
            of_frame=lambda _, frame: RemoteReader(self._readers, frame),
        )


def application(arguments: Mapping[str, Any]) -> serve.Application:
    """Return what `serve run mien.scale.serve:application` or a Serve configuration deploys.

    Args:
        arguments: values of `mien.live.settings.Settings`, and `most_readers`, the number up to
            which Ray Serve adds readers (2 by default). The token may be in MIEN_LIVE_TOKEN.

    Raises:
        MienError: other computers could reach the server and no token is set.
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
        max_ongoing_requests=1024,  # each open connection counts as one
        logging_config=_QUIET,
    )
    return sessions.bind(settings, readers.bind())


def serve_live(settings: Settings) -> None:
    """Serve the live page by Ray Serve until Ctrl-C or SIGTERM.

    Raises:
        MienError: other computers could reach the server and no token is set, or the port is not
            free.
    """
    settings.check()
    ended = threading.Event()

    def end(*_: object) -> None:
        ended.set()

    with ray_cluster() as cores:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)  # after Ray's start, which sets a handler of its own
        port = start(settings, most_readers=cores)
        print(f"mien is at {settings.address(port)} by Ray (Ctrl-C ends it)", flush=True)
        try:
            ended.wait()
        finally:
            serve.shutdown()


def start(settings: Settings, *, most_readers: int) -> int:
    """Deploy the application on the connected Ray, and wait until it answers.

    Args:
        settings: settings of the server. Its port must be free; 0 takes any free one.
        most_readers: number up to which Ray Serve adds readers.

    Returns:
        The port.

    Raises:
        MienError: the port is not free.
    """
    with listen(settings) as free:
        port = int(free.getsockname()[1])
    logging.getLogger("ray.serve").setLevel(logging.ERROR)
    serve.start(http_options=HTTPOptions(host=settings.host, port=port), logging_config=_QUIET)
    values = {name: getattr(settings, name) for name in Settings.__dataclass_fields__}
    serve.run(application({**values, "most_readers": most_readers}), name=APPLICATION)
    return port
