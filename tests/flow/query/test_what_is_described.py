"""``column_descriptions`` of statements and queries: name, type, expression, entity, and whether that is an alias."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import Integer, String, func, insert, literal, select
from azoth.orm import Bundle, Query, aliased, class_mapper
from tests.flow.query.blog import Address, User

other = aliased(User)
named = aliased(User, name="named")
table: Any = User.__table__

CASES: dict[str, tuple[Any, tuple[Any, Any, bool, Any]]] = {
    "class": (User, ("User", User, False, User)),
    "mapper": (class_mapper(User), ("User", User, False, User)),
    "alias": (other, (None, User, True, other)),
    "alias with a name": (named, ("named", User, True, named)),
    "attribute": (User.name, ("name", String, False, User)),
    "attribute of an alias": (named.name, ("name", String, True, named)),
    "label": (User.name.label("called"), ("called", String, False, User)),
    "label of an alias": (named.name.label("called"), ("called", String, True, named)),
    "expression of an alias": ((other.age + User.age).label("both"), ("both", Integer, True, other)),
    "function of an alias": (func.max(other.age).label("m"), ("m", Integer, True, other)),
    "function with a label": (func.count(User.id).label("n"), ("n", Integer, False, User)),
    "bundle": (Bundle("b", User.id, User.name), ("b", Bundle, False, User)),
    "bundle of an alias": (Bundle("b", named.id), ("b", Bundle, True, named)),
    "bundle of columns": (Bundle("b", table.c.id), ("b", Bundle, False, None)),
    "column of a table": (table.c.user_name, ("user_name", String, False, None)),
    "value": (literal(1).label("one"), ("one", Integer, False, None)),
    "subquery": (select(User.id).scalar_subquery().label("s"), ("s", Integer, False, None)),
}


def facts(described: dict[str, Any]) -> tuple[Any, Any, bool, Any]:
    type_ = described["type"]
    return (
        described["name"],
        type_ if isinstance(type_, type) else type(type_),
        described["aliased"],
        described["entity"],
    )


@pytest.mark.parametrize("describe", [select, lambda *what: Query(what)], ids=["select", "Query"])
@pytest.mark.parametrize("case", CASES)
def test_what_is_selected_is_described(case: str, describe: Callable[..., Any]) -> None:
    selected, expected = CASES[case]
    (described,) = describe(selected).column_descriptions
    assert facts(described) == expected
    if case != "mapper":
        assert described["expr"] is selected


def test_several_things_are_described_in_their_order() -> None:
    statement = select(User, Address.email, User.id + 1, table)
    assert [one["entity"] for one in statement.column_descriptions] == [User, Address, User, None, None, None]
    assert statement.column_descriptions[2]["name"] is not None


def test_what_a_change_returns_is_described() -> None:
    described = insert(User).returning(User, User.name).returning_column_descriptions
    assert [facts(one) for one in described] == [CASES["class"][1], CASES["attribute"][1]]


def test_a_query_of_a_table_describes_its_columns() -> None:
    within = select(User.id).cte("within")
    assert [one["name"] for one in Query([table, within]).column_descriptions] == [*table.c.keys(), "id"]
    assert Query(table).column_descriptions[0]["expr"] is table.c.id


def test_a_union_describes_what_its_parts_select(session: Any) -> None:
    query = session.query(User, literal("x").label("kind"))
    first, second = query.union(query).column_descriptions
    assert facts(first) == ("User", User, False, User)
    assert second["name"] == "kind"
