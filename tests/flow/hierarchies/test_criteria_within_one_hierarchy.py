"""``any()`` and ``has()`` with ``of_type()`` a class of the hierarchy that the relationship starts in.

SQLAlchemy is no oracle here: it takes the tables of the outer query for those of the inner one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from azoth import Engine, ForeignKey, String, delete, select
from azoth.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column, relationship


class Base(DeclarativeBase): ...


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    boss: Mapped[Person | None] = relationship(remote_side=id, back_populates="team")
    team: Mapped[list[Person]] = relationship(back_populates="boss")
    __mapper_args__: ClassVar[Any] = {"polymorphic_on": "kind", "polymorphic_identity": "person"}


class Manager(Person):
    __tablename__ = "manager"
    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    level: Mapped[int]
    __mapper_args__: ClassVar[Any] = {"polymorphic_identity": "manager"}


class Clerk(Person):
    floor: Mapped[int | None]
    __mapper_args__: ClassVar[Any] = {"polymorphic_identity": "clerk"}


@pytest.fixture
def session(engine: Engine) -> Session:
    Base.metadata.create_all(engine)
    session = Session(engine)
    top = Manager(id=1, level=1)
    clerk = Clerk(id=2, floor=1, boss=top)
    below = Manager(id=4, level=2, boss=top)
    session.add_all([top, clerk, Person(id=3, boss=clerk), below, Clerk(id=5, floor=2, boss=below)])
    session.commit()
    return session


CRITERIA: list[tuple[Callable[[], Any], list[int]]] = [
    (lambda: Person.boss.of_type(Manager).has(), [2, 4, 5]),
    (lambda: Person.boss.of_type(Manager).has(Manager.level == 1), [2, 4]),
    (lambda: Person.boss.of_type(Clerk).has(), [3]),
    (lambda: Person.boss.of_type(Clerk).has(Clerk.floor == 2), []),
    (lambda: ~Person.boss.of_type(Manager).has(), [1, 3]),
    (lambda: Person.team.of_type(Manager).any(), [1]),
    (lambda: Person.team.of_type(Clerk).any(Clerk.floor == 2), [4]),
    (lambda: Manager.team.of_type(Clerk).any(), [1, 4]),
    (lambda: Clerk.boss.of_type(Manager).has(Manager.level == 2), [5]),
    (lambda: Person.team.of_type(Manager).any(Manager.team.of_type(Clerk).any(Clerk.floor == 2)), [1]),
]


@pytest.mark.parametrize("criterion, found", CRITERIA)
def test_the_inner_class_is_another_row_than_the_outer_one(
    session: Session, criterion: Callable[[], Any], found: list[int]
) -> None:
    assert session.scalars(select(Person.id).where(criterion()).order_by(Person.id)).all() == found


def test_an_alias_outside_is_told_from_the_class_inside(session: Session) -> None:
    someone = aliased(Person)
    query = select(someone.id).where(someone.boss.of_type(Manager).has(Manager.level == 1)).order_by(someone.id)
    assert session.scalars(query).all() == [2, 4]


def test_an_alias_inside_stays_the_one_that_was_given(session: Session) -> None:
    boss = aliased(Manager, flat=True)
    query = select(Manager.id).where(Manager.boss.of_type(boss).has(boss.level < Manager.level))
    assert session.scalars(query).all() == [4]


def test_a_delete_hits_the_rows_that_the_criterion_means(session: Session) -> None:
    session.execute(delete(Person).where(Person.boss.of_type(Clerk).has(Clerk.floor == 1)))
    assert session.scalars(select(Person.id).order_by(Person.id)).all() == [1, 2, 4, 5]
