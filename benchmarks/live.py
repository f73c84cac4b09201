"""Measure the live page end to end: readings a second and delay, in headless Chromium.

Server and browser share the processors. The camera is a film of 640×480 at 30 frames a second with
one face or several (Chromium's fake camera). The delay runs from the browser's capture time of a
frame until its boxes are drawn. Page and server are those that people use.

    python benchmarks/live.py --processors 2 --json live.json
    python benchmarks/live.py --processors 2 --pages 2 --rate 10
    python benchmarks/live.py --processors 2 --faces 6

Needs Chromium and the dev extra; takes about 20 seconds.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import cv2
import cyclopts
import numpy as np
from cyclopts import Parameter
from numpy.typing import NDArray
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

SLOWER = """
    const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {{
        const stream = await original(wanted);
        await stream.getVideoTracks()[0].applyConstraints({{ frameRate: {rate} }});
        return stream;
    }};
"""


@dataclass(frozen=True)
class Result:
    """Figures of a page; delays and times in milliseconds."""

    readings: int
    readings_a_second: float
    delay_median: float
    delay_p95: float
    server_median: float
    decode_median: float
    detector_median: float
    alignment_median: float
    network_median: float
    replaced: int
    faces: int


def picture(faces: int) -> NDArray[np.uint8]:
    """Draw the astronaut, or her head several times in rows of three; BGR (480, 640, 3)."""
    if faces == 1:
        seen = cv2.resize(data.astronaut()[:384], (640, 480))
    else:
        columns, rows = min(faces, 3), -(-faces // 3)
        side = min(640 // columns, 480 // rows)
        head = cv2.resize(data.astronaut()[0:230, 110:340], (side - 8, side - 8))
        seen = np.full((480, 640, 3), 60, np.uint8)
        for number in range(faces):
            x, y = number % columns * (640 // columns), number // columns * (480 // rows)
            seen[y + 4 : y + side - 4, x + 4 : x + side - 4] = head
    return cv2.cvtColor(seen, cv2.COLOR_RGB2BGR).astype(np.uint8)


def film(folder: Path, faces: int) -> Path:
    """Write a film for the fake camera, of faces that move by a few pixels."""
    still = picture(faces)
    path = folder / "camera.mjpeg"
    with path.open("wb") as file:
        for step in range(30):
            shift = round(12 * np.sin(2 * np.pi * step / 30))
            file.write(cv2.imencode(".jpg", np.roll(still, shift, axis=1))[1].tobytes())
    return path


def measure(pages: list[Page], seconds: float) -> list[Result]:
    """Start the cameras, wait until all is warm, and collect the readings that each page shows."""
    for page in pages:
        page.click("#toggle")
    for page in pages:
        page.wait_for_selector("[data-face]", timeout=30_000)
    pages[0].wait_for_timeout(2000)
    for page in pages:
        page.evaluate("collected.length = 0")
    pages[0].wait_for_timeout(1000 * seconds)
    return [result_of(page.evaluate("collected")) for page in pages]


def result_of(shown: list[dict[str, Any]]) -> Result:
    """Compute the figures of the readings that a page showed."""
    if len(shown) < 2:
        raise SystemExit(f"Expected readings, got {len(shown)}")

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
        detector_median=median("detector"),
        alignment_median=median("alignment"),
        network_median=median("network"),
        replaced=sum(one["replaced"] for one in shown),
        faces=round(median("faces")),
    )


def main(
    *,
    seconds: float = 15,
    processors: int | None = None,
    pages: int = 1,
    faces: int = 1,
    rate: float | None = None,
    json_file: Annotated[Path | None, Parameter("--json")] = None,
) -> None:
    """Measure and print a table.

    Args:
        seconds: length of the measurement.
        processors: number of processors for server and browser together (Linux); all by default.
        pages: number of pages open at the same time, each with the camera.
        faces: number of faces in the picture of each camera, at most nine.
        rate: frames a second of each camera; 30 by default.
        json_file: file for the figures.
    """
    if not 1 <= faces <= 9:
        raise SystemExit(f"--faces: expected 1 to 9, got {faces}")
    if processors is not None:
        available = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, available[:processors])
    command = [sys.executable, "-m", "mien", "live", "--port", "0", "--no-open"]
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("Chromium is not on this machine (Debian: apt install chromium)")
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[3]
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            camera = f"--use-file-for-fake-video-capture={film(Path(folder), faces)}"
            browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, camera])
            version = browser.version
            opened: list[Page] = []
            for _ in range(pages):
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.add_init_script(COLLECT)
                if rate is not None:
                    page.add_init_script(SLOWER.format(rate=rate))
                page.goto(address)
                opened.append(page)
            results = measure(opened, seconds)
            browser.close()
    finally:
        server.kill()
        server.communicate()
    used = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    machine = {"processors": used, "machine": platform.platform(), "chromium": version}
    if json_file is not None:
        content = {**machine, "pages": [asdict(result) for result in results]}
        json_file.write_text(json.dumps(content, indent=2), encoding="utf-8")
    load = round(os.getloadavg()[0], 1)
    print(f"{used} processors, load {load} after, Chromium {version}")
    print(f"{pages} pages, {faces} faces in the picture at 640×480 each, {seconds:g} s\n")

    def row(name: str, cells: Iterable[Any]) -> None:
        print("|".join(["", f" {name} ", *(f" {cell} " for cell in cells), ""]))

    row("", (f"page {number}" for number in range(1, pages + 1)))
    row("---", ["--:"] * pages)
    row("readings a second", (result.readings_a_second for result in results))
    row("delay, median, ms", (result.delay_median for result in results))
    row("delay, 95 %, ms", (result.delay_p95 for result in results))
    row("server, arrival to answer, ms", (result.server_median for result in results))
    for step in ("decode", "detector", "alignment", "network"):
        row(f"· {step}, ms", (getattr(result, f"{step}_median") for result in results))
    row("faces found", (result.faces for result in results))
    row("frames replaced", (result.replaced for result in results))


if __name__ == "__main__":
    cyclopts.run(main)
