"""Relationship changes become foreign keys and rows of many-to-many tables."""

from __future__ import annotations

import pytest

from azoth.exc import AzothWarning
from azoth.orm.exc import FlushError
from azoth.orm.mapping.properties.relationship import RelationshipProperty as relationship
from azoth.sql.schema import Column, ForeignKey, ForeignKeyConstraint, Table
from azoth.sql.types import Integer, String


def family(unit, *, nullable=True, both=True, uselist=None, **options):
    parents = unit.table("parents", Column("id", Integer, primary_key=True))
    children = unit.table(
        "children",
        Column("id", Integer, primary_key=True),
        Column("parent_id", Integer, ForeignKey("parents.id"), nullable=nullable),
    )
    flow = {"back_populates": "parent"} if both else {}
    Parent = unit.map("Parent", parents, {"children": relationship("Child", uselist=uselist, **flow, **options)})
    Child = unit.map("Child", children, {"parent": relationship("Parent", back_populates="children")} if both else {})
    unit.open()
    return Parent, Child


def fks(unit):
    return [value for (value,) in unit.rows("SELECT parent_id FROM children ORDER BY id")]


def test_the_collection_side_sets_the_key(unit):
    Parent, Child = family(unit, both=False)
    parent = Parent(children=[Child(), Child()])
    unit.add(parent, *parent.children)
    unit.flush()
    assert fks(unit) == [1, 1]
    assert [child.parent_id for child in parent.children] == [1, 1]
    assert len(parent.children) == 2


def test_the_scalar_side_sets_the_key(unit):
    Parent, Child = family(unit)
    child = Child(parent=Parent())
    unit.add(child, child.parent)
    unit.flush()
    assert fks(unit) == [1]


def test_a_child_without_changes_of_its_own_is_updated(unit):
    Parent, Child = family(unit, both=False)
    parent, child = Parent(children=[]), Child()
    unit.add(parent, child)
    unit.flush()
    parent.children.append(child)
    plan = unit.plan()
    assert [step.label for step in plan.steps] == ["UPDATE children"]
    unit.flush()
    assert fks(unit) == [1]
    assert not unit.plan()


def test_a_removed_child_loses_its_key(unit):
    Parent, Child = family(unit, both=False)
    parent = Parent(children=[Child(), Child()])
    unit.add(parent, *parent.children)
    unit.flush()
    gone = parent.children.pop()
    unit.flush()
    assert fks(unit) == [1, None]
    assert gone.parent_id is None


def test_a_child_moves_between_two_collections(unit):
    Parent, Child = family(unit, both=False)
    one, two, child = Parent(children=[]), Parent(children=[]), Child()
    one.children.append(child)
    unit.add(one, two, child)
    unit.flush()
    one.children.remove(child)
    two.children.append(child)
    unit.flush()
    assert fks(unit) == [two.id]


def test_setting_the_scalar_side_to_none_clears_the_key(unit):
    Parent, Child = family(unit)
    child = Child(parent=Parent())
    unit.add(child, child.parent)
    unit.flush()
    child.parent = None
    unit.flush()
    assert fks(unit) == [None]


def test_a_key_set_by_hand_is_kept(unit):
    Parent, Child = family(unit)
    unit.add(Parent(id=5), Child(parent_id=5))
    unit.flush()
    assert fks(unit) == [5]


def test_going_back_to_the_same_parent_is_no_change(unit):
    Parent, Child = family(unit)
    parent = Parent()
    child = Child(parent=parent)
    unit.add(child, parent)
    unit.flush()
    child.parent = None
    child.parent = parent
    assert not unit.plan()


def test_a_key_set_by_hand_counts_where_the_relationship_has_no_net_change(unit):
    Parent, Child = family(unit)
    parent = Parent()
    child = Child(parent=parent)
    unit.add(child, parent)
    unit.flush()
    child.parent_id = None
    child.parent = parent
    unit.flush()
    assert fks(unit) == [None]


