"""The order of steps comes from the tables' constraints."""

from __future__ import annotations

import json

import pytest

from azoth.exc import CircularDependencyError
from azoth.orm.mapping.configuring.configuration import configure_mappers
from azoth.orm.mapping.properties.relationship import RelationshipProperty as relationship
from azoth.sql.schema import Column, ForeignKey, UniqueConstraint
from azoth.sql.types import Integer, String


def parents_and_children(unit, *, nullable=True, **options):
    parents = unit.table("parents", Column("id", Integer, primary_key=True), Column("name", String))
    children = unit.table(
        "children",
        Column("id", Integer, primary_key=True),
        Column("parent_id", Integer, ForeignKey("parents.id"), nullable=nullable),
    )
    Parent = unit.map("Parent", parents, options.get("parent"))
    Child = unit.map("Child", children, options.get("child"))
    configure_mappers()
    return Parent, Child


def test_an_empty_flush_has_an_empty_plan(unit):
    parents_and_children(unit)
    plan = unit.plan()
    assert not plan
    assert str(plan) == "FlushPlan: nothing to do"


def test_foreign_keys_order_inserts_without_any_relationship(unit, labels):
    Parent, Child = parents_and_children(unit)
    unit.add(Child(id=1, parent_id=1), Parent(id=1))
    plan = unit.plan()
    assert labels(plan) == ["INSERT parents", "INSERT children"]
    (edge,) = plan.edges
    assert (edge.before, edge.after, edge.reason.kind) == ("INSERT parents", "INSERT children", "foreign key")
    assert edge.reason.columns == ("parent_id",)
    assert edge.reason.target == ("parents.id",)


def test_rows_of_one_class_are_one_step(unit, labels):
    Parent, Child = parents_and_children(unit)
    unit.add(*[Child() for _ in range(50)], *[Parent() for _ in range(50)])
    plan = unit.plan()
    assert labels(plan) == ["INSERT parents", "INSERT children"]
    assert [len(step) for step in plan.steps] == [50, 50]


def test_deletes_go_in_reverse_order(unit, labels):
    Parent, Child = parents_and_children(unit)
    unit.open()
    parent, child = Parent(id=1), Child(id=1, parent_id=1)
    unit.add(parent, child)
    unit.flush()
    unit.delete(parent, child)
    assert labels(unit.plan()) == ["DELETE children", "DELETE parents"]
    unit.flush()
    assert unit.rows("SELECT * FROM parents") == []


def test_the_plan_speaks_without_user_data(unit):
    Parent, Child = parents_and_children(unit, child={"parent": relationship("Parent")})
    unit.add(Child(parent=Parent(name="secret")))
    for instance in list(unit.identity_map.new.values()):
        if getattr(instance, "parent", None) is not None:
            unit.add(instance.parent)
    plan = unit.plan()
    text = str(plan)
    assert "INSERT parents" in text
    assert "after 1: children.parent_id -> parents.id (foreign key)" in text
    assert "takes children.parent_id from parents.id when the step is bound" in text
    assert "secret" not in text
    assert "secret" not in json.dumps(plan.as_dict())
    assert plan.as_dict()["steps"][1]["after"][0]["steps"] == [1]
    assert plan.as_dot().startswith("digraph flush {")


def test_planning_changes_nothing(unit):
    Parent, Child = parents_and_children(unit, child={"parent": relationship("Parent")})
    child = Child(parent=Parent())
    unit.add(child, child.parent)
    unit.plan()
    unit.plan()
    assert "parent_id" not in child.__dict__
    assert len(unit.identity_map.new) == 2


def nodes(unit, *, nullable=True, extra=()):
    table = unit.table(
        "nodes",
        Column("id", Integer, primary_key=True),
        Column("parent_id", Integer, ForeignKey("nodes.id"), nullable=nullable),
        Column("name", String, unique=True, nullable=True),
        *extra,
    )
    Node = unit.map("Node", table, {"parent": relationship("Node", remote_side=[table.c.id])})
    unit.open()
    return Node


def test_self_referential_rows_are_ordered_by_level(unit):
    Node = nodes(unit)
    leaf = Node(name="leaf", parent=Node(name="branch", parent=Node(name="root")))
    unit.add(leaf, leaf.parent, leaf.parent.parent)
    assert [len(step) for step in unit.plan().steps] == [1, 1, 1]
    unit.flush()
    assert unit.rows("SELECT name, parent_id FROM nodes ORDER BY id") == [("root", None), ("branch", 1), ("leaf", 2)]


