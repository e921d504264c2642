"""Which methods a Query takes after which others, and what slices of it give, is the same on azoth and SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Database
from tests.flow.differential.blog import make_model
from tests.flow.differential.library import AZOTH, SQLALCHEMY, Library, outcome_of

BEGINNINGS: dict[str, Callable[[Library, Any, Any], Any]] = {
    "nothing": lambda lib, m, q: q,
    "filter": lambda lib, m, q: q.filter(m.User.id == 1),
    "filter_by": lambda lib, m, q: q.filter_by(id=1),
    "limit": lambda lib, m, q: q.limit(2),
    "offset": lambda lib, m, q: q.offset(1),
    "group_by": lambda lib, m, q: q.group_by(m.User.id),
    "order_by": lambda lib, m, q: q.order_by(m.User.id),
    "order_by_none": lambda lib, m, q: q.order_by(m.User.id).order_by(None),
    "distinct": lambda lib, m, q: q.distinct(),
    "join": lambda lib, m, q: q.join(m.User.addresses),
    "select_from": lambda lib, m, q: q.select_from(m.User),
    "options": lambda lib, m, q: q.options(lib.orm.joinedload(m.User.addresses)),
    "union": lambda lib, m, q: q.union(q),
    "with_for_update": lambda lib, m, q: q.with_for_update(),
    "from_statement": lambda lib, m, q: q.from_statement(lib.text("select * from users")),
}
NEXT: dict[str, Callable[[Library, Any, Any], Any]] = {
    "select_from": lambda lib, m, q: q.select_from(m.User),
    "from_statement": lambda lib, m, q: q.from_statement(lib.text("select * from users")),
    "filter": lambda lib, m, q: q.filter(m.User.id == 1),
    "join": lambda lib, m, q: q.join(m.User.tags),
    "distinct": lambda lib, m, q: q.distinct(),
    "get": lambda lib, m, q: q.get(1),
    "subquery": lambda lib, m, q: q.subquery(),
}


@pytest.mark.parametrize("after", NEXT)
@pytest.mark.parametrize("begun", BEGINNINGS)
def test_takes_the_same_methods_after_each_other(database: Database, begun: str, after: str) -> None:
    def run(lib: Library, m: Any, s: Any) -> str:
        NEXT[after](lib, m, BEGINNINGS[begun](lib, m, s.query(m.User)))
        return "taken"

    expected = outcome_of(database, SQLALCHEMY, make_model, run)
    assert outcome_of(database, AZOTH, make_model, run) == expected


@pytest.mark.parametrize("after", ["select_from", "from_statement"])
def test_takes_them_in_any_order_where_nobody_asserts_one(database: Database, after: str) -> None:
    def run(lib: Library, m: Any, s: Any) -> str:
        NEXT[after](lib, m, s.query(m.User).filter(m.User.id == 1).enable_assertions(False))
        return "taken"

    assert outcome_of(database, SQLALCHEMY, make_model, run) == outcome_of(database, AZOTH, make_model, run) == "taken"


SLICES: dict[str, Callable[[Library, Any], Any]] = {
    "net_negative": lambda lib, q: q[-2:-5],
    "of_expressions": lambda lib, q: q.params(a=1, b=3)[
        lib.cast(lib.bindparam("a"), lib.Integer) : lib.cast(lib.bindparam("b"), lib.Integer)
    ],
    "after_an_expression": lambda lib, q: q.offset(lib.literal_column("0") + lib.literal_column("1"))[1:3],
    "to_the_end_after_an_expression": lambda lib, q: q.offset(lib.literal_column("1"))[1:],
}


@pytest.mark.parametrize("sliced", SLICES)
def test_slices_of_queries_give_the_same(database: Database, sliced: str) -> None:
    def run(lib: Library, m: Any, s: Any) -> Any:
        return [user.name for user in SLICES[sliced](lib, s.query(m.User).order_by(m.User.id))]

    expected = outcome_of(database, SQLALCHEMY, make_model, run)
    assert outcome_of(database, AZOTH, make_model, run) == expected


def sources(lib: Library, m: Any) -> dict[str, Any]:
    return {
        "criterion": m.User.id == 1,
        "column": m.User.id,
        "relationship": m.User.addresses,
        "text": "users",
        "none": None,
        "class": m.User,
        "table": m.User.__table__,
        "alias": lib.orm.aliased(m.User),
        "subquery": lib.select(m.User).subquery(),
    }


@pytest.mark.parametrize("source", sources(AZOTH, make_model(AZOTH)))
def test_selects_from_the_same_things(database: Database, source: str) -> None:
    def run(lib: Library, m: Any, s: Any) -> list[Any]:
        found: list[Any] = []
        for make in (s.query(m.User).select_from, lib.select(m.User).select_from):
            try:
                make(sources(lib, m)[source])
                found.append("taken")
            except lib.exc.ArgumentError:
                found.append("refused")
        return found

    expected = outcome_of(database, SQLALCHEMY, make_model, run)
    assert outcome_of(database, AZOTH, make_model, run) == expected
