"""Entities in ORDER BY and GROUP BY, hints, options in contexts, and tables that are there already."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import Column, Engine, Integer, MetaData, String, Table, event, func, insert, select
from azoth.dialects.sqlite import dialect as SQLiteDialect
from azoth.exc import InvalidRequestError
from azoth.orm import Session, aliased
from tests.flow.query.blog import Address, User


def test_an_entity_in_group_by_stands_for_its_columns(session: Session) -> None:
    statement = select(Address, func.count()).group_by(Address).order_by(Address)
    assert str(statement).endswith(
        "GROUP BY addresses.id, addresses.email, addresses.user_id "
        "ORDER BY addresses.id, addresses.email, addresses.user_id"
    )
    assert [(address.id, count) for address, count in session.execute(statement)] == [(1, 1), (2, 1), (3, 1)]
    assert len(session.query(Address).group_by(Address).all()) == 3


def test_an_alias_and_a_mapper_in_group_by_do_so_too(session: Session) -> None:
    other = aliased(Address)
    assert len(session.scalars(select(other).group_by(other)).all()) == 3
    assert len(session.scalars(select(User).group_by(User.__mapper__)).all()) == 3


@pytest.mark.sqlite_only("others write such hints, or refuse those that they do not know")
def test_hints_for_all_databases_are_left_out_on_sqlite(session: Session) -> None:
    statement = select(User.id).with_hint(User, "WITH (NOLOCK)")
    assert str(statement.compile(dialect=SQLiteDialect())) == "SELECT users.id \nFROM users"
    assert len(session.execute(statement).all()) == 3


def test_hints_for_sqlite_are_written(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    metadata = MetaData()
    ship = Table("ship", metadata, Column("id", Integer, primary_key=True), Column("name", String, index=True))
    metadata.create_all(engine)
    statement = select(ship.c.id).where(ship.c.name == "Argo")
    with engine.connect() as connection:
        assert connection.execute(statement.with_hint(ship, "INDEXED BY ix_ship_name", "sqlite")).all() == []
        written = str(statement.with_hint(ship, "INDEXED BY ix_%(name)s_name", "sqlite").compile(engine))
    assert "FROM ship INDEXED BY ix_ship_name \nWHERE" in written


def test_functions_of_defaults_see_the_statements_options(engine: Engine) -> None:
    seen: list[Any] = []

    def default(context: Any) -> int:
        seen.append((context.execution_options.get("of_engine"), context.execution_options.get("of_statement")))
        return 1

    metadata = MetaData()
    ship = Table("ship", metadata, Column("id", Integer, primary_key=True), Column("masts", Integer, default=default))
    metadata.create_all(engine)
    with engine.execution_options(of_engine=1).begin() as connection:
        connection.execute(insert(ship).execution_options(of_statement=2), {"id": 1})
        connection.execute(insert(ship).execution_options(of_statement=3), {"id": 2})
        connection.execute(insert(ship), [{"id": 3}])
    assert seen == [(1, 2), (1, 3), (1, None)]


def test_listeners_of_cursors_see_the_options_of_statements_of_entities(session: Session) -> None:
    seen: list[Any] = []

    def listen(_connection: Any, _cursor: Any, _sql: Any, _parameters: Any, context: Any, _many: Any) -> None:
        seen.append((context.execution_options.get("a"), context.execution_options.get("b")))

    engine = session.get_bind()
    session.connection()
    event.listen(engine, "before_cursor_execute", listen)
    session.scalars(select(User).execution_options(a=1), execution_options={"b": 2}).all()
    session.scalars(select(User)).all()
    session.scalars(select(User.id).execution_options(a=3)).all()
    event.remove(engine, "before_cursor_execute", listen)
    assert seen == [(1, 2), (None, None), (3, None)]


def test_reading_a_table_that_is_there_already_gives_it_as_it_is(engine: Engine) -> None:
    stored = MetaData()
    Table("ship", stored, Column("id", Integer, primary_key=True), Column("name", String(20)))
    stored.create_all(engine)
    metadata = MetaData()
    ship = Table("ship", metadata, Column("id", Integer, primary_key=True))
    assert Table("ship", metadata, autoload_with=engine) is ship
    assert Table("ship", metadata, autoload_with=engine, keep_existing=True) is ship
    assert ship.c.keys() == ["id"]
    assert Table("ship", metadata, autoload_with=engine, extend_existing=True) is ship
    assert ship.c.keys() == ["id", "name"]
    with pytest.raises(InvalidRequestError, match="already defined"):
        Table("ship", metadata, Column("masts", Integer), autoload_with=engine)
