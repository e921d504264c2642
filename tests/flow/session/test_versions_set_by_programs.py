"""Versions that a program sets: beside the counting of azoth, and instead of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from azoth import Column, Integer, String, Table, event, literal, text
from azoth.orm import DeclarativeBase, Mapped, Session, mapped_column
from azoth.orm.exc import FlushError, StaleDataError
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


class ByExpression(Base):
    __tablename__ = "version_by_expression"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(default=literal(1), onupdate=text("version + 1"))
    note: Mapped[str | None]
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


kept = Table(
    "part_in_use",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("note", String),
)


class Part(Base):
    """The rows of a table that are in use."""

    __table__ = kept.select().where(kept.c.id > 0).subquery("in_use")
    __mapper_args__ = {"version_id_col": kept.c.version}


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


def test_a_version_that_an_expression_makes_comes_back_with_each_statement(session: Session) -> None:
    sent: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: sent.append(told[2].split()[0]))
    rows = [ByExpression(note="a"), ByExpression(note="b")]
    session.add_all(rows)
    session.flush()
    assert [row.version for row in rows] == [1, 1]
    for row in rows:
        row.note += "!"
    session.flush()
    assert [row.version for row in rows] == [2, 2]
    session.delete(rows[0])
    rows[1].note = "c"
    session.commit()
    assert sorted(set(sent)) == ["DELETE", "INSERT", "UPDATE"]
    assert (rows[1].version, rows[1].note) == (3, "c")


def test_a_key_that_an_expression_makes_is_known_after_the_update(session: Session) -> None:
    row = ByExpression(id=2, note="a")
    session.add(row)
    session.flush()
    row.id = ByExpression.id + 3
    session.flush()
    assert (row.id, row.version) == (5, 2)
    assert session.get(ByExpression, 5) is row
    row.note = "b"
    session.commit()
    assert (row.id, row.note, row.version) == (5, "b", 3)


def test_the_version_may_be_named_by_the_column_of_the_table_behind_a_subquery(session: Session) -> None:
    part = Part(note="a")
    session.add(part)
    session.commit()
    assert part.version == 1
    part.note = "b"
    session.commit()
    assert part.version == 2
    session.connection().exec_driver_sql("UPDATE part_in_use SET version = 7")
    part.note = "c"
    with pytest.raises(StaleDataError):
        session.flush()
