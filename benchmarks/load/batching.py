"""Measure whether crops of several sessions are better classified in one batch.

Two threads read 640×480 frames with one face: one by one as the live server does, or several at a
time, with the detector run on each frame and the network once. Frames in a batch wait for each
other, so that a batch must gain a good deal to be worth it. The figures are ratios within one run.

    python benchmarks/load/batching.py
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import cyclopts
import numpy as np
from skimage import data

from mien.faces.reader import Reader
from mien.parallel import cores


def main(*, frames: int = 96, rounds: int = 5) -> None:
    """Measure and print a table.

    Args:
        frames: number of frames of each way and round.
        rounds: number of rounds, in which the ways take turns: a busy machine slows all alike.
    """
    picture = np.asarray(cv2.resize(data.astronaut()[:384], (640, 480)), np.uint8)
    reader = Reader(threads=1)
    reader.read(picture)

    def one_by_one(_: int) -> None:
        reader.read(picture)

    def together(size: int) -> Callable[[int], None]:
        def read(_: int) -> None:
            reader.read_batch([picture] * size)

        return read

    ways = {1: one_by_one, **{size: together(size) for size in (2, 4, 8)}}
    taken: dict[int, list[float]] = {size: [] for size in ways}
    with ThreadPoolExecutor(cores()) as pool:
        for _ in range(rounds):
            for size, way in ways.items():
                start = time.perf_counter()
                list(pool.map(way, range(frames // size)))
                taken[size].append((time.perf_counter() - start) / frames)
    single = np.array(taken[1])
    print(f"{cores()} threads; time a frame against one by one, median (least, most)")
    for size, seconds in taken.items():
        ratios = np.array(seconds) / single
        print(f"{size} at a time: {np.median(ratios):.2f} ({ratios.min():.2f}, {ratios.max():.2f})")


if __name__ == "__main__":
    cyclopts.run(main)
