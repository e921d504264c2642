"""One object for each scope."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from azoth.util import ScopedRegistry, ThreadLocalRegistry

MAKERS: list[Callable[[], ScopedRegistry]] = [
    lambda: ScopedRegistry(list, lambda: "one"),
    lambda: ThreadLocalRegistry(list),
]


@pytest.mark.parametrize("make", MAKERS)
def test_the_object_is_made_at_first_use_and_kept(make: Callable[[], ScopedRegistry]) -> None:
    registry = make()
    assert not registry.has()
    first = registry()
    assert registry.has()
    assert registry() is first


@pytest.mark.parametrize("make", MAKERS)
def test_an_object_can_be_put_in_place_of_another(make: Callable[[], ScopedRegistry]) -> None:
    registry = make()
    mine: list[int] = [1]
    registry.set(mine)
    assert registry() is mine


@pytest.mark.parametrize("make", MAKERS)
def test_a_cleared_scope_gets_a_new_object(make: Callable[[], ScopedRegistry]) -> None:
    registry = make()
    first = registry()
    registry.clear()
    registry.clear()
    assert not registry.has()
    assert registry() is not first


def test_each_scope_has_its_own_object() -> None:
    scope = "a"
    registry = ScopedRegistry(list, lambda: scope)
    of_a = registry()
    scope = "b"
    assert not registry.has()
    of_b = registry()
    assert of_b is not of_a
    scope = "a"
    assert registry() is of_a
    registry.clear()
    assert list(registry.registry) == ["b"]


def test_each_thread_has_its_own_object() -> None:
    registry = ThreadLocalRegistry(list)
    others: list[object] = []

    def elsewhere() -> None:
        assert not registry.has()
        others.append(registry())

    registry()
    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert others[0] is not registry()


def test_two_threads_in_one_scope_get_the_same_object() -> None:
    both_make = threading.Barrier(2, timeout=10)

    def make() -> list[int]:
        both_make.wait()
        return []

    registry = ScopedRegistry(make, lambda: "shared")
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(registry())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] is found[1]
