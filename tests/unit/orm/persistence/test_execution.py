"""Executing a plan: statements, keys and defaults written back, checks, and what a failure leaves behind."""

from __future__ import annotations

import datetime
import enum
import uuid

import pytest

from azoth.exc import AzothWarning, IntegrityError
from azoth.orm.exc import FlushError, StaleDataError
from azoth.orm.mapping.properties.relationship import RelationshipProperty as relationship
from azoth.orm.persistence.profile.write_profile import write_profile
from azoth.orm.persistence.statements.statements import table_statements
from azoth.sql.elements import text
from azoth.sql.functions import func
from azoth.sql.schema import Column, Computed, ForeignKey, Identity
from azoth.sql.types import JSON, DateTime, Enum, Integer, String, TypeDecorator, Uuid


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Upper(TypeDecorator):
    impl = String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else value.upper()


def things(unit, *columns, mapper_options=None, **options):
    table = unit.table("things", Column("id", Integer, primary_key=True), *columns, **options)
    Thing = unit.map("Thing", table, **(mapper_options or {}))
    unit.open()
    return Thing


def state(instance):
    return instance.__dict__["_sa_instance_state"]


# -- INSERT ----------------------------------------------------------------------------------------------------------


def test_keys_made_by_the_database_are_written_back_in_order(unit):
    Thing = things(unit, Column("name", String))
    rows = [Thing(name=str(number)) for number in range(5)]
    unit.add(*rows)
    outcome = unit.flush()
    assert [row.id for row in rows] == [1, 2, 3, 4, 5]
    assert unit.identity_map.find(Thing._azoth_manager, 3) is rows[2]
    assert not unit.identity_map.new
    assert [row() for row in outcome.inserted] == rows
    assert outcome.generated[state(rows[0])] == ("id",)


def test_rows_with_given_keys_are_one_batch(unit):
    Thing = things(unit, Column("name", String))
    unit.add(*[Thing(id=number, name="x") for number in range(5)])
    unit.flush()
    assert len(unit.statements) == 1
    assert len(unit.rows("SELECT * FROM things")) == 5


def test_an_object_without_values_is_inserted(unit):
    Thing = things(unit, Column("name", String))
    thing = Thing()
    unit.add(thing)
    unit.flush()
    assert unit.rows("SELECT * FROM things") == [(1, None)]
    assert thing.__dict__["name"] is None


def test_a_table_with_nothing_but_a_key(unit):
    Thing = things(unit)
    unit.add(Thing(), Thing())
    unit.flush()
    assert unit.rows("SELECT * FROM things") == [(1,), (2,)]


def test_given_and_made_keys_mix_and_keep_their_order(unit):
    Thing = things(unit, Column("name", String))
    rows = [Thing(name="a"), Thing(id=10, name="b"), Thing(name="c")]
    unit.add(*rows)
    unit.flush()
    assert [row.id for row in rows] == [1, 10, 11]


def test_types_process_the_values(unit):
    Thing = things(
        unit,
        Column("at", DateTime),
        Column("colour", Enum(Colour)),
        Column("data", JSON),
        Column("shout", Upper),
    )
    unit.add(Thing(at=datetime.datetime(2024, 1, 2, 3, 4, 5), colour=Colour.RED, data={"a": [1]}, shout="hey"))
    unit.flush()
    assert unit.rows("SELECT at, colour, data, shout FROM things") == [
        ("2024-01-02 03:04:05.000000", "RED", '{"a": [1]}', "HEY")
    ]


def test_json_tells_none_from_not_given(unit):
    Thing = things(unit, Column("data", JSON))
    unit.add(Thing(data=None), Thing())
    unit.flush()
    assert unit.rows("SELECT data FROM things ORDER BY id") == [("null",), (None,)]


