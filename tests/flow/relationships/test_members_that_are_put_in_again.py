"""A member that is put where it stands already belongs there, whoever had it meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import azoth
from azoth import Column, ForeignKey, Integer
from azoth.orm import Session, attribute_mapped_collection, declarative_base, object_session, relationship

Change = Callable[[Any, Any], None]


def change_slice(owner: Any, member: Any) -> None:
    owner.members[:] = [member]


def change_place(owner: Any, member: Any) -> None:
    owner.members[0] = member


def assign_list(owner: Any, member: Any) -> None:
    owner.members = [member]


def add_to_set(owner: Any, member: Any) -> None:
    owner.members.add(member)


def update_set(owner: Any, member: Any) -> None:
    owner.members |= {member}


def assign_set(owner: Any, member: Any) -> None:
    owner.members = {member}


def put_under_key(owner: Any, member: Any) -> None:
    owner.members[member.id] = member


def update_dict(owner: Any, member: Any) -> None:
    owner.members.update({member.id: member})


LISTS: list[Change] = [change_slice, change_place, assign_list]
SETS: list[Change] = [add_to_set, update_set, assign_set]
DICTS: list[Change] = [put_under_key, update_dict]
CASES = [(list, change) for change in LISTS] + [(set, change) for change in SETS] + [(dict, change) for change in DICTS]


class Models:
    def __init__(self, kind: type) -> None:
        base: Any = declarative_base()
        collection = attribute_mapped_collection("id") if kind is dict else kind

        class Owner(base):
            __tablename__ = "owner"
            id = Column(Integer, primary_key=True)
            members = relationship("Member", back_populates="owner", collection_class=collection)

        class Member(base):
            __tablename__ = "member"
            id = Column(Integer, primary_key=True)
            owner_id = Column(ForeignKey("owner.id"))
            owner = relationship("Owner", back_populates="members")

        self.base, self.Owner, self.Member, self.kind = base, Owner, Member, kind


@pytest.fixture(params=CASES, ids=lambda case: case[1].__name__)
def case(request: pytest.FixtureRequest) -> tuple[Models, Change]:
    kind, change = request.param
    return Models(kind), change


@pytest.fixture
def session(engine: azoth.Engine, case: tuple[Models, Change]) -> Iterator[Session]:
    models, _ = case
    models.base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([models.Owner(id=1), models.Owner(id=2), models.Member(id=1, owner_id=1)])
        session.commit()
        yield session


def test_who_has_gone_to_another_owner_comes_back(session: Session, case: tuple[Models, Change]) -> None:
    models, change = case
    first, second = session.get_one(models.Owner, 1), session.get_one(models.Owner, 2)
    member = session.get_one(models.Member, 1)
    session.expire(member)
    with session.no_autoflush:
        # Nobody knows yet whom it leaves.
        member.owner = second
        assert len(first.members) == 1
        change(first, member)
    assert member.owner is first
    assert not second.members
    session.commit()
    assert (member.owner_id, len(first.members), len(second.members)) == (1, 1, 0)


def test_who_was_expunged_comes_back_into_the_session(session: Session, case: tuple[Models, Change]) -> None:
    models, change = case
    owner, member = session.get_one(models.Owner, 1), session.get_one(models.Member, 1)
    assert owner.members
    session.expunge(member)
    change(owner, member)
    assert object_session(member) is session


def test_who_is_there_changes_nothing(session: Session, case: tuple[Models, Change], statements: list[str]) -> None:
    models, change = case
    owner, member = session.get_one(models.Owner, 1), session.get_one(models.Member, 1)
    assert owner.members
    change(owner, member)
    assert member not in session.dirty
    session.commit()
    assert not [text for text in statements if text.startswith("UPDATE")]
