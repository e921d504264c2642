"""``compiled_cache`` among the options of one execution: another place for what is compiled, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import azoth
from azoth import func, insert, select, update
from azoth.exc import ArgumentError
from azoth.orm import Session, selectinload

Run = Callable[[Session, Any, dict[str, Any]], object]

WAYS: dict[str, Run] = {
    "objects": lambda session, blog, options: session.scalars(
        select(blog.User).options(selectinload(blog.User.posts)), execution_options=options
    ).all(),
    "a scalar": lambda session, blog, options: session.scalar(
        select(func.count(blog.User.id)), execution_options=options
    ),
    "rows of a table": lambda session, blog, options: session.execute(
        select(blog.User.__table__), execution_options=options
    ).all(),
    "get": lambda session, blog, options: session.get(blog.User, 1, execution_options=options),
    "a query": lambda session, blog, options: session.query(blog.User).execution_options(**options).count(),
    "a change": lambda session, blog, options: session.execute(
        update(blog.User).where(blog.User.id == 1).values(name="x"), execution_options=options
    ),
    "new rows": lambda session, blog, options: session.execute(
        insert(blog.User).values(id=70, name="x"), execution_options=options
    ),
}


@pytest.fixture(params=WAYS)
def run(request: pytest.FixtureRequest) -> Run:
    return WAYS[request.param]


@pytest.fixture
def compilations(engine: azoth.Engine) -> Callable[[], int]:
    return lambda: engine.statement_cache.compilations


def test_nothing_is_kept_where_the_cache_is_none(
    session: Session, blog: Any, run: Run, compilations: Callable[[], int], engine: azoth.Engine
) -> None:
    engine.clear_compiled_cache()
    before = compilations()
    run(session, blog, {"compiled_cache": None})
    assert compilations() == before
    assert len(engine.statement_cache) == 0


def test_a_dictionary_keeps_what_is_compiled(
    session: Session, blog: Any, run: Run, compilations: Callable[[], int]
) -> None:
    kept: dict[Any, Any] = {}
    before = compilations()
    run(session, blog, {"compiled_cache": kept})
    assert compilations() == before
    (cache,) = kept.values()
    compiled = cache.compilations
    assert compiled
    session.rollback()
    run(session, blog, {"compiled_cache": kept})
    assert cache.compilations == compiled
    session.rollback()
    kept.clear()
    run(session, blog, {"compiled_cache": kept})
    assert list(kept.values()) != [cache]


def test_schemas_that_are_written_otherwise_are_kept_apart(session: Session, blog: Any) -> None:
    kept: dict[Any, Any] = {}
    for names in ({}, {"far": None}):
        options = {"compiled_cache": kept, "schema_translate_map": names}
        assert session.scalars(select(blog.User), execution_options=options).all()
    assert len(kept) == 2


def test_what_keeps_nothing_is_refused(session: Session, blog: Any, engine: azoth.Engine) -> None:
    with pytest.raises(ArgumentError, match="compiled_cache"):
        session.execute(select(blog.User), execution_options={"compiled_cache": 5})
    with pytest.raises(ArgumentError, match="compiled_cache"):
        engine.execution_options(compiled_cache="no")


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize(
    "argument, option, anew",
    [(None, None, False), (True, None, True), (True, False, True), (False, True, False), (None, True, True)],
)
def test_the_argument_of_get_goes_before_the_option(
    session: Session, blog: Any, present: bool, argument: bool | None, option: bool | None, anew: bool
) -> None:
    kept = session.get(blog.User, 1) if present else None
    session.connection().execute(update(blog.User.__table__).values(name="new"))
    options = {} if option is None else {"populate_existing": option}
    found = session.get(blog.User, 1, populate_existing=argument, execution_options=options)
    assert found is not None
    assert found.name == ("new" if anew or not present else "Ada")
    assert kept is None or kept is found
