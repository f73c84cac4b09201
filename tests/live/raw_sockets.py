"""Client without any HTTP library, and the server's count of its connections."""

import socket
import urllib.request


def raw_socket(address: str, client: str = "127.0.0.1") -> socket.socket:
    """Open a WebSocket, from which nothing is read after its handshake."""
    host = address.removeprefix("http://")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.bind((client, 0))
    raw.connect(("127.0.0.1", int(host.rpartition(":")[2])))
    raw.sendall(
        f"GET /live HTTP/1.1\r\nHost: {host}\r\nOrigin: {address}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert b"101" in raw.recv(12)
    return raw


def open_sessions(address: str) -> int:
    with urllib.request.urlopen(f"{address}/metrics", timeout=30) as answer:
        lines: list[str] = answer.read().decode().splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith("mien_sessions{"))
