"""Measure honest sessions, memory and log of a server beside one attacker.

`mien live` runs in a process of its own, the attacker in another, from 127.0.0.2; all over
loopback, bounded in count and time. Figures of each attack are the readings a second of the honest
sessions before, during and five seconds after it, the server's memory before and at most, and the
bytes and lines of its log.

    python benchmarks/load/attack.py --json attack.json
    python benchmarks/load/attack.py --history benchmarks/history/attacks.csv --remark quiet
    python benchmarks/load/attack.py --source ../other/src --only pings     # another version

Needs the dev extra, and Linux.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Final

import cyclopts
import psutil
from bombs import jpeg_2000, many_scans
from clients import Session, film, hold
from cyclopts import Parameter

from mien.live.protocol import Frame, encode_frame

sys.path.append(str(Path(__file__).parents[1]))  # a folder up
from remembering import machine, remember

ATTACKER: Final = "127.0.0.2"
SESSIONS: Final = 8
"""Number of connections of an attack that uses several."""


@dataclass(frozen=True)
class Outcome:
    """Outcome of one attack.

    Readings a second of the slowest honest session, the server's share of a core, MB, the log.
    """

    attack: str
    before: float
    during: float
    after: float
    newcomer: bool
    cores: float
    mb_before: float
    mb_most: float
    log_bytes: int
    log_lines: int


def connect(address: str) -> socket.socket:
    """Connect from the attacker's address."""
    host, port = address.removeprefix("http://").rsplit(":", 1)
    return socket.create_connection((host, int(port)), 10, (ATTACKER, 0))