def test_python_defaults_are_written_into_the_object(unit):
    seen = []

    def size(context):
        seen.append(dict(context.get_current_parameters()))
        return 3

    Thing = things(
        unit, Column("name", String, default="n"), Column("size", Integer, default=size), Column("other", String)
    )
    given, left, none = Thing(name="x", size=1), Thing(other="o"), Thing(name=None)
    unit.add(given, left, none)
    unit.flush()
    assert (left.name, left.size) == ("n", 3)
    assert unit.rows("SELECT name, size FROM things ORDER BY id") == [("x", 1), ("n", 3), ("n", 3)]
    assert seen[0]["other"] == "o"


def test_server_defaults_are_left_to_the_database_and_loaded_later(unit):
    Thing = things(
        unit,
        Column("a", Integer, server_default=text("7")),
        Column("b", Integer, default=func.abs(-4)),
        mapper_options={"eager_defaults": False},
    )
    given, left, none = Thing(a=1, b=1), Thing(), Thing(a=None)
    unit.add(given, left, none)
    unit.flush()
    assert unit.rows("SELECT a, b FROM things ORDER BY id") == [(1, 1), (7, 4), (7, 4)]
    assert given.__dict__["a"] == 1
    assert "a" not in left.__dict__
    assert "b" not in left.__dict__
    assert "a" not in none.__dict__


@pytest.mark.parametrize("options", [{}, {"eager_defaults": "auto"}, {"eager_defaults": True}])
def test_eager_defaults_fetch_them_at_once(unit, options):
    Thing = things(unit, Column("a", Integer, server_default=text("7")), mapper_options=options)
    thing = Thing()
    unit.add(thing, Thing())
    unit.flush()
    assert thing.__dict__["a"] == 7
    assert thing.__dict__["id"] == 1


def test_multi_row_returning_gives_each_object_its_own_key(unit, monkeypatch):
    Thing = things(unit, Column("name", String))
    monkeypatch.setattr(type(unit.dialect), "supports_lastrowid", False)
    rows = [Thing(name=str(number)) for number in range(150)]
    unit.add(*rows)
    unit.flush()
    # 64 + 64 + 8 + 8 + 6 single ones
    assert len(unit.statements) == 10
    assert unit.rows("SELECT id, name FROM things ORDER BY id") == [(row.id, row.name) for row in rows]
    assert [state(row).pk for row in rows] == [row.id for row in rows]


def test_computed_columns_are_never_written(unit):
    Thing = things(unit, Column("a", Integer), Column("double", Integer, Computed("a * 2")))
    thing = Thing(a=2)
    unit.add(thing)
    unit.flush()
    thing.__dict__["double"] = 4
    thing.a = 5
    unit.flush()
    assert "double" not in thing.__dict__
    assert unit.rows("SELECT double FROM things") == [(10,)]


def test_sql_expressions_as_values_are_computed_by_the_database(unit):
    Thing = things(unit, Column("a", Integer), Column("b", Integer))
    plain, computed, last = Thing(a=1, b=1), Thing(a=func.abs(-9), b=2), Thing(a=3, b=3)
    unit.add(plain, computed, last)
    unit.flush()
    assert unit.rows("SELECT id, a, b FROM things ORDER BY id") == [(1, 1, 1), (2, 9, 2), (3, 3, 3)]
    assert "a" not in computed.__dict__
    assert computed.__dict__["b"] == 2
    assert state(computed).pk == 2


def test_a_sql_expression_may_make_the_key(unit):
    Thing = things(unit, Column("a", Integer))
    thing = Thing(id=func.abs(-40), a=1)
    unit.add(thing)
    unit.flush()
    assert thing.id == state(thing).pk == 40


def test_attributes_may_have_other_names_than_columns(unit):
    table = unit.table("things", Column("thing_id", Integer, primary_key=True), Column("thing name", String))
    Thing = unit.map("Thing", table, {"id": table.c.thing_id, "name": table.c["thing name"]})
    unit.open()
    thing = Thing(name="x")
    unit.add(thing)
    unit.flush()
    thing.name = "y"
    unit.flush()
    assert thing.id == 1
    assert unit.rows("SELECT * FROM things") == [(1, "y")]


