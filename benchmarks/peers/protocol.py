"""Protocol of every worker: requests as JSON lines from standard input, an answer for each line.

A worker is one library in a process of its own environment. This file runs there too, so that it
needs only NumPy. `face_api_worker.cjs` speaks the same protocol in JavaScript:

    {"do": "frame", "file": RGB, "repeats": n}   → {"ms": [n numbers], "faces": found}
    {"do": "film", "file": FILM, "repeats": n}   → {"ms": [n means a frame], "faces": in the last}
    {"do": "face", "file": RGB, "repeats": n}    → {"ms": [n numbers]}: crop and classify one face
    {"do": "shares", "file": CROPS, "out": NAME} → NAME.label: float32 (N, 7) in FER2013's order;
                                                   NAME.votes: float32 (N, 10) in FER+'s, or none
    {"do": "about"}                              → {"peak_memory": bytes, "versions": {...}}

RGB is a file of 480 × 640 × 3 bytes, FILM one of some such frames, `FRAME_RATE` a second, whose
last is followed by the first, CROPS one of N × 48 × 48 grey bytes. The library is loaded by the
first request.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

FRAME_RATE = 25
"""Frames a second of films."""


class Peer(Protocol):
    """A library that reads faces."""

    packages: tuple[str, ...]
    """Packages whose versions are reported."""

    def prepare(self, image: Picture) -> Any:
        """Turn RGB uint8 (480, 640, 3) into the form that the library takes; this is not timed."""
        ...

    def frame(self, image: Any) -> int:
        """Find and read all faces of a prepared picture, and return their number."""
        ...

    def film(self, frames: Sequence[Any]) -> int:
        """Find and read all faces of each prepared frame, and return the number in the last.

        Frames follow each other at `FRAME_RATE`, and follow those of the last call.
        """
        ...

    def find(self, image: Any) -> Any:
        """Find the largest face of a prepared picture; this is not timed."""
        ...

    def face(self, image: Any, face: Any) -> None:
        """Read one face that `find` has found."""
        ...

    def shares(self, crops: Picture) -> dict[str, NDArray[np.float32]]:
        """Return shares of uint8 (N, 48, 48) crops: "label" (N, 7) and, if any, "votes"."""
        ...


def serve(load: Callable[[], Peer]) -> None:
    """Answer requests until standard input ends.

    Args:
        load: imports and loads the library.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not stand among the answers
    peer: Peer | None = None
    for line in sys.stdin:
        peer = peer or load()
        answers.write(json.dumps(_answer(peer, json.loads(line))) + "\n")
        answers.flush()


def _answer(peer: Peer, request: dict[str, Any]) -> dict[str, Any]:
    what = request["do"]
    faces = 1
    if what == "about":
        versions = {package: version(package) for package in peer.packages}
        return {"peak_memory": peak_memory(), "versions": versions}
    pixels = np.fromfile(request["file"], np.uint8)
    if what == "shares":
        for name, shares in peer.shares(pixels.reshape(-1, 48, 48)).items():
            shares.astype(np.float32).tofile(f"{request['out']}.{name}")
        return {}
    times: list[float] = []
    if what == "film":
        frames = [peer.prepare(frame) for frame in pixels.reshape(-1, 480, 640, 3)]
        for _ in range(request["repeats"]):
            start = perf_counter()
            faces = peer.film(frames)
            times.append(1000 * (perf_counter() - start) / len(frames))
        return {"ms": times, "faces": faces}
    image = peer.prepare(pixels.reshape(480, 640, 3))
    face = peer.find(image) if what == "face" else None
    for _ in range(request["repeats"]):
        start = perf_counter()
        if what == "face":
            peer.face(image, face)
        else:
            faces = peer.frame(image)
        times.append(1000 * (perf_counter() - start))
    return {"ms": times, "faces": faces}


def peak_memory() -> int | None:
    """Return the peak memory of this process in bytes; None where the system does not report it."""
    try:
        with open("/proc/self/status") as status:  # noqa: PTH123
            return next(int(li.split()[1]) * 1024 for li in status if li.startswith("VmHWM:"))
    except OSError:
        return None