def test_self_referential_rows_are_ordered_by_value_too(unit):
    Node = nodes(unit)
    unit.add(Node(id=3, parent_id=2), Node(id=2, parent_id=1), Node(id=1))
    unit.flush()
    assert len(unit.rows("SELECT * FROM nodes")) == 3


def test_self_referential_rows_without_references_stay_one_batch(unit):
    Node = nodes(unit)
    unit.add(*[Node() for _ in range(20)])
    assert [len(step) for step in unit.plan().steps] == [20]


def test_self_referential_rows_are_deleted_children_first(unit):
    Node = nodes(unit)
    rows = [Node(id=1), Node(id=2, parent_id=1), Node(id=3, parent_id=2)]
    unit.add(*rows)
    unit.flush()
    unit.delete(*rows)
    unit.flush()
    assert unit.rows("SELECT * FROM nodes") == []


def test_a_row_may_refer_to_itself(unit):
    Node = nodes(unit)
    known, unknown = Node(id=10), Node()
    known.parent, unknown.parent = known, unknown
    unit.add(known, unknown)
    unit.flush()
    assert unit.rows("SELECT id, parent_id FROM nodes ORDER BY id") == [(10, 10), (11, 11)]
    unit.delete(known, unknown)
    unit.flush()
    assert unit.rows("SELECT * FROM nodes") == []


def test_a_cycle_is_broken_by_a_nullable_key(unit, labels):
    Node = nodes(unit)
    one, two = Node(name="one"), Node(name="two")
    one.parent, two.parent = two, one
    unit.add(one, two)
    plan = unit.plan()
    assert labels(plan) == ["INSERT nodes", "INSERT nodes", "SET KEYS nodes"]
    assert "which breaks a cycle" in str(plan)
    unit.flush()
    assert unit.rows("SELECT name, parent_id FROM nodes ORDER BY name") == [("one", two.id), ("two", one.id)]
    assert one.parent_id == two.id
    unit.delete(one, two)
    assert "CLEAR KEYS nodes" in labels(unit.plan())
    unit.flush()
    assert unit.rows("SELECT * FROM nodes") == []


def test_a_cycle_of_given_keys_is_broken_and_the_objects_keep_their_values(unit):
    Node = nodes(unit)
    one, two = Node(id=1, parent_id=2), Node(id=2, parent_id=1)
    unit.add(one, two)
    unit.flush()
    assert (one.parent_id, two.parent_id) == (2, 1)
    assert unit.rows("SELECT id, parent_id FROM nodes ORDER BY id") == [(1, 2), (2, 1)]


def test_an_unbreakable_cycle_names_the_columns_and_the_fix(unit):
    Node = nodes(unit, nullable=False)
    unit.add(Node(id=1, parent_id=2), Node(id=2, parent_id=1))
    with pytest.raises(CircularDependencyError) as caught:
        unit.plan()
    assert "nodes.parent_id -> nodes.id" in str(caught.value)
    assert "make one of nodes.parent_id nullable" in caught.value.fix
    assert caught.value.code == "AZ-F01"


def test_deferred_constraints_need_no_breaking(unit, labels):
    one = unit.table(
        "one",
        Column("id", Integer, primary_key=True),
        Column("two_id", Integer, ForeignKey("two.id", deferrable=True, initially="DEFERRED"), nullable=False),
    )
    two = unit.table(
        "two", Column("id", Integer, primary_key=True), Column("one_id", Integer, ForeignKey("one.id"), nullable=False)
    )
    One, Two = unit.map("One", one), unit.map("Two", two)
    unit.open()
    unit.add(One(id=1, two_id=1), Two(id=1, one_id=1))
    assert labels(unit.plan()) == ["INSERT one", "INSERT two"]
    unit.flush()
    unit.connection.commit()
    assert unit.rows("SELECT * FROM two") == [(1, 1)]


def test_cycles_between_tables_are_ordered_row_by_row(unit):
    people = unit.table(
        "people",
        Column("id", Integer, primary_key=True),
        Column("home_id", Integer, ForeignKey("houses.id"), nullable=False),
    )
    houses = unit.table(
        "houses", Column("id", Integer, primary_key=True), Column("owner_id", Integer, ForeignKey("people.id"))
    )
    Person = unit.map("Person", people, {"home": relationship("House", foreign_keys=[people.c.home_id])})
    House = unit.map("House", houses, {"owner": relationship("Person", foreign_keys=[houses.c.owner_id])})
    unit.open()
    home = House()
    person = Person(home=home)
    home.owner = person
    second = House(owner=person)
    unit.add(second, person, home)
    unit.flush()
    assert unit.rows("SELECT id, owner_id FROM houses ORDER BY id") == [(1, 1), (2, 1)]
    assert unit.rows("SELECT home_id FROM people") == [(home.id,)]


