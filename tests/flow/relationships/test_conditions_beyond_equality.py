"""Join conditions that say more than that two columns are equal: what they need, and what they are written from."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Engine, ForeignKey, Integer, String, cast, select, type_coerce
from azoth.exc import ArgumentError
from azoth.orm import Session, configure_mappers, declarative_base, foreign, relationship, selectinload

Base: Any = declarative_base()


class Keeper(Base):
    __tablename__ = "keepers_of_more"
    id = Column(Integer, primary_key=True)
    code = Column(String)
    _retired = Column(Integer, nullable=False, default=0)
    lions = relationship("Lion", primaryjoin="and_(Keeper.id == Lion.keeper_id, Lion.age > 1)", back_populates="keeper")
    crates = relationship("Crate", primaryjoin=lambda: _by_code())  # noqa: PLW0108  # defined below
    boxes = relationship("Crate", primaryjoin=lambda: _by_text(), order_by="Crate.id")  # noqa: PLW0108  # as above


class Lion(Base):
    __tablename__ = "lions_of_more"
    id = Column(Integer, primary_key=True)
    age = Column(Integer, nullable=False, default=5)
    keeper_id = Column(ForeignKey("keepers_of_more.id"))
    keeper = relationship(
        "Keeper",
        primaryjoin="and_(Keeper.id == Lion.keeper_id, Keeper._retired == 0)",
        back_populates="lions",
    )
    retired = relationship(
        "Keeper",
        primaryjoin="and_(Keeper.id == Lion.keeper_id, keepers_of_more.c._retired == 1)",
        viewonly=True,
    )


class Crate(Base):
    __tablename__ = "crates_of_more"
    id = Column(Integer, primary_key=True)
    keeper_code = Column(Integer)
    keeper_text = Column(String)


def _by_code() -> Any:
    return foreign(Crate.keeper_code) == cast(Keeper.code, Integer)


def _by_text() -> Any:
    return type_coerce(Keeper.id, String) == foreign(Crate.keeper_text)


@pytest.fixture
def session(engine: Engine, statements: list[str]) -> Any:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def test_a_reference_that_is_null_needs_no_statement(session: Session, statements: list[str]) -> None:
    session.add_all([Lion(id=1), Lion(id=2)])
    session.commit()
    lion = session.get_one(Lion, 1)
    statements.clear()
    assert lion.keeper is None
    assert lion.retired is None
    assert statements == []
    session.scalars(select(Lion).options(selectinload(Lion.keeper))).all()
    assert len(statements) == 1


def test_references_are_looked_up_where_one_of_the_peers_has_one(session: Session, statements: list[str]) -> None:
    session.add_all([Lion(id=1), Lion(id=2, keeper=Keeper(id=1)), Lion(id=3, keeper_id=2), Keeper(id=2, _retired=1)])
    session.commit()
    lions = session.scalars(select(Lion).order_by(Lion.id)).all()
    assert [lion.keeper and lion.keeper.id for lion in lions] == [None, 1, None]
    assert [lion.retired and lion.retired.id for lion in lions] == [None, None, 2]


def test_a_reference_that_is_set_by_its_key_is_seen(session: Session) -> None:
    session.add_all([Lion(id=1), Keeper(id=1)])
    session.commit()
    lion = session.get_one(Lion, 1)
    assert lion.keeper is None
    lion.keeper_id = 1
    session.expire(lion, ["keeper"])
    assert lion.keeper is session.get_one(Keeper, 1)


def test_what_is_compared_as_another_type_is_written_and_found(session: Session) -> None:
    keeper = Keeper(id=1, code="7", crates=[Crate(id=1)])
    session.add_all([keeper, Crate(id=4, keeper_code=8)])
    session.commit()
    assert session.get_one(Crate, 1).keeper_code == 7
    assert [crate.id for crate in keeper.crates] == [1]


@pytest.mark.needs("loose types")
def test_what_is_compared_as_if_of_another_type_is_written_and_found(session: Session) -> None:
    keeper = Keeper(id=1, crates=[Crate(id=1)], boxes=[Crate(id=2), Crate(id=3)])
    session.add_all([keeper, Crate(id=4)])
    session.commit()
    assert session.scalars(select(Crate.keeper_text).order_by(Crate.id)).all() == [None, "1", "1", None]
    assert [crate.id for crate in keeper.boxes] == [2, 3]


def test_what_is_compared_with_something_made_of_a_column_cannot_be_written() -> None:
    Other: Any = declarative_base()

    class Shelf(Other):
        __tablename__ = "shelves_of_more"
        id = Column(Integer, primary_key=True)
        books = relationship("Book", primaryjoin="foreign(Book.shelf) == Shelf.id + 1")

    class Book(Other):
        __tablename__ = "books_of_more"
        id = Column(Integer, primary_key=True)
        shelf = Column(Integer)

    with pytest.raises(ArgumentError, match="Could not locate any simple equality"):
        configure_mappers()
    Other.registry.dispose()
