"""Fairness by time: turns, costs of readings, and who gets whose place."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest

from mien.live import admission as places
from mien.live import costs, turns
from mien.live.admission import Admission
from mien.live.costs import FIRST_GUESS, Costs
from mien.live.turns import Turns


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let some seconds pass."""
    now = [1000.0]
    for module in (places, costs, turns):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def let_pass(seconds: float) -> None:
        now[0] += seconds

    return let_pass


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread of its own: Playwright keeps a loop in the main one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def turns_of(
    shared: Turns, clock: Callable[[float], None], seconds: dict[str, float], until: float
) -> Counter[str]:
    """Count the turns that each one gets who always wants one, in some seconds of one reader."""
    got: Counter[str] = Counter()
    spent = 0.0

    async def want(who: str) -> None:
        nonlocal spent
        while spent < until:
            async with shared.turn(who):
                got[who] += 1
                spent += seconds[who]
                clock(seconds[who])
                await asyncio.sleep(0)

    async def all_of_them() -> None:
        await asyncio.gather(*(want(who) for who in seconds))

    run(all_of_them())
    return got


def test_a_session_that_costs_more_gets_fewer_turns(clock: Callable[[float], None]) -> None:
    costly = {f"costly {number}": 0.5 for number in range(8)}
    got = turns_of(Turns(1), clock, {"cheap": 0.01, **costly}, until=90)
    assert got["cheap"] == pytest.approx(1000, rel=0.1)  # a ninth of the time, as each
    assert all(got[who] == pytest.approx(20, abs=3) for who in costly)


def test_whoever_was_away_has_no_claim_to_that_time(clock: Callable[[float], None]) -> None:
    shared = Turns(1)
    turns_of(shared, clock, {"busy": 0.1}, until=100)
    got = turns_of(shared, clock, {"busy": 0.1, "new": 0.1}, until=10)
    assert got["busy"] == pytest.approx(got["new"], abs=2)


def test_one_reader_is_always_left_to_those_that_cost_little() -> None:
    shared_costs = Costs()
    shared_costs.took("cheap", 0.005)
    for _ in range(500):
        for who in ("first", "second", "third"):
            shared_costs.took(who, 1.0)
    shared = Turns(2, shared_costs)
    has_one: list[str] = []

    async def hold(who: str, ended: asyncio.Event) -> None:
        async with shared.turn(who):
            has_one.append(who)
            await ended.wait()

    async def check() -> None:
        ended = asyncio.Event()
        held = [asyncio.create_task(hold(who, ended)) for who in ("first", "second", "third")]
        await asyncio.sleep(0.01)
        assert has_one == ["first"]
        held.append(asyncio.create_task(hold("cheap", ended)))
        await asyncio.sleep(0.01)
        assert has_one == ["first", "cheap"]
        ended.set()
        await asyncio.gather(*held)
        assert sorted(has_one) == ["cheap", "first", "second", "third"]

    run(check())


def test_who_is_cancelled_while_waiting_keeps_no_turn() -> None:
    async def check() -> None:
        shared = Turns(1)
        async with shared.turn("first"):
            gone = asyncio.create_task(hold(shared))
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.wait([gone])
        granted_and_gone = asyncio.create_task(hold(shared))
        async with shared.turn("second"):
            await asyncio.sleep(0)
        granted_and_gone.cancel()
        await asyncio.wait([granted_and_gone])
        async with asyncio.timeout(5), shared.turn("third"):
            pass

    async def hold(shared: Turns) -> None:
        async with shared.turn("gone"):
            await asyncio.sleep(0)

    run(check())


def test_one_reading_that_takes_long_hardly_counts(clock: Callable[[float], None]) -> None:
    learnt = Costs()
    for _ in range(300):
        learnt.took("page", 0.01)
    before = learnt.ordinary
    learnt.took("page", 30.0)
    assert learnt.ordinary < 1.1 * before


def test_costly_sessions_hardly_change_what_an_ordinary_one_costs() -> None:
    learnt = Costs()
    for _ in range(500):
        learnt.took("page", 0.01)
        for number in range(8):
            learnt.took(number, 3.0)
    assert learnt.of(0) > 1
    assert learnt.ordinary < 0.035
    for number in range(8):
        learnt.forget(number)
    assert learnt.ordinary == pytest.approx(0.01, abs=0.005)


def test_what_was_learnt_heals_without_readings(clock: Callable[[float], None]) -> None:
    shared = Admission(readers=2)
    for _ in range(500):
        shared.costs.took("only", 3.0)
    assert shared.capacity == 2
    clock(60)
    assert shared.capacity == pytest.approx(2 * 0.9 / (10 * FIRST_GUESS), abs=1)
    for _ in range(500):
        shared.costs.took("only", 3.0)
    shared.leave("only")
    clock(60)
    assert shared.capacity == pytest.approx(2 * 0.9 / (10 * FIRST_GUESS), abs=1)


def test_places_are_shared_by_client_whoever_came_first() -> None:
    shared = Admission(readers=1, limit=4)
    pages = [f"page {number}" for number in range(10)]
    assert [shared.take(page, "greedy") for page in pages] == [True] * 4 + [False] * 6
    assert shared.take("other", "modest")  # though six stand in line
    assert shared.take("another", "modest")
    assert shared.held == 4
    assert not shared.take("third", "modest")  # two each
    held = [page for page in pages if shared.has(page)]
    assert len(held) == 2
    shared.leave("other")
    assert not shared.take(pages[9], "greedy")  # the other client's third page comes first
    assert shared.take("third", "modest")
