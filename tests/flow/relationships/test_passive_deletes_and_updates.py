"""passive_deletes and passive_updates: what is left to the database."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.relationships.conftest import Laboratory


def test_passive_deletes_leaves_unloaded_children_to_the_database(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(
        key_options={"ondelete": "CASCADE"}, cascade="all, delete-orphan", passive_deletes=True
    )
    session = lab.session()
    session.add(parent_class(id=1, children=[child_class(id=1), child_class(id=2)]))
    session.commit()
    parent = session.get(parent_class, 1)
    lab.verbs()
    session.delete(parent)
    session.flush()
    assert lab.verbs() == ["DELETE"]
    assert lab.rows(session, child_class.id) == []


def test_passive_deletes_still_deletes_loaded_children(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(
        key_options={"ondelete": "CASCADE"}, cascade="all", passive_deletes=True
    )
    session = lab.session()
    session.add(parent_class(id=1, children=[child_class(id=1), child_class(id=2)]))
    session.commit()
    parent = session.get(parent_class, 1)
    assert len(parent.children) == 2
    lab.verbs()
    session.delete(parent)
    session.flush()
    assert lab.verbs() == ["DELETE", "DELETE"]


def test_passive_deletes_without_cascade_lets_the_database_clear_the_keys(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(key_options={"ondelete": "SET NULL"}, passive_deletes=True)
    session = lab.session()
    session.add(parent_class(id=1, children=[child_class(id=1)]))
    session.commit()
    parent = session.get(parent_class, 1)
    lab.verbs()
    session.delete(parent)
    session.flush()
    assert lab.verbs() == ["DELETE"]
    session.expire_all()
    assert lab.rows(session, child_class.id, child_class.parent_id) == [(1, None)]


@pytest.mark.parametrize("loaded", [False, True])
def test_passive_deletes_all_touches_no_child_at_all(lab: Laboratory, loaded: bool) -> None:
    parent_class, child_class = lab.parent_and_child(key_options={"ondelete": "SET NULL"}, passive_deletes="all")
    session = lab.session()
    session.add(parent_class(id=1, children=[child_class(id=1)]))
    session.commit()
    parent = session.get(parent_class, 1)
    if loaded:
        assert parent.children
    lab.verbs()
    session.delete(parent)
    session.flush()
    assert lab.verbs() == ["DELETE"]


def test_passive_deletes_all_does_not_go_with_a_delete_cascade(lab: Laboratory) -> None:
    with pytest.raises(lab.exc.ArgumentError, match="passive_deletes"):
        # Kept: the collector must not take the classes before they are configured.
        classes = lab.parent_and_child(cascade="all", passive_deletes="all")
        lab.orm.configure_mappers()
        del classes


# -- primary keys that change -----------------------------------------------------------------------------------------


def user_and_address(lab: Laboratory, onupdate: str | None, **options: Any) -> tuple[Any, Any]:
    base: Any = lab.base

    class User(base):
        __tablename__ = "user"
        name = lab.text(primary_key=True)
        addresses = lab.orm.relationship("Address", back_populates="user", order_by="Address.id", **options)

    class Address(base):
        __tablename__ = "address"
        id = lab.key()
        user_name = lab.refers_to("user.name", onupdate=onupdate, deferrable=True, initially="DEFERRED")
        user = lab.orm.relationship("User", back_populates="addresses", **options)

    return User, Address


@pytest.mark.parametrize("loaded", [False, True])
def test_a_changed_key_travels_through_on_update_cascade(lab: Laboratory, loaded: bool) -> None:
    user_class, address_class = user_and_address(lab, "CASCADE")
    session = lab.session()
    session.add(user_class(name="jack", addresses=[address_class(id=1), address_class(id=2)]))
    session.commit()
    user = session.get(user_class, "jack")
    if loaded:
        assert len(user.addresses) == 2
    lab.verbs()
    user.name = "ed"
    session.flush()
    assert lab.verbs() == ["UPDATE"]
    assert session.get(user_class, "ed") is user
    session.expire_all()
    assert [address.user_name for address in user.addresses] == ["ed", "ed"]
    session.commit()
    assert lab.rows(session, address_class.id, address_class.user_name) == [(1, "ed"), (2, "ed")]


@pytest.mark.parametrize("loaded", [False, True])
def test_a_changed_key_travels_by_updates_without_passive_updates(lab: Laboratory, loaded: bool) -> None:
    user_class, address_class = user_and_address(lab, None, passive_updates=False)
    session = lab.session()
    session.add(user_class(name="jack", addresses=[address_class(id=1), address_class(id=2)]))
    session.commit()
    user = session.get(user_class, "jack")
    if loaded:
        assert len(user.addresses) == 2
    user.name = "ed"
    session.flush()
    assert lab.rows(session, address_class.id, address_class.user_name) == [(1, "ed"), (2, "ed")]
    assert [address.user_name for address in user.addresses] == ["ed", "ed"]
    session.commit()


def test_a_changed_key_travels_from_the_many_to_one_side_alone(lab: Laboratory) -> None:
    base: Any = lab.base

    class User(base):
        __tablename__ = "user"
        name = lab.text(primary_key=True)

    class Address(base):
        __tablename__ = "address"
        id = lab.key()
        user_name = lab.refers_to("user.name", deferrable=True, initially="DEFERRED")
        user = lab.orm.relationship("User", passive_updates=False)

    session = lab.session()
    user = User(name="jack")
    address = Address(id=1, user=user)
    session.add(address)
    session.commit()
    assert address.user is user
    user.name = "ed"
    session.commit()
    assert lab.rows(session, Address.id, Address.user_name) == [(1, "ed")]


def test_links_follow_a_changed_key_without_passive_updates(lab: Laboratory) -> None:
    links = lab.sql.Table(
        "links",
        lab.base.metadata,
        lab.sql.Column(
            "left", lab.sql.ForeignKey("left.name", deferrable=True, initially="DEFERRED"), primary_key=True
        ),
        lab.sql.Column("right", lab.sql.ForeignKey("right.id"), primary_key=True),
    )
    base: Any = lab.base

    class Left(base):
        __tablename__ = "left"
        name = lab.text(primary_key=True)
        rights = lab.orm.relationship("Right", secondary=links, passive_updates=False)

    class Right(base):
        __tablename__ = "right"
        id = lab.key()

    session = lab.session()
    left = Left(name="a", rights=[Right(id=1), Right(id=2)])
    session.add(left)
    session.commit()
    left.name = "b"
    session.commit()
    assert lab.rows(session, links.c.right, links.c.left) == [(1, "b"), (2, "b")]


def test_a_tree_with_text_keys(lab: Laboratory) -> None:
    base: Any = lab.base

    class Node(base):
        __tablename__ = "node"
        name = lab.text(primary_key=True)
        parent_name = lab.refers_to("node.name", deferrable=True, initially="DEFERRED")
        children = lab.orm.relationship("Node", passive_updates=False, order_by="Node.name")

    session = lab.session()
    root = Node(name="root", children=[Node(name="a"), Node(name="b")])
    session.add(root)
    session.commit()
    root.name = "trunk"
    session.commit()
    assert lab.rows(session, Node.name, Node.parent_name) == [("a", "trunk"), ("b", "trunk"), ("trunk", None)]


def test_changing_a_key_to_that_of_a_deleted_object(lab: Laboratory) -> None:
    user_class, _ = user_and_address(lab, "CASCADE")
    session = lab.session()
    first, second = user_class(name="a"), user_class(name="b")
    session.add_all([first, second])
    session.commit()
    session.delete(first)
    session.flush()
    second.name = "a"
    session.commit()
    assert session.get(user_class, "a") is second


def test_a_changed_key_travels_to_expired_objects_from_the_many_to_one_side(lab: Laboratory) -> None:
    base: Any = lab.base

    class Node(base):
        __tablename__ = "node"
        name = lab.text(primary_key=True)
        above_name = lab.refers_to("node.name", deferrable=True, initially="DEFERRED")
        above = lab.orm.relationship("Node", remote_side="Node.name", passive_updates=False)

    session = lab.session()
    root = Node(name="root")
    leaves = [Node(name=f"leaf {number}", above=root) for number in range(3)]
    session.add_all([root, *leaves])
    session.commit()
    root.name = "trunk"
    session.commit()
    assert [leaf.above_name for leaf in leaves] == ["trunk"] * 3


def test_a_changed_key_travels_to_those_that_refer_to_it_in_a_list(lab: Laboratory) -> None:
    base: Any = lab.base

    class User(base):
        __tablename__ = "user"
        name = lab.text(primary_key=True)

    class Address(base):
        __tablename__ = "address"
        id = lab.key()
        user_name = lab.refers_to("user.name", deferrable=True, initially="DEFERRED")
        users = lab.orm.relationship("User", uselist=True, passive_updates=False)

    session = lab.session()
    user = User(name="jack")
    address = Address(id=1, users=[user])
    session.add_all([user, address])
    session.flush()
    user.name = "ed"
    session.commit()
    assert lab.rows(session, Address.id, Address.user_name) == [(1, "ed")]
