"""Bases of test classes, and of mapped classes whose objects are compared by their values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TypeVar

from azoth.inspection import inspect
from azoth.orm.runtime.inspected.inspected_state import InspectedState
from azoth.sql.elements import ClauseElement

__all__ = ["CacheKeySuite", "ComparableEntity"]

Suite = TypeVar("Suite")


class CacheKeySuite:
    """Tests that statements of one structure are found in caches by each other, and by no others."""

    @staticmethod
    def run_suite_tests(
        fn: Callable[[Suite], Callable[[], Sequence[ClauseElement]]],
    ) -> Callable[[Suite], None]:
        """Make a test of a method that gives a function, which makes statements that are all different."""

        @wraps(fn)
        def run(self: Suite) -> None:
            make = fn(self)
            keys = [[_key(statement) for statement in make()] for _ in range(3)]
            for again in keys:
                assert again == keys[0], "statements of one structure have different keys"
            assert len(set(keys[0])) == len(keys[0]), "statements of different structures have one key"

        return run


class ComparableEntity:
    """Objects that are equal where they have equal values, in those attributes that one without a row was given."""

    def __init__(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    def __hash__(self) -> int:
        return hash(type(self))

    def __eq__(self, other: object) -> bool:
        if self is other or type(self) is not type(other):
            return self is other
        pattern, found = (other, self) if _is_stored(self) else (self, other)
        return all(_get(found, name) == value for name, value in vars(pattern).items() if not name.startswith("_"))

    def __ne__(self, other: object) -> bool:
        return not self == other


def _key(statement: ClauseElement) -> object:
    found = statement._generate_cache_key()
    assert found is not None, f"{statement!r} is not kept in caches"
    return found.key


def _is_stored(instance: object) -> bool:
    state: InspectedState | None = inspect(instance, raiseerr=False)
    return state is not None and state.has_identity


def _get(instance: object, name: str) -> object:
    return getattr(instance, name, None)
