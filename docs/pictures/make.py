"""Make the pictures of the live page and of a notebook: `make pictures`.

Needs Chromium and the dev extra.

The face is Eileen Collins's (NASA, public domain), from scikit-image; a call of six is that one
photograph six times: as it is, mirrored, grey, dark, near and out of focus.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from skimage import data

import mien
from mien.output.notebook import reading_html

HERE = Path(__file__).parent

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def open_page(browser: Browser, address: str, width: int, height: int, faces: int = 1) -> Page:
    """Open the page with faces in it, and wait until votes and rates have settled."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.click("#toggle")
    page.wait_for_selector(f"[data-face]:nth-child({faces})", timeout=30_000)
    page.wait_for_timeout(3000)
    page.evaluate("document.querySelector('#sources option').textContent = 'Camera'")
    return page


def shoot(place: Page | Locator, name: str) -> None:
    """Save a picture of a page, or of a part of it."""
    path = HERE / f"{name}.jpg"
    place.screenshot(path=path, type="jpeg", quality=82)
    print(path)


def shoot_without_footer(page: Page, name: str) -> None:
    """Save a picture of the page above its footer, which shows this machine's speed."""
    end = page.locator("footer").bounding_box()
    size = page.viewport_size
    assert end is not None
    assert size is not None
    path = HERE / f"{name}.jpg"
    page.screenshot(
        path=path,
        type="jpeg",
        quality=82,
        clip={"x": 0, "y": 0, "width": size["width"], "height": end["y"]},
    )
    print(path)


def name_people(page: Page, *names: str) -> None:
    """Give the first people names, as a person does."""
    for number, name in enumerate(names):
        field = page.locator(".face-name").nth(number)
        field.fill(name)
        field.press("Enter")
    page.wait_for_timeout(500)


def shoot_panel(page: Page, name: str, lines: int) -> None:
    """Save a picture of the small window, at the height that it opens with for so many people."""
    with page.context.expect_page() as opened:
        page.click("#float")
    panel = opened.value
    panel.set_viewport_size({"width": 340, "height": 60 + 46 * lines})
    panel.wait_for_timeout(1500)
    shoot(panel, name)
    panel.close()


def call_of_six() -> NDArray[np.uint8]:
    """Return one photograph six times, as a call shows six people: RGB (720, 1280, 3)."""
    whole = data.astronaut().astype(np.uint8)
    near, far = whole[0:256, 70:375], whole[0:330, 20:413]
    grey = cv2.cvtColor(cv2.cvtColor(far, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    tiles = [far, near[:, ::-1], grey, (near * 0.14).astype(np.uint8), far[:, ::-1], near]
    picture = np.full((720, 1280, 3), 24, np.uint8)
    for number, tile in enumerate(tiles):
        x, y = 6 + number % 3 * 424, 6 + number // 3 * 357
        scaled = cv2.resize(tile, (418, round(418 * tile.shape[0] / tile.shape[1])))
        if number == 4:
            scaled = cv2.GaussianBlur(scaled, (0, 0), 7)
        cut = scaled[:351]
        picture[y : y + len(cut), x : x + 418] = cut
    return picture


def shoot_session(browser: Browser, address: str) -> None:
    """Save a picture of a session after Stop: the light went out twice, and there is a note."""
    page = open_page(browser, address, 1280, 800)
    name_people(page, "Eileen")
    page.wait_for_timeout(6000)
    page.fill("#note-text", "The light went out")
    page.press("#note-text", "Enter")
    page.wait_for_timeout(9000)
    page.click("#toggle")
    page.wait_for_timeout(1200)
    shoot(page.locator("#session"), "session")
    page.close()


def shoot_notebook(browser: Browser) -> None:
    """Save a picture of readings in a notebook: a clear face, a small one and a dark one."""
    face = data.astronaut().astype(np.uint8)
    small = np.asarray(cv2.resize(face, (90, 90), interpolation=cv2.INTER_AREA), np.uint8)
    readings = [reading for image in (face, small, face // 9) for reading in mien.read(image)]
    page = browser.new_page(viewport={"width": 280, "height": 205})
    cells = "".join(reading_html(reading.votes.shares, reading.reason) for reading in readings)
    page.set_content(f'<body style="font: 14px sans-serif; margin: 12px 16px">{cells}</body>')
    path = HERE / "notebook.png"
    page.screenshot(path=path)
    print(path)


def film(path: Path, frames: Iterable[NDArray[np.uint8]]) -> str:
    """Write RGB frames as a film for Chromium's fake camera; returns the flag for it."""
    with path.open("wb") as file:
        for frame in frames:
            file.write(cv2.imencode(".jpg", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))[1].tobytes())
    return f"--use-file-for-fake-video-capture={path}"


def main() -> None:
    """Start server and browser, and take all pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not on this machine (Debian: apt install chromium)")
    command = [sys.executable, "-m", "mien", "live", "--port", "0", "--no-open"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[3]
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            face = cv2.resize(data.astronaut()[:384], (640, 480)).astype(np.uint8)
            dark = (face * 0.19).astype(np.uint8)
            dusk = [(face * part).astype(np.uint8) for part in np.linspace(1, 0.19, 40)]
            one = film(Path(folder) / "one.mjpeg", [face])
            six = film(Path(folder) / "six.mjpeg", [call_of_six()])
            changing = film(
                Path(folder) / "changing.mjpeg", [face] * 130 + dusk + [dark] * 70 + dusk[::-1]
            )
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, six])
            page = open_page(browser, address, 1440, 900, faces=6)
            name_people(page, "Ana", "Ben")
            shoot_without_footer(page, "live-page")
            shoot_panel(page, "panel", 6)
            browser.close()
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, one])
            shoot_without_footer(open_page(browser, address, 1280, 720), "live-page-one")
            shoot(open_page(browser, address, 390, 844), "live-page-phone")
            shoot_notebook(browser)
            browser.close()
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, changing])
            shoot_session(browser, address)
            browser.close()
    finally:
        server.kill()
        server.communicate()


if __name__ == "__main__":
    main()
