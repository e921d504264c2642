"""Names as databases have them and as statements do, and names that are too long."""

from __future__ import annotations

import datetime
import sqlite3
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.dialects import postgresql as their_postgresql
from sqlalchemy.engine import default as their_default
from sqlalchemy.sql.elements import quoted_name as their_name

import azoth
from azoth import exc, types
from azoth.dialects import mysql, postgresql, sqlite
from azoth.engine.default import DefaultDialect
from azoth.schema import conv
from azoth.sql import quoted_name

NAMES = ["abc", "ABC", "Abc", "SELECT", "select", "a b", "A B", "A_1", None, "", "1A", "äb", "ÄB", "A$"]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_turned_as_in_sqlalchemy(name: Any) -> None:
    theirs, ours = their_default.DefaultDialect(), DefaultDialect()
    normal, theirs_normal = ours.normalize_name(name), theirs.normalize_name(name)
    assert (normal, getattr(normal, "quote", None)) == (theirs_normal, getattr(theirs_normal, "quote", None))
    assert ours.denormalize_name(name) == theirs.denormalize_name(name)


def test_names_that_are_always_quoted_stay() -> None:
    theirs, ours = their_default.DefaultDialect(), DefaultDialect()
    assert ours.normalize_name(quoted_name("ABC", True)) == theirs.normalize_name(their_name("ABC", True))
    assert ours.denormalize_name(quoted_name("abc", True)) == theirs.denormalize_name(their_name("abc", True))


def test_columns_of_texts_have_the_names_of_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = azoth.create_engine("sqlite://")
    with engine.connect() as connection:
        assert list(connection.execute(azoth.text("SELECT 1 AS ID")).keys()) == ["ID"]
        monkeypatch.setattr(engine.dialect, "requires_name_normalize", True)
        assert list(connection.execute(azoth.text('SELECT 1 AS ID, 2 AS "Mixed"')).keys()) == ["id", "Mixed"]


def ddl(package: Any, schema: Any, dialect: Any) -> list[str]:
    """Write statements with names that are too long; where one is refused, give the class of the error."""
    conventions = {"ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
    metadata = package.MetaData(naming_convention=conventions)
    table = package.Table(
        "t" * 40,
        metadata,
        package.Column("a" * 30, package.Integer, index=True),
        package.Column("b" * 30, package.Integer, unique=True),
    )
    other = package.Table("u", package.MetaData(), package.Column("a", package.Integer))
    long, longer = package.Index("i" * 63, other.c.a), package.Index("i" * 64, other.c.a)
    third = package.Table("v", package.MetaData(), package.Column("a", package.Integer))
    third.append_constraint(package.UniqueConstraint("a", name="q" * 64))
    elements = [
        schema.CreateIndex(next(iter(table.indexes))),
        schema.CreateTable(table),
        schema.CreateIndex(long),
        schema.CreateIndex(longer),
        schema.DropIndex(longer),
        schema.CreateTable(third),
    ]

    def written(element: Any) -> str:
        try:
            return " ".join(str(element.compile(dialect=dialect)).split())
        except (exc.IdentifierError, sqlalchemy.exc.IdentifierError) as error:
            return type(error).__name__

    return [written(element) for element in elements]


def test_names_that_are_too_long_are_shortened_or_refused_as_in_sqlalchemy() -> None:
    ours = ddl(azoth, azoth.schema, postgresql.dialect())
    assert ours == ddl(sqlalchemy, sqlalchemy.schema, their_postgresql.dialect())
    assert ours.count("IdentifierError") == 3


def test_the_refusal_names_the_limit() -> None:
    with pytest.raises(exc.IdentifierError, match="longer than 64 characters") as caught:
        mysql.dialect().validate_identifier("x" * 65)
    assert caught.value.code == "AZ-E635"
    mysql.dialect().validate_identifier("x" * 64)
    index = azoth.Index(conv("c" * 70), azoth.Table("t", azoth.MetaData(), azoth.Column("a", azoth.Integer)).c.a)
    assert f"{'c' * 56}_" in str(azoth.schema.CreateIndex(index).compile(dialect=mysql.dialect()))
    assert "c" * 70 in str(azoth.schema.CreateIndex(index).compile(dialect=sqlite.dialect(sqlite3)))


def test_dates_begin_where_pythons_do() -> None:
    assert sqlite.dialect().min_year_for_type(types.Date()) == datetime.MINYEAR


def test_a_dialect_says_what_stands_for_a_value_that_is_left_out() -> None:
    class Wordy(postgresql.dialect):  # type: ignore[misc]
        default_metavalue_token = "WHATEVER"

    table = azoth.Table(
        "t",
        azoth.MetaData(),
        azoth.Column("a", azoth.Integer),
        azoth.Column("b", azoth.Integer, server_default="5"),
    )
    statement = azoth.insert(table).values([{"a": 1, "b": 2}, {"a": 3}])
    assert "WHATEVER" in str(statement.compile(dialect=Wordy()))
    assert "DEFAULT" in str(statement.compile(dialect=postgresql.dialect()))


def test_names_of_what_is_new_are_refused_where_a_server_would_cut_them() -> None:
    """PostgreSQL counts bytes, others characters; what exists already may be named as it is."""
    for letter, dialect, most in (
        ("n", postgresql.dialect(), 63),
        ("ß", postgresql.dialect(), 31),
        ("ß", mysql.dialect(), 64),
    ):
        fine, long = letter * most, letter * (most + 1)
        for name, raises in ((fine, False), (long, True)):
            table = azoth.Table(name, azoth.MetaData(), azoth.Column("a", azoth.Integer))
            other = azoth.Table("t", azoth.MetaData(), azoth.Column(name, azoth.Integer))
            index, unique = azoth.Index(name, other.c[name]), azoth.UniqueConstraint(name, name=name)
            third = azoth.Table("t", azoth.MetaData(), azoth.Column(name, azoth.Integer), unique)
            made = [azoth.schema.CreateTable(one) for one in (table, other, third)]
            made.append(azoth.schema.CreateIndex(index))
            if dialect.supports_sequences:
                made.append(azoth.schema.CreateSequence(azoth.Sequence(name)))
            for statement in made:
                if raises:
                    with pytest.raises(exc.IdentifierError, match="is longer than"):
                        statement.compile(dialect=dialect)
                else:
                    statement.compile(dialect=dialect)
        assert long in str(azoth.select(azoth.table(long)).compile(dialect=dialect))


def test_names_that_are_made_fit_into_the_bytes_there_are() -> None:
    table = azoth.Table("ü" * 31, azoth.MetaData(), azoth.Column("ü" * 31, azoth.Integer, index=True))
    (index,) = table.indexes
    written = str(azoth.schema.CreateIndex(index).compile(dialect=postgresql.dialect()))
    name = written.split('"')[1]
    assert name.startswith("ix_ü")
    assert 50 < len(name.encode()) <= 63
