"""Types as SQL."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc, types
from azoth.dialects.sqlite.types import DATE, DATETIME, SQLiteTypeCompiler
from azoth.sql.compiler import GenericDialect
from azoth.types import TypeEngine


class SQLite(GenericDialect):
    name = "sqlite"
    type_compiler = SQLiteTypeCompiler


@pytest.mark.parametrize(
    "type_, sql",
    [
        (types.Integer(), "INTEGER"),
        (types.SmallInteger(), "SMALLINT"),
        (types.BigInteger(), "BIGINT"),
        (types.Float(), "FLOAT"),
        (types.Double(), "DOUBLE"),
        (types.Numeric(), "NUMERIC"),
        (types.Numeric(10), "NUMERIC(10)"),
        (types.Numeric(10, 2), "NUMERIC(10, 2)"),
        (types.DECIMAL(10, 2), "DECIMAL(10, 2)"),
        (types.String(), "VARCHAR"),
        (types.String(50), "VARCHAR(50)"),
        (types.String(50, collation="nocase"), "VARCHAR(50) COLLATE nocase"),
        (types.CHAR(2), "CHAR(2)"),
        (types.NVARCHAR(2), "NVARCHAR(2)"),
        (types.Text(), "TEXT"),
        (types.Unicode(5), "VARCHAR(5)"),
        (types.UnicodeText(), "TEXT"),
        (types.CLOB(), "CLOB"),
        (types.Boolean(), "BOOLEAN"),
        (types.Date(), "DATE"),
        (types.Time(), "TIME"),
        (types.DateTime(), "DATETIME"),
        (types.TIMESTAMP(), "TIMESTAMP"),
        (types.Interval(), "DATETIME"),
        (types.LargeBinary(), "BLOB"),
        (types.VARBINARY(5), "VARBINARY(5)"),
        (types.JSON(), "JSON"),
        (types.Enum("a", "bcd"), "VARCHAR(3)"),
        (types.Uuid(), "CHAR(32)"),
        (types.UUID(), "UUID"),
        (types.PickleType(), "BLOB"),
        (types.DOUBLE_PRECISION(), "DOUBLE PRECISION"),
        (types.INT(), "INTEGER"),
    ],
)
def test_generic_sql(type_: TypeEngine[Any], sql: str) -> None:
    assert str(type_) == sql
    assert type_.compile(SQLite()) == sql


def test_sqlite_has_one_precision_of_floats() -> None:
    assert str(types.Float(24)) == "FLOAT(24)"
    assert types.Float(24).compile(SQLite()) == "FLOAT"


def test_a_variant_is_written_under_its_dialect() -> None:
    type_ = types.BigInteger().with_variant(types.Integer(), "sqlite")
    assert str(type_) == "BIGINT"
    assert type_.compile(SQLite()) == "INTEGER"


def test_digits_that_could_be_taken_for_a_number_get_a_name_with_text_affinity() -> None:
    assert DATE(storage_format="%(year)04d%(month)02d%(day)02d").compile(SQLite()) == "DATE_CHAR"
    assert DATETIME(storage_format="%(year)04d/%(month)02d").compile(SQLite()) == "DATETIME"


def test_a_user_defined_type_names_itself() -> None:
    class Point(types.UserDefinedType[Any]):
        def get_col_spec(self, **kw: Any) -> str:
            return "POINT"

    class Nameless(types.UserDefinedType[Any]):
        pass

    assert str(Point()) == "POINT"
    with pytest.raises(exc.UnsupportedCompilationError, match="Nameless has no name"):
        str(Nameless())


def test_a_type_that_the_dialect_lacks_is_an_error_that_names_it() -> None:
    with pytest.raises(exc.UnsupportedCompilationError, match="the dialect sqlite has no type ARRAY"):
        types.ARRAY(types.Integer).compile(SQLite())


def test_an_unknown_type_cannot_be_written() -> None:
    with pytest.raises(exc.CompileError, match="has no type"):
        str(types.NullType())
