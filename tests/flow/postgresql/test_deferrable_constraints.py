"""Constraints that the database looks at when it commits: the flush need not work around them.

Needs: PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import azoth
from azoth import Engine, ForeignKey, ForeignKeyConstraint, UniqueConstraint, event
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Seat(Base):
    __tablename__ = "seats"
    __table_args__ = (UniqueConstraint("number", deferrable=True, initially="DEFERRED"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


class Owner(Base):
    __tablename__ = "owners"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    main_id: Mapped[int] = mapped_column(ForeignKey("things.id", deferrable=True, initially="DEFERRED", name="of_main"))
    main: Mapped[Thing] = relationship(foreign_keys=main_id)


class Thing(Base):
    __tablename__ = "things"
    __table_args__ = (ForeignKeyConstraint(["owner_id"], ["owners.id"], deferrable=True, initially="DEFERRED"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner_id: Mapped[int] = mapped_column()
    owner: Mapped[Owner] = relationship(foreign_keys=owner_id)


@pytest.fixture
def engine(make_database: Callable[..., str]) -> Iterator[Engine]:
    engine = azoth.create_engine(make_database())
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def sent(engine: Engine) -> list[str]:
    statements: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement.split(maxsplit=1)[0])

    return statements


def test_unique_values_are_exchanged_by_the_updates_alone(engine: Engine, sent: list[str]) -> None:
    with Session(engine) as session:
        one, two = Seat(id=1, number=10), Seat(id=2, number=20)
        session.add_all([one, two])
        session.commit()
        numbers = one.number, two.number
        sent.clear()
        two.number, one.number = numbers
        session.flush()
        assert set(sent) == {"UPDATE"}
        assert len(sent) <= 2
        session.commit()
        assert (one.number, two.number) == (20, 10)


def test_a_ring_of_rows_that_need_each_other_is_written(engine: Engine, sent: list[str]) -> None:
    with Session(engine) as session:
        owner, thing = Owner(id=1, main_id=7), Thing(id=7, owner_id=1)
        session.add_all([owner, thing])
        session.commit()
        assert [word for word in sent if word != "SELECT"] == ["INSERT", "INSERT"]
        session.delete(owner)
        session.delete(thing)
        session.commit()
        assert [word for word in sent if word != "SELECT"] == ["INSERT", "INSERT", "DELETE", "DELETE"]


def test_what_is_wrong_at_the_end_is_told_by_the_commit(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all([Seat(id=1, number=1), Seat(id=2, number=1)])
        session.flush()
        with pytest.raises(azoth.exc.UniqueViolation) as caught:
            session.commit()
        assert not isinstance(caught.value, azoth.exc.CommitUnknown)
        assert caught.value.table_name == "seats"
    with Session(engine) as session:
        assert session.query(Seat).count() == 0