def websocket(address: str) -> socket.socket:
    """Open a WebSocket, with its handshake done."""
    raw, host = connect(address), address.removeprefix("http://")
    raw.sendall(
        f"GET /live HTTP/1.1\r\nHost: {host}\r\nOrigin: {address}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    raw.recv(4096)
    return raw


def masked(opcode: int, content: bytes = b"", *, is_last: bool = True) -> bytes:
    """Make a frame as clients send it, masked with zeros."""
    length = len(content)
    size = (
        bytes([0x80 | length])
        if length < 126
        else b"\xfe" + length.to_bytes(2, "big")
        if length < 1 << 16
        else b"\xff" + length.to_bytes(8, "big")
    )
    return bytes([0x80 * is_last | opcode]) + size + bytes(4) + content


def scans(address: str, end: float) -> None:
    """Send progressive JPEGs of thousands of scans as frames, in several sessions."""
    bomb, number = many_scans(640, 640, 20_000), 0
    sessions = [websocket(address) for _ in range(SESSIONS)]
    while time.monotonic() < end:
        number += 1
        for one in sessions:
            with contextlib.suppress(OSError):
                one.sendall(masked(2, encode_frame(Frame(number, 0.0, 640, 640, bomb))))
        time.sleep(0.2)


def flood_of(content: bytes, first: bytes = b"") -> Callable[[str, float], None]:
    """Send small frames without pause, and read some of the answers."""

    def attack(address: str, end: float) -> None:
        raw: socket.socket | None = None
        while time.monotonic() < end:
            try:
                if raw is None:
                    raw = websocket(address)
                    raw.setblocking(False)
                    with contextlib.suppress(BlockingIOError):
                        raw.send(first)
                try:
                    raw.send(content)
                except BlockingIOError:  # all is full: an attacker of its own core would wait, too
                    time.sleep(0.001)
                with contextlib.suppress(BlockingIOError):
                    raw.recv(1 << 20)
            except OSError:
                raw = None
                time.sleep(0.05)

    return attack


def deaf_pings(address: str, end: float) -> None:
    """Send pings, and read no answer."""
    content = masked(9, bytes(125)) * 500
    raw = websocket(address)
    raw.settimeout(1)
    while time.monotonic() < end:
        try:
            raw.sendall(content)
        except OSError:
            time.sleep(0.2)


def deaf_requests(address: str, end: float) -> None:
    """Send requests, and read no answer."""
    host = address.removeprefix("http://")
    raws = [connect(address) for _ in range(SESSIONS)]
    while time.monotonic() < end:
        for raw in raws:
            raw.settimeout(0.05)
            with contextlib.suppress(OSError):
                raw.sendall(f"GET /v1/openapi.json HTTP/1.1\r\nHost: {host}\r\n\r\n".encode() * 50)
        time.sleep(0.02)  # a connection that was cut off fails at once


def idle(address: str, end: float) -> None:
    """Open connections that send nothing."""
    held: list[socket.socket] = []
    while time.monotonic() < end:
        if len(held) < 1100:
            with contextlib.suppress(OSError):
                held.append(connect(address))
        else:
            time.sleep(0.05)


def post(address: str, content: bytes, sent: int | None = None) -> socket.socket:
    """Send a picture, or the beginning of one, without awaiting the answer."""
    raw, host = connect(address), address.removeprefix("http://")
    head = f"POST /v1/read HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(content)}\r\n\r\n"
    raw.sendall(head.encode() + content[:sent])
    return raw


def stalled(address: str, end: float) -> None:
    """Send uploads that are never complete."""
    held: list[socket.socket] = []
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            held.append(post(address, bytes(1_000_000), 100))
        time.sleep(0.05)


def pictures_of(make: Callable[[], bytes]) -> Callable[[str, float], None]:
    """Send the same picture again and again."""

    def attack(address: str, end: float) -> None:
        content = make()
        held: list[socket.socket] = []
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                held.append(post(address, content))
            time.sleep(0.1)

    return attack


def guesses(address: str, end: float) -> None:
    """Send wrong tokens without pause."""
    host = address.removeprefix("http://")
    ask = f"GET / HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer wrong\r\n\r\n".encode()
    while time.monotonic() < end:
        with contextlib.suppress(OSError), connect(address) as raw:
            raw.settimeout(2)
            raw.sendall(ask)
            raw.recv(4096)


ATTACKS: Final[dict[str, Callable[[str, float], None]]] = {
    "nothing": lambda address, end: time.sleep(max(0.0, end - time.monotonic())),
    "scans": scans,
    "pings": flood_of(masked(9) * 5000),
    "empty parts": flood_of(masked(0, is_last=False) * 5000, masked(2, is_last=False)),
    "deaf pings": deaf_pings,
    "deaf requests": deaf_requests,
    "idle": idle,
    "stalled uploads": stalled,
    "picture of scans": pictures_of(lambda: many_scans(4000, 4000, 8000)),
    "jpeg 2000": pictures_of(lambda: jpeg_2000(7000)),
    "guesses": guesses,
}


@contextlib.contextmanager
def server(source: Path | None, *options: str) -> Generator[tuple[str, psutil.Process, Path]]:
    """`mien live` with the usual limit of 1,024 files; its address, process and log."""
    command = [sys.executable, "-m", "mien", "live", "--port", "0", "--no-open", "--log", "json"]
    command += options
    environment = dict(os.environ)
    if source is not None:
        environment["PYTHONPATH"] = str(source.resolve())

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, env=environment, text=True
            )
        try:
            assert process.stdout is not None
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (1024, most))
            yield process.stdout.readline().split()[3], psutil.Process(process.pid), log
        finally:
            process.kill()
            process.communicate()


def rate(sessions: list[Session], seconds: float) -> float:
    """Return the readings a second of the slowest session."""
    return round(min(len(one.delays) for one in sessions) / seconds, 2)


