"""Each dialect has a table of the names that its server has for types, and reflection goes by it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest

import azoth
from azoth import inspect, text, types
from azoth.dialects import mariadb, mssql, mysql, oracle, postgresql, sqlite
from azoth.dialects.sqlite import base as sqlite_base
from azoth.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

pytestmark = pytest.mark.sqlite_only("the others are compiled for, and nothing is read from them")

DIALECTS = [sqlite, postgresql, mysql, mariadb, mssql, oracle]
BASES = ["sqlite", "postgresql", "mysql", "mssql", "oracle"]


class Shape(types.UserDefinedType[str]):
    cache_ok = True

    def __init__(self, corners: int = 3) -> None:
        self.corners = corners

    def get_col_spec(self, **options: Any) -> str:
        return f"SHAPE({self.corners})"


@pytest.mark.parametrize("name", BASES)
def test_the_table_is_at_the_path_that_programs_know_and_the_dialects_own(name: str) -> None:
    module: Any = import_module(f"azoth.dialects.{name}.base")
    dialect: Any = import_module(f"azoth.dialects.{name}").dialect
    assert module.ischema_names is dialect.ischema_names
    assert module.ischema_names is dialect().ischema_names
    assert "ischema_names" in module.__all__


@pytest.mark.parametrize("module", DIALECTS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_each_type_can_be_written_for_the_dialect_that_has_its_name(module: Any) -> None:
    dialect = module.dialect()
    assert dialect.ischema_names
    for name, type_ in dialect.ischema_names.items():
        # MySQL's texts of variable length cannot be without one.
        length = [10] if type_ in (mysql.VARCHAR, mysql.NVARCHAR) else []
        assert type_(*length).compile(dialect=dialect), name


@pytest.mark.parametrize(
    "module, name, type_",
    [
        (postgresql, "character varying", postgresql.VARCHAR),
        (postgresql, "int4", postgresql.INTEGER),
        (postgresql, "timestamp with time zone", postgresql.TIMESTAMP),
        (postgresql, "jsonb", postgresql.JSONB),
        (postgresql, "daterange", postgresql.DATERANGE),
        (mysql, "tinyint", mysql.TINYINT),
        (mysql, "set", mysql.SET),
        (mariadb, "uuid", types.UUID),
        (mssql, "uniqueidentifier", mssql.UNIQUEIDENTIFIER),
        (oracle, "VARCHAR2", oracle.VARCHAR2),
        (sqlite, "DATETIME", sqlite.DATETIME),
    ],
)
def test_names_mean_the_types_of_their_dialect(module: Any, name: str, type_: Any) -> None:
    assert module.dialect.ischema_names[name] is type_


def test_what_no_table_has_is_an_unknown_name_of_its_module() -> None:
    with pytest.raises(AttributeError, match="no_such_names"):
        _ = sqlite_base.no_such_names  # type: ignore[attr-defined]


def test_reflection_finds_a_name_that_a_program_has_added(engine: azoth.Engine, monkeypatch: Any) -> None:
    monkeypatch.setitem(sqlite_base.ischema_names, "SHAPE", Shape)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE drawn (id INTEGER, outline SHAPE(5), other CIRCLE)"))
        columns = {column["name"]: column["type"] for column in inspect(connection).get_columns("drawn")}
    assert isinstance(columns["outline"], Shape)
    assert columns["outline"].corners == 5
    assert isinstance(columns["other"], types.NUMERIC)


def test_a_derived_dialect_reads_by_a_table_of_its_own(engine: azoth.Engine) -> None:
    class Drawing(SQLiteDialect_pysqlite):
        ischema_names = {**SQLiteDialect_pysqlite.ischema_names, "CIRCLE": Shape}

    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE drawn (id INTEGER, other CIRCLE)"))
        (_, other) = Drawing(dbapi=engine.dialect.dbapi).get_columns(connection, "drawn")
    assert isinstance(other["type"], Shape)
    assert "CIRCLE" not in sqlite_base.ischema_names
