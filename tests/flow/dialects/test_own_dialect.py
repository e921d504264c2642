"""A dialect of a program's own: found by its name, with compilers, contexts and methods of its own."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from azoth import Column, Engine, Integer, MetaData, String, Table, create_engine, event, func, inspect, select, text
from azoth.dialects import registry
from azoth.engine import default, interfaces
from azoth.engine.dialect_base import dialect_registry
from azoth.exc import NoSuchModuleError, OperationalError
from azoth.orm import Session, declarative_base
from azoth.schema import CreateTable
from azoth.sql.compiler import IdentifierPreparer
from tests.flow.dialects.shouting import ShoutingContext, ShoutingDialect

HERE = "tests.flow.dialects.shouting"
metadata = MetaData()
things = Table("things", metadata, Column("id", Integer, primary_key=True), Column("loud", String(20)))


@pytest.fixture(autouse=True)
def names() -> Iterator[None]:
    before = dict(dialect_registry._locations)
    registry.register("shouting", HERE, "ShoutingDialect")
    registry.register("byurl.other", HERE, "ByUrl")
    registry.register("wrong", HERE, "NotADialect")
    ShoutingContext.log.clear()
    yield
    dialect_registry._locations.clear()
    dialect_registry._locations.update(before)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"shouting:///{tmp_path / 'own.db'}")
    yield engine
    engine.dispose()


def test_the_names_are_where_authors_of_dialects_import_them() -> None:
    assert interfaces.Dialect is default.DefaultDialect
    assert issubclass(default.DefaultExecutionContext, interfaces.ExecutionContext)


def test_its_compilers_write_its_sql(own: Engine) -> None:
    dialect = own.dialect
    assert isinstance(dialect, ShoutingDialect)

    def written(element: Any) -> str:
        return " ".join(str(element.compile(dialect=dialect)).split())

    assert written(select(things.c.loud).where(things.c.id == 5)) == (
        "/* shout */ SELECT things.[loud] FROM things WHERE things.id = ?"
    )
    assert written(select(func.now())) == "/* shout */ SELECT 'NOW' AS now_1"
    assert written(CreateTable(things)) == (
        "CREATE TABLE things ( id INTEGER NOT NULL, [loud] TEXT_TYPE, PRIMARY KEY (id) ) /* THINGS */"
    )


def test_statements_go_through_its_methods_and_its_context(own: Engine) -> None:
    dialect: Any = own.dialect
    assert dialect.sent == ["created"]
    with own.begin() as connection:
        metadata.create_all(connection)
        dialect.sent.clear()
        ShoutingContext.log.clear()
        result = connection.execute(things.insert().values(loud="a"))
        assert result.inserted_primary_key == (1,)
        assert ShoutingContext.log == [("pre", True), ("post", False), ("lastrowid", 1)]
        connection.execute(things.insert(), [{"loud": "b"}, {"loud": "c"}])
        assert connection.scalars(select(things.c.loud).order_by(things.c.id)).all() == ["A", "B", "C"]
        assert connection.scalar(select(func.twice(21))) == 42
        assert connection.execute(text("SELECT 'WHISPER' AS word")).mappings().all() == [{"word": "SHOUT"}]
        assert connection.execute(things.update().values(loud="x").where(things.c.id > 1)).rowcount == 2
    insert, many, *reads, update, commit = dialect.sent
    assert insert == "INSERT INTO things ([loud]) VALUES (?)"
    assert many == "many: INSERT INTO things ([loud]) VALUES (?)"
    assert len(reads) == 3
    assert update.startswith("UPDATE things")
    assert commit == "COMMIT"
    with own.connect() as connection:
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT nonsense"))
        assert ShoutingContext.log[-1] == ("error", "OperationalError")
        connection.rollback()
    assert dialect.sent[-1] == "ROLLBACK"


def test_listeners_and_sessions_work_with_it(own: Engine) -> None:
    base: Any = declarative_base()

    class Thing(base):
        __table__ = things

    heard: list[str] = []
    event.listen(own, "before_cursor_execute", lambda conn, cursor, sql, *rest: heard.append(sql))
    metadata.create_all(own)
    with Session(own) as session:
        session.add_all([Thing(loud="a"), Thing(loud="b")])
        session.commit()
        assert [thing.id for thing in session.scalars(select(Thing).order_by(Thing.id))] == [1, 2]
        thing = session.get(Thing, 2)
        thing.loud = "z"
        session.flush()
        session.delete(thing)
        session.commit()
        assert session.scalars(select(Thing.loud)).all() == ["A"]
    assert any(sql.startswith("/* shout */") for sql in heard)
    dialect: Any = own.dialect
    assert {sql for sql in heard if "INSERT" in sql} <= {sql.removeprefix("many: ") for sql in dialect.sent}


def test_the_server_is_asked_once(own: Engine) -> None:
    assert own.dialect.server_version_info is None
    for _ in range(2):
        with own.connect() as connection:
            connection.invalidate()
    assert own.dialect.server_version_info is not None
    assert own.dialect.server_version_info >= (3, 0)
    assert own.dialect.default_schema_name == "main"


def test_its_reflection_is_asked(own: Engine) -> None:
    assert not inspect(own).has_table("things")
    metadata.create_all(own)
    inspector = inspect(own)
    assert inspector.get_table_names() == ["things"]
    columns = inspector.get_columns("things")
    assert [(column["name"], str(column["type"]), column["nullable"]) for column in columns] == [
        ("id", "INTEGER", False),
        ("loud", "VARCHAR", True),
    ]


def test_it_is_found_by_an_entry_point(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = {
        "azoth.dialects": [importlib.metadata.EntryPoint("installed", f"{HERE}:ShoutingDialect", "azoth.dialects")],
        "sqlalchemy.dialects": [
            importlib.metadata.EntryPoint("older.sqlite3", f"{HERE}:ShoutingDialect", "sqlalchemy.dialects"),
            importlib.metadata.EntryPoint("installed", f"{HERE}:NotADialect", "sqlalchemy.dialects"),
        ],
    }
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: known.get(group, []))
    for name in ("installed", "older+sqlite3"):
        engine = create_engine(f"{name}:///{tmp_path / 'installed.db'}")
        with engine.connect() as connection:
            assert connection.scalar(select(func.twice(2))) == 4
        engine.dispose()
    with pytest.raises(NoSuchModuleError, match="'unheard' is not known"):
        create_engine("unheard://")


def test_a_dialect_chooses_the_class_for_a_url() -> None:
    assert isinstance(create_engine("byurl+other:///x.db").dialect, ShoutingDialect)


def test_what_was_made_for_another_library_is_refused() -> None:
    with pytest.raises(NoSuchModuleError, match="'wrong' is none of azoth's"):
        create_engine("wrong://")


def test_schemas_and_collations_as_the_preparer_is_told() -> None:
    table = Table("t", MetaData(), Column("Id", Integer), schema="s")
    plain = IdentifierPreparer(None)
    other = IdentifierPreparer(None, "`", omit_schema=True, quote_case_sensitive_collations=False)
    assert (plain.format_table(table), other.format_table(table)) == ("s.t", "t")
    assert (plain.format_collation("Fr"), other.format_collation("Fr")) == ('"Fr"', "Fr")
    assert other.quote("a`b") == "`a``b`"
    assert IdentifierPreparer(None, "`", escape_quote="!").quote("a!b`") == "`a!!b```"