def test_a_key_that_nothing_makes_is_a_clear_error(unit):
    table = unit.table("things", Column("code", String, primary_key=True))
    Thing = unit.map("Thing", table)
    unit.open()
    unit.add(Thing())
    with pytest.raises(FlushError, match="Thing cannot be inserted: code, part of its primary key") as caught:
        unit.flush()
    assert "set Thing.code" in caught.value.fix


def test_uuid_keys_come_from_their_default(unit):
    table = unit.table("things", Column("id", Uuid, primary_key=True, default=uuid.uuid4))
    Thing = unit.map("Thing", table)
    unit.open()
    one, two = Thing(), Thing()
    unit.add(one, two)
    unit.flush()
    assert isinstance(one.id, uuid.UUID)
    assert len(unit.statements) == 1
    assert state(two).pk == two.id


def test_identity_columns_are_made_by_the_database(unit):
    table = unit.table("things", Column("id", Integer, Identity(), primary_key=True))
    Thing = unit.map("Thing", table)
    unit.open()
    thing = Thing()
    unit.add(thing)
    unit.flush()
    assert thing.id == 1


# -- UPDATE ----------------------------------------------------------------------------------------------------------


def saved(unit, Thing, **values):
    thing = Thing(**values)
    unit.add(thing)
    unit.flush()
    unit.statements.clear()
    return thing


def test_only_net_changes_are_sent(unit):
    Thing = things(unit, Column("a", Integer), Column("b", Integer))
    thing = saved(unit, Thing, a=1, b=1)
    thing.a, thing.b = 2, 5
    thing.b = 1
    unit.flush()
    assert unit.sql() == ["UPDATE things SET a=? WHERE things.id = ?"]
    assert state(thing).changes is None
    assert not unit.identity_map.modified


def test_a_change_that_was_taken_back_is_no_change(unit):
    Thing = things(unit, Column("a", Integer))
    thing = saved(unit, Thing, a=1)
    thing.a = 2
    thing.a = 1
    unit.flush()
    assert unit.sql() == []
    assert state(thing).changes is None


def test_rows_with_the_same_changed_columns_are_one_batch(unit):
    Thing = things(unit, Column("a", Integer), Column("b", Integer))
    rows = [Thing(id=number, a=0, b=0) for number in range(6)]
    unit.add(*rows)
    unit.flush()
    unit.statements.clear()
    for row in rows[:4]:
        row.a = 1
    for row in rows[3:]:
        row.b = 1
    assert [(step.label, len(step), step.keys) for step in unit.plan().steps] == [
        ("UPDATE things", 3, ("a",)),
        ("UPDATE things", 1, ("a", "b")),
        ("UPDATE things", 2, ("b",)),
    ]
    unit.flush()
    assert unit.rows("SELECT sum(a), sum(b) FROM things") == [(4, 3)]


def test_sql_expressions_in_updates(unit):
    Thing = things(unit, Column("a", Integer))
    rows = [Thing(a=1), Thing(a=1), Thing(a=1)]
    unit.add(*rows)
    unit.flush()
    table = unit.metadata.tables["things"]
    rows[0].a = 5
    rows[1].a = table.c.a + 10
    rows[2].a = 6
    unit.flush()
    assert unit.rows("SELECT a FROM things ORDER BY id") == [(5,), (11,), (6,)]
    assert "a" not in rows[1].__dict__
    assert rows[2].__dict__["a"] == 6


def test_onupdate_values(unit):
    Thing = things(
        unit,
        Column("a", Integer),
        Column("touched", Integer, onupdate=lambda: 42),
        Column("stamp", Integer, onupdate=func.abs(-8)),
    )
    thing = saved(unit, Thing, a=1)
    thing.a = 2
    unit.flush()
    assert thing.__dict__["touched"] == 42
    assert "stamp" not in thing.__dict__
    assert unit.rows("SELECT touched, stamp FROM things") == [(42, 8)]


