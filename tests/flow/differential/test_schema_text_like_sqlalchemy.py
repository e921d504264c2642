"""CREATE TABLE and CREATE INDEX are SQLAlchemy's but for white space: constraints and their names, types, defaults."""

from __future__ import annotations

import enum
from typing import Any

import pytest

import azoth
from tests.database import Database

sqlalchemy = pytest.importorskip("sqlalchemy")

CONVENTIONS: dict[str, dict[str, str]] = {
    "none": {},
    "usual": {
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
    "all columns": {
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_key)s_to_%(referred_table_name)s_%(referred_column_0_N_name)s",
        "pk": "pk_%(table_name)s_%(column_0_N_label)s",
    },
}


class Color(enum.Enum):
    RED = "r"
    BLUE = "b"


def types_of(lib: Any) -> list[Any]:
    sqlite = __import__(f"{lib.__name__}.dialects.sqlite", fromlist=["DATE"])
    return [
        lib.Integer,
        lib.SmallInteger,
        lib.BigInteger,
        lib.String,
        lib.String(20),
        lib.Text,
        lib.Text(30),
        lib.Unicode(5),
        lib.UnicodeText,
        lib.CHAR(3),
        lib.NCHAR(3),
        lib.NVARCHAR(9),
        lib.VARCHAR(4),
        lib.String(5, collation="NOCASE"),
        lib.Boolean,
        lib.Boolean(create_constraint=True, name="is_true"),
        lib.Date,
        lib.DateTime,
        lib.DateTime(timezone=True),
        lib.TIMESTAMP,
        lib.Time,
        lib.Interval,
        lib.Numeric,
        lib.Numeric(10),
        lib.Numeric(10, 2),
        lib.DECIMAL(8, 3),
        lib.Float,
        lib.Float(24),
        lib.Double,
        lib.REAL,
        lib.DOUBLE_PRECISION,
        lib.JSON,
        lib.Uuid,
        lib.Uuid(native_uuid=False),
        lib.Uuid(as_uuid=False),
        lib.LargeBinary,
        lib.LargeBinary(50),
        lib.BLOB,
        lib.BINARY(5),
        lib.VARBINARY(5),
        lib.CLOB,
        lib.PickleType,
        lib.Enum(Color),
        lib.Enum(Color, length=30),
        lib.Enum(Color, native_enum=False),
        lib.Enum(Color, create_constraint=True, name="colors"),
        lib.Enum("a", "b'c", name="words", create_constraint=True),
        lib.Enum(Color, values_callable=lambda e: [m.value for m in e], create_constraint=True, name="by_value"),
        lib.String(5).with_variant(lib.Integer(), "sqlite"),
        lib.String(5).with_variant(lib.Integer(), "postgresql"),
        sqlite.DATE(storage_format="%(year)04d%(month)02d%(day)02d", regexp="(....)(..)(..)"),
        sqlite.DATETIME(truncate_microseconds=True),
        sqlite.TIME(),
        lib.BIGINT,
        lib.SMALLINT,
        lib.INTEGER,
        lib.INT,
        lib.DATE,
        lib.DATETIME,
        lib.TIME,
        lib.TEXT,
        lib.FLOAT,
        lib.NUMERIC(5, 1),
        lib.BOOLEAN,
        lib.UUID,
    ]


