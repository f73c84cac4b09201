"""A small RTSP server that sends one H.264 film live, again and again, and can lose the line."""

import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av

_DESCRIPTION = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=film\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\n"
    "a=control:track\r\n"
)
_PAYLOAD = 1300  # bytes in a packet


@contextmanager
def serve(
    film: Path,
    *,
    lose_after: float | None = None,
    stall_after: float | None = None,
    stalled: threading.Event | None = None,
) -> Generator[str]:
    """Serve a film whose pictures are H.264 in an Annex-B stream (.h264, .ts).

    Args:
        film: file of the film.
        lose_after: seconds after which the connection is closed without notice.
        stall_after: seconds after which nothing more is sent, although the connection stays.
        stalled: event that is set when sending stalls.

    Yields:
        Address of the stream.
    """
    ending = threading.Event()

    def play(connection: socket.socket) -> None:
        _send(connection, film, min(lose_after or 1e9, stall_after or 1e9))
        if stall_after is not None:
            if stalled is not None:
                stalled.set()
            ending.wait()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_accept, args=(server, play), daemon=True)
        thread.start()
        yield f"rtsp://me:secret@127.0.0.1:{server.getsockname()[1]}/live"
        ending.set()
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def _accept(server: socket.socket, play: Callable[[socket.socket], None]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                _speak(connection, play)


def _speak(connection: socket.socket, play: Callable[[socket.socket], None]) -> None:
    """Answer requests until PLAY, then send."""
    received = b""
    while True:
        while b"\r\n\r\n" not in received:
            part = connection.recv(4096)
            if not part:
                return
            received += part
        request, _, received = received.partition(b"\r\n\r\n")
        lines = request.decode().split("\r\n")
        number = next(line for line in lines if line.lower().startswith("cseq"))
        method = lines[0].split()[0]
        head, body = f"RTSP/1.0 200 OK\r\n{number}\r\n", ""
        if method == "OPTIONS":
            head += "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
        elif method == "DESCRIBE":
            body = _DESCRIPTION
            head += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
        elif method == "SETUP":
            head += "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n"
        else:
            head += "Session: 1\r\n"
        connection.sendall((head + "\r\n" + body).encode())
        if method == "PLAY":
            play(connection)
            return


def _send(connection: socket.socket, film: Path, seconds: float) -> None:
    start, sequence = time.monotonic(), 0
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        gap = 1 / (stream.average_rate or Fraction(25))
        packets = [bytes(packet) for packet in container.demux(stream) if packet.size]
    for index in range(10**6):
        due = index * gap
        while (ahead := float(due) - (time.monotonic() - start)) > 0:
            time.sleep(ahead)
        if due >= seconds:
            return
        units = _units(packets[index % len(packets)])
        for unit in units:
            for payload, ends in _payloads(unit):
                marker = 0x80 if ends and unit is units[-1] else 0
                head = bytes((0x80, marker | 96)) + sequence.to_bytes(2, "big")
                head += int(due * 90_000).to_bytes(4, "big") + b"mien"
                packet = head + payload
                connection.sendall(b"$\0" + len(packet).to_bytes(2, "big") + packet)
                sequence = (sequence + 1) % 65536


def _units(packet: bytes) -> list[bytes]:
    """Yield the NAL units between start codes."""
    parts = packet.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return [part for part in parts if part]


def _payloads(unit: bytes) -> Generator[tuple[bytes, bool]]:
    """Yield a unit whole, or in fragments (FU-A), by RFC 6184."""
    if len(unit) <= _PAYLOAD:
        yield unit, True
        return
    kind, body = unit[0], unit[1:]
    for start in range(0, len(body), _PAYLOAD):
        last = start + _PAYLOAD >= len(body)
        flags = (0x80 if start == 0 else 0) | (0x40 if last else 0) | (kind & 0x1F)
        yield bytes(((kind & 0xE0) | 28, flags)) + body[start : start + _PAYLOAD], last
