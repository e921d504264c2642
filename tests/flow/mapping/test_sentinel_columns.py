"""Columns that only tell the rows of one INSERT apart are in the table, and no attributes of objects."""

from __future__ import annotations

from typing import Any

import azoth
from azoth import Column, Integer, String, Table, insert_sentinel, inspect, select
from azoth.orm import Mapped, Session, declarative_base, mapped_column, orm_insert_sentinel, registry


def test_a_declared_sentinel_is_in_the_table_alone(engine: azoth.Engine) -> None:
    base: Any = declarative_base()

    class Note(base):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]
        _sentinel: Mapped[int] = orm_insert_sentinel()

    column = Note.__table__.c["_sentinel"]
    assert (str(column.type), column.nullable) == ("INTEGER", True)
    assert "_sentinel" not in inspect(Note).attrs
    assert "_sentinel" not in str(select(Note))
    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Note(text="a"), Note(text="b")])
        session.commit()
        assert session.scalars(select(Note.text).order_by(Note.id)).all() == ["a", "b"]


def test_one_that_is_not_left_out_is_an_attribute(engine: azoth.Engine) -> None:
    base: Any = declarative_base()

    class Note(base):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)
        place = orm_insert_sentinel("at", Integer, default=7, omit_from_statements=False)

    base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Note())
        session.commit()
        assert session.scalars(select(Note)).one().place == 7


def test_the_sentinel_of_a_table_is_not_mapped() -> None:
    table = Table(
        "note", azoth.MetaData(), Column("id", Integer, primary_key=True), Column("text", String), insert_sentinel("at")
    )

    class Note: ...

    mapper = registry().map_imperatively(Note, table)
    assert list(mapper.attrs.keys()) == ["id", "text"]
