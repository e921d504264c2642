from __future__ import annotations

import sys
import threading

import pytest

from azoth.util.serial_numbers import serial_numbers


def test_numbers_count_from_one_each_for_itself() -> None:
    first, second = serial_numbers(), serial_numbers()
    assert [next(first), next(first), next(second)] == [1, 2, 1]


@pytest.mark.parametrize("build", ["this one", "free-threaded"])
def test_no_number_is_given_twice(monkeypatch: pytest.MonkeyPatch, build: str) -> None:
    if build == "free-threaded":
        monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    numbers = serial_numbers()
    given: list[list[int]] = [[] for _ in range(4)]

    def take(mine: list[int]) -> None:
        for _ in range(1000):
            mine.append(next(numbers))  # noqa: PERF401  # one at a time is the point

    threads = [threading.Thread(target=take, args=(mine,)) for mine in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number for mine in given for number in mine) == list(range(1, 4001))