def measure(
    name: str,
    source: Path | None,
    honest: int,
    seconds: float,
    hz: float,
    options: tuple[str, ...] = (),
    attacker_core: int | None = None,
) -> Outcome:
    """Measure one attack, on a server of its own."""
    pictures = film(10)

    async def hold_all(address: str, length: float) -> list[Session]:
        return await asyncio.gather(
            *(
                hold(address, pictures, rate=hz, start=i / honest / hz, seconds=length)
                for i in range(honest)
            )
        )

    with server(source, *options) as (address, process, log):
        asyncio.run(hold_all(address, 2))  # the models load
        before = rate(asyncio.run(hold_all(address, seconds)), seconds)
        mb_before = process.memory_info().rss / 1e6
        most = mb_before

        async def under_attack() -> tuple[list[Session], Session, float]:
            nonlocal most
            end = time.monotonic() + seconds + 3
            attacker = multiprocessing.get_context("fork").Process(
                target=ATTACKS[name], args=(address, end)
            )
            attacker.start()
            if attacker_core is not None and attacker.pid is not None:
                os.sched_setaffinity(attacker.pid, {attacker_core})
            await asyncio.sleep(1)
            used, began = sum(process.cpu_times()[:2]), time.monotonic()
            held = asyncio.create_task(hold_all(address, seconds))
            late = asyncio.create_task(
                hold(address, pictures, rate=hz, start=1, seconds=seconds / 2)
            )
            while not held.done():
                await asyncio.wait([held], timeout=0.2)
                most = max(most, process.memory_info().rss / 1e6)
            cores = (sum(process.cpu_times()[:2]) - used) / (time.monotonic() - began)
            newcomer = await late
            attacker.terminate()
            attacker.join()
            return await held, newcomer, round(cores, 2)

        sessions, newcomer, cores = asyncio.run(under_attack())
        during = rate(sessions, seconds)
        time.sleep(5)
        after = rate(asyncio.run(hold_all(address, seconds)), seconds)
        content = log.read_bytes()
    return Outcome(
        name, before, during, after, bool(newcomer.delays), cores, round(mb_before), round(most),
        len(content), content.count(b"\n"),
    )  # fmt: skip


def main(
    *,
    source: Path | None = None,
    only: tuple[str, ...] = (),
    honest: int = 2,
    seconds: float = 5,
    hz: float = 10,
    places: int | None = None,
    attacker_core: int | None = None,
    json_file: Annotated[Path | None, Parameter("--json")] = None,
    history: Path | None = None,
    remark: str = "",
) -> None:
    """Measure and print a table.

    Args:
        source: source folder of the mien whose server is attacked; by default this one.
        only: attacks to measure.
        honest: number of sessions beside the attacker.
        seconds: seconds for which each is measured before, during and after.
        hz: frames a second of each honest session.
        places: places of the server; by default as many as it manages.
        attacker_core: number of a core for the attacker, as if it were on another computer; by
            default it takes its share of what this program may use.
        json_file: file for the figures.
        history: table to which a row for each attack is added.
        remark: remark for the table, such as what else ran on the machine.
    """
    print("| attack | before | during | after | newcomer is read | cores | MB, at most | log |")
    print("|---|--:|--:|--:|:-:|--:|--:|--:|")
    outcomes: list[Outcome] = []
    for name in only or ATTACKS:
        options = ("--sessions", str(places)) if places else ()
        one = measure(name, source, honest, seconds, hz, options, attacker_core)
        outcomes.append(one)
        new = "yes" if one.newcomer else "no"
        print(
            f"| {name} | {one.before} | {one.during} | {one.after} | {new} | {one.cores} | "
            f"{one.mb_before:g}, "
            f"{one.mb_most:g} | {one.log_bytes:,} B, {one.log_lines} lines |",
            flush=True,
        )
    if history is not None:
        about = {"machine": machine(), "load": round(os.getloadavg()[0], 1), "remark": remark}
        set_up = {"honest": honest, "hz": hz, "seconds": seconds}
        remember(history, [about | set_up | asdict(one) for one in outcomes])
    if json_file is not None:
        load = [round(value, 1) for value in os.getloadavg()]
        content = {"load": load, "attacks": [asdict(one) for one in outcomes]}
        json_file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    cyclopts.run(main)
