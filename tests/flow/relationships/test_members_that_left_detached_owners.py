"""A member that has left a detached owner comes along when the owner is added, so that its row hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, Table, event, select
from azoth.orm import Session, backref, declarative_base, relationship

Base: Any = declarative_base()

links = Table(
    "links_of_owners",
    Base.metadata,
    Column("owner_id", ForeignKey("owners_of_kids.id"), primary_key=True),
    Column("kid_id", ForeignKey("kids_of_owners.id"), primary_key=True),
)


class Owner(Base):
    __tablename__ = "owners_of_kids"
    id = Column(Integer, primary_key=True)
    kids = relationship("Kid", foreign_keys="Kid.owner_id", backref="owner")
    silent = relationship("Kid", foreign_keys="Kid.silent_id")
    first = relationship("Kid", foreign_keys="Kid.first_id", uselist=False)
    owned = relationship(
        "Kid", foreign_keys="Kid.owned_id", cascade="all, delete-orphan", backref=backref("single", single_parent=True)
    )
    apart = relationship("Kid", foreign_keys="Kid.apart_id", cascade="merge")
    shared = relationship("Kid", secondary=links)


class Kid(Base):
    __tablename__ = "kids_of_owners"
    id = Column(Integer, primary_key=True)
    owner_id = Column(Integer, ForeignKey("owners_of_kids.id"))
    silent_id = Column(Integer, ForeignKey("owners_of_kids.id"))
    first_id = Column(Integer, ForeignKey("owners_of_kids.id"))
    owned_id = Column(Integer, ForeignKey("owners_of_kids.id"))
    apart_id = Column(Integer, ForeignKey("owners_of_kids.id"))


def detached_owner(engine: Engine, attribute: str, value: Any) -> Any:
    """Store an owner with members, and give it as it is without session."""
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        owner = Owner(**{attribute: value})
        session.add_all([owner, *(value if isinstance(value, list) else [value])])
        session.commit()
    return owner


@pytest.mark.parametrize("attribute", ["kids", "silent", "first"])
@pytest.mark.parametrize("observed", [False, True])
def test_the_row_of_a_member_that_left_is_told(engine: Engine, attribute: str, observed: bool) -> None:
    kid = Kid(id=1)
    owner = detached_owner(engine, attribute, kid if attribute == "first" else [kid, Kid(id=2)])
    if attribute == "first":
        owner.first = None
    else:
        getattr(owner, attribute).remove(kid)
    heard: list[Any] = []
    with Session(engine) as session:
        if observed:
            event.listen(session, "before_attach", lambda _, instance: heard.append(instance))
        session.add(owner)
        assert kid in session
        session.commit()
        key = f"{'owner' if attribute == 'kids' else attribute}_id"
        assert session.scalars(select(getattr(Kid, key)).order_by(Kid.id)).first() is None
    assert (kid in heard) is observed


def test_an_orphan_goes(engine: Engine) -> None:
    kid = Kid(id=1)
    owner = detached_owner(engine, "owned", [kid, Kid(id=2)])
    owner.owned.remove(kid)
    with Session(engine) as session:
        session.add(owner)
        session.commit()
        assert session.scalars(select(Kid.id)).all() == [2]


def test_a_link_goes(engine: Engine) -> None:
    kid = Kid(id=1)
    owner = detached_owner(engine, "shared", [kid, Kid(id=2)])
    owner.shared.remove(kid)
    with Session(engine) as session:
        session.add(owner)
        session.commit()
        assert session.scalars(select(links.c.kid_id)).all() == [2]


def test_a_member_that_went_to_another_owner_brings_it_along(engine: Engine) -> None:
    kid = Kid(id=1)
    owner = detached_owner(engine, "kids", [kid])
    other = Owner()
    kid.owner = other
    with Session(engine) as session:
        session.add(owner)
        session.commit()
        assert session.scalars(select(Kid.owner_id)).all() == [other.id]


def test_nobody_comes_along_without_the_cascade(engine: Engine) -> None:
    kid = Kid(id=1)
    owner = detached_owner(engine, "apart", [kid])
    owner.apart.remove(kid)
    with Session(engine) as session:
        session.add(owner)
        assert kid not in session


def test_a_member_that_is_in_another_session_stays_there(engine: Engine) -> None:
    kid = Kid(id=1)
    owner = detached_owner(engine, "kids", [kid])
    owner.kids.remove(kid)
    with Session(engine) as other, Session(engine) as session:
        other.add(kid)
        session.add(owner)
        assert kid in other


def test_new_owners_bring_nobody_along_that_left_them(engine: Engine) -> None:
    kid = Kid(id=1)
    owner = Owner(kids=[kid])
    owner.kids.remove(kid)
    with Session(engine) as session:
        session.add(owner)
        assert kid not in session
