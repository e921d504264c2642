"""Work over many objects, rows or expressions costs in proportion to their number.

Each scenario runs with n and with 2n; twice as much may call twice as many functions, of Python and of C, and a little
more. Copying and searching within one function of C is not seen by that; what could do so has a test of its own here.
"""

from __future__ import annotations

import gc
import sys
from typing import Any

import pytest

from azoth import Engine, create_engine
from azoth.orm import Session
from azoth.orm.runtime.collections import census
from tests.budgets.linear_model import Base, Post
from tests.budgets.linear_scenarios import SCENARIOS, Scenario, post_with

N = 100
GROWTH = 2.6
"""Of a sort 2.2 would be right; a loop in a loop gives 4."""


def count_calls(scenario: Scenario, n: int) -> tuple[int, int]:
    """Run a scenario on a fresh database: the calls of functions of Python and of C."""
    counts = {"call": 0, "c_call": 0}

    def profile(frame: Any, event: str, argument: Any) -> None:
        if event in counts:
            counts[event] += 1

    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    work = scenario(engine, n)
    next(work)
    before = sys.getprofile()
    # Garbage of earlier work would call the functions that take dead objects out of identity maps.
    gc.collect()
    gc.disable()
    sys.setprofile(profile)
    try:
        list(work)
    finally:
        sys.setprofile(before)
        gc.enable()
        engine.dispose()
    return counts["call"], counts["c_call"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_grows_with_the_number(scenario: Scenario) -> None:
    count_calls(scenario, 20)  # what is compiled once is compiled here
    few, many = count_calls(scenario, N), count_calls(scenario, 2 * N)
    assert many[0] < GROWTH * few[0], f"calls of Python: {few[0]} for {N}, {many[0]} for {2 * N}"
    assert many[1] < GROWTH * few[1], f"calls of C: {few[1]} for {N}, {many[1]} for {2 * N}"


@pytest.fixture
def filled(engine: Engine) -> Session:
    Base.metadata.create_all(engine)
    return post_with(engine, N)


@pytest.mark.parametrize("key", ["lines", "owned", "entries", "tags"])
def test_a_collection_is_counted_once_while_members_go(
    filled: Session, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[census.Census] = []

    class Observed(census.Census):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(census, "Census", Observed)
    with filled as session:
        post: Any = session.get(Post, 1)
        members = getattr(post, key)
        for name, item in list(members.items() if key == "entries" else enumerate(members)):
            if key == "entries":
                del members[name]
            else:
                members.remove(item)
        assert not members
        assert len(made) == 1


def test_the_members_before_a_change_are_copied_once(filled: Session) -> None:
    with filled as session:
        post: Any = session.get(Post, 1)
        state = post.__dict__["_sa_instance_state"]
        post.lines.pop()
        before = state.changes["lines"]
        for line in list(post.lines):
            post.lines.remove(line)
        assert state.changes["lines"] is before
