"""What dialects say of INSERT, RETURNING, counted rows and names is what their compilers and connections do."""

from __future__ import annotations

from typing import Any

import pytest

import azoth
from azoth import (
    Column,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    delete,
    insert,
    update,
)
from azoth.dialects import mssql, mysql, oracle, postgresql, sqlite
from azoth.dialects.mysql import mariadb
from azoth.engine.default import DefaultDialect
from azoth.exc import CompileError, DBAPIError
from azoth.schema import AddConstraint, CreateIndex
from azoth.sql.elements import bindparam
from tests.database import Database

metadata = MetaData()
letters = Table(
    "letters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("word", String(20), server_default="none"),
)
marks = Table("marks", metadata, Column("letter_id", Integer), Column("mark", String(20)))
COMPILERS: dict[str, Any] = {
    "sqlite": sqlite,
    "postgresql": postgresql,
    "mysql": mysql,
    "mariadb": mariadb,
    "mssql": mssql,
    "oracle": oracle,
}
RETURNING = (
    "insert_executemany_returning",
    "insert_executemany_returning_sort_by_parameter_order",
    "update_executemany_returning",
    "delete_executemany_returning",
)


@pytest.mark.parametrize(
    "name, told",
    [
        ("sqlite", (True, True, True, True)),
        ("postgresql", (True, True, True, True)),
        ("mysql", (False, False, False, False)),
        ("mariadb", (True, True, False, True)),
        ("mssql", (True, True, True, True)),
        ("oracle", (True, True, True, True)),
    ],
)
def test_which_changes_of_many_sets_return(name: str, told: tuple[bool, ...]) -> None:
    dialect = COMPILERS[name].dialect()
    assert tuple(getattr(dialect, attribute) for attribute in RETURNING) == told


@pytest.mark.parametrize(
    "name, told, text",
    [
        ("sqlite", (True, False, True), "INSERT INTO letters DEFAULT VALUES"),
        ("postgresql", (True, False, True), "INSERT INTO letters DEFAULT VALUES"),
        ("mysql", (False, True, True), "INSERT INTO letters () VALUES ()"),
        ("mariadb", (False, True, True), "INSERT INTO letters () VALUES ()"),
        ("mssql", (True, False, True), "INSERT INTO letters DEFAULT VALUES"),
        ("oracle", (False, False, True), "INSERT INTO letters (id) VALUES (DEFAULT)"),
    ],
)
def test_a_row_of_defaults_is_written_as_the_dialect_can(name: str, told: tuple[bool, ...], text: str) -> None:
    dialect = COMPILERS[name].dialect()
    assert (
        dialect.supports_default_values,
        dialect.supports_empty_insert,
        dialect.supports_default_metavalue,
    ) == told
    bare = insert(letters).values({})
    assert str(bare.compile(dialect=dialect)) == text


def test_a_dialect_of_ones_own_says_how_it_writes_a_row_of_defaults() -> None:
    class Own(DefaultDialect):
        name = "own"
        supports_default_values = False

    bare = insert(letters).values({})
    assert str(bare.compile(dialect=Own())) == "INSERT INTO letters () VALUES ()"

    class WithWord(Own):
        supports_empty_insert = False
        default_metavalue_token = "NOTHING"

    assert str(bare.compile(dialect=WithWord())) == "INSERT INTO letters (id) VALUES (NOTHING)"

    class Unable(WithWord):
        supports_default_metavalue = False

    with pytest.raises(CompileError, match="own has no word that leaves a column of an INSERT to the database"):
        bare.compile(dialect=Unable())


def test_a_row_that_leaves_a_column_out_needs_the_word() -> None:
    rows = insert(letters).values([{"id": 1, "word": "a"}, {"id": 2}])
    assert str(rows.compile(dialect=postgresql.dialect())).endswith(", (%(id_m1)s::INTEGER, DEFAULT)")

    class Unable(DefaultDialect):
        name = "own"
        supports_default_metavalue = False

    with pytest.raises(CompileError):
        rows.compile(dialect=Unable())
    full = insert(letters).values([{"id": 1, "word": "a"}, {"id": 2, "word": "b"}])
    assert ", (:id_m1, :word_m1)" in str(full.compile(dialect=Unable()))


@pytest.mark.parametrize(
    "name, told",
    [("sqlite", False), ("postgresql", True), ("mysql", True), ("mariadb", True), ("mssql", False), ("oracle", True)],
)
def test_which_drivers_count_rows_beside_returning(name: str, told: bool) -> None:
    assert COMPILERS[name].dialect().supports_sane_rowcount_returning is told