@pytest.mark.parametrize("both", [True, False])
def test_a_removed_child_that_cannot_be_null_is_a_clear_error(unit, both):
    Parent, Child = family(unit, nullable=False, both=both)
    parent = Parent(children=[Child()])
    unit.add(parent, *parent.children)
    unit.flush()
    parent.children.clear()
    with pytest.raises(FlushError, match=r"lost its parent Parent along Parent.children") as caught:
        unit.plan()
    assert "delete-orphan" in caught.value.fix
    assert caught.value.code == "AZ-F02"


def test_deleting_a_parent_clears_the_keys_of_its_loaded_children(unit):
    Parent, Child = family(unit)
    parent = Parent(children=[Child(), Child()])
    unit.add(parent, *parent.children)
    unit.flush()
    unit.delete(parent)
    assert [step.label for step in unit.plan().steps] == ["UPDATE children", "DELETE parents"]
    unit.flush()
    assert fks(unit) == [None, None]
    assert len(parent.children) == 2


def test_deleting_parent_and_children_needs_no_update(unit):
    Parent, Child = family(unit, nullable=False)
    parent = Parent(children=[Child()])
    unit.add(parent, *parent.children)
    unit.flush()
    unit.delete(parent, *parent.children)
    assert [step.label for step in unit.plan().steps] == ["DELETE children", "DELETE parents"]
    unit.flush()


def test_passive_deletes_all_leaves_the_children_alone(unit):
    Parent, Child = family(unit, passive_deletes="all")
    parent = Parent(children=[Child()])
    unit.add(parent, *parent.children)
    unit.flush()
    unit.delete(parent)
    assert [step.label for step in unit.plan().steps] == ["DELETE parents"]


def test_one_to_one_replaces_its_child(unit):
    Parent, Child = family(unit, both=False, uselist=False)
    parent = Parent(children=Child())
    unit.add(parent, parent.children)
    unit.flush()
    second = Child()
    unit.add(second)
    parent.children = second
    unit.flush()
    assert fks(unit) == [None, 1]


def test_an_object_outside_the_session_is_left_out_with_a_warning(unit):
    Parent, Child = family(unit)
    child = Child()
    unit.add(child)
    child.__dict__["parent"] = Parent()
    plan = unit.plan()
    assert "Object of type <Parent> not in session" in plan.warnings[0]
    assert plan.warnings[0] in str(plan)
    with pytest.warns(AzothWarning, match="Object of type <Parent> not in session"):
        unit.flush()


def test_post_update_sets_the_key_by_an_update_of_its_own(unit):
    parents = unit.table(
        "parents",
        Column("id", Integer, primary_key=True),
        Column("favourite_id", Integer, ForeignKey("children.id")),
    )
    children = unit.table(
        "children",
        Column("id", Integer, primary_key=True),
        Column("parent_id", Integer, ForeignKey("parents.id"), nullable=False),
    )
    unit.map(
        "Parent",
        parents,
        {
            "children": relationship("Child", primaryjoin=parents.c.id == children.c.parent_id),
            "favourite": relationship("Child", primaryjoin=parents.c.favourite_id == children.c.id, post_update=True),
        },
    )
    Child = unit.map("Child", children)
    Parent = next(iter(unit.registry.classes_named("Parent")))
    unit.open()
    child = Child()
    parent = Parent(children=[child, Child()], favourite=child)
    unit.add(parent, *parent.children)
    plan = unit.plan()
    assert [step.label for step in plan.steps] == ["INSERT parents", "INSERT children", "SET KEYS parents"]
    unit.flush()
    assert unit.rows("SELECT favourite_id FROM parents") == [(child.id,)]
    unit.delete(parent, *parent.children)
    unit.flush()
    assert unit.rows("SELECT * FROM children") == []


