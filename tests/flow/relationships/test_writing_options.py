"""viewonly, post_update, association objects, trees, composite keys, many-to-many, the remaining cascades."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from tests.flow.relationships.conftest import Laboratory


def test_viewonly_writes_nothing_and_cascades_nothing(lab: Laboratory) -> None:
    base: Any = lab.base

    class Parent(base):
        __tablename__ = "parent"
        id = lab.key()
        children = lab.orm.relationship("Child", viewonly=True)

    class Child(base):
        __tablename__ = "child"
        id = lab.key()
        parent_id = lab.refers_to("parent.id")

    session = lab.session()
    child = Child(id=1)
    parent = Parent(id=1, children=[child])
    session.add(parent)
    assert child not in session
    session.add(child)
    session.commit()
    assert lab.rows(session, Child.id, Child.parent_id) == [(1, None)]
    child.parent_id = 1
    session.commit()
    assert parent.children == [child]
    parent.children.remove(child)
    session.commit()
    assert lab.rows(session, Child.id, Child.parent_id) == [(1, 1)]
    child.parent_id = None
    session.commit()
    session.delete(parent)
    session.commit()
    assert lab.rows(session, Child.id) == [(1,)]


def widgets(lab: Laboratory) -> tuple[Any, Any]:
    """Make two tables that refer to each other: entries have a widget, which has a favourite entry."""

    base: Any = lab.base

    class Entry(base):
        __tablename__ = "entry"
        id = lab.key()
        name = lab.text()
        widget_id = lab.refers_to("widget.id")

    class Widget(base):
        __tablename__ = "widget"
        id = lab.key()
        favourite_id = lab.refers_to("entry.id", name="fk_favourite")
        name = lab.text()
        entries = lab.orm.relationship(Entry, primaryjoin=id == Entry.widget_id, cascade="all", order_by=Entry.id)
        favourite = lab.orm.relationship(
            Entry, primaryjoin=favourite_id == Entry.id, post_update=True, foreign_keys=favourite_id
        )

    return Widget, Entry


@pytest.mark.filterwarnings("ignore:Can't sort tables for DROP", "ignore:Cannot correctly sort tables")
def test_post_update_writes_the_key_after_the_rows(lab: Laboratory) -> None:
    widget_class, entry_class = widgets(lab)
    session = lab.session()
    widget = widget_class(name="w")
    entry = entry_class(name="e")
    widget.favourite = entry
    widget.entries = [entry]
    session.add(widget)
    session.commit()
    assert widget.favourite_id == entry.id
    assert entry.widget_id == widget.id
    widget.favourite = None
    session.commit()
    assert lab.rows(session, widget_class.id, widget_class.favourite_id) == [(1, None)]
    widget.favourite = entry
    session.commit()
    session.delete(widget)
    session.commit()
    assert lab.rows(session, entry_class.id) == []


def test_post_update_changes_what_every_update_changes_but_not_what_was_given(lab: Laboratory) -> None:
    base: Any = lab.base

    class Box(base):
        __tablename__ = "box"
        id = lab.key()

    class Ball(base):
        __tablename__ = "ball"
        id = lab.key()
        plain = lab.sql.Column(lab.sql.String(9), onupdate="touched")
        called = lab.sql.Column(lab.sql.String(9), onupdate=lambda: "called")
        expression = lab.sql.Column(lab.sql.String(9), onupdate=lab.sql.func.lower("SQL"))
        box_id = lab.refers_to("box.id")
        box = lab.orm.relationship(Box, post_update=True)

    session = lab.session()
    boxes = [Box(), Box()]
    plain, given = Ball(box=boxes[0]), Ball(box=boxes[0], plain="p", called="c", expression="e")
    session.add_all([*boxes, plain])
    session.flush()
    session.add(given)
    session.flush()
    columns = Ball.id, Ball.plain, Ball.called, Ball.expression, Ball.box_id
    touched = ("touched", "called", "sql")
    assert lab.rows(session, *columns) == [(1, *touched, 1), (2, "p", "c", "e", 1)]
    assert [(ball.plain, ball.called, ball.expression) for ball in (plain, given)] == [touched, ("p", "c", "e")]
    given.box = boxes[1]
    session.flush()
    assert lab.rows(session, *columns)[1] == (2, *touched, 2)
    assert (given.plain, given.called, given.expression) == touched
    given.box, given.plain, given.expression = boxes[0], "p", "e"
    session.flush()
    assert lab.rows(session, *columns)[1] == (2, "p", "called", "e", 1)
    session.delete(given)
    session.flush()
    assert lab.rows(session, *columns) == [(1, *touched, 1)]


def test_an_association_object_with_data_of_its_own(lab: Laboratory) -> None:
    base: Any = lab.base

    class Order(base):
        __tablename__ = "order"
        id = lab.key()
        lines = lab.orm.relationship("Line", cascade="all, delete-orphan", backref="order", order_by="Line.item_id")

    class Line(base):
        __tablename__ = "line"
        order_id = lab.refers_to("order.id", column={"primary_key": True})
        item_id = lab.refers_to("item.id", column={"primary_key": True})
        price = lab.sql.Column(lab.sql.Integer)
        item = lab.orm.relationship("Item")

    class Item(base):
        __tablename__ = "item"
        id = lab.key()

    session = lab.session()
    first, second = Item(id=1), Item(id=2)
    order = Order(id=1, lines=[Line(item=first, price=10), Line(item=second, price=20)])
    session.add(order)
    session.commit()
    assert lab.rows(session, Line.item_id, Line.order_id, Line.price) == [(1, 1, 10), (2, 1, 20)]
    order.lines.remove(order.lines[0])
    session.commit()
    assert lab.rows(session, Line.item_id) == [(2,)]
    order.lines[0].item = first
    session.commit()
    assert lab.rows(session, Line.item_id, Line.price) == [(1, 20)]
    session.delete(order)
    session.commit()
    assert lab.rows(session, Line.item_id) == []
    assert lab.rows(session, Item.id) == [(1,), (2,)]


def test_replacing_an_association_row_by_one_with_the_same_key(lab: Laboratory) -> None:
    base: Any = lab.base

    class Order(base):
        __tablename__ = "order"
        id = lab.key()
        lines = lab.orm.relationship("Line", cascade="all, delete-orphan")

    class Line(base):
        __tablename__ = "line"
        order_id = lab.refers_to("order.id", column={"primary_key": True})
        item = lab.text(primary_key=True)
        price = lab.sql.Column(lab.sql.Integer)

    session = lab.session()
    order = Order(id=1, lines=[Line(item="a", price=1)])
    session.add(order)
    session.commit()
    order.lines = [Line(item="a", price=2)]
    session.commit()
    assert lab.rows(session, Line.item, Line.price) == [("a", 2)]
    assert order.lines[0].price == 2


def tree(lab: Laboratory, **options: Any) -> Any:
    base: Any = lab.base

    class Node(base):
        __tablename__ = "node"
        id = lab.key()
        parent_id = lab.refers_to("node.id")
        name = lab.text()
        children = lab.orm.relationship(
            "Node", backref=lab.orm.backref("parent", remote_side=[id]), order_by="Node.id", **options
        )

    return Node


def test_a_tree_is_deleted_from_its_root(lab: Laboratory) -> None:
    node_class = tree(lab, cascade="all, delete-orphan")
    session = lab.session()
    root = node_class(
        name="root", children=[node_class(name="a", children=[node_class(name="aa")]), node_class(name="b")]
    )
    session.add(root)
    session.commit()
    assert [name for _, name in lab.rows(session, node_class.id, node_class.name)] == ["root", "a", "b", "aa"]
    session.delete(root)
    session.commit()
    assert lab.rows(session, node_class.id) == []


def test_a_branch_moves_within_a_tree(lab: Laboratory) -> None:
    node_class = tree(lab, cascade="all, delete-orphan")
    session = lab.session()
    root = node_class(id=1, children=[node_class(id=2, children=[node_class(id=4)]), node_class(id=3)])
    session.add(root)
    session.commit()
    first, second = root.children
    second.children.append(first.children[0])
    session.commit()
    assert lab.rows(session, node_class.id, node_class.parent_id) == [(1, None), (2, 1), (3, 1), (4, 3)]
    root.children.remove(second)
    session.commit()
    assert lab.rows(session, node_class.id) == [(1,), (2,)]


def test_composite_foreign_keys(lab: Laboratory) -> None:
    base: Any = lab.base

    class Version(base):
        __tablename__ = "version"
        document = lab.sql.Column(lab.sql.Integer, primary_key=True)
        number = lab.sql.Column(lab.sql.Integer, primary_key=True)
        pages = lab.orm.relationship("Page", back_populates="version", order_by="Page.id")

    class Page(base):
        __tablename__ = "page"
        id = lab.key()
        document = lab.sql.Column(lab.sql.Integer)
        number = lab.sql.Column(lab.sql.Integer)
        version = lab.orm.relationship("Version", back_populates="pages")
        __table_args__ = (lab.sql.ForeignKeyConstraint(["document", "number"], ["version.document", "version.number"]),)

    session = lab.session()
    first = Version(document=1, number=1, pages=[Page(id=1), Page(id=2)])
    second = Version(document=1, number=2)
    session.add_all([first, second])
    session.commit()
    page = first.pages[0]
    page.version = second
    session.commit()
    assert lab.rows(session, Page.id, Page.document, Page.number) == [(1, 1, 2), (2, 1, 1)]
    assert [one.id for one in second.pages] == [1]
    session.delete(first)
    session.commit()
    assert lab.rows(session, Page.id, Page.document, Page.number) == [(1, 1, 2), (2, None, None)]


def many_to_many(lab: Laboratory) -> tuple[Any, Any, Any]:
    links = lab.sql.Table(
        "links",
        lab.base.metadata,
        lab.sql.Column("left_id", lab.sql.ForeignKey("left.id"), primary_key=True),
        lab.sql.Column("right_id", lab.sql.ForeignKey("right.id"), primary_key=True),
    )
    base: Any = lab.base

    class Left(base):
        __tablename__ = "left"
        id = lab.key()
        rights = lab.orm.relationship("Right", secondary=links, back_populates="lefts", order_by="Right.id")

    class Right(base):
        __tablename__ = "right"
        id = lab.key()
        lefts = lab.orm.relationship("Left", secondary=links, back_populates="rights", order_by="Left.id")

    return Left, Right, links


@pytest.mark.parametrize("loaded", [False, True])
def test_both_sides_of_many_to_many_change_in_one_flush(lab: Laboratory, loaded: bool) -> None:
    left_class, right_class, links = many_to_many(lab)
    session = lab.session()
    lefts, rights = [left_class(id=number) for number in (1, 2)], [right_class(id=number) for number in (1, 2)]
    lefts[0].rights = [rights[0]]
    session.add_all(lefts + rights)
    session.commit()
    if loaded:
        assert [len(one.rights) for one in lefts] == [1, 0]
        assert [len(one.lefts) for one in rights] == [1, 0]
    lefts[0].rights.append(rights[1])
    rights[1].lefts.append(lefts[1])
    rights[0].lefts.remove(lefts[0])
    assert lefts[1].rights == [rights[1]]
    assert lefts[0].rights == [rights[1]]
    session.commit()
    assert lab.rows(session, links.c.left_id, links.c.right_id) == [(1, 2), (2, 2)]
    lefts[0].rights.remove(rights[1])
    rights[1].lefts.remove(lefts[1])
    session.commit()
    assert lab.rows(session, links.c.left_id, links.c.right_id) == []


def test_a_self_referential_many_to_many(lab: Laboratory) -> None:
    friends = lab.sql.Table(
        "friends",
        lab.base.metadata,
        lab.sql.Column("from_id", lab.sql.ForeignKey("person.id"), primary_key=True),
        lab.sql.Column("to_id", lab.sql.ForeignKey("person.id"), primary_key=True),
    )
    base: Any = lab.base

    class Person(base):
        __tablename__ = "person"
        id = lab.key()
        likes = lab.orm.relationship(
            "Person",
            secondary=friends,
            primaryjoin=id == friends.c.from_id,
            secondaryjoin=id == friends.c.to_id,
            backref="liked_by",
        )

    session = lab.session()
    ann, bob = Person(id=1), Person(id=2)
    ann.likes = [bob, ann]
    bob.likes = [ann]
    session.add(ann)
    session.commit()
    assert lab.rows(session, friends.c.from_id, friends.c.to_id) == [(1, 1), (1, 2), (2, 1)]
    assert set(ann.liked_by) == {ann, bob}
    session.delete(bob)
    session.commit()
    assert lab.rows(session, friends.c.from_id, friends.c.to_id) == [(1, 1)]


# -- in memory --------------------------------------------------------------------------------------------------------


def test_delete_takes_nothing_out_of_loaded_collections_until_they_expire(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(cascade="all, delete-orphan")
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(id=1), child_class(id=2)])
    session.add(parent)
    session.commit()
    child = parent.children[1]
    session.delete(child)
    session.flush()
    assert child in parent.children
    session.expire(parent)
    assert child not in parent.children


def test_foreign_keys_set_by_hand_change_no_collection_until_it_is_loaded_anew(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child()
    session = lab.session()
    first, second = parent_class(id=1, children=[child_class(id=1)]), parent_class(id=2)
    session.add_all([first, second])
    session.commit()
    child = first.children[0]
    assert child.parent is first
    assert second.children == []
    child.parent_id = 2
    session.flush()
    assert child in first.children
    assert child.parent is first
    assert second.children == []
    session.expire(child, ["parent"])
    session.refresh(second, ["children"])
    assert child.parent is second
    assert second.children == [child]
    session.commit()
    assert first.children == []


def test_a_flush_changes_no_collection_in_memory(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child()
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(id=1)])
    session.add(parent)
    session.flush()
    collection = parent.children
    session.add(child_class(id=2, parent_id=1))
    session.flush()
    assert parent.children is collection
    assert [child.id for child in collection] == [1]
    session.expire(parent, ["children"])
    assert [child.id for child in parent.children] == [1, 2]


def test_a_flush_of_some_objects_leaves_the_rest(lab: Laboratory) -> None:
    parent_class, _ = lab.parent_and_child()
    session = lab.session()
    first, second, third = (parent_class(id=number, name="x") for number in (1, 2, 3))
    session.add_all([first, second])
    session.flush()
    first.name = second.name = "y"
    session.add(third)
    with_warning = (
        pytest.warns(DeprecationWarning, match="flush") if lab.library == "sqlalchemy" else contextlib.nullcontext()
    )
    with with_warning:
        session.flush([first])
    assert second in session.dirty
    assert first not in session.dirty
    assert third in session.new
    session.commit()
    assert lab.rows(session, parent_class.id, parent_class.name) == [(1, "y"), (2, "y"), (3, "x")]


# -- cascades that are left -------------------------------------------------------------------------------------------


def test_expunge_follows_its_cascade_and_only_that(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(cascade="save-update, merge, expunge")
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(id=1)])
    session.add(parent)
    session.commit()
    child = parent.children[0]
    assert child.parent is parent
    session.expunge(parent)
    assert child not in session
    session.add(parent)
    assert child in session
    session.expunge(child)
    assert parent in session


def test_expire_and_refresh_follow_their_cascade(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(cascade="save-update, merge, refresh-expire")
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(id=1, name="x")])
    session.add(parent)
    session.commit()
    child = parent.children[0]
    assert child.name == "x"
    session.execute(lab.sql.update(child_class.__table__).values(name="y"))
    session.expire(parent)
    assert child.name == "y"
    assert parent.children == [child]
    session.execute(lab.sql.update(child_class.__table__).values(name="z"))
    session.refresh(parent)
    assert child.name == "z"


def test_without_the_refresh_cascade_children_stay_as_they_are(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child()
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(id=1, name="x")])
    session.add(parent)
    session.commit()
    child = parent.children[0]
    assert child.name == "x"
    session.execute(lab.sql.update(child_class.__table__).values(name="y"))
    session.expire(parent)
    assert child.name == "x"


def test_merge_follows_its_cascade_and_only_that(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(cascade="save-update")
    session = lab.session()
    session.add(parent_class(id=1, name="old", children=[child_class(id=1, name="old")]))
    session.commit()
    merged = session.merge(parent_class(id=1, name="new", children=[child_class(id=1, name="new")]))
    session.commit()
    assert merged.name == "new"
    assert lab.rows(session, child_class.id, child_class.name) == [(1, "old")]


def test_merge_makes_the_collection_equal(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(cascade="all, delete-orphan")
    session = lab.session()
    session.add(parent_class(id=1, children=[child_class(id=1, name="a"), child_class(id=2, name="b")]))
    session.commit()
    merged = session.merge(
        parent_class(id=1, children=[child_class(id=2, name="changed"), child_class(id=3, name="new")])
    )
    assert len(merged.children) == 2
    session.commit()
    assert lab.rows(session, child_class.id, child_class.name) == [(2, "changed"), (3, "new")]


def test_a_cascade_of_none_adds_nothing(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(cascade="none" if lab.library == "azoth" else "")
    session = lab.session()
    child = child_class(id=1)
    parent = parent_class(id=1)
    parent.children.append(child)
    session.add(parent)
    assert child not in session


def test_enable_relationship_loading(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child()
    session = lab.session()
    session.add(parent_class(id=1, children=[child_class(id=1)]))
    session.commit()
    child = child_class(parent_id=1)
    session.enable_relationship_loading(child)
    assert child.parent is session.get(parent_class, 1)
    assert child not in session.new
    assert lab.rows(session, child_class.id) == [(1,)]


def test_load_on_pending(lab: Laboratory) -> None:
    base: Any = lab.base

    class Parent(base):
        __tablename__ = "parent"
        id = lab.key()

    class Child(base):
        __tablename__ = "child"
        id = lab.key()
        parent_id = lab.refers_to("parent.id")
        parent = lab.orm.relationship("Parent", load_on_pending=True)

    session = lab.session(autoflush=False)
    session.add(Parent(id=1))
    session.commit()
    child = Child(parent_id=1)
    session.add(child)
    assert child.parent is session.get(Parent, 1)
