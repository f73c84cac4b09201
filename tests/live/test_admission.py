"""Places, turns and allowances, with a stand-in reader."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from stand_in import ADDRESS, StandInReader, await_ready, connect, message

from mien.live import admission as places
from mien.live import costs, limits
from mien.live.admission import Admission
from mien.live.app import create_app
from mien.live.limits import Clients, TokenBucket
from mien.live.settings import Settings


@contextmanager
def server(
    settings: Settings, factory: Callable[[], StandInReader] = StandInReader
) -> Generator[TestClient]:
    with TestClient(create_app(factory, settings), base_url=ADDRESS) as client:
        yield client


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let some seconds pass."""
    now = [1000.0]
    for module in (places, limits, costs):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def let_pass(seconds: float) -> None:
        now[0] += seconds

    return let_pass


def test_there_are_as_many_places_as_get_ten_readings_a_second() -> None:
    shared = Admission(readers=2)
    for _ in range(500):
        shared.costs.took("page", 0.00999)
    assert shared.capacity == 18  # 2 readers × 100 readings a second, of which 90 % are given away
    for _ in range(500):
        shared.costs.took("page", 0.0399)
    assert shared.capacity == 4
    for _ in range(500):
        shared.costs.took("page", 3)
    assert shared.capacity == 2  # a reader each
    assert Admission(readers=2, limit=7).capacity == 7


def test_a_place_that_is_left_goes_to_the_first_in_line() -> None:
    shared = Admission(readers=1, limit=1)
    assert shared.take("first")
    assert not shared.take("second")
    assert not shared.take("third")
    assert (shared.held, shared.waiting) == (1, 2)
    shared.leave("first")
    assert not shared.take("third")
    assert shared.take("second")
    shared.leave("third")
    assert (shared.held, shared.waiting) == (1, 0)


def test_who_sends_nothing_keeps_the_place_until_somebody_waits(
    clock: Callable[[float], None],
) -> None:
    shared = Admission(readers=1, limit=1)
    assert shared.take("quiet")
    clock(60)
    assert shared.take("quiet")
    clock(9)
    assert not shared.take("new")
    clock(2)
    assert shared.take("new")
    assert not shared.take("quiet")


def test_an_allowance_is_a_rate_and_a_burst(clock: Callable[[float], None]) -> None:
    allowance = TokenBucket(rate=2, burst=3)
    assert [allowance.take() for _ in range(4)] == [True, True, True, False]
    clock(0.5)
    assert [allowance.take() for _ in range(2)] == [True, False]
    clock(100)
    assert [allowance.take() for _ in range(4)] == [True, True, True, False]


def test_clients_have_allowances_of_their_own_and_old_ones_are_forgotten(
    clock: Callable[[float], None],
) -> None:
    clients = Clients(sessions=1, pictures_a_second=1)
    assert [clients.pictures.take("a") for _ in range(3)] == [True, True, False]
    assert clients.pictures.take("b")
    for number in range(5000):
        clients.pictures.take(str(number))
    assert clients.pictures.take("a")
    with clients.session("a") as first, clients.session("a") as second:
        assert (first, second) == (True, False)
        with clients.session("b") as other:
            assert other
    with clients.session("a") as again:
        assert again


def test_a_session_past_capacity_is_told_so_and_read_once_there_is_a_place() -> None:
    settings = Settings(sessions=1)
    with server(settings) as client, connect(client) as late:
        await_ready(late)
        with connect(client) as page:
            await_ready(page)
            page.send_bytes(message(1))
            assert page.receive_json()["sequence"] == 1
            late.send_bytes(message(1))
            late.send_bytes(message(2))
            told = late.receive_json()
            assert (told["state"], told["credits"]) == ("full", 0)
            assert "1 others are being read" in told["message"]
            page.send_bytes(message(2))
            assert page.receive_json()["sequence"] == 2  # as quick as before
            assert 'mien_sessions{state="waiting"} 1.0' in client.get("/metrics").text
        told = late.receive_json()
        assert (told["state"], told["credits"]) == ("ready", 2)
        late.send_bytes(message(3))
        assert late.receive_json()["sequence"] == 3


def test_every_session_gets_its_turn_however_much_one_sends() -> None:
    reader = StandInReader()
    settings = Settings(readers=1, sessions=2)
    with (
        server(settings, lambda: reader) as client,
        connect(client) as greedy,
        connect(client) as modest,
    ):
        await_ready(greedy)
        await_ready(modest)
        reader.may_go_on.clear()
        for sequence in range(100):
            greedy.send_bytes(message(sequence))
        assert reader.started.acquire(timeout=10)
        modest.send_bytes(message(7))
        modest.send_bytes(message(7))  # refused at once: the frame before it has arrived then
        assert modest.receive_json()["error"] == "out-of-order"
        order: list[str] = []
        hear = threading.Thread(target=lambda: order.append(str(modest.receive_json()["type"])))
        hear.start()
        reader.may_go_on.set()
        hear.join(10)
        assert order == ["readings"]
        first, second = greedy.receive_json(), greedy.receive_json()
        assert (first["sequence"] < 99, second["sequence"]) == (True, 99)


def test_a_reader_that_hangs_on_a_frame_costs_that_session_alone() -> None:
    reader = StandInReader()
    with (
        server(Settings(readers=2), lambda: reader) as client,
        connect(client) as hangs,
        connect(client) as other,
    ):
        await_ready(hangs)
        await_ready(other)
        reader.may_go_on.clear()
        hangs.send_bytes(message(1))
        assert reader.started.acquire(timeout=10)
        stuck, reader.may_go_on = reader.may_go_on, threading.Event()
        reader.may_go_on.set()
        for sequence in range(1, 6):
            other.send_bytes(message(sequence))
            assert other.receive_json()["sequence"] == sequence
        stuck.set()
        assert hangs.receive_json()["sequence"] == 1


def test_one_address_may_hold_only_so_many_connections() -> None:
    settings = Settings(sessions_a_client=1)
    with server(settings) as client:
        with connect(client) as page:
            await_ready(page)
            with connect(client) as refused:
                told = refused.receive_json()
                assert told["state"] == "failed"
                assert "1 pages of your address" in told["message"]
            page.send_bytes(message(1))
            assert page.receive_json()["sequence"] == 1
        with connect(client) as page:
            await_ready(page)


def test_a_flood_of_messages_is_cut_off_and_harms_no_other(
    clock: Callable[[float], None],
) -> None:
    with server(Settings()) as client, connect(client) as other, connect(client) as flood:
        await_ready(other)
        await_ready(flood)
        for sequence in range(400):
            flood.send_bytes(message(sequence))
        answers = [flood.receive_json()]
        while answers[-1].get("error") != "too-many":
            answers.append(flood.receive_json())
        assert len(answers) <= 241  # a burst of 240, in no time
        other.send_bytes(message(1))
        assert other.receive_json()["sequence"] == 1
