"""Send faults to a running server, and measure the server and a neighbour's session.

Hypothesis mutates real messages, frames of header and JPEG: bytes are changed, cut, doubled,
swapped or made up, and some are valid by chance. Each must be answered, refused by name, or end
only its own session. Meanwhile a neighbour, in a process of its own, sends ten good frames a
second, none of which may be refused. Faults that need a browser are in
tests/live/test_page_server.py.

    python benchmarks/faults.py --messages 10000

Needs the dev extra; takes some minutes, on a busy machine twenty.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from typing import Any

import cyclopts
import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).with_name("load")))
from clients import Session, film, hold
from load import server

from mien.live.protocol import HEADER, Frame, encode_frame

Message = bytes | str
Outcomes = dict[str, Counter[str]]

ENOUGH = 20.0
"""Seconds within which every message must have an answer."""


def mutations(frame: bytes) -> Mapping[str, st.SearchStrategy[Message]]:
    """Return mutations of a frame's message, by name."""
    head, size = HEADER.size, len(frame)

    def flipped(start: int, end: int) -> st.SearchStrategy[bytes]:
        one = st.tuples(st.integers(start, end - 1), st.integers(0, 255))
        return st.lists(one, min_size=1, max_size=8).map(with_bytes)

    def with_bytes(flips: list[tuple[int, int]]) -> bytes:
        changed = bytearray(frame)
        for place, byte in flips:
            changed[place] = byte
        return bytes(changed)

    def zeros(at: int) -> bytes:
        return frame[:at] + bytes(200) + frame[at + 200 :]

    def swapped(ends: tuple[int, int]) -> bytes:
        first, second = sorted(ends)
        return frame[:first] + frame[second:] + frame[first:second]

    inside = st.integers(0, size - 1)
    return {
        "header changed": flipped(0, head),
        "picture changed": flipped(head, size),
        "picture's head changed": flipped(head, 200),
        "cut short": inside.map(lambda end: frame[:end]),
        "doubled": st.integers(head, size).map(lambda start: frame + frame[start:]),
        "parts swapped": st.tuples(inside, inside).map(swapped),
        "zeros inside": st.integers(head, size - 1).map(zeros),
        "made up": st.binary(max_size=400),
        "header, then made up": st.binary(max_size=4000).map(lambda made: frame[:head] + made),
        "text": st.text(),
        "unchanged": st.just(frame),
    }


class Attacker:
    """Sends messages one by one, awaits each answer, and counts the answers."""

    def __init__(self, address: str) -> None:
        self.outcomes: Outcomes = {}
        self._url = address.replace("http", "ws", 1) + "/live"
        self._origin = address
        self._session = ExitStack()
        self._socket: ClientConnection | None = None
        self._sequence = 0

    def next_sequence(self) -> int:
        """Return the next frame's sequence number, in a new session if there is none."""
        if self._socket is None:
            self._socket = self._open()
            self._sequence = 0
        self._sequence += 1
        return self._sequence

    def send(self, name: str, message: Message) -> None:
        """Send a message and await its answer."""
        assert self._socket is not None  # since `next_sequence`
        counts = self.outcomes.setdefault(name, Counter())
        try:
            self._socket.send(message)
            answer: dict[str, Any] = json.loads(self._socket.recv(timeout=ENOUGH))
            counts[answer.get("error") or answer["type"]] += 1
            # The server closes after some refusals. A number far ahead, made by chance, would make
            # it refuse all that follow.
            if answer.get("sequence") != self._sequence:
                self.close()
        except ConnectionClosed as closed:
            counts[f"closed, {closed.rcvd.code if closed.rcvd else 'no reason'}"] += 1
            self.close()
        except TimeoutError:
            counts["NO ANSWER"] += 1
            self.close()

    def close(self) -> None:
        """End the session."""
        self._session.close()
        self._socket = None

    def _open(self) -> ClientConnection:
        connecting = connect(self._url, origin=self._origin, compression=None)  # pyright: ignore[reportArgumentType]
        socket = self._session.enter_context(connecting)
        while json.loads(socket.recv(timeout=ENOUGH))["state"] != "ready":
            pass
        return socket


def attack(address: str, messages: int) -> Outcomes:
    """Send a number of mutated messages."""
    attacker = Attacker(address)
    pictures = film()

    @seed(0)
    @settings(
        max_examples=messages,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.data(), st.sampled_from(pictures), st.floats(0, 1e9))
    def send(data: st.DataObject, picture: bytes, capture_time: float) -> None:
        frame = Frame(attacker.next_sequence(), capture_time, 640, 480, picture)
        kinds = mutations(encode_frame(frame))
        name = data.draw(st.sampled_from(sorted(kinds)))
        attacker.send(name, data.draw(kinds[name]))

    send()
    attacker.close()
    return attacker.outcomes


def neighbour(address: str) -> Session:
    """Hold a session of five seconds that sends good frames."""
    return asyncio.run(hold(address, film(), rate=10, start=0, seconds=5))


def under_fire(address: str, messages: int) -> tuple[Outcomes, list[Session]]:
    """Return the attack's outcomes and the neighbour's sessions beside it."""
    is_over = Event()
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as beside, ThreadPoolExecutor(1) as waiting:

        def neighbours() -> list[Session]:
            sessions: list[Session] = []
            while not is_over.is_set():
                sessions.append(beside.submit(neighbour, address).result())
            return sessions

        sessions = waiting.submit(neighbours)
        try:
            outcomes = attack(address, messages)
        finally:
            is_over.set()
        return outcomes, sessions.result()


def main(*, messages: int = 10_000) -> None:
    """Attack and print a table.

    Args:
        messages: number of mutated messages to send.
    """
    with server("--sessions", "8", "--sessions-a-client", "1000") as (address, process):
        before = process.memory_info().rss / 1e6
        outcomes, sessions = under_fire(address, messages)
        alive, after = process.is_running(), process.memory_info().rss / 1e6
        threads = process.num_threads()
    delays = [delay for session in sessions for delay in session.delays]
    captured = sum(session.captured for session in sessions)
    errors = sum(len(session.errors) for session in sessions)
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    print("| mutation | times | answers |\n|---|--:|---|")
    for name, counts in outcomes.items():
        answers = ", ".join(f"{what} {times}" for what, times in counts.most_common())
        print(f"| {name} | {counts.total()} | {answers} |")
    lost = sum(counts["NO ANSWER"] for counts in outcomes.values())
    print(f"\nserver alive: {alive}; without an answer: {lost}")
    print(f"neighbour: {len(delays)} of {captured} frames read, {errors} errors, ", end="")
    print(f"95 % of the delays below {1000 * float(np.percentile(delays, 95)):.0f} ms")
    print(f"memory {before:.0f} MB before, {after:.0f} MB after, {threads} threads")
    raise SystemExit(lost > 0 or errors > 0 or not alive)


if __name__ == "__main__":
    cyclopts.run(main)