# -- unique values ---------------------------------------------------------------------------------------------------


def accounts(unit, *, nullable):
    table = unit.table(
        "accounts",
        Column("id", Integer, primary_key=True),
        Column("code", String, nullable=nullable),
        Column("other", Integer),
        UniqueConstraint("code", name="uq_code"),
    )
    Account = unit.map("Account", table)
    unit.open()
    return Account


def test_a_delete_frees_its_unique_value_for_an_insert(unit, labels):
    Account = accounts(unit, nullable=False)
    old = Account(code="a")
    unit.add(old)
    unit.flush()
    unit.delete(old)
    unit.add(Account(code="a"))
    plan = unit.plan()
    assert labels(plan) == ["DELETE accounts", "INSERT accounts"]
    assert "accounts.code (unique, uq_code): the value moves between rows" in str(plan)
    unit.flush()
    assert unit.rows("SELECT code FROM accounts") == [("a",)]


def test_a_delete_and_an_insert_of_other_values_keep_the_usual_order(unit, labels):
    Account = accounts(unit, nullable=False)
    old = Account(code="a")
    unit.add(old)
    unit.flush()
    unit.delete(old)
    unit.add(Account(code="b"))
    assert labels(unit.plan()) == ["INSERT accounts", "DELETE accounts"]


def test_a_delete_frees_its_primary_key(unit):
    Account = accounts(unit, nullable=False)
    old = Account(id=7, code="a")
    unit.add(old)
    unit.flush()
    unit.delete(old)
    new = Account(id=7, code="b")
    unit.add(new)
    unit.flush()
    assert unit.rows("SELECT * FROM accounts") == [(7, "b", None)]
    assert unit.identity_map.find(Account._azoth_manager, 7) is new


def test_an_update_frees_a_value_before_another_row_takes_it(unit):
    Account = accounts(unit, nullable=False)
    one, two = Account(code="a"), Account(code="b")
    unit.add(one, two)
    unit.flush()
    two.code, one.code = "a", "c"
    unit.flush()
    assert unit.rows("SELECT code FROM accounts ORDER BY id") == [("c",), ("a",)]
    one.code = "d"
    unit.add(Account(code="c"))
    unit.flush()
    assert unit.rows("SELECT code FROM accounts ORDER BY id") == [("d",), ("a",), ("c",)]


def test_two_rows_swap_a_unique_value_through_null(unit, labels):
    Account = accounts(unit, nullable=True)
    one, two = Account(code="a"), Account(code="b")
    unit.add(one, two)
    unit.flush()
    one.code, two.code = "b", "a"
    assert "CLEAR KEYS accounts" in labels(unit.plan())
    unit.flush()
    assert unit.rows("SELECT code FROM accounts ORDER BY id") == [("b",), ("a",)]


def test_a_swap_of_values_that_cannot_be_null_is_a_clear_error(unit):
    Account = accounts(unit, nullable=False)
    one, two = Account(code="a"), Account(code="b")
    unit.add(one, two)
    unit.flush()
    one.code, two.code = "b", "a"
    with pytest.raises(CircularDependencyError, match=r"accounts\.code") as caught:
        unit.plan()
    assert "two flushes" in caught.value.fix


def test_moving_a_child_between_a_deleted_and_a_new_parent_of_the_same_name(unit):
    parents = unit.table(
        "parents", Column("id", Integer, primary_key=True), Column("name", String, unique=True, nullable=False)
    )
    children = unit.table(
        "children", Column("id", Integer, primary_key=True), Column("parent_id", Integer, ForeignKey("parents.id"))
    )
    Parent = unit.map("Parent", parents)
    Child = unit.map("Child", children, {"parent": relationship("Parent")})
    unit.open()
    old = Parent(name="same")
    child = Child(parent=old)
    unit.add(old, child)
    unit.flush()
    new = Parent(name="same")
    unit.add(new)
    child.parent = new
    unit.delete(old)
    unit.flush()
    assert unit.rows("SELECT parents.name, children.parent_id = parents.id FROM parents, children") == [("same", 1)]