def test_composite_keys_are_copied_together(unit):
    parents = unit.table("parents", Column("a", Integer, primary_key=True), Column("b", String, primary_key=True))
    children = unit.table(
        "children",
        Column("id", Integer, primary_key=True),
        Column("pa", Integer),
        Column("pb", String),
        ForeignKeyConstraint(["pa", "pb"], ["parents.a", "parents.b"]),
    )
    Parent = unit.map("Parent", parents)
    Child = unit.map("Child", children, {"parent": relationship("Parent")})
    unit.open()
    child = Child(parent=Parent(a=1, b="x"))
    unit.add(child, child.parent)
    unit.flush()
    assert unit.rows("SELECT pa, pb FROM children") == [(1, "x")]
    assert child.parent.__dict__["_sa_instance_state"].pk == (1, "x")


def test_a_foreign_key_may_be_part_of_the_primary_key(unit):
    orders = unit.table("orders", Column("id", Integer, primary_key=True))
    lines = unit.table(
        "lines",
        Column("order_id", Integer, ForeignKey("orders.id"), primary_key=True),
        Column("number", Integer, primary_key=True),
    )
    Order = unit.map("Order", orders, {"lines": relationship("Line", back_populates="order")})
    Line = unit.map("Line", lines, {"order": relationship("Order", back_populates="lines")})
    unit.open()
    order = Order(lines=[Line(number=1), Line(number=2)])
    unit.add(order, *order.lines)
    unit.flush()
    assert unit.rows("SELECT * FROM lines ORDER BY number") == [(1, 1), (1, 2)]
    assert order.lines[1].__dict__["_sa_instance_state"].pk == (1, 2)
    order.lines.pop()
    with pytest.raises(FlushError, match="part of the primary key"):
        unit.plan()


def tags(unit, **options):
    posts = unit.table("posts", Column("id", Integer, primary_key=True))
    tags = unit.table("tags", Column("id", Integer, primary_key=True))
    unit.table(
        "post_tags",
        Column("tag_id", ForeignKey("tags.id"), primary_key=True),
        Column("post_id", ForeignKey("posts.id"), primary_key=True),
    )
    secondary: Table = unit.metadata.tables["post_tags"]
    Post = unit.map("Post", posts, {"tags": relationship("Tag", secondary=secondary, back_populates="posts")})
    Tag = unit.map("Tag", tags, {"posts": relationship("Post", secondary=secondary, back_populates="tags")})
    unit.open()
    return Post, Tag


def test_many_to_many_links_are_written_once_though_both_sides_changed(unit):
    Post, Tag = tags(unit)
    one, two, tag = Post(), Post(), Tag()
    one.tags.append(tag)
    tag.posts.append(two)
    unit.add(one, two, tag)
    plan = unit.plan()
    assert [step.label for step in plan.steps] == ["INSERT posts", "INSERT tags", "LINK post_tags"]
    assert len(plan.steps[-1]) == 2
    unit.flush()
    assert unit.rows("SELECT post_id, tag_id FROM post_tags ORDER BY post_id") == [(1, 1), (2, 1)]
    assert not unit.plan()


def test_many_to_many_links_are_removed(unit):
    Post, Tag = tags(unit)
    post, one, two = Post(), Tag(), Tag()
    post.tags.extend([one, two])
    unit.add(post, one, two)
    unit.flush()
    post.tags.remove(one)
    assert [step.label for step in unit.plan().steps] == ["UNLINK post_tags"]
    unit.flush()
    assert unit.rows("SELECT tag_id FROM post_tags") == [(two.id,)]
    unit.delete(post)
    assert [step.label for step in unit.plan().steps] == ["UNLINK post_tags", "DELETE posts"]
    unit.flush()
    assert unit.rows("SELECT * FROM post_tags") == []


