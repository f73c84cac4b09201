import threading
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

from mien.errors import MienError
from mien.parallel import check_workers, chunks, cores, in_order, quota_of


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


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("0::/\n", {"cpu.max": "150000 100000"}, 1.5),  # version 2, with inner paths
        ("0::/a/b\n", {"a/cpu.max": "200000 100000", "a/b/cpu.max": "max 100000"}, 2.0),
        ("0::/outside/42\n", {"cpu.max": "100000 100000"}, 1.0),
        ("0::/\n", {"cpu.max": "max 100000"}, None),
        (
            "4:cpu,cpuacct:/docker/7\n0::/\n",  # version 1, with outer paths
            {"cpu,cpuacct/cpu.cfs_quota_us": "50000", "cpu,cpuacct/cpu.cfs_period_us": "100000"},
            0.5,
        ),
        (
            "1:cpu:/x\n",
            {"cpu/x/cpu.cfs_quota_us": "-1", "cpu/x/cpu.cfs_period_us": "100000"},
            None,
        ),
        ("0::/\n", {"cpu.max": "rubbish"}, None),
        ("", {}, None),
    ],
)
def test_quota_of_a_container(
    tmp_path: Path, groups: str, files: dict[str, str], expected: float | None
) -> None:
    (tmp_path / "cgroup").write_text(groups)
    for name, content in files.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n")
    assert quota_of(tmp_path / "cgroup", tmp_path / "root") == expected
    assert quota_of(tmp_path / "none", tmp_path / "root") is None


def test_cores_keep_to_quota_and_affinity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.process_cpu_count", lambda: 8, raising=False)
    for quota, expected in ((None, 8), (1.5, 2), (0.2, 1), (64.0, 8)):
        monkeypatch.setattr("mien.parallel._own_quota", lambda quota=quota: quota)
        assert cores() == expected


@pytest.mark.parametrize("workers", [0, -1, 1.5, "2", True])
def test_impossible_numbers_of_threads_are_refused(workers: Any) -> None:
    with pytest.raises(MienError, match="Expected workers as a whole number from 1"):
        check_workers(workers)
