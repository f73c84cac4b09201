"""The live page end to end: readings a second and delay, in headless Chromium on this machine.

Server and browser share the processors; the camera is a film of 640×480 at 30 frames a second with
one face (Chromium's fake camera). The delay runs from the capture of a frame, as the browser tells
it, to the moment that its boxes are drawn; page and server are those that people use.

    python benchmarks/live.py --processors 2 --json live.json

Needs Chromium and the dev extra; takes about 20 seconds.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import cv2
import cyclopts
import numpy as np
from cyclopts import Parameter
from playwright.sync_api import Page, sync_playwright
from skimage import data

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

COLLECT = """
    globalThis.collected = [];
    document.addEventListener("mien:readings", ({ detail: { answer, shown } }) =>
        globalThis.collected.push({
            shown,
            delay: shown - answer.capture_time,
            faces: answer.readings.length,
            replaced: answer.replaced,
            ...answer.timings,
        }));
"""


@dataclass(frozen=True)
class Result:
    """What was measured; delays and times in milliseconds."""

    readings: int
    readings_a_second: float
    delay_median: float
    delay_p95: float
    server_median: float
    decode_median: float
    finder_median: float
    crop_median: float
    network_median: float
    replaced: int
    faces: int


def film(folder: Path) -> Path:
    """The astronaut, moving to and fro by a few pixels, as a film for the fake camera."""
    still = cv2.cvtColor(cv2.resize(data.astronaut()[:384], (640, 480)), cv2.COLOR_RGB2BGR)
    path = folder / "camera.mjpeg"
    with path.open("wb") as file:
        for step in range(30):
            shift = round(12 * np.sin(2 * np.pi * step / 30))
            file.write(cv2.imencode(".jpg", np.roll(still, shift, axis=1))[1].tobytes())
    return path


def measure(page: Page, seconds: float) -> Result:
    """Start the camera, wait until all is warm, and collect what the page shows."""
    page.click("#toggle")
    page.wait_for_selector("[data-face]", timeout=30_000)
    page.wait_for_timeout(2000)
    page.evaluate("collected.length = 0")
    page.wait_for_timeout(1000 * seconds)
    shown: list[dict[str, Any]] = page.evaluate("collected")
    if len(shown) < 2:
        raise SystemExit(f"Expected readings, got {len(shown)} in {seconds} seconds")

    def median(name: str) -> float:
        return round(float(np.median([one[name] for one in shown])), 1)

    duration = (shown[-1]["shown"] - shown[0]["shown"]) / 1000
    return Result(
        readings=len(shown),
        readings_a_second=round((len(shown) - 1) / duration, 1),
        delay_median=median("delay"),
        delay_p95=round(float(np.percentile([one["delay"] for one in shown], 95)), 1),
        server_median=median("total"),
        decode_median=median("decode"),
        finder_median=median("finder"),
        crop_median=median("crop"),
        network_median=median("network"),
        replaced=sum(one["replaced"] for one in shown),
        faces=round(median("faces")),
    )


def main(
    *,
    seconds: float = 15,
    processors: int | None = None,
    json_file: Annotated[Path | None, Parameter("--json")] = None,
) -> None:
    """Measure and print a table.

    Args:
        seconds: how long to measure.
        processors: how many of this machine's to use, for server and browser together (Linux);
            all by default.
        json_file: where to write the figures as JSON.
    """
    if processors is not None:
        available = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, available[:processors])
    code = "from mien.live.app import serve; serve(port=0, open_browser=False)"
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not on this machine (Debian: apt install chromium)")
    server = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[3]
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            camera = f"--use-file-for-fake-video-capture={film(Path(folder))}"
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, camera])
            version = browser.version
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.add_init_script(COLLECT)
            page.goto(address)
            result = measure(page, seconds)
            browser.close()
    finally:
        server.kill()
        server.communicate()
    used = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    machine = {"processors": used, "machine": platform.platform(), "chromium": version}
    if json_file is not None:
        json_file.write_text(json.dumps({**machine, **asdict(result)}, indent=2), encoding="utf-8")
    load = round(os.getloadavg()[0], 1)
    print(f"{used} processors, load {load} after, Chromium {version}")
    print(f"one face at 640×480, {seconds:g} s\n")
    print("| | |\n|---|--:|")
    print(f"| readings a second | {result.readings_a_second} |")
    print(f"| delay, median / 95 % | {result.delay_median} / {result.delay_p95} ms |")
    print(f"| server, arrival to answer | {result.server_median} ms |")
    for step in ("decode", "finder", "crop", "network"):
        print(f"| · {step} | {getattr(result, f'{step}_median')} ms |")
    print(f"| frames replaced | {result.replaced} of {result.readings + result.replaced} |")


if __name__ == "__main__":
    cyclopts.run(main)
