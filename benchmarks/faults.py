"""Faults on purpose against a running server: what becomes of it, and of a neighbour's session.

Mutated messages are frames whose bytes were changed, cut, doubled, swapped or made up: header and
JPEG, some of them valid by chance. Each must be answered, refused by name, or end that session
alone. Meanwhile a neighbour sends ten good frames a second, none of which may be refused. The
faults that need a browser are in tests/live/test_page_server.py.

    python benchmarks/faults.py --messages 10000

Needs the dev extra; takes two to six minutes.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cyclopts
import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

sys.path.insert(0, str(Path(__file__).with_name("load")))
from clients import film, hold
from load import server

from mien.live.protocol import Frame, encode_frame

Outcomes = dict[str, "Counter[str]"]


def mutations(rng: np.random.Generator) -> dict[str, Callable[[bytes], bytes | str]]:
    """What can be done to a message, by name."""

    def place(message: bytes, start: int = 0) -> int:
        return int(rng.integers(start, max(start + 1, len(message))))

    def flip(message: bytes, start: int, end: int) -> bytes:
        changed = bytearray(message)
        for _ in range(int(rng.integers(1, 9))):
            changed[int(rng.integers(start, min(end, len(changed))))] = int(rng.integers(256))
        return bytes(changed)

    def spliced(message: bytes) -> bytes:
        first, second = sorted((place(message), place(message)))
        return message[:first] + message[second:] + message[first:second]

    return {
        "header changed": lambda m: flip(m, 0, 20),
        "picture changed": lambda m: flip(m, 20, len(m)),
        "picture's head changed": lambda m: flip(m, 20, 200),
        "cut short": lambda m: m[: place(m)],
        "doubled": lambda m: m + m[20:],
        "parts swapped": spliced,
        "zeros inside": lambda m: m[: (at := place(m, 20))] + bytes(200) + m[at + 200 :],
        "made up": lambda m: rng.bytes(int(rng.integers(0, 400))),
        "header, then made up": lambda m: m[:20] + rng.bytes(int(rng.integers(0, 4000))),
        "text": lambda m: rng.bytes(20).hex(),
        "unchanged": lambda m: m,
    }


async def attack(address: str, messages: int, picture: bytes, seed: int) -> Outcomes:
    """Send mutated messages, one after the other's answer, and count what comes back."""
    rng = np.random.default_rng(seed)
    changes = mutations(rng)
    outcomes: Outcomes = {name: Counter() for name in changes}
    socket: ClientConnection | None = None
    sequence = 0
    names = list(changes)
    for number in range(1, messages + 1):
        if socket is None:
            socket = await open_session(address)
            sequence = 0
        sequence += 1
        name = names[number % len(names)]
        frame = encode_frame(Frame(sequence, 10.0 * number, 640, 480, picture))
        try:
            await socket.send(changes[name](frame))
            answer: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 20))
            outcomes[name][answer.get("error") or answer["type"]] += 1
            # The server closes after some refusals; and a number far ahead, made by chance, would
            # refuse all that come after it.
            if answer.get("sequence") != sequence:
                await socket.close()
                socket = None
        except ConnectionClosed as closed:
            outcomes[name][f"closed, {closed.rcvd.code if closed.rcvd else 'no reason'}"] += 1
            socket = None
        except TimeoutError:
            outcomes[name]["NO ANSWER"] += 1
            socket = None
    if socket is not None:
        await socket.close()
    return outcomes


async def open_session(address: str) -> ClientConnection:
    """A session that may send."""
    url = address.replace("http", "ws", 1) + "/live"
    socket = await connect(url, origin=address, compression=None)  # pyright: ignore[reportArgumentType]
    while json.loads(await socket.recv())["state"] != "ready":
        pass
    return socket


async def under_fire(address: str, messages: int) -> tuple[Outcomes, list[float], int, int]:
    """The attack, and beside it a neighbour; its delays, its frames and its errors."""
    pictures = film()
    attacking = asyncio.create_task(attack(address, messages, pictures[0], seed=0))
    delays: list[float] = []
    captured = errors = 0
    while not attacking.done():
        neighbour = await hold(address, pictures, rate=10, start=0, seconds=5)
        delays += neighbour.delays
        captured += neighbour.captured
        errors += len(neighbour.errors)
    return await attacking, delays, captured, errors


def main(*, messages: int = 10_000) -> None:
    """Attack and print a table.

    Args:
        messages: mutated ones to send.
    """
    with server("--sessions", "8", "--sessions-a-client", "1000") as (address, process):
        before = process.memory_info().rss / 1e6
        outcomes, delays, captured, errors = asyncio.run(under_fire(address, messages))
        alive, after = process.is_running(), process.memory_info().rss / 1e6
        threads = process.num_threads()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    print("| done to the message | times | what came back |\n|---|--:|---|")
    for name, counts in outcomes.items():
        told = ", ".join(f"{what} {times}" for what, times in counts.most_common())
        print(f"| {name} | {counts.total()} | {told} |")
    lost = sum(counts["NO ANSWER"] for counts in outcomes.values())
    print(f"\nserver alive: {alive}; without an answer: {lost}")
    print(f"neighbour: {len(delays)} of {captured} frames read, {errors} errors, ", end="")
    print(f"95 % of the delays below {1000 * float(np.percentile(delays, 95)):.0f} ms")
    print(f"memory {before:.0f} MB before, {after:.0f} MB after, {threads} threads")
    raise SystemExit(lost > 0 or errors > 0 or not alive)


if __name__ == "__main__":
    cyclopts.run(main)
