"""No state of the page has barriers that axe-core finds."""

from collections.abc import Callable
from typing import Any

import pytest
from axe import barriers
from chromium import ENOUGH_MS, Server, start
from playwright.sync_api import Browser, Page, expect


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
    for mode in ("Compact", "Text only", "No words"):
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