def tables(lib: Any, convention: dict[str, str]) -> Any:
    metadata = lib.MetaData(naming_convention=convention or None)
    column, integer = lib.Column, lib.Integer
    lib.Table("kinds", metadata, *[column(f"c{n}", type_) for n, type_ in enumerate(types_of(lib))])
    lib.Table(
        "parent",
        metadata,
        column("id", integer, primary_key=True),
        column("code", lib.String(10), nullable=False, unique=True),
        column("name", lib.String(10), index=True, server_default="it's"),
        column("rank", integer, server_default=lib.text("5"), comment="ignored"),
        column("made", lib.DateTime, server_default=lib.func.now()),
        column("flag", lib.Boolean, server_default=lib.true()),
        column("unset", lib.Boolean, server_default=lib.false(), nullable=False),
        column("double", integer, lib.Computed("rank * 2")),
        column("stored", integer, lib.Computed("rank * 3", persisted=True)),
        lib.UniqueConstraint("name", "rank"),
        lib.UniqueConstraint("rank", "code", name="uq_given"),
        lib.CheckConstraint("rank > 0", name="positive"),
        lib.CheckConstraint(lib.column("rank") < 100, name="small"),
    )
    lib.Table(
        "child",
        metadata,
        column("a", integer, primary_key=True),
        column("b", lib.String(5), primary_key=True),
        column("parent_id", integer, lib.ForeignKey("parent.id", ondelete="CASCADE"), nullable=False),
        column("boss_a", integer),
        column("boss_b", lib.String(5)),
        column(
            "code",
            lib.ForeignKey("parent.code", name="fk_given", onupdate="SET NULL", deferrable=True, initially="DEFERRED"),
        ),
        lib.ForeignKeyConstraint(["boss_a", "boss_b"], ["child.a", "child.b"]),
        lib.Index(None if "ix" in convention else "ix_pair", "parent_id", "code", unique=True),
        lib.Index("ix_part", "code", sqlite_where=lib.text("a > 5")),
        lib.Index("ix_expression", lib.func.lower(lib.column("code"))),
        lib.Index("ix_desc", lib.text("code DESC")),
    )
    lib.Table(
        "Odd Name",
        metadata,
        column("Mixed", integer, primary_key=True),
        column("with space", integer, unique=True),
        column("select", integer, index=True),
    )
    lib.Table(
        "named_key",
        metadata,
        column("x", integer),
        column("y", integer),
        lib.PrimaryKeyConstraint("y", "x", name="the_key"),
    )
    lib.Table("counted", metadata, column("id", integer, primary_key=True), sqlite_autoincrement=True)
    lib.Table("no_rowid", metadata, column("id", lib.String(3), primary_key=True), sqlite_with_rowid=False)
    lib.Table("no_key", metadata, column("x", integer), column("k", integer, key="another"))
    lib.Table(
        "plain_key",
        metadata,
        column("id", integer, primary_key=True, autoincrement=False),
        column("n", integer, nullable=False),
    )
    lib.Table(
        "conflicts",
        metadata,
        column("id", integer, primary_key=True, sqlite_on_conflict_primary_key="FAIL"),
        column("u", integer, unique=True, sqlite_on_conflict_unique="IGNORE"),
        column("nn", integer, nullable=False, sqlite_on_conflict_not_null="REPLACE"),
    )
    return metadata


def words(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def texts(lib: Any, metadata: Any, dialect: Any) -> dict[str, str]:
    found = {}
    for table in metadata.sorted_tables:
        found[table.name] = str(lib.schema.CreateTable(table).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            found[f"index of {table.name}: {index.name}"] = str(lib.schema.CreateIndex(index).compile(dialect=dialect))
        found[f"end of {table.name}"] = str(lib.schema.DropTable(table).compile(dialect=dialect))
    return {name: str(words(text)) for name, text in found.items()}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_every_statement_is_the_same(database: Database, convention: str) -> None:
    both = []
    for lib in (azoth, sqlalchemy):
        engine = database.make_engine(library=lib)
        both.append(texts(lib, tables(lib, CONVENTIONS[convention]), engine.dialect))
    ours, theirs = both
    assert list(ours) == list(theirs)
    assert {name: text for name, text in ours.items() if theirs[name] != text} == {}


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_what_the_database_keeps_is_the_same(database: Database, convention: str) -> None:
    both = []
    for number, lib in enumerate((azoth, sqlalchemy)):
        engine = database.make_engine(f"file{number}", library=lib)
        tables(lib, CONVENTIONS[convention]).create_all(engine)
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
            both.append([tuple(words(part) for part in row) for row in rows])
    assert both[0] == both[1]


def test_a_table_of_one_is_the_table_of_the_other(database: Database) -> None:
    """Each creates nothing where the other has created everything."""
    for first, second in ((azoth, sqlalchemy), (sqlalchemy, azoth)):
        name = f"{first.__name__}_first"
        tables(first, CONVENTIONS["usual"]).create_all(database.make_engine(name, library=first))
        engine = database.make_engine(name, library=second)
        with engine.connect() as connection:
            before = connection.exec_driver_sql("SELECT count(*), max(rootpage) FROM sqlite_master").one()
        tables(second, CONVENTIONS["usual"]).create_all(engine)
        with engine.connect() as connection:
            assert tuple(
                connection.exec_driver_sql("SELECT count(*), max(rootpage) FROM sqlite_master").one()
            ) == tuple(before)