def test_a_missing_row_is_stale_data(unit):
    Thing = things(unit, Column("a", Integer))
    thing = saved(unit, Thing, a=1)
    unit.connection.exec_driver_sql("DELETE FROM things")
    thing.a = 2
    with pytest.raises(StaleDataError) as caught:
        unit.flush()
    assert "Thing with key 1: UPDATE statement on table 'things' expected to update 1 row(s); 0 were matched." in str(
        caught.value
    )
    assert caught.value.code == "AZ-F06"


def versioned(unit, **options):
    table = unit.table("things", Column("id", Integer, primary_key=True), Column("a", Integer), Column("v", Integer))
    Thing = unit.map("Thing", table, version_id_col=table.c.v, **options)
    unit.open()
    return Thing


def test_versions_count_and_are_checked_in_one_batch(unit):
    Thing = versioned(unit)
    rows = [Thing(id=number, a=0) for number in range(4)]
    unit.add(*rows)
    unit.flush()
    assert [row.v for row in rows] == [1] * 4
    unit.statements.clear()
    for row in rows:
        row.a = 1
    unit.flush()
    assert [row.v for row in rows] == [2] * 4
    ((sql, parameters),) = unit.statements
    assert sql == "UPDATE things SET a=?, v=? WHERE things.id = ? AND things.v = ?"
    assert parameters[3] == (1, 2, 3, 1)
    unit.connection.exec_driver_sql("UPDATE things SET v = 9 WHERE id = 2")
    for row in rows:
        row.a = 2
    with pytest.raises(StaleDataError, match=r"expected to update 4 row\(s\); 3 were matched"):
        unit.flush()


def test_deleting_another_version_is_stale_data(unit):
    Thing = versioned(unit)
    thing = saved(unit, Thing, a=1)
    unit.connection.exec_driver_sql("UPDATE things SET v = 9")
    unit.delete(thing)
    with pytest.raises(StaleDataError, match="DELETE statement on table 'things'"):
        unit.flush()


def test_a_version_generator_of_the_users_own(unit):
    Thing = versioned(unit, version_id_generator=lambda version: (version or 0) + 10)
    thing = saved(unit, Thing, a=1)
    thing.a = 2
    unit.flush()
    assert thing.v == 20


def test_versions_made_outside_are_only_compared(unit):
    Thing = versioned(unit, version_id_generator=False)
    thing = saved(unit, Thing, a=1, v=5)
    thing.a = 2
    unit.flush()
    assert unit.rows("SELECT a, v FROM things") == [(2, 5)]
    unit.connection.exec_driver_sql("UPDATE things SET v = 6")
    thing.a = 3
    with pytest.raises(StaleDataError):
        unit.flush()


def test_two_rows_swap_their_primary_keys_as_far_as_the_database_allows(unit):
    table = unit.table("things", Column("code", String, primary_key=True), Column("a", Integer))
    Thing = unit.map("Thing", table)
    unit.open()
    one, two = Thing(code="x", a=1), Thing(code="y", a=2)
    unit.add(one, two)
    unit.flush()
    one.code, two.code = "z", "x"
    unit.flush()
    assert unit.rows("SELECT code, a FROM things ORDER BY a") == [("z", 1), ("x", 2)]
    assert unit.identity_map.find(Thing._azoth_manager, "x") is two
    one.a = 5
    unit.flush()
    assert unit.rows("SELECT a FROM things WHERE code = 'z'") == [(5,)]


# -- DELETE ----------------------------------------------------------------------------------------------------------


def test_deletes_are_one_batch(unit):
    Thing = things(unit)
    rows = [Thing() for _ in range(5)]
    unit.add(*rows)
    unit.flush()
    unit.statements.clear()
    unit.delete(*rows)
    outcome = unit.flush()
    assert len(unit.statements) == 1
    assert unit.rows("SELECT * FROM things") == []
    assert state(rows[0]).extra.was_deleted
    assert unit.identity_map.find(Thing._azoth_manager, 1) is None
    assert list(outcome.deleted.values()) == rows


