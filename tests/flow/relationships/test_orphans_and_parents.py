"""Orphans, single_parent, several parents, and children that move."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.relationships.conftest import Laboratory


def two_parents(lab: Laboratory) -> tuple[Any, Any, Any]:
    """Make a class with two kinds of parents, each of which owns it by delete-orphan."""

    base: Any = lab.base

    class Child(base):
        __tablename__ = "child"
        id = lab.key()
        mother_id = lab.refers_to("mother.id")
        father_id = lab.refers_to("father.id")

    class Mother(base):
        __tablename__ = "mother"
        id = lab.key()
        children = lab.orm.relationship("Child", cascade="all, delete-orphan", backref="mother")

    class Father(base):
        __tablename__ = "father"
        id = lab.key()
        children = lab.orm.relationship("Child", cascade="all, delete-orphan", backref="father")

    return Mother, Father, Child


def test_losing_one_of_several_parents_makes_an_orphan(lab: Laboratory) -> None:
    mother_class, father_class, child_class = two_parents(lab)
    session = lab.session()
    child = child_class(id=1)
    mother, father = mother_class(id=1, children=[child]), father_class(id=1, children=[child])
    session.add_all([mother, father])
    session.commit()
    mother.children.remove(child)
    session.commit()
    assert lab.rows(session, child_class.id) == []
    assert father.children == []


def test_deleting_one_parent_deletes_the_shared_child(lab: Laboratory) -> None:
    mother_class, father_class, child_class = two_parents(lab)
    session = lab.session()
    child = child_class(id=1)
    mother, father = mother_class(id=1, children=[child]), father_class(id=1, children=[child])
    session.add_all([mother, father])
    session.commit()
    session.delete(mother)
    session.commit()
    assert lab.rows(session, child_class.id) == []
    assert lab.rows(session, father_class.id) == [(1,)]


def test_a_persistent_child_may_lack_a_parent_that_it_never_had(lab: Laboratory) -> None:
    mother_class, _, child_class = two_parents(lab)
    session = lab.session()
    session.execute(lab.sql.insert(mother_class), [{"id": 1}])
    session.execute(lab.sql.insert(child_class), [{"id": 1, "mother_id": 1, "father_id": None}])
    session.commit()
    child = session.get(child_class, 1)
    child.mother_id = 1
    session.commit()
    assert lab.rows(session, child_class.id) == [(1,)]


@pytest.mark.parametrize("by", ["add", "collection"])
@pytest.mark.parametrize("lost", ["pending", "transient", "deleted"])
def test_a_child_that_is_added_after_it_lost_its_parent_is_inserted(lab: Laboratory, by: str, lost: str) -> None:
    mother_class, father_class, child_class = two_parents(lab)
    session = lab.session()
    mother, father, child = mother_class(id=1), father_class(id=1), child_class(id=1)
    session.add_all([mother, father])
    session.commit()
    if lost == "transient":
        elsewhere = mother_class(children=[child])
        elsewhere.children.remove(child)
    else:
        mother.children.append(child)
        if lost == "deleted":
            session.flush()
        mother.children.remove(child)
    if lost == "deleted":
        session.commit()
        lab.orm.make_transient(child)
    assert child not in session
    if by == "add":
        session.add(child)
    else:
        father.children.append(child)
    session.commit()
    assert lab.rows(session, child_class.mother_id, child_class.father_id) == [(None, None if by == "add" else 1)]


@pytest.mark.parametrize("by", ["collections", "append only", "scalar", "bulk"])
@pytest.mark.parametrize("loaded", [False, True])
def test_a_moved_child_is_no_orphan(lab: Laboratory, by: str, loaded: bool) -> None:
    parent_class, child_class = lab.parent_and_child(cascade="all, delete-orphan")
    session = lab.session()
    first, second = parent_class(id=1, children=[child_class(id=1), child_class(id=2)]), parent_class(id=2)
    session.add_all([first, second])
    session.commit()
    child = session.get(child_class, 1)
    if loaded:
        assert len(first.children) + len(second.children) == 2
    if by == "collections":
        # Loading the second collection would flush the orphan that the child is until it gets there.
        assert second.children == []
        first.children.remove(child)
        second.children.append(child)
    elif by == "append only":
        second.children.append(child)
    elif by == "scalar":
        child.parent = second
    else:
        second.children = [child]
    assert child.parent is second
    assert child not in first.children
    assert child in second.children
    session.commit()
    assert lab.rows(session, child_class.id, child_class.parent_id) == [(1, 2), (2, 1)]


def test_a_child_that_returns_before_the_flush_stays(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(cascade="all, delete-orphan")
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(id=1)])
    session.add(parent)
    session.commit()
    child = parent.children.pop()
    parent.children.append(child)
    lab.verbs()
    session.commit()
    assert "DELETE" not in lab.verbs()
    assert lab.rows(session, child_class.id, child_class.parent_id) == [(1, 1)]


def test_a_removed_child_that_is_deleted_itself(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child()
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(id=1)])
    session.add(parent)
    session.commit()
    child = parent.children.pop()
    session.delete(child)
    session.commit()
    assert lab.rows(session, child_class.id) == []


def test_replacing_a_collection_orphans_what_is_left_out(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child(cascade="all, delete-orphan")
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(id=number) for number in (1, 2, 3)])
    session.add(parent)
    session.commit()
    one, two, three = parent.children
    parent.children = [three, child_class(id=4), one]
    assert two.parent is None
    session.commit()
    assert lab.rows(session, child_class.id) == [(1,), (3,), (4,)]
    assert lab.sql.inspect(two).detached or lab.sql.inspect(two).was_deleted


def test_replacing_a_collection_without_cascade_clears_the_keys(lab: Laboratory) -> None:
    parent_class, child_class = lab.parent_and_child()
    session = lab.session()
    parent = parent_class(id=1, children=[child_class(id=1), child_class(id=2)])
    session.add(parent)
    session.commit()
    kept = parent.children[1]
    parent.children = [kept]
    session.commit()
    assert lab.rows(session, child_class.id, child_class.parent_id) == [(1, None), (2, 1)]


def test_single_parent_refuses_a_second_owner(lab: Laboratory) -> None:
    base: Any = lab.base

    class Target(base):
        __tablename__ = "target"
        id = lab.key()

    class Owner(base):
        __tablename__ = "owner"
        id = lab.key()
        target_id = lab.refers_to("target.id")
        target = lab.orm.relationship("Target", cascade="all, delete-orphan", single_parent=True)

    session = lab.session()
    target = Target(id=1)
    first, second = Owner(id=1, target=target), Owner(id=2)
    session.add_all([first, second])
    with pytest.raises(lab.exc.InvalidRequestError):
        second.target = target
    first.target = None
    second.target = target
    session.commit()
    assert lab.rows(session, Owner.id, Owner.target_id) == [(1, None), (2, 1)]
    second.target = Target(id=2)
    session.commit()
    assert lab.rows(session, Target.id) == [(2,)]
    session.delete(second)
    session.commit()
    assert lab.rows(session, Target.id) == []


def test_delete_orphan_over_many_to_many_with_single_parent(lab: Laboratory) -> None:
    links = lab.sql.Table(
        "links",
        lab.base.metadata,
        lab.sql.Column("item_id", lab.sql.ForeignKey("item.id"), primary_key=True),
        lab.sql.Column("tag_id", lab.sql.ForeignKey("tag.id"), primary_key=True),
    )
    base: Any = lab.base

    class Item(base):
        __tablename__ = "item"
        id = lab.key()
        tags = lab.orm.relationship(
            "Tag", secondary=links, cascade="all, delete-orphan", single_parent=True, order_by="Tag.id"
        )

    class Tag(base):
        __tablename__ = "tag"
        id = lab.key()

    session = lab.session()
    item = Item(id=1, tags=[Tag(id=1), Tag(id=2)])
    session.add(item)
    other = Item(id=2)
    session.add(other)
    with pytest.raises(lab.exc.InvalidRequestError):
        other.tags.append(item.tags[0])
    session.commit()
    item.tags.pop(0)
    session.commit()
    assert lab.rows(session, Tag.id) == [(2,)]
    session.delete(item)
    session.commit()
    assert lab.rows(session, Tag.id) == []
    assert lab.rows(session, links.c.item_id) == []


# -- one to one -------------------------------------------------------------------------------------------------------


def one_to_one(lab: Laboratory, **options: Any) -> tuple[Any, Any]:
    base: Any = lab.base

    class Person(base):
        __tablename__ = "person"
        id = lab.key()
        passport = lab.orm.relationship("Passport", uselist=False, back_populates="person", **options)

    class Passport(base):
        __tablename__ = "passport"
        id = lab.key()
        person_id = lab.refers_to("person.id", column={"unique": True})
        person = lab.orm.relationship("Person", back_populates="passport")

    return Person, Passport


@pytest.mark.parametrize("loaded", [False, True])
def test_replacing_a_one_to_one_clears_the_old_ones_key(lab: Laboratory, loaded: bool) -> None:
    person_class, passport_class = one_to_one(lab)
    session = lab.session()
    person, new = person_class(id=1, passport=passport_class(id=1)), passport_class(id=2)
    session.add_all([person, new])
    session.commit()
    if loaded:
        assert person.passport.id == 1
    person.passport = new
    assert new.person is person
    session.commit()
    assert lab.rows(session, passport_class.id, passport_class.person_id) == [(1, None), (2, 1)]


@pytest.mark.parametrize("loaded", [False, True])
def test_replacing_a_one_to_one_deletes_the_orphan(lab: Laboratory, loaded: bool) -> None:
    person_class, passport_class = one_to_one(lab, cascade="all, delete-orphan")
    session = lab.session()
    person = person_class(id=1, passport=passport_class(id=1))
    session.add(person)
    session.commit()
    if loaded:
        assert person.passport.id == 1
    person.passport = None
    session.commit()
    assert lab.rows(session, passport_class.id) == []


def test_the_other_side_of_a_one_to_one_takes_over(lab: Laboratory) -> None:
    person_class, passport_class = one_to_one(lab)
    session = lab.session()
    first, second = person_class(id=1, passport=passport_class(id=1)), person_class(id=2)
    session.add_all([first, second])
    session.commit()
    passport = first.passport
    passport.person = second
    assert second.passport is passport
    assert first.passport is None
    session.commit()
    assert lab.rows(session, passport_class.id, passport_class.person_id) == [(1, 2)]


def test_a_new_one_takes_the_place_from_its_own_side(lab: Laboratory) -> None:
    person_class, passport_class = one_to_one(lab)
    session = lab.session()
    person = person_class(id=1, passport=passport_class(id=1))
    session.add(person)
    session.commit()
    assert person.passport.id == 1
    new = passport_class(id=2, person=person)
    session.add(new)
    assert person.passport is new
    session.commit()
    assert lab.rows(session, passport_class.id, passport_class.person_id) == [(1, None), (2, 1)]


@pytest.mark.parametrize("cascade", ["save-update, merge", "all"])
@pytest.mark.parametrize("by", ["remove", "clear"])
@pytest.mark.parametrize("added", ["before", "after"])
def test_a_child_made_transient_leaves_the_collection_that_holds_it(
    lab: Laboratory, cascade: str, by: str, added: str
) -> None:
    parent_class, child_class = lab.parent_and_child(cascade=cascade)
    session = lab.session()
    parent, child = parent_class(id=1), child_class(id=1)
    parent.children.append(child)
    session.add(parent)
    session.commit()
    assert (parent.children, child.parent_id) == ([child], 1)
    lab.orm.make_transient(child)
    child.id = 2
    if added == "before":
        session.add(child)
    if by == "remove":
        parent.children.remove(child)
    else:
        parent.children = []
    if added == "after":
        session.add(child)
    session.commit()
    assert lab.rows(session, child_class.id, child_class.parent_id) == [(1, 1), (2, None)]


def one_sided(lab: Laboratory, *, uselist: bool) -> tuple[Any, Any]:
    """Declare a parent whose children do not come along into the session, and know nothing of it but its key."""
    base: Any = lab.base

    class Parent(base):
        __tablename__ = "parent"
        id = lab.key()
        children = lab.orm.relationship("Child", cascade="merge", uselist=uselist)

    class Child(base):
        __tablename__ = "child"
        id = lab.key()
        parent_id = lab.refers_to("parent.id")

    return Parent, Child


@pytest.mark.parametrize("uselist", [False, True])
@pytest.mark.parametrize("stranger", ["transient", "detached"])
@pytest.mark.parametrize("parent_is_new", [False, True])
@pytest.mark.filterwarnings("ignore:Object of type")
def test_a_child_that_is_added_after_the_flush_is_where_it_was_put(
    lab: Laboratory, uselist: bool, stranger: str, parent_is_new: bool
) -> None:
    parent_class, child_class = one_sided(lab, uselist=uselist)
    session = lab.session()
    parent, child = parent_class(id=1), child_class(id=1)
    if not parent_is_new:
        session.add(parent)
        session.commit()
    if stranger == "detached":
        session.add(child)
        session.commit()
        assert (child.id, child.parent_id) == (1, None)
        session.expunge(child)
    parent.children = [child] if uselist else child
    session.add(parent)
    session.commit()
    assert child.parent_id == 1
    session.add(child)
    session.commit()
    assert lab.rows(session, child_class.id, child_class.parent_id) == [(1, 1)]


@pytest.mark.filterwarnings("ignore:Object of type")
def test_a_child_that_was_expunged_loses_its_parent(lab: Laboratory) -> None:
    parent_class, child_class = one_sided(lab, uselist=True)
    session = lab.session()
    parent, child = parent_class(id=1), child_class(id=1, parent_id=1)
    session.add_all([parent, child])
    session.commit()
    assert (parent.children, child.parent_id) == ([child], 1)
    session.expunge(child)
    parent.children.remove(child)
    session.flush()
    assert child.parent_id is None
    session.add(child)
    session.commit()
    assert lab.rows(session, child_class.id, child_class.parent_id) == [(1, None)]
