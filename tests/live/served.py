"""Server in a thread of the test, with all its limits, on a port of its own."""

import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager

from mien.faces.stream import FaceReader
from mien.live.app import create_app
from mien.live.server import server_of
from mien.live.settings import Settings


@contextmanager
def served(settings: Settings, factory: Callable[[], FaceReader]) -> Generator[str]:
    """Yield the server's address as soon as it can read; at the end it answers its frames."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = server_of(create_app(factory, settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{address}/ready", timeout=10).close()
                break
            except urllib.error.HTTPError as error:
                error.close()
                time.sleep(0.01)
        yield address
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
    assert not thread.is_alive()
