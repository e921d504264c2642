"""Differences that the model found, each as a plain test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import azoth
from azoth import inspect
from azoth.orm import Session
from azoth.orm.exc import ObjectDeletedError
from tests.model.family import Base, Child, Parent, Pet


@pytest.fixture
def session(engine: azoth.Engine) -> Iterator[Session]:
    Base.metadata.create_all(engine)
    with Session(engine, autoflush=False) as session:
        yield session


def test_an_orphan_of_an_owner_that_was_loaded_again_is_deleted(session: Session) -> None:
    """The pet remembers the first object for its owner's row; another one lets go of it."""
    first, pet = Parent(name="a"), Pet(name="x")
    first.pets.add(pet)
    session.add(first)
    session.commit()
    session.expunge(first)
    second = session.get(Parent, pet.owner_id)
    assert second is not first
    assert second.pets == {pet}
    second.pets.remove(pet)
    session.flush()
    assert inspect(pet).deleted


def test_a_child_that_moved_stays_where_it_is_when_another_one_moves(session: Session) -> None:
    """Its former parent, whose children are not loaded, had it queued as leaving beyond the flush that moved it."""
    parent, first, second = Parent(name="a"), Child(name="x"), Child(name="y")
    parent.children = [first, second]
    session.add(parent)
    session.commit()
    for child in (first, second):
        assert child.parent is parent
        child.parent = Parent(name="b")
        session.flush()
    session.commit()
    assert first.parent is not None
    assert second.parent is not None
    assert parent.children == []


def two_owners_and_a_pet(session: Session) -> tuple[Parent, Parent, Pet]:
    owner, other, pet = Parent(name="a"), Parent(name="b"), Pet(name="x")
    owner.pets.add(pet)
    session.add_all([owner, other])
    session.commit()
    return owner, other, pet


def test_a_move_that_was_rolled_back_does_not_hide_an_orphan(session: Session) -> None:
    """The pet remembered the owner of the rolled back move, so losing its real one made it no orphan."""
    owner, other, pet = two_owners_and_a_pet(session)
    assert pet.owner is owner
    pet.owner = other
    session.flush()
    session.rollback()
    owner.pets.remove(pet)
    session.flush()
    assert inspect(pet).deleted


def test_a_removal_that_was_rolled_back_makes_no_orphan(session: Session) -> None:
    owner, _, pet = two_owners_and_a_pet(session)
    owner.pets.remove(pet)
    session.rollback()
    pet.name = "y"
    session.commit()
    assert owner.pets == {pet}
    assert pet.name == "y"


def two_expired_children(session: Session) -> tuple[Child, Child]:
    session.add_all([Child(name="x", parent=Parent(name="a")), Child(name="y", parent=Parent(name="b"))])
    session.commit()
    session.expunge_all()
    first, second = session.query(Child).order_by(Child.id)
    return first, second


def test_an_expired_peer_that_was_deleted_does_not_hinder_a_load(session: Session) -> None:
    """Its foreign key had to be loaded again for the load on its behalf, and its row was gone."""
    first, second = two_expired_children(session)
    session.expire_all()
    session.delete(first)
    session.flush()
    assert "parent_id" not in first.__dict__
    assert second.parent is not None
    assert second.parent.name == "b"


@pytest.mark.parametrize("key", ["children", "pets"])
def test_an_expired_peer_whose_row_somebody_else_deleted_does_not_hinder_a_load(session: Session, key: str) -> None:
    first, second = two_expired_children(session)
    parents = session.query(Parent).order_by(Parent.id).all()
    session.execute(azoth.delete(Child).where(Child.id == first.id), execution_options={"synchronize_session": False})
    session.execute(
        azoth.delete(Parent).where(Parent.id == parents[0].id), execution_options={"synchronize_session": False}
    )
    session.expire_all()
    assert second.parent is parents[1]
    session.expire_all()
    assert len(getattr(parents[1], key)) == (1 if key == "children" else 0)
    with pytest.raises(ObjectDeletedError):
        getattr(parents[0], key)
    with pytest.raises(ObjectDeletedError):
        first.parent
