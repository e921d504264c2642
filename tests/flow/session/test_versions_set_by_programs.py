"""Versions that a program sets: beside the counting of azoth, and instead of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from azoth.orm.exc import FlushError
from tests.database import Database


class Base(DeclarativeBase):
    pass


class Counted(Base):
    __tablename__ = "counted"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    note: Mapped[str | None]
    __mapper_args__ = {"version_id_col": version}


class Own(Base):
    __tablename__ = "own_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int | None] = mapped_column()
    note: Mapped[str | None]
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


class ByDefault(Base):
    __tablename__ = "version_by_default"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(server_default="7")
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    engine = database.make_engine()
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_a_version_that_the_program_sets_is_written(session: Session) -> None:
    counted = Counted(id=1)
    session.add(counted)
    session.commit()
    assert counted.version == 1
    counted.version = 4
    counted.note = "skips"
    session.commit()
    assert counted.version == 4
    counted.version = 9
    session.commit()
    assert counted.version == 9
    counted.note = "counted on"
    session.commit()
    assert counted.version == 10
    counted.version = 20
    session.delete(counted)
    session.commit()
    assert session.get(Counted, 1) is None


def test_the_version_that_is_there_is_counted_on(session: Session) -> None:
    counted = Counted(id=1)
    session.add(counted)
    session.commit()
    counted.version = counted.version + 0
    counted.note = "same version"
    session.commit()
    assert counted.version == 2


def test_a_new_row_without_a_version_is_refused(session: Session) -> None:
    session.add(Own(id=1))
    with pytest.raises(FlushError, match="Own has no version"):
        session.flush()


def test_a_row_cannot_lose_its_version(session: Session) -> None:
    own = Own(id=1, version=1)
    session.add(own)
    session.commit()
    own.note = "x"
    own.version = None
    with pytest.raises(FlushError, match="Own has no version"):
        session.flush()
    session.rollback()
    assert own.version == 1
    own.version, own.note = 2, "y"
    session.commit()
    assert own.version == 2


def test_a_version_that_the_database_makes_need_not_be_given(session: Session) -> None:
    made = ByDefault(id=1)
    session.add(made)
    session.commit()
    assert made.version == 7
