"""What the context of cursor events tells of the statements of flushes, loads and Core: differential."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from azoth import Column, Engine, Integer, MetaData, String, Table, event
from azoth.orm import Session, registry

pytestmark = pytest.mark.sqlite_only("both libraries write to databases of their own")

KINDS = ("isinsert", "isupdate", "isdelete", "is_crud", "isddl", "is_text", "executemany", "parameters")


def told(name: str) -> list[Any]:
    """Write objects and rows with a library, and give what its contexts say."""
    sa: Any = importlib.import_module(name)
    orm: Any = importlib.import_module(f"{name}.orm")
    metadata = sa.MetaData()
    ship = sa.Table(
        "ship",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(20)),
        sa.Column("masts", sa.Integer, onupdate=3),
    )
    pennant = sa.Table("pennant", metadata, sa.Column("id", sa.Integer, primary_key=True))
    flown = sa.Table(
        "flown",
        metadata,
        sa.Column("ship_id", sa.ForeignKey("ship.id"), primary_key=True),
        sa.Column("pennant_id", sa.ForeignKey("pennant.id"), primary_key=True),
    )

    class Base(orm.DeclarativeBase):
        pass

    class Ship(Base):
        __table__ = ship
        pennants = orm.relationship("Pennant", secondary=flown)

    class Pennant(Base):
        __table__ = pennant

    engine = sa.create_engine("sqlite://")
    metadata.create_all(engine)
    said: list[Any] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        compiled = context.compiled
        own = None if compiled is None else str(compiled) == statement
        same = context.parameters == (parameters if executemany else [parameters])
        said.append([statement.split(maxsplit=1)[0], own, same, *[getattr(context, kind) for kind in KINDS]])

    sa.event.listen(engine, "before_cursor_execute", note)
    with orm.Session(engine) as session:
        session.add(Pennant(id=1))
        session.flush()
        first = Ship(id=1, name="Cutty Sark", pennants=[session.get(Pennant, 1)])
        session.add(first)
        session.flush()
        session.add_all([Ship(id=2, name="Thermopylae"), Ship(id=3, name="Ariel")])
        session.flush()
        session.add(Ship(name="Taeping"))
        session.flush()
        first.name = "Ferreira"
        session.flush()
        first.name = sa.func.upper("maria do amparo")
        session.flush()
        session.expire_all()
        assert first.name == "MARIA DO AMPARO"
        first.pennants.clear()
        session.flush()
        session.delete(first)
        session.flush()
        connection = session.connection()
        connection.execute(ship.insert(), {"name": "Serica"})
        connection.execute(ship.insert(), [{"name": "Lothair"}, {"name": "Flying Spur"}])
        connection.execute(sa.update(ship).values(masts=2).where(ship.c.id == 2))
        connection.execute(sa.delete(ship))
        connection.execute(sa.text("SELECT :x"), {"x": 1})
        connection.execute(sa.text("SELECT 1"))
        connection.exec_driver_sql("SELECT 1")
        connection.exec_driver_sql("SELECT ?", (1,))
        connection.execute(sa.schema.CreateTable(sa.Table("yard", sa.MetaData(), sa.Column("id", sa.Integer))))
    engine.dispose()
    return said


def without_texts_of_ddl(rows: list[Any]) -> list[Any]:
    """Leave out whether DDL is sent as it is compiled: line ends at its ends differ."""
    return [[row[0], None, *row[2:]] if row[0] == "CREATE" else row for row in rows]


def test_the_context_says_what_sqlalchemys_says() -> None:
    assert without_texts_of_ddl(told("azoth")) == without_texts_of_ddl(told("sqlalchemy"))


def test_the_context_of_a_flush_names_the_statement_and_the_table(engine: Engine) -> None:
    table = Table("ship", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))

    class Ship:
        pass

    registry().map_imperatively(Ship, table)
    table.create(engine)
    heard: list[Any] = []
    event.listen(engine, "after_cursor_execute", lambda *arguments: heard.append(arguments[4]))
    with Session(engine) as session:
        session.add(Ship())
        session.flush()
    (context,) = heard
    assert context.compiled.statement.table is table
    assert context.invoked_statement.table is table
    assert context.invoked_statement.is_insert


def test_an_error_of_the_drivers_own_sql_is_not_told_as_one_of_the_statement_before(engine: Engine) -> None:
    heard: list[Any] = []
    event.listen(engine, "handle_error", lambda context: heard.append(context.execution_context.compiled))
    table = Table("ship", MetaData(), Column("id", Integer, primary_key=True))
    table.create(engine)
    with engine.connect() as connection:
        connection.execute(table.insert())
        with pytest.raises(Exception, match="no such table"):
            connection.exec_driver_sql("SELECT 1 FROM nowhere")
    assert heard == [None]