def test_one_that_counts_no_rows_counts_none_beside_returning() -> None:
    class Own(DefaultDialect):
        supports_sane_rowcount = False

    assert not Own().supports_sane_rowcount_returning
    assert DefaultDialect().supports_sane_rowcount_returning


def test_names_that_conventions_make_are_as_long_as_the_dialect_says_for_their_kind() -> None:
    class Own(DefaultDialect):
        max_index_name_length = 20
        max_constraint_name_length = 25

    convention = {"ix": "ix_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
    table = Table(
        "a_table_with_a_long_name", MetaData(naming_convention=convention), Column("id", Integer), Column("b", Integer)
    )
    index, unique = Index(None, table.c.b), UniqueConstraint(table.c.id)
    table.append_constraint(unique)

    def name_of(statement: Any, dialect: Any, after: str) -> str:
        return str(statement.compile(dialect=dialect)).split(f"{after} ")[1].split()[0]

    # What is cut off leaves room for a number that tells names apart: eight characters, of which five are used.
    assert name_of(CreateIndex(index), Own(), "INDEX") == "ix_a_table_w_9f5c"
    assert name_of(AddConstraint(unique), Own(), "CONSTRAINT").startswith("uq_a_table_with_a_")
    assert len(name_of(AddConstraint(unique), Own(), "CONSTRAINT")) == 22
    assert name_of(CreateIndex(index), DefaultDialect(), "INDEX") == "ix_a_table_with_a_long_name_b"
    assert name_of(AddConstraint(unique), DefaultDialect(), "CONSTRAINT") == "uq_a_table_with_a_long_name_id"


@pytest.fixture
def connection(engine: Engine) -> Any:
    metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection


def test_changes_of_many_sets_return_rows_in_their_order_and_count_them(connection: azoth.Connection) -> None:
    dialect = connection.dialect
    assert dialect.insert_executemany_returning_sort_by_parameter_order
    words = [{"word": word} for word in "dacb"]
    made = connection.execute(insert(letters).returning(letters.c.word, sort_by_parameter_order=True), words)
    assert (made.rowcount, made.scalars().all()) == (4, ["d", "a", "c", "b"])
    assert made.rowcount == 4
    if dialect.update_executemany_returning:
        changing = update(letters).where(letters.c.word == bindparam("old")).values(word=bindparam("new"))
        changed = connection.execute(
            changing.returning(letters.c.word),
            [{"old": "c", "new": "C"}, {"old": "nothing such", "new": "x"}, {"old": "a", "new": "A"}],
        )
        assert (changed.rowcount, changed.scalars().all()) == (2, ["C", "A"])
    assert dialect.delete_executemany_returning
    removing = delete(letters).where(letters.c.word == bindparam("old")).returning(letters.c.word)
    removed = connection.execute(removing, [{"old": "b"}, {"old": "nothing such"}, {"old": "d"}])
    assert (removed.rowcount, removed.scalars().all()) == (2, ["b", "d"])


@pytest.mark.parametrize(
    "name, told",
    [
        ("sqlite", (True, False)),
        ("postgresql", (True, True)),
        ("mysql", (False, False)),
        ("mariadb", (False, False)),
        ("mssql", (True, True)),
        ("oracle", (False, False)),
    ],
)
def test_which_changes_return_beside_other_tables(name: str, told: tuple[bool, bool]) -> None:
    dialect = COMPILERS[name].dialect()
    assert (dialect.update_returning_multifrom, dialect.delete_returning_multifrom) == told


def test_changes_return_beside_other_tables(connection: azoth.Connection) -> None:
    dialect = connection.dialect
    connection.execute(insert(letters), [{"id": 1, "word": "a"}, {"id": 2, "word": "b"}])
    connection.execute(insert(marks), [{"letter_id": 2, "mark": "good"}])
    beside = letters.c.id == marks.c.letter_id
    changing = update(letters).where(beside).values(word=marks.c.mark).returning(letters.c.id, letters.c.word)
    if dialect.update_returning_multifrom:
        assert connection.execute(changing).all() == [(2, "good")]
    removing = delete(letters).where(beside).returning(letters.c.id)
    if dialect.delete_returning_multifrom:
        assert connection.execute(removing).all() == [(2,)]
    else:
        with pytest.raises((CompileError, DBAPIError)):
            connection.execute(removing)


def test_rows_that_were_returned_and_read_are_still_counted(connection: azoth.Connection, database: Database) -> None:
    connection.execute(insert(letters), [{"word": word} for word in "abc"])
    removed = connection.execute(delete(letters).where(letters.c.word != "a").returning(letters.c.word))
    if connection.dialect.supports_sane_rowcount_returning:
        assert removed.rowcount == 2
    assert sorted(removed.scalars()) == ["b", "c"]
    assert removed.rowcount == 2
