from __future__ import annotations

import threading
from typing import Any

from azoth.util.computed_once import computed_once


def test_a_value_is_computed_once_and_kept_in_the_instance() -> None:
    class Circle:
        computed = 0

        @computed_once
        def area(self) -> object:
            """What it covers."""
            Circle.computed += 1
            return object()

    circle = Circle()
    assert circle.area is circle.area
    assert Circle.computed == 1
    assert vars(circle) == {"area": circle.area}
    assert Circle.area.__doc__ == "What it covers."


def test_a_name_may_be_given_for_a_function_of_another_name() -> None:
    class Circle:
        def _compute(self) -> int:
            return 1

        area = computed_once(_compute, "area")

    circle = Circle()
    assert circle.area == 1
    assert vars(circle) == {"area": 1}


def test_two_threads_that_compute_it_at_the_same_time_get_the_same() -> None:
    both_are_in = threading.Barrier(2)

    class Circle:
        @computed_once
        def area(self) -> object:
            both_are_in.wait(timeout=30)
            return object()

    circle = Circle()
    got: list[Any] = []
    threads = [threading.Thread(target=lambda: got.append(circle.area)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 2
    assert got[0] is got[1] is circle.area