def test_replacing_links_deletes_before_it_inserts(unit):
    Post, Tag = tags(unit)
    post, one, two = Post(), Tag(), Tag()
    post.tags.append(one)
    unit.add(post, one, two)
    unit.flush()
    post.tags = [two]
    assert [step.label for step in unit.plan().steps] == ["UNLINK post_tags", "LINK post_tags"]
    unit.flush()
    assert unit.rows("SELECT tag_id FROM post_tags") == [(two.id,)]


def test_viewonly_relationships_write_nothing(unit):
    parents = unit.table("parents", Column("id", Integer, primary_key=True))
    children = unit.table(
        "children", Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("parents.id"))
    )
    Parent = unit.map("Parent", parents, {"children": relationship("Child", viewonly=True)})
    Child = unit.map("Child", children)
    unit.open()
    parent = Parent(children=[Child()])
    unit.add(parent, *parent.children)
    unit.flush()
    assert fks(unit) == [None]


def test_a_flush_limited_to_an_object_takes_its_pending_parent_along(unit):
    Parent, Child = family(unit)
    child, other = Child(parent=Parent()), Child()
    unit.add(child, child.parent, other)
    unit.flush(child)
    assert fks(unit) == [1]
    assert list(unit.identity_map.new.values()) == [other]


def primary_key_change(unit, *, passive_updates):
    parents = unit.table("parents", Column("name", String, primary_key=True))
    children = unit.table(
        "children",
        Column("id", Integer, primary_key=True),
        Column("parent_name", String, ForeignKey("parents.name", onupdate="CASCADE")),
    )
    Parent = unit.map("Parent", parents, {"children": relationship("Child", passive_updates=passive_updates)})
    Child = unit.map("Child", children)
    unit.open(foreign_keys=passive_updates)
    parent = Parent(name="old", children=[Child()])
    unit.add(parent, *parent.children)
    unit.flush()
    parent.name = "new"
    return parent


def test_a_changed_primary_key_moves_in_the_identity_map(unit):
    parent = primary_key_change(unit, passive_updates=True)
    assert [step.label for step in unit.plan().steps] == ["UPDATE parents"]
    outcome = unit.flush()
    assert unit.rows("SELECT parent_name FROM children") == [("new",)]
    assert unit.identity_map.find(type(parent)._azoth_manager, "new") is parent
    assert unit.identity_map.find(type(parent)._azoth_manager, "old") is None
    assert list(outcome.key_changes.values()) == ["old"]


def test_without_passive_updates_the_children_follow_by_update(unit):
    parent = primary_key_change(unit, passive_updates=False)
    assert [step.label for step in unit.plan().steps] == ["UPDATE parents", "UPDATE children"]
    unit.flush()
    assert parent.children[0].parent_name == "new"
    assert unit.rows("SELECT parent_name FROM children") == [("new",)]


def test_links_follow_a_changed_key_without_passive_updates(unit):
    posts = unit.table("posts", Column("name", String, primary_key=True))
    tags = unit.table("tags", Column("id", Integer, primary_key=True))
    secondary = unit.table(
        "post_tags",
        Column("post_name", ForeignKey("posts.name"), primary_key=True),
        Column("tag_id", ForeignKey("tags.id"), primary_key=True),
    )
    Post = unit.map("Post", posts, {"tags": relationship("Tag", secondary=secondary, passive_updates=False)})
    Tag = unit.map("Tag", tags)
    unit.open()
    post = Post(name="old", tags=[Tag(), Tag()])
    unit.add(post, *post.tags)
    unit.flush()
    post.name = "new"
    post.tags.pop()
    unit.flush()
    assert unit.rows("SELECT * FROM post_tags") == [("new", 1)]


def test_changes_queued_on_an_unloaded_collection_are_forgotten_once_flushed(unit):
    Parent, Child = family(unit)
    parent = Parent()
    unit.add(parent)
    unit.flush()
    parent.__dict__.pop("children", None)
    unit.add(Child(parent=parent))
    assert parent.__dict__["_sa_instance_state"].extra.queued
    unit.flush()
    assert not parent.__dict__["_sa_instance_state"].extra.queued
