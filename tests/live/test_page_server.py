"""The page with a server that is full, far away, cut off or restarted."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from chromium import ENOUGH_MS, Server, start
from playwright.sync_api import Browser, Page, expect


class Wire:
    """Connection to a server that can be cut, or swallow everything without a sign."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.swallows = False
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all present connections."""
        for pair in self._pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    near.close()
                    continue
                self._pairs.append((near, far))
                threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with near, far, contextlib.suppress(OSError):
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(1 << 16)
                    if not data:
                        return
                    if not self.swallows:
                        (far if end is near else near).sendall(data)


@pytest.fixture
def wire(live_server: Server) -> Iterator[Wire]:
    wire = Wire(live_server.port)
    yield wire
    wire.close()


def test_a_page_past_capacity_is_told_so_and_begins_by_itself(
    one_face_browser: Browser, open_page: Callable[..., Page]
) -> None:
    server = Server("--sessions", "1")
    server.start()
    try:
        first = open_page(one_face_browser, server)
        start(first)
        second = open_page(one_face_browser, server)
        second.get_by_role("button", name="Start").click()
        status = second.get_by_role("status")
        expect(status).to_contain_text("You are in line", timeout=ENOUGH_MS)
        assert status.get_attribute("data-kind") == "info"
        expect(second.locator("[data-face]")).to_have_count(0)
        expect(second).to_have_title("Starting · mien")
        with second.context.expect_page() as opened:
            second.get_by_role("button", name="Small window").click()
        panel = opened.value
        expect(panel.get_by_text("You are in line")).to_be_visible()
        expect(panel.get_by_text("No face")).to_have_count(0)
        expect(first.locator("[data-face]")).to_have_count(1)
        second.wait_for_timeout(1500)
        expect(status).to_contain_text("You are in line")
        first.close()
        expect(second.locator("[data-face]")).to_have_count(1, timeout=ENOUGH_MS)
        expect(status).to_be_empty()
        expect(panel.locator(".line")).to_have_count(1)
        expect(panel.get_by_text("You are in line")).to_have_count(0)
    finally:
        server.stop()


def test_the_session_is_kept_when_the_server_is_killed_and_goes_on_with_the_next(
    one_face_browser: Browser, own_server: Server, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, own_server)
    start(page)
    # The page keeps one row for each stretch of readings.
    rows = page.locator("#session-table tbody tr")
    page.locator("#open-session").click(timeout=ENOUGH_MS)
    page.locator("#session summary").first.click()
    expect(rows).to_have_count(1, timeout=ENOUGH_MS)
    own_server.stop()  # SIGKILL
    status = page.get_by_role("status")
    expect(status).to_contain_text("stopped answering", timeout=ENOUGH_MS)
    expect(rows).to_have_count(1)
    own_server.start()
    expect(rows).to_have_count(2, timeout=ENOUGH_MS)  # after the gap, another
    with page.expect_download() as saving:
        page.locator("#saving summary").click()
        page.get_by_role("button", name="Data (JSON)").click()
    assert saving.value.suggested_filename.endswith(".json")


def test_a_network_that_is_cut_is_told_and_comes_back(
    one_face_browser: Browser, wire: Wire, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, wire)
    start(page)
    wire.cut()
    status = page.get_by_role("status")
    expect(status).to_have_text("mien is back.", timeout=ENOUGH_MS)
    expect(page.locator("[data-face]")).to_have_count(1, timeout=ENOUGH_MS)


def test_a_network_that_swallows_everything_is_told_and_given_up(
    one_face_browser: Browser, wire: Wire, open_page: Callable[..., Page]
) -> None:
    page = open_page(one_face_browser, wire)
    start(page)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Small window").click()
    panel = opened.value
    expect(panel.locator(".line")).to_have_count(1)
    wire.swallows = True
    status = page.get_by_role("status")
    expect(status).to_contain_text("Delayed", timeout=ENOUGH_MS)
    expect(panel.get_by_text("Delayed")).to_be_visible()
    expect(status).to_contain_text("stopped answering", timeout=ENOUGH_MS)
    wire.swallows = False
    wire.cut()
    expect(page.locator("[data-face]")).to_have_count(1, timeout=ENOUGH_MS)
    expect(status).to_be_empty(timeout=ENOUGH_MS)
    expect(panel.locator("[role=status]")).to_be_empty()


READ_FOR = """(milliseconds) => new Promise((resolve) => {
    let first = null;
    document.addEventListener("mien:readings", () => {
        first ??= performance.now();
        if (performance.now() - first >= milliseconds) resolve();
    });
})"""
"""Waits until answers have come for some time, however busy the machine is."""


def test_the_clock_may_jump(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    jump = "const now = Date.now; globalThis.jump = 0; Date.now = () => now() + globalThis.jump;"
    page = open_page(one_face_browser, live_server, before=jump)
    start(page)
    page.evaluate(READ_FOR, 3000)
    for milliseconds in (-3_600_000, 3_600_000):
        page.evaluate(f"void (globalThis.jump = {milliseconds})")
        page.evaluate(READ_FOR, 2500)
    times = page.evaluate(
        """() => new Promise((resolve) => {
            const create = URL.createObjectURL;
            URL.createObjectURL = (blob) => { blob.text().then((text) => {
                const { sources: [source] } = JSON.parse(text);
                resolve(source.faces.map(({ stretches }) =>
                    stretches.flatMap(({ start, end }) => [start, end])));
            }); return create(blob); };
            document.querySelector("[data-text=saveData]").click();
        })"""
    )
    (face,) = times  # one face all the time, and nothing lost of it
    assert np.diff(face).min() >= 0
    # The second jump leaves a gap as when the computer slept; a busy machine may leave short ones.
    gap = int(np.argmax(np.diff(face)))
    assert face[gap] > 3
    assert face[-1] - face[gap + 1] > 0.5


def test_a_camera_that_sends_garbage_costs_frames_and_nothing_else(
    one_face_browser: Browser, live_server: Server, open_page: Callable[..., Page]
) -> None:
    garbage = """
        const send = WebSocket.prototype.send;
        let count = 0;
        WebSocket.prototype.send = function (message) {
            count += 1;
            if (count % 2) for (let i = 40; i < message.length; i += 7) message[i] ^= count + i;
            send.call(this, message);
        };
    """
    page = open_page(one_face_browser, live_server, before=garbage)
    start(page)
    page.wait_for_timeout(1500)
    expect(page.locator("[data-face]")).to_have_count(1)
    expect(page.get_by_role("status")).to_be_empty()
