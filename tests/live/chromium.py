"""Server in a process of its own, and Chromium's flags for a fake camera."""

import base64
import signal
import socket
import subprocess
import sys

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

Image = NDArray[np.uint8]

LAPTOP = (1280, 800)
ENOUGH_MS = 30_000
"""Milliseconds that are enough for any step, also on a busy machine."""

QUIET = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAKE_CAMERA = "--use-fake-device-for-media-stream"
ALLOW_CAMERA = "--use-fake-ui-for-media-stream"


class Server:
    """`mien live` in a process of its own, which can stop and start again on its port."""

    def __init__(self, *options: str) -> None:
        # Pages of other tests may still be read, and a busy machine has few places.
        self.options = options or ("--sessions", "100")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "mien", "live", "--port", str(self.port), "--no-open"]
        self._process = subprocess.Popen(
            [*command, *self.options], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()  # printed once the port listens
        assert self.address in line

    def stall(self) -> None:
        """Suspend the process; its connections stay open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.communicate()
        self._process = None


def jpeg(picture: Image) -> bytes:
    """Encode an RGB picture as one frame of the camera's film."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


def start(page: Page, faces: int = 1) -> None:
    page.get_by_role("button", name="Start").click()
    expect(page.locator("[data-face]")).to_have_count(faces, timeout=ENOUGH_MS)


def drop(page: Page, *files: tuple[str, str, bytes]) -> None:
    """Drop files on the page, as a person does with the mouse.

    Args:
        page: where.
        files: of each its name, type and content.
    """
    page.evaluate(
        """(files) => {
            const dataTransfer = new DataTransfer();
            for (const [name, type, content] of files) {
                const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
                dataTransfer.items.add(new File([bytes], name, { type }));
            }
            for (const kind of ["dragover", "drop"]) {
                document.body.dispatchEvent(
                    new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
            }
        }""",
        [[name, kind, base64.b64encode(content).decode()] for name, kind, content in files],
    )
