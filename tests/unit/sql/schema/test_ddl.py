"""DDL as SQL, generic and for SQLite."""

from __future__ import annotations

from typing import Any

import pytest

from azoth import exc
from azoth.dialects.sqlite.base import SQLiteDialect
from azoth.schema import (
    DDL,
    AddConstraint,
    CheckConstraint,
    Column,
    Computed,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    SetColumnComment,
    SetTableComment,
    Table,
    UniqueConstraint,
)
from azoth.sql.elements import text
from azoth.types import BigInteger, Boolean, Enum, Integer, Numeric, String

SQLITE = SQLiteDialect()


def sqlite(element: Any) -> str:
    return str(element.compile(dialect=SQLITE))


def test_create_table() -> None:
    metadata = MetaData()
    Table("parent", metadata, Column("id", Integer, primary_key=True))
    table = Table(
        "child",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("parent_id", ForeignKey("parent.id", ondelete="CASCADE", onupdate="SET NULL"), nullable=False),
        Column("select", String(20), server_default="it's"),
        Column("n", Numeric(5, 2), CheckConstraint("n > 0", name="positive"), server_default=text("0")),
        Column("twice", Integer, Computed("n * 2", persisted=True)),
        UniqueConstraint("n", "select", name="pair"),
        CheckConstraint("n < 100", deferrable=True, initially="DEFERRED"),
        prefixes=["TEMPORARY"],
    )
    assert str(CreateTable(table, if_not_exists=True)) == (
        "CREATE TEMPORARY TABLE IF NOT EXISTS child (\n"
        "\tid INTEGER NOT NULL, \n"
        "\tparent_id INTEGER NOT NULL, \n"
        "\t\"select\" VARCHAR(20) DEFAULT 'it''s', \n"
        "\tn NUMERIC(5, 2) DEFAULT 0 CONSTRAINT positive CHECK (n > 0), \n"
        "\ttwice INTEGER GENERATED ALWAYS AS (n * 2) STORED, \n"
        "\tPRIMARY KEY (id), \n"
        '\tCONSTRAINT pair UNIQUE (n, "select"), \n'
        "\tCHECK (n < 100) DEFERRABLE INITIALLY DEFERRED, \n"
        "\tFOREIGN KEY(parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL\n"
        ")"
    )


def test_expressions_in_ddl_have_their_values_and_no_table() -> None:
    table = Table("t", MetaData(), Column("a", Integer), Column("b", String))
    check = CheckConstraint((table.c.a > 5) & (table.c.b != "it's"))
    assert "CHECK (a > 5 AND b != 'it''s')" in str(CreateTable(table))
    assert check.table is table
    assert str(CreateIndex(Index("ix", table.c.a + 1, table.c.b.desc()))) == "CREATE INDEX ix ON t (a + 1, b DESC)"


def test_keys_of_several_columns_keep_their_order() -> None:
    table = Table("t", MetaData(), Column("a", Integer), Column("b", Integer), PrimaryKeyConstraint("b", "a"))
    assert "PRIMARY KEY (b, a)" in str(CreateTable(table))


def test_foreign_keys_that_need_alter() -> None:
    metadata = MetaData()
    a = Table("a", metadata, Column("id", Integer, primary_key=True), Column("b", ForeignKey("b.id", name="a_b")))
    Table("b", metadata, Column("id", Integer, primary_key=True), Column("a", ForeignKey("a.id", use_alter=True)))
    (constraint,) = a.foreign_key_constraints
    assert "FOREIGN KEY" not in str(CreateTable(metadata.tables["b"]))
    assert "FOREIGN KEY" not in str(CreateTable(a, include_foreign_key_constraints=[]))
    assert "FOREIGN KEY" in sqlite(CreateTable(metadata.tables["b"]))
    assert str(AddConstraint(constraint)) == ("ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY(b) REFERENCES b (id)")
    assert str(DropConstraint(constraint, cascade=True)) == "ALTER TABLE a DROP CONSTRAINT a_b CASCADE"
    with pytest.raises(exc.CompileError, match="cannot be added to a table of SQLite"):
        sqlite(AddConstraint(constraint))


def test_other_statements() -> None:
    table = Table("t", MetaData(), Column("a", Integer, comment="c'c"), schema="s", comment="about")
    index = Index("ix", table.c.a, unique=True)
    sequence = Sequence("seq", start=5, increment=2, minvalue=1, maxvalue=9, cycle=True, cache=3, schema="s")
    assert str(DropTable(table, if_exists=True)) == "DROP TABLE IF EXISTS s.t"
    assert str(CreateIndex(index, if_not_exists=True)) == "CREATE UNIQUE INDEX IF NOT EXISTS ix ON s.t (a)"
    assert str(DropIndex(index)) == "DROP INDEX s.ix"
    assert str(CreateSchema("s", if_not_exists=True)) == "CREATE SCHEMA IF NOT EXISTS s"
    assert str(DropSchema("s", cascade=True)) == "DROP SCHEMA s CASCADE"
    assert str(CreateSequence(sequence)) == (
        "CREATE SEQUENCE s.seq INCREMENT BY 2 START WITH 5 MINVALUE 1 MAXVALUE 9 CACHE 3 CYCLE"
    )
    assert str(DropSequence(sequence)) == "DROP SEQUENCE s.seq"
    assert str(SetTableComment(table)) == "COMMENT ON TABLE s.t IS 'about'"
    assert str(SetColumnComment(table.c.a)) == "COMMENT ON COLUMN s.t.a IS 'c''c'"


