"""Caddy and nginx with TLS before mien, set up by the examples of docs/security.md."""

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from chromium import Image, Server, jpeg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from mien.live.protocol import Frame, encode_frame

SECURITY = Path(__file__).parents[2] / "docs/security.md"
NAME = "mien.example.org"
TOKEN = "a-token-of-some-length"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

CADDY = """{{
    https_port {port}
    http_port {other_port}
    default_bind 127.0.0.1
    local_certs
    skip_install_trust
    admin off
    storage file_system {folder}
}}
{example}"""

NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name mien.example.org;
        ssl_certificate {folder}/certificate.pem;
        ssl_certificate_key {folder}/key.pem;
        {example}
    }}
}}
"""


@dataclass(frozen=True)
class Proxy:
    """Proxy that runs, and the certificate to trust."""

    port: int
    context: ssl.SSLContext

    def wire(self, client: str) -> socket.socket:
        """Open a connection from an address of this computer."""
        return socket.create_connection(("127.0.0.1", self.port), 20, source_address=(client, 0))

    def ask(
        self, client: str, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Ask, and return status, headers and body of the answer."""
        with self.context.wrap_socket(self.wire(client), server_hostname=NAME) as wire:
            connection = http.client.HTTPConnection(NAME, self.port)
            connection.sock = wire
            connection.request(method, path, body, headers)
            with connection.getresponse() as answer:
                return answer.status, answer.headers, answer.read()

    def open_session(self, client: str, **headers: str) -> ClientConnection:
        return connect(
            f"wss://{NAME}:{self.port}/live",
            sock=self.wire(client),
            ssl=self.context,
            server_hostname=NAME,
            origin=f"https://{NAME}:{self.port}",  # pyright: ignore[reportArgumentType]
            additional_headers=headers,
            proxy=None,
        )


@pytest.fixture(scope="module")
def mien() -> Iterator[Server]:
    server = Server(
        "--allow-host", NAME, "--proxy", "127.0.0.1", "--token", TOKEN, "--pictures-a-second", "1"
    )
    server.start()
    try:
        while True:
            try:
                urllib.request.urlopen(f"{server.address}/ready", timeout=20).close()
                break
            except urllib.error.HTTPError as error:
                error.close()
                time.sleep(0.05)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module", params=["caddy", "nginx"])
def proxy(
    request: pytest.FixtureRequest, mien: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    program: str = request.param
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not on this machine (Debian: apt install {program})")
    folder = tmp_path_factory.mktemp(program)
    example = example_with("reverse_proxy" if program == "caddy" else "proxy_pass")
    assert "127.0.0.1:8765" in example
    example = example.replace("127.0.0.1:8765", f"127.0.0.1:{mien.port}")
    port, other_port = free_port(), free_port()
    file = folder / "configuration"
    text = CADDY if program == "caddy" else NGINX
    file.write_text(
        text.format(port=port, other_port=other_port, folder=folder, example=example),
        encoding="utf-8",
    )
    if program == "caddy":
        command = ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
        authority = folder / "pki/authorities/local/root.crt"
    else:
        authority = make_certificate(folder)
        command = ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(file)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        context = wait_for(port, authority, process, folder / "log")
        yield Proxy(port, context)
    finally:
        process.terminate()
        process.wait(20)


def example_with(word: str) -> str:
    """Return the document's example that contains a word."""
    blocks = re.findall(r"^```text\n(.*?)^```$", SECURITY.read_text(encoding="utf-8"), re.M | re.S)
    (found,) = (block for block in blocks if word in block)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def make_certificate(folder: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not on this machine (Debian: apt install openssl)")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    certificate = folder / "certificate.pem"
    command += ["-keyout", str(folder / "key.pem"), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate


def wait_for(
    port: int, authority: Path, process: subprocess.Popen[bytes], log: Path
) -> ssl.SSLContext:
    """Return a context that trusts the authority, once the proxy answers with its certificate."""
    end = time.monotonic() + 30
    while True:
        assert process.poll() is None, log.read_text()
        try:
            context = ssl.create_default_context(cafile=str(authority))
            with (
                socket.create_connection(("127.0.0.1", port), 5) as wire,
                context.wrap_socket(wire, server_hostname=NAME),
            ):
                return context
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_a_browser_gives_the_token_once_and_gets_a_secure_cookie(proxy: Proxy) -> None:
    assert proxy.ask("127.0.0.2", "GET", "/")[0] == 401
    status, headers, _ = proxy.ask("127.0.0.2", "GET", f"/?token={TOKEN}")
    assert (status, headers["Location"]) == (303, "/")
    (cookie,) = SimpleCookie(headers["Set-Cookie"]).values()
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "strict")
    given = f"{cookie.key}={cookie.value}"
    status, headers, body = proxy.ask("127.0.0.2", "GET", "/", Cookie=given)
    assert (status, b"<title>mien" in body) == (200, True)
    assert f"wss://{NAME}:{proxy.port}" in headers["Content-Security-Policy"]


def signed_in(proxy: Proxy, client: str) -> str:
    """Give the token as a browser does, and return its cookie."""
    _, headers, _ = proxy.ask(client, "GET", f"/?token={TOKEN}")
    (cookie,) = SimpleCookie(headers["Set-Cookie"]).values()
    return f"{cookie.key}={cookie.value}"


def test_frames_are_read(proxy: Proxy, one_face: Image) -> None:
    with pytest.raises(InvalidStatus) as refused:
        proxy.open_session("127.0.0.3")
    assert refused.value.response.status_code == 401
    with proxy.open_session("127.0.0.3", Cookie=signed_in(proxy, "127.0.0.3")) as page:
        assert '"ready"' in str(page.recv(20))
        page.send(encode_frame(Frame(1, 0.0, 640, 480, jpeg(one_face))))
        assert '"top":[["happy"' in str(page.recv(20))


def test_pictures_are_read(proxy: Proxy, one_face: Image) -> None:
    picture = jpeg(one_face)
    assert proxy.ask("127.0.0.4", "POST", "/v1/read", picture)[0] == 401
    wrong = {"Authorization": "Bearer another-token-of-some-length"}
    assert proxy.ask("127.0.0.4", "POST", "/v1/read", picture, **wrong)[0] == 401
    status, _, body = proxy.ask("127.0.0.4", "POST", "/v1/read", picture, **BEARER)
    assert (status, b'"top":[["happy"' in body) == (200, True)


def test_limits_are_counted_by_client_whatever_it_says_of_itself(
    proxy: Proxy, request: pytest.FixtureRequest
) -> None:
    address = "127.0.1.{}" if "caddy" in request.node.name else "127.0.2.{}"

    def post(client: int, claimed: str) -> int:
        headers = BEARER | {"Content-Type": "text/plain", "X-Forwarded-For": claimed}
        return proxy.ask(address.format(client), "POST", "/v1/read", b"", **headers)[0]

    statuses = [post(1, f"192.0.2.{number}") for number in range(10)]
    assert statuses[:2] == [415, 415]
    assert statuses[-1] == 429
    assert post(2, "192.0.2.1") == 415
