"""A statement about objects with rows in several tables changes all of them, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from azoth import CheckConstraint, Engine, ForeignKey, delete, insert, select, update
from azoth.exc import IntegrityError
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase): ...


class Animal(Base):
    __tablename__ = "animal"
    __table_args__ = (CheckConstraint("weight > 0"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    weight: Mapped[int]
    __mapper_args__: ClassVar[Any] = {"polymorphic_on": "kind", "polymorphic_identity": "animal"}


class Dog(Animal):
    __tablename__ = "dog"
    __table_args__ = (CheckConstraint("bark > 0"),)
    id: Mapped[int] = mapped_column(ForeignKey("animal.id"), primary_key=True)
    bark: Mapped[int]
    __mapper_args__: ClassVar[Any] = {"polymorphic_identity": "dog"}


class Flea(Base):
    __tablename__ = "flea"
    id: Mapped[int] = mapped_column(primary_key=True)
    animal_id: Mapped[int] = mapped_column(ForeignKey("animal.id"))


@pytest.fixture
def session(engine: Engine) -> Session:
    Base.metadata.create_all(engine)
    connection = engine.connect()
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        connection.commit()
    session = Session(connection)
    session.add_all([Dog(id=1, weight=1, bark=1), Dog(id=2, weight=2, bark=2)])
    session.flush()
    session.add(Flea(animal_id=2))
    session.commit()
    return session


UNSYNCHRONISED: dict[str, Any] = {"synchronize_session": False}

CHANGES: dict[str, Callable[[Session], Any]] = {
    "delete of the base": lambda s: s.execute(delete(Animal)),
    "delete by key": lambda s: s.execute(delete(Dog).where(Dog.weight > 0)),
    "delete without synchronisation": lambda s: s.execute(delete(Animal), execution_options=UNSYNCHRONISED),
    "update": lambda s: s.execute(update(Dog).values(weight=9, bark=0)),
    "update by key": lambda s: s.execute(update(Dog), [{"id": 1, "weight": 9, "bark": 0}]),
    "insert": lambda s: s.execute(insert(Dog), [{"id": 3, "weight": 9, "bark": 0}]),
    "second row of an insert": lambda s: s.execute(
        insert(Dog), [{"id": 3, "weight": 9, "bark": 9}, {"id": 4, "weight": 9, "bark": 0}]
    ),
    "bulk_insert_mappings": lambda s: s.bulk_insert_mappings(Dog, [{"weight": 9, "bark": 0}]),
    "bulk_update_mappings": lambda s: s.bulk_update_mappings(Dog, [{"id": 1, "weight": 9, "bark": 0}]),
    "bulk_save_objects": lambda s: s.bulk_save_objects([Dog(weight=9, bark=0)]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_fails_in_one_table_changes_no_other(session: Session, name: str) -> None:
    session.add(Animal(id=7, weight=7))
    session.flush()

    with pytest.raises(IntegrityError):
        CHANGES[name](session)

    # What the transaction did before is there: the statement alone came to nothing.
    session.commit()
    animals = session.execute(select(Animal.__table__.c.id, Animal.__table__.c.weight).order_by("id")).all()
    assert animals == [(1, 1), (2, 2), (7, 7)]
    assert session.execute(select(Dog.__table__.c.id, Dog.__table__.c.bark).order_by("id")).all() == [(1, 1), (2, 2)]
