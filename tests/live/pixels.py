"""Pixels that a person sees on the page, and pixels that are drawn over its video."""

import base64

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

HAPPY = (0xE6, 0x9F, 0x00)


def overlay_pixels(page: Page) -> NDArray[np.uint8]:
    """Return the canvas over the video as RGBA uint8 (H, W, 4)."""
    flat = page.evaluate(
        """() => {
            const canvas = document.getElementById("overlay");
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            return { width, height, data: btoa(Array.from(data, (b) =>
                String.fromCharCode(b)).join("")) };
        }"""
    )
    data = np.frombuffer(base64.b64decode(flat["data"]), np.uint8)
    return data.reshape(flat["height"], flat["width"], 4)


def coloured_area(pixels: NDArray[np.uint8], colour: tuple[int, int, int]) -> list[int]:
    """Return x1, y1, x2, y2 around the pixels that are close to a colour."""
    near = np.abs(pixels[:, :, :3].astype(int) - colour).max(axis=2) <= 6
    ys, xs = np.nonzero(near)
    assert xs.size, f"no pixel of colour {colour}"
    return [int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1]


def screenshot(page: Page) -> NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8)