def test_a_row_that_is_gone_already_is_a_warning(unit):
    Thing = things(unit)
    thing = saved(unit, Thing)
    unit.connection.exec_driver_sql("DELETE FROM things")
    unit.delete(thing)
    with pytest.warns(AzothWarning, match=r"expected to delete 1 row\(s\); 0 were matched"):
        unit.flush()


def test_the_warning_can_be_turned_off(unit):
    Thing = things(unit, mapper_options={"confirm_deleted_rows": False})
    thing = saved(unit, Thing)
    unit.connection.exec_driver_sql("DELETE FROM things")
    unit.delete(thing)
    unit.flush()


# -- failures --------------------------------------------------------------------------------------------------------


def test_a_refused_statement_names_class_and_step(unit):
    Thing = things(unit, Column("name", String, nullable=False))
    unit.add(Thing())
    with pytest.raises(IntegrityError) as caught:
        unit.flush()
    assert str(caught.value).splitlines()[0] == (
        "Thing: INSERT into things failed: NOT NULL constraint failed: things.name [AZ-E712]"
    )
    assert caught.value.orig is not None
    assert caught.value.statement.startswith("INSERT INTO things")


def test_a_failure_leaves_new_objects_as_they_were(unit):
    parents = unit.table("parents", Column("id", Integer, primary_key=True), Column("kind", String, default="k"))
    children = unit.table(
        "children",
        Column("id", Integer, primary_key=True),
        Column("parent_id", Integer, ForeignKey("parents.id")),
        Column("name", String, nullable=False),
    )
    Parent = unit.map("Parent", parents)
    Child = unit.map("Child", children, {"parent": relationship("Parent")})
    unit.open()
    child = Child(parent=Parent())
    unit.add(child, child.parent)
    with pytest.raises(IntegrityError):
        unit.flush()
    unit.connection.rollback()
    assert "id" not in child.parent.__dict__
    assert "kind" not in child.parent.__dict__
    assert "parent_id" not in child.__dict__
    assert state(child).pk is None
    child.name = "now"
    unit.flush()
    assert unit.rows("SELECT parent_id, name FROM children") == [(1, "now")]


def test_an_outcome_can_be_taken_back(unit):
    Thing = things(unit, Column("a", Integer))
    kept = saved(unit, Thing, a=1)
    expression = func.abs(-3)
    new = Thing(a=expression)
    unit.add(new)
    unit.delete(kept)
    outcome = unit.flush()
    outcome.undo()
    assert state(new).pk is None
    assert state(new).origin is None
    assert new.__dict__["a"] is expression
    assert "id" not in new.__dict__
    assert unit.identity_map.find(Thing._azoth_manager, 1) is kept
    assert not state(kept).extra.was_deleted


def test_generated_functions_can_be_printed(unit):
    Thing = things(unit, Column("name", String))
    saved(unit, Thing, name="x")
    statements = table_statements(write_profile(Thing._azoth_manager.mapper).tables[0], unit.dialect)
    source = statements.update(("name",)).extract.__source__
    assert "append((d['name'], state.pk,))" in source


def test_a_long_transaction_does_not_keep_its_objects_alive(unit):
    Thing = things(unit, Column("name", String, default="n"))
    thing = Thing()
    unit.add(thing)
    outcome = unit.flush()
    reference = state(thing)
    del thing
    assert reference() is None
    outcome.undo()


def test_a_failure_restores_the_order_of_pending_objects(unit):
    Thing = things(unit, Column("name", String, nullable=False))
    rows = [Thing(name="a"), Thing(name="b"), Thing(), Thing(name="d")]
    unit.add(*rows)
    with pytest.raises(IntegrityError):
        unit.flush()
    assert list(unit.identity_map.new.values()) == rows
    assert all("id" not in row.__dict__ for row in rows)
