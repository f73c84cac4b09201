"""If the disk is full when the person saves the session, the page keeps it for another try."""

import contextlib
import csv
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chromium import ENOUGH_MS, Image, Server, start
from playwright.sync_api import Browser, Download, Page, expect


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 KB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("A small disk cannot be mounted here: that needs Linux and root")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_costs_one_press_more(
    launch: Callable[..., Browser],
    camera_flags: Callable[..., list[str]],
    one_face: Image,
    live_server: Server,
    open_page: Callable[..., Page],
    small_disk: Path,
) -> None:
    browser = launch(*camera_flags([one_face]), downloads=small_disk)
    page = open_page(browser, live_server)
    start(page)
    expect(page.get_by_role("heading", name="Looking back")).to_be_visible(timeout=ENOUGH_MS)
    page.get_by_role("textbox", name="A note").fill("before the disk was full")
    page.get_by_role("button", name="Add the note").click()
    page.locator("#open-session").click()
    page.locator("#session summary").first.click()
    rows = page.locator("#session-table tbody tr")
    expect(rows.filter(has_text="before the disk was full")).to_have_count(1)
    expect(rows.filter(has_text="happy")).not_to_have_count(0)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    before = rows.all_inner_texts()

    filler = small_disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    assert save(page).failure() is not None

    expect(page.get_by_role("heading", name="Looking back")).to_be_visible()
    assert rows.all_inner_texts() == before

    filler.unlink()
    saved = save(page)
    assert saved.failure() is None
    with Path(saved.path()).open(newline="", encoding="utf-8") as table:
        lines = list(csv.DictReader(table))
    assert len(lines) == len(before) >= 2
    assert [line["remark"] for line in lines if line["remark"]] == ["before the disk was full"]
    assert "happy" in {line["answer"] for line in lines}


def save(page: Page) -> Download:
    table = page.get_by_role("button", name="Table (CSV)")
    if not table.is_visible():
        page.locator("#saving summary").click()
    with page.expect_download() as download:
        table.click()
    return download.value
