import threading
import time
from collections.abc import Iterator
from itertools import count, islice

import pytest

from mien._parallel import chunks, cores, in_order


def slow_first(number: int) -> int:
    time.sleep(0.05 if number % 3 == 0 else 0)
    return number * number


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_outcomes_come_in_the_items_order(workers: int) -> None:
    assert list(in_order(slow_first, range(20), workers)) == [n * n for n in range(20)]


@pytest.mark.parametrize("workers", [1, 3])
def test_items_are_taken_lazily_and_in_the_caller_s_thread(workers: int) -> None:
    taken: list[int] = []
    threads: set[int] = set()

    def items() -> Iterator[int]:
        for number in count():
            taken.append(number)
            threads.add(threading.get_ident())
            yield number

    outcomes = in_order(slow_first, items(), workers)
    assert taken == []
    assert list(islice(outcomes, 4)) == [0, 1, 4, 9]
    outcomes.close()
    assert len(taken) <= 4 + workers + 2
    assert threads == {threading.get_ident()}


def test_closing_leaves_no_thread() -> None:
    before = threading.active_count()
    outcomes = in_order(slow_first, count(), 4)
    next(outcomes)
    outcomes.close()
    assert threading.active_count() == before


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_comes_in_its_place(workers: int) -> None:
    outcomes = in_order(lambda n: 12 // n, [4, 3, 0, 2], workers)
    assert [next(outcomes), next(outcomes)] == [3, 4]
    with pytest.raises(ZeroDivisionError):
        next(outcomes)


def test_chunks() -> None:
    assert list(chunks(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(chunks([], 3)) == []


def test_there_is_a_core() -> None:
    assert cores() >= 1
