"""Defaults of columns give to many rows what they give to one, however these are sent together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from azoth import Column, Integer, Sequence, String, Table, event, literal, literal_column, select, text
from azoth.orm import DeclarativeBase, Session
from tests.database import Database

SEQUENCES = pytest.mark.needs("sequences")
DEFAULTS = {
    "a value": (lambda: Column("made", Integer, default=8), [8] * 12),
    "a function": (lambda: Column("made", Integer, default=lambda: 9), [9] * 12),
    "a function of the row": (
        lambda: Column("made", String(20), default=lambda context: context.get_current_parameters()["name"] + "!"),
        [f"{number}!" for number in range(12)],
    ),
    "SQL": (lambda: Column("made", Integer, default=text("5")), [5] * 12),
    "SQL with values": (lambda: Column("made", Integer, default=literal(2) + literal(4)), [6] * 12),
    "a SELECT": (lambda: Column("made", Integer, default=select(literal_column("7")).scalar_subquery()), [7] * 12),
    "a sequence": (lambda: Column("made", Integer, Sequence("numbers")), list(range(1, 13))),
}
EACH = pytest.mark.parametrize(
    "default", [pytest.param(one, marks=SEQUENCES if one == "a sequence" else ()) for one in DEFAULTS]
)


def thing(*more: Column[Any], hidden: tuple[str, ...]) -> Any:
    """Map a class to a table with further columns, some of which have no attribute."""

    class Base(DeclarativeBase):
        pass

    columns = [Column("id", Integer, primary_key=True), *more[1:], Column("name", String(20)), *more[:1]]

    class Thing(Base):
        __table__ = Table("thing", Base.metadata, *columns)
        __mapper_args__ = {"exclude_properties": hidden}

    return Thing


def stored(database: Database, thing: Any, *, with_keys: bool) -> list[Any]:
    engine = database.make_engine()
    thing.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([thing(name=str(number), **({"id": number + 1} if with_keys else {})) for number in range(12)])
        session.commit()
        table = thing.__table__
        return [tuple(row) for row in session.execute(select(table).order_by(table.c.id))]


@EACH
@pytest.mark.parametrize("with_keys", [False, True])
@pytest.mark.parametrize("hidden", [(), ("made",)])
def test_all_rows_get_it(database: Database, default: str, with_keys: bool, hidden: tuple[str, ...]) -> None:
    column, values = DEFAULTS[default]
    rows = stored(database, thing(column(), hidden=hidden), with_keys=with_keys)
    assert rows == [(number + 1, str(number), values[number]) for number in range(12)]


@EACH
def test_values_of_several_columns_without_attribute_keep_apart(database: Database, default: str) -> None:
    column, values = DEFAULTS[default]
    more: list[Callable[[], Column[Any]]] = [
        column,
        lambda: Column("first", Integer, default=1),
        lambda: Column("second", Integer, default=text("2")),
        lambda: Column("third", Integer, default=lambda: 3),
    ]
    subject = thing(*[make() for make in more], hidden=("made", "first", "second", "third"))
    rows = stored(database, subject, with_keys=False)
    assert rows == [(number + 1, 1, 2, 3, str(number), values[number]) for number in range(12)]


def test_rows_with_values_for_columns_without_attribute_go_together(database: Database) -> None:
    engine = database.make_engine()
    subject = thing(
        Column("made", Integer, default=8), Column("more", Integer, default=lambda: 9), hidden=("made", "more")
    )
    subject.metadata.create_all(engine)
    sent: list[str] = []
    with Session(engine) as session:
        session.connection()
        event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
        session.add_all([subject(name="x") for _ in range(7)])
        planned = [one.sql for step in session.plan().statements for one in step for _ in range(one.times)]
        session.flush()
    assert sent == planned
    assert len(sent) == (1 if engine.dialect.name == "postgresql" else 7)
