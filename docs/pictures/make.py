"""Make the pictures of the live page: `make pictures`. Needs Chromium and the dev extra.

The face is Eileen Collins's (NASA, public domain), from scikit-image.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
from playwright.sync_api import Browser, sync_playwright
from skimage import data

HERE = Path(__file__).parent

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-background-networking",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


def shoot(browser: Browser, address: str, name: str, width: int, height: int) -> None:
    """One picture of the page with a face in it."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address)
    page.click("#toggle")
    page.wait_for_selector("[data-face]", timeout=30_000)
    page.wait_for_timeout(3000)  # until votes and rates have settled
    page.evaluate("document.querySelector('#sources option').textContent = 'Camera'")
    page.screenshot(path=HERE / f"{name}.jpg", type="jpeg", quality=88)
    page.close()
    print(HERE / f"{name}.jpg")


def main() -> None:
    """Start server and browser, and take all pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not on this machine (Debian: apt install chromium)")
    code = "from mien.live.app import serve; serve(port=0, open_browser=False)"
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[3]
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            film = Path(folder) / "camera.mjpeg"
            still = cv2.cvtColor(cv2.resize(data.astronaut()[:384], (640, 480)), cv2.COLOR_RGB2BGR)
            film.write_bytes(cv2.imencode(".jpg", still)[1].tobytes())
            camera = f"--use-file-for-fake-video-capture={film}"
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, camera])
            shoot(browser, address, "live-page", 1280, 720)
            shoot(browser, address, "live-page-phone", 390, 844)
            browser.close()
    finally:
        server.kill()
        server.communicate()


if __name__ == "__main__":
    main()
