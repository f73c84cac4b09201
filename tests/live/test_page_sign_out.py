"""Signing out of a page that was opened with a token, and what it says then; in Chromium."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe import barriers
from chromium import Image, Server, drop, jpeg, start
from open_server import TOKEN
from playwright.sync_api import Browser, Page, expect
from served import served
from stand_in import StandInReader

from mien.live.settings import Settings


@pytest.fixture
def token_server() -> Iterator[Any]:
    """Server that demands its token; the address contains it."""
    with served(Settings(token=TOKEN), StandInReader) as address:
        yield SimpleNamespace(address=f"{address}/?token={TOKEN}")


def expect_signed_out(page: Page) -> None:
    status = page.locator("#status")
    expect(status).to_contain_text("You are signed out")
    expect(status).to_contain_text("/?token=…")
    expect(status).to_have_attribute("data-kind", "info")
    expect(page.get_by_role("button", name="Start")).to_be_disabled()
    expect(page.locator("[data-face]")).to_have_count(0)
    expect(page).to_have_title("Signed out · mien")


def test_signing_out_stops_all_pages_of_the_browser_and_says_how_to_come_back(
    one_face_browser: Browser,
    token_server: Any,
    open_page: Callable[..., Page],
    axe: str,
    one_face: Image,
    tmp_path: Path,
) -> None:
    page = open_page(one_face_browser, token_server)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("button", name="Start")).to_be_visible()
    page.bring_to_front()
    start(page)
    expect(page.locator("#session")).to_be_visible()
    page.get_by_role("button", name="Settings").click()
    button = page.get_by_role("button", name="Sign out")
    expect(button).to_be_visible()
    assert barriers(page, axe) == [], "in the settings"
    button.click()
    expect(page.locator("#settings")).to_be_hidden()
    expect_signed_out(page)
    expect_signed_out(other)
    assert barriers(page, axe) == [], "signed out"
    assert page.context.cookies() == []

    # The other page does not offer it again, and what is dropped there does not start.
    other.bring_to_front()
    other.get_by_role("button", name="Settings").click()
    expect(other.get_by_role("button", name="Close")).to_be_visible()
    expect(other.locator("#sign-out")).to_be_hidden()
    other.get_by_role("button", name="Close").click()
    drop(other, ("photo.jpg", "image/jpeg", jpeg(one_face)))
    other.wait_for_timeout(1000)
    expect_signed_out(other)
    expect(other.locator(".running")).to_have_count(0)
    page.bring_to_front()

    # What was read is still there, and can be saved as it looked before.
    page.locator("#saving summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="(HTML)").click()
    download.value.save_as(tmp_path / "report.html")
    assert ".lanes" in (tmp_path / "report.html").read_text(encoding="utf-8")

    page.get_by_role("button", name="Settings").click()
    expect(button).to_be_hidden()
    page.reload()
    expect(page.locator("body")).to_contain_text("mien asks for its token here")
    page.goto(token_server.address)
    start(page)


def test_a_server_that_fails_to_sign_out_is_told(
    one_face_browser: Browser, token_server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, token_server)
    page.route("**/sign-out", lambda route: route.abort())
    page.get_by_role("button", name="Settings").click()
    page.locator("#sign-out").click()
    expect(page.locator("#sign-out")).to_have_text("mien does not answer; try again")
    page.unroute("**/sign-out")
    expect(page.locator("#sign-out")).to_have_text("Sign out")
    page.locator("#sign-out").click()
    expect_signed_out(page)


def test_where_no_token_is_asked_for_there_is_nothing_to_sign_out_of(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, live_server)
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("button", name="Close")).to_be_visible()
    expect(page.locator("#sign-out")).to_be_hidden()


def test_a_server_that_was_started_anew_asks_for_its_token_again(
    monkeypatch: pytest.MonkeyPatch, plain_browser: Browser, open_page: Callable[..., Page]
) -> None:
    monkeypatch.setenv("MIEN_LIVE_TOKEN", TOKEN)
    server = Server()
    server.start()
    try:
        shown = SimpleNamespace(address=f"{server.address}/?token={TOKEN}")
        page = open_page(plain_browser, shown)
        expect(page.get_by_role("button", name="Start")).to_be_enabled()
        server.stop()
        expect(page.get_by_role("status").first).to_contain_text("stopped answering")
        server.start()
        expect_signed_out(page)
    finally:
        server.stop()
