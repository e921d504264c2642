"""Joins: conditions from foreign keys, left sides, relationship targets, errors."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc
from azoth.sql.ports import JoinStep
from azoth.sql.schema import Column, ForeignKey, ForeignKeyConstraint, MetaData, Table
from azoth.sql.selectable import can_join, join, join_condition, outerjoin, select, tables_in
from azoth.sql.types import Integer

metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True))
orders = Table("orders", metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id")))
lines = Table("lines", metadata, Column("id", Integer, primary_key=True), Column("order_id", ForeignKey("orders.id")))
nodes = Table("nodes", metadata, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("nodes.id")))
transfers = Table(
    "transfers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sender_id", ForeignKey("users.id")),
    Column("receiver_id", ForeignKey("users.id")),
)
islands = Table("islands", metadata, Column("id", Integer, primary_key=True))
pairs = Table("pairs", metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
parts = Table(
    "parts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pa", Integer),
    Column("pb", Integer),
    ForeignKeyConstraint(["pa", "pb"], ["pairs.a", "pairs.b"]),
)


def sql(statement: Any) -> str:
    return " ".join(str(statement).split())


def test_the_condition_comes_from_the_foreign_key_in_either_direction() -> None:
    assert sql(users.join(orders)) == "users JOIN orders ON users.id = orders.user_id"
    assert sql(orders.join(users)) == "orders JOIN users ON users.id = orders.user_id"
    assert sql(outerjoin(users, orders)) == "users LEFT OUTER JOIN orders ON users.id = orders.user_id"
    assert sql(join(users, orders, full=True)) == "users FULL OUTER JOIN orders ON users.id = orders.user_id"


def test_all_columns_of_a_composite_key_are_compared() -> None:
    assert sql(pairs.join(parts)) == "pairs JOIN parts ON pairs.a = parts.pa AND pairs.b = parts.pb"


def test_no_foreign_key_is_an_error_that_names_both_sides() -> None:
    with pytest.raises(exc.NoForeignKeysError, match="between 'users' and 'islands'") as caught:
        users.join(islands)
    assert caught.value.fix == "give the onclause of the join"


def test_several_foreign_keys_are_an_error_that_lists_them() -> None:
    with pytest.raises(exc.AmbiguousForeignKeysError) as caught:
        users.join(transfers)
    assert "transfers.sender_id to users.id; transfers.receiver_id to users.id" in caught.value.why


def test_a_table_joined_to_itself_needs_a_condition() -> None:
    other = nodes.alias("other")
    with pytest.raises(exc.AmbiguousForeignKeysError):
        nodes.join(other)
    assert sql(nodes.join(other, nodes.c.id == other.c.parent_id)) == (
        "nodes JOIN nodes AS other ON nodes.id = other.parent_id"
    )


def test_aliases_and_subqueries_join_by_the_keys_of_their_columns() -> None:
    buyer = users.alias("buyer")
    assert sql(buyer.join(orders)) == "users AS buyer JOIN orders ON buyer.id = orders.user_id"
    recent = select(orders.c.user_id).subquery("recent")
    assert sql(users.join(recent)).endswith("AS recent ON users.id = recent.user_id")


def test_a_nested_join_stands_in_parentheses() -> None:
    assert sql(users.join(orders.join(lines))) == (
        "users JOIN (orders JOIN lines ON orders.id = lines.order_id) ON users.id = orders.user_id"
    )


def test_the_columns_of_a_join_are_those_of_both_sides() -> None:
    joined = users.join(orders)
    assert joined.c.keys() == ["users_id", "orders_id", "orders_user_id"]
    assert joined.c.orders_id is orders.c.id
    assert list(joined.primary_key) == [users.c.id, orders.c.id]
    assert joined.corresponding_column(orders.c.user_id) is orders.c.user_id
    assert sql(joined.select()) == (
        "SELECT users.id, orders.id AS id_1, orders.user_id FROM users JOIN orders ON users.id = orders.user_id"
    )


def test_join_of_a_select() -> None:
    assert sql(select(users.c.id).join(orders).outerjoin(lines)) == (
        "SELECT users.id FROM users JOIN orders ON users.id = orders.user_id"
        " LEFT OUTER JOIN lines ON orders.id = lines.order_id"
    )
    assert sql(select(lines.c.id).join_from(users, orders).join(lines)) == (
        "SELECT lines.id FROM users JOIN orders ON users.id = orders.user_id JOIN lines ON orders.id = lines.order_id"
    )
    assert sql(select(users.c.id).join(islands, users.c.id == islands.c.id)) == (
        "SELECT users.id FROM users JOIN islands ON users.id = islands.id"
    )


def test_what_is_joined_may_be_selected_too() -> None:
    assert sql(select(users.c.id, orders.c.id).join(orders)) == (
        "SELECT users.id, orders.id AS id_1 FROM users JOIN orders ON users.id = orders.user_id"
    )


def test_a_table_outside_of_the_join_keeps_its_place() -> None:
    statement = select(users.c.id, islands.c.id).join(orders, orders.c.user_id == users.c.id)
    assert sql(statement).endswith("FROM users JOIN orders ON orders.user_id = users.id, islands")


def test_an_unclear_left_side_is_an_error() -> None:
    with pytest.raises(
        exc.InvalidRequestError, match="Can't determine which FROM clause to join 'orders' to"
    ) as caught:
        str(select(users.c.id, lines.c.id).join(orders))
    assert "several could be joined from: users, lines" in caught.value.why
    with pytest.raises(exc.InvalidRequestError, match="join 'orders' to"):
        str(select().join(orders))


def test_relationship_targets_bring_their_own_steps() -> None:
    class Relationship:
        _shape = ("relationship", 1)
        _binds = ()

        def __clause_element__(self) -> Any:
            return orders

        def __join_steps__(self, target: Any) -> tuple[JoinStep, ...]:
            right = orders if target is None else target
            return (JoinStep(users, right, users.c.id == right.c.user_id),)

    relationship = Relationship()
    assert sql(select(users.c.id).join(relationship)) == (
        "SELECT users.id FROM users JOIN orders ON users.id = orders.user_id"
    )
    mine = orders.alias("mine")
    assert sql(select(users.c.id).outerjoin(mine, relationship)) == (
        "SELECT users.id FROM users LEFT OUTER JOIN orders AS mine ON users.id = mine.user_id"
    )
    assert sql(select(users.c.id).join(relationship).filter_by(id=4)).endswith("WHERE orders.id = :id_1")


def test_final_froms_hide_what_a_join_contains() -> None:
    statement = select(users.c.id, orders.c.id).select_from(users.join(orders)).where(lines.c.id == 1)
    froms = statement.get_final_froms()
    assert len(froms) == 2
    assert froms[1] is lines


def test_tables_in_does_not_search_subqueries() -> None:
    expression = (users.c.id == 1) & users.c.id.in_(select(orders.c.user_id))
    assert tables_in(expression) == [users]


def test_join_condition_prefers_the_given_part() -> None:
    assert can_join(users, orders)
    assert not can_join(users, islands)
    joined = users.join(transfers, users.c.id == transfers.c.sender_id)
    with pytest.raises(exc.AmbiguousForeignKeysError):
        join_condition(transfers, users)
    assert str(join_condition(transfers, users, consider_as_foreign_keys=[transfers.c.sender_id])) == (
        "users.id = transfers.sender_id"
    )
    assert joined.is_derived_from(users)