def test_identity() -> None:
    table = Table("t", MetaData(), Column("id", Integer, Identity(always=True, start=5), primary_key=True))
    assert "id INTEGER GENERATED ALWAYS AS IDENTITY (START WITH 5) NOT NULL" in str(CreateTable(table))


def test_ddl_by_hand_knows_the_names_of_its_target() -> None:
    table = Table("my t", MetaData(), schema="s")
    ddl = DDL("ALTER TABLE %(fullname)s ADD %(column)s -- 100%%", context={"column": "x"})
    assert str(ddl.against(table)) == 'ALTER TABLE s."my t" ADD x -- 100%'
    assert str(DDL("PRAGMA x")) == "PRAGMA x"
    with pytest.raises(exc.ArgumentError, match="takes SQL text"):
        DDL(5)  # type: ignore[arg-type]


def test_ddl_under_a_condition() -> None:
    class Bind:
        dialect = SQLITE

    def decide(ddl: Any, target: Any, bind: Any, **kw: Any) -> bool:
        return kw["state"] == "yes"

    assert DDL("X").should_execute(None, Bind())
    assert DDL("X").execute_if(dialect="sqlite").should_execute(None, Bind())
    assert not DDL("X").execute_if(dialect=("postgresql", "mysql")).should_execute(None, Bind())
    assert DDL("X").execute_if(callable_=decide, state="yes").should_execute(None, Bind())
    assert not DDL("X").execute_if(callable_=decide, state="no").should_execute(None, Bind())


def test_sqlite_numbers_one_integer_key() -> None:
    plain = Table("t", MetaData(), Column("id", BigInteger, primary_key=True), Column("n", BigInteger))
    written = sqlite(CreateTable(plain))
    assert written == "CREATE TABLE t (\n\tid INTEGER NOT NULL, \n\tn BIGINT, \n\tPRIMARY KEY (id)\n)"
    marked = Table("t", MetaData(), Column("id", Integer, primary_key=True), sqlite_autoincrement=True)
    assert sqlite(CreateTable(marked)) == "CREATE TABLE t (\n\tid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT\n)"


def test_sqlite_options() -> None:
    table = Table(
        "t",
        MetaData(),
        Column("a", Integer, primary_key=True, sqlite_on_conflict_primary_key="FAIL"),
        Column("b", Integer, nullable=False, sqlite_on_conflict_not_null="ignore"),
        Column("c", Integer, unique=True, sqlite_on_conflict_unique="REPLACE"),
        Column("d", Integer, server_default=Column("x") + 1),
        UniqueConstraint("a", "b", sqlite_on_conflict="ROLLBACK"),
        Index("part", "b", sqlite_where=text("b > 5")),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    assert sqlite(CreateTable(table)) == (
        "CREATE TABLE t (\n"
        "\ta INTEGER NOT NULL, \n"
        "\tb INTEGER NOT NULL ON CONFLICT IGNORE, \n"
        "\tc INTEGER, \n"
        "\td INTEGER DEFAULT (x + 1), \n"
        "\tPRIMARY KEY (a) ON CONFLICT FAIL, \n"
        "\tUNIQUE (a, b) ON CONFLICT ROLLBACK, \n"
        "\tUNIQUE (c) ON CONFLICT REPLACE\n"
        ") WITHOUT ROWID, STRICT"
    )
    (index,) = table.indexes
    assert sqlite(CreateIndex(index)) == "CREATE INDEX part ON t (b) WHERE b > 5"


def test_sqlite_has_foreign_keys_inside_of_a_file_only() -> None:
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True), schema="one")
    inside = Table("c", metadata, Column("p_id", ForeignKey("one.p.id")), schema="one")
    between = Table("c", metadata, Column("p_id", ForeignKey("one.p.id")), schema="two")
    assert "REFERENCES p (id)" in sqlite(CreateTable(inside))
    assert "REFERENCES" not in sqlite(CreateTable(between))
    Index("ix", inside.c.p_id)
    assert [sqlite(CreateIndex(index)) for index in inside.indexes] == ["CREATE INDEX one.ix ON c (p_id)"]


def test_checks_of_types_are_written_where_they_are_needed() -> None:
    table = Table(
        "t",
        MetaData(),
        Column("flag", Boolean(create_constraint=True)),
        Column("word", Enum("a", "b", create_constraint=True, name="words")),
    )
    assert "CHECK (flag" not in str(CreateTable(table))
    assert "CONSTRAINT words CHECK (word IN ('a', 'b'))" in str(CreateTable(table))
    assert "CHECK (flag IN (0, 1))" in sqlite(CreateTable(table))


def test_what_cannot_be_written_is_an_error_that_names_it() -> None:
    metadata = MetaData()
    table = Table("t", metadata, Column("a"), Column("b", Integer))
    with pytest.raises(exc.CompileError, match=r"\(in table 't', column 'a'\)"):
        str(CreateTable(table))
    with pytest.raises(exc.CompileError, match="has no name and cannot be dropped"):
        str(DropConstraint(UniqueConstraint(table.c.b)))
    with pytest.raises(exc.CompileError, match="has no table"):
        str(CreateIndex(Index("ix", text("x"))))
    unknown = Table("u", metadata, Column("x", Integer), ForeignKeyConstraint(["x"], ["nope.id"]))
    with pytest.raises(exc.NoReferencedTableError, match="'nope'"):
        str(CreateTable(unknown))
    wrong = Table("w", metadata, Column("x", Integer, ForeignKey("t.b", ondelete="CASCADE; DROP TABLE t")))
    with pytest.raises(exc.CompileError, match="no SQL"):
        str(CreateTable(wrong))
