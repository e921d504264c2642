"""Eager loading where relationships lead in circles stops where SQLAlchemy's stops, with the same statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.circles import CIRCLES, Circle, children, friends, parents, three_tables, two_tables
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library

Outcome = tuple[int, list[tuple[str, int, list[str]]]]
Options = Callable[[Library, Any], list[Any]]

SELF_REFERENTIAL = [children, parents, friends]
STRATEGIES = ["select", "joined", "selectin", "subquery"]


def outcome_of(
    database: Database, lib: Library, circle: Circle, how: dict[str, Any], options: Options | None = None
) -> Outcome:
    """Load the first row: the number of statements, and what came in with which attributes missing."""
    engine = database.make_engine(library=lib)
    try:
        return _outcome_on(engine, lib, *circle(lib, how), options)
    finally:
        # SQLAlchemy leaves the connections of forgotten engines to the driver, which warns of them from 3.13 on.
        engine.dispose()


def _outcome_on(engine: Any, lib: Library, first: Any, rows: Any, options: Options | None) -> Outcome:
    first.metadata.create_all(engine)
    with lib.Session(engine) as session:
        for row in rows:
            session.add(row)
            session.flush()
        session.commit()
    statements: list[str] = []
    lib.event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    with lib.Session(engine) as session:
        query = lib.select(first).where(first.id == 1)
        if options is not None:
            query = query.options(*options(lib, first))
        found = session.scalars(query).unique().all()
        assert len(found) == 1
        loaded = [
            (type(one).__name__, one.id, sorted(lib.inspect(one).unloaded)) for one in session.identity_map.values()
        ]
    return len(statements), sorted(loaded)


def assert_the_same(database: Database, circle: Circle, how: dict[str, Any], options: Options | None = None) -> None:
    expected = outcome_of(database, SQLALCHEMY, circle, how, options)
    assert outcome_of(database, AZOTH, circle, how, options) == expected


@pytest.mark.parametrize("join_depth", [None, 1, 2, 3])
@pytest.mark.parametrize("lazy", STRATEGIES)
@pytest.mark.parametrize("circle", CIRCLES, ids=lambda circle: circle.__name__)
def test_the_mapping_loads_until_the_path_closes(
    database: Database, circle: Circle, lazy: str, join_depth: int | None
) -> None:
    assert_the_same(
        database, circle, {"lazy": lazy} if join_depth is None else {"lazy": lazy, "join_depth": join_depth}
    )


@pytest.mark.parametrize("join_depth", [None, 1, 2, 3])
@pytest.mark.parametrize("circle", [parents, two_tables, three_tables])
def test_immediate_references_stop_there_too(database: Database, circle: Circle, join_depth: int | None) -> None:
    # SQLAlchemy follows immediate collections to the end of the data; azoth does not, see docs/differences.md.
    how = {"lazy": "immediate"} if join_depth is None else {"lazy": "immediate", "join_depth": join_depth}
    assert_the_same(database, circle, how)


@pytest.mark.parametrize("depth", [None, 0, 1, 2, 3])
@pytest.mark.parametrize("option", ["selectinload", "immediateload"])
@pytest.mark.parametrize("lazy", ["select", "joined", "selectin"])
@pytest.mark.parametrize("circle", SELF_REFERENTIAL, ids=lambda circle: circle.__name__)
def test_recursion_depth(database: Database, circle: Circle, lazy: str, option: str, depth: int | None) -> None:
    assert_the_same(database, circle, {"lazy": lazy}, recursive(option, depth))


# SQLAlchemy's selectinload never ends on data that go round.
@pytest.mark.parametrize(
    "circle, option",
    [(children, "selectinload"), (parents, "selectinload"), (children, "immediateload"), (friends, "immediateload")],
)
def test_all_levels(database: Database, circle: Circle, option: str) -> None:
    assert_the_same(database, circle, {}, recursive(option, -1))


def recursive(option: str, depth: int | None) -> Options:
    return lambda lib, first: [getattr(lib.orm, option)(first.first, recursion_depth=depth)]


@pytest.mark.parametrize("option", ["joinedload", "selectinload", "subqueryload", "immediateload"])
@pytest.mark.parametrize("lazy", STRATEGIES)
@pytest.mark.parametrize("circle", SELF_REFERENTIAL, ids=lambda circle: circle.__name__)
def test_options_go_as_deep_as_they_are_written(database: Database, circle: Circle, lazy: str, option: str) -> None:
    def options(lib: Library, first: Any) -> list[Any]:
        load = getattr(lib.orm, option)(first.first)
        return [getattr(getattr(load, option)(first.first), option)(first.first)]

    assert_the_same(database, circle, {"lazy": lazy}, options)
