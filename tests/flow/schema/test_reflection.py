"""What was created is read back, as SQLAlchemy's inspector reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from azoth import exc
from azoth.engine import Engine
from azoth.engine.reflection import Inspector
from azoth.inspection import inspect
from azoth.schema import (
    CheckConstraint,
    Column,
    Computed,
    CreateIndex,
    CreateTable,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
)
from azoth.sql.elements import text
from azoth.types import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    NullType,
    Numeric,
    String,
    Text,
    Time,
)
from tests.database import Database


def make_metadata() -> MetaData:
    metadata = MetaData()
    Table(
        "parent",
        metadata,
        Column("a", Integer, primary_key=True),
        Column("b", String(10), primary_key=True),
        Column("note", Text, server_default="it's: none"),
        UniqueConstraint("note", name="one note"),
    )
    Table(
        "child",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("parent_a", Integer, nullable=False),
        Column("parent_b", String(10)),
        Column("self_id", ForeignKey("child.id", ondelete="SET NULL", name="to_self"), index=True),
        Column("price", Numeric(10, 2), server_default=text("0")),
        Column("ratio", Float),
        Column("large", BigInteger, unique=True),
        Column("flag", Boolean(create_constraint=True, name="is_flag")),
        Column("word", Enum("x", "y", name="words_of_reflection")),
        Column("day", Date),
        Column("hour", Time),
        Column("moment", DateTime, server_default=text("CURRENT_TIMESTAMP")),
        Column("bytes", LargeBinary),
        Column("document", JSON),
        Column("twice", Integer, Computed("parent_a * 2", persisted=False)),
        ForeignKeyConstraint(
            ["parent_a", "parent_b"],
            ["parent.a", "parent.b"],
            name="to_parent",
            onupdate="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint("price >= 0 AND price <> ':x'", name="price_ok"),
        Index("some", "price", "ratio", unique=True),
        Index("partial", "large", sqlite_where=text("large > 5")),
    )
    Table("Odd Name", metadata, Column("select", Integer, primary_key=True, sqlite_on_conflict_primary_key="FAIL"))
    return metadata


@pytest.fixture(scope="module")
def engine(module_database: Database) -> Engine:
    engine = module_database.make_engine("reflected")
    make_metadata().create_all(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE VIEW seen AS SELECT id, price FROM child")
        connection.exec_driver_sql("CREATE TABLE untyped (a, b PRIMARY KEY, c REFERENCES parent, d UNKNOWN(3))")
    return engine


@pytest.fixture
def inspector(engine: Engine) -> Inspector:
    return inspect(engine)


@pytest.fixture(scope="module")
def reference(module_database: Database, engine: Engine) -> Any:
    return sqlalchemy.inspect(module_database.make_engine("reflected", library=sqlalchemy))


TABLES = ["parent", "child", "Odd Name", "untyped"]


def comparable(value: Any) -> Any:
    """Make answers of both libraries comparable: types by their SQL, text clauses by their text."""
    if isinstance(value, dict):
        return {name: comparable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [comparable(part) for part in value]
    if isinstance(value, str | int | bool) or value is None:
        return value
    if type(value).__name__ == "NullType":
        return "NULL"
    return str(value)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "question", ["get_columns", "get_pk_constraint", "get_indexes", "get_unique_constraints", "get_check_constraints"]
)
def test_answers_are_those_of_sqlalchemy(inspector: Inspector, reference: Any, question: str, table: str) -> None:
    ours = comparable(getattr(inspector, question)(table))
    theirs = comparable(getattr(reference, question)(table))
    if question in ("get_unique_constraints", "get_indexes"):
        ours, theirs = (sorted(answer, key=lambda one: str(one["column_names"])) for answer in (ours, theirs))
    for one in theirs if isinstance(theirs, list) else [theirs]:
        one.pop("dialect_options", None)
    for one in ours if isinstance(ours, list) else [ours]:
        one.pop("dialect_options", None)
    assert ours == theirs


@pytest.mark.parametrize("table", TABLES)
def test_foreign_keys_are_those_of_sqlalchemy(inspector: Inspector, reference: Any, table: str) -> None:
    def by_columns(keys: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(
            ({name: part for name, part in key.items() if name != "comment"} for key in keys),
            key=lambda key: str(key["constrained_columns"]),
        )

    assert by_columns(inspector.get_foreign_keys(table)) == by_columns(reference.get_foreign_keys(table))


def test_names(inspector: Inspector, reference: Any) -> None:
    assert inspector.get_table_names() == reference.get_table_names() == sorted(TABLES)
    assert inspector.get_view_names() == reference.get_view_names() == ["seen"]
    assert inspector.get_schema_names() == reference.get_schema_names() == ["main"]
    assert inspector.get_temp_table_names() == []
    assert inspector.get_sequence_names() == []
    assert "SELECT id, price" in inspector.get_view_definition("seen")
    assert inspector.has_table("child")
    assert inspector.has_table("seen")
    assert not inspector.has_table("nope")
    assert inspector.has_index("child", "some")
    assert not inspector.has_index("child", "nope")
    assert inspector.has_schema("main")
    assert not inspector.has_sequence("nope")
    assert inspector.get_table_names(schema="main") == inspector.get_table_names()
    assert inspector.default_schema_name == "main"


def test_the_columns_of_a_view(inspector: Inspector) -> None:
    assert [column["name"] for column in inspector.get_columns("seen")] == ["id", "price"]


def test_many_tables_at_once(inspector: Inspector) -> None:
    keys = inspector.get_multi_pk_constraint(filter_names=["parent", "child"])
    assert set(keys) == {(None, "parent"), (None, "child")}
    assert set(inspector.get_multi_pk_constraint(filter_names=[])) == set(inspector.get_multi_pk_constraint())
    assert keys[None, "parent"]["constrained_columns"] == ["a", "b"]


def test_the_order_of_tables(inspector: Inspector) -> None:
    names = [name for name, _ in inspector.get_sorted_table_and_fkc_names()]
    assert names.index("parent") < names.index("child")
    assert names[-1] is None


@pytest.mark.parametrize(
    "question",
    ["get_columns", "get_pk_constraint", "get_foreign_keys", "get_indexes", "get_check_constraints"],
)
def test_questions_about_a_missing_table_say_so(inspector: Inspector, question: str) -> None:
    with pytest.raises(exc.NoSuchTableError, match="nope"):
        getattr(inspector, question)("nope")


def test_answers_are_kept_until_the_cache_is_cleared(database: Database) -> None:
    engine = database.make_engine()
    inspector = inspect(engine)
    assert not inspector.has_table("t")
    Table("t", MetaData(), Column("id", Integer)).create(engine)
    assert not inspector.has_table("t")
    inspector.clear_cache()
    assert inspector.has_table("t")


def test_reflected_metadata_creates_the_same_database_again(database: Database, engine: Engine) -> None:
    metadata = MetaData()
    metadata.reflect(engine, only=["parent", "child", "Odd Name"])
    copy = database.make_engine()
    metadata.create_all(copy)
    ours, again = inspect(engine), inspect(copy)
    for table in ("parent", "child"):
        for question in ("get_columns", "get_pk_constraint", "get_foreign_keys", "get_indexes"):
            first = comparable(getattr(ours, question)(table))
            assert comparable(getattr(again, question)(table)) == first
        assert comparable(again.get_unique_constraints(table)) == comparable(ours.get_unique_constraints(table))
        assert comparable(again.get_check_constraints(table)) == comparable(ours.get_check_constraints(table))


def test_a_reflected_table_is_like_the_one_declared(engine: Engine) -> None:
    table = Table("child", MetaData(), autoload_with=engine)
    declared = make_metadata().tables["child"]
    assert table.c.keys() == declared.c.keys()
    assert [column.nullable for column in table.c] == [column.nullable for column in declared.c]
    assert list(table.primary_key) == [table.c.id]
    assert table.autoincrement_column is table.c.id
    assert {index.name for index in table.indexes} == {index.name for index in declared.indexes}
    assert {one.name for one in table.foreign_key_constraints} == {"to_parent", "to_self"}
    assert next(iter(table.c.self_id.foreign_keys)).column is table.c.id
    assert set(table.metadata.tables) == {"child", "parent"}
    assert table.c.twice.computed is not None
    assert table.c.moment.server_default.reflected


def test_declared_columns_take_the_place_of_those_read(engine: Engine) -> None:
    own = Column("price", String, key="cost")
    table = Table("child", MetaData(), own, autoload_with=engine, include_columns=["id", "price"], resolve_fks=False)
    assert table.c.keys() == ["id", "cost"]
    assert table.c.cost is own


def test_the_classic_forms_of_reading_a_table(engine: Engine) -> None:
    assert "id" in Table("child", MetaData(), autoload=True, autoload_with=engine).c
    bound = MetaData(bind=engine)
    assert "id" in Table("child", bound, autoload=True).c
    assert "id" in Table("child", MetaData(engine), autoload=True).c
    with pytest.raises(exc.UnboundExecutionError):
        Table("child", MetaData(), autoload=True)


def test_a_table_that_does_not_exist_cannot_be_read(engine: Engine) -> None:
    metadata = MetaData()
    with pytest.raises(exc.NoSuchTableError, match="nope"):
        Table("nope", metadata, autoload_with=engine)
    assert not metadata.tables
    with pytest.raises(exc.InvalidRequestError, match="not available in the database: nope"):
        metadata.reflect(engine, only=["child", "nope"])
    with pytest.raises(exc.ArgumentError, match="read from an engine or a connection"):
        Table("child", MetaData(), autoload_with=engine.url.render_as_string())


def test_reflecting_chooses_tables(engine: Engine) -> None:
    metadata = MetaData()
    metadata.reflect(engine, only=lambda name, _: name.startswith("p"), views=True)
    assert set(metadata.tables) == {"parent"}
    metadata.reflect(engine, views=True)
    assert set(metadata.tables) == {*TABLES, "seen"}
    before = metadata.tables["parent"]
    metadata.reflect(engine, extend_existing=True)
    assert metadata.tables["parent"] is before
    assert before.c.keys() == ["a", "b", "note"]


@pytest.mark.needs("transactional DDL")
def test_reading_through_a_connection_sees_its_transaction(database: Database) -> None:
    engine = database.make_engine()
    with engine.connect() as connection:
        Table("t", MetaData(), Column("id", Integer)).create(connection)
        assert inspect(connection).has_table("t")
        connection.rollback()
        assert not inspect(connection).has_table("t")


def test_tables_without_types_and_with_unnamed_targets(engine: Engine) -> None:
    table = Table("untyped", MetaData(), autoload_with=engine, resolve_fks=False)
    assert isinstance(table.c.a.type, NullType)
    assert table.c.c.name == "c"
    assert [column.name for column in table.primary_key] == ["b"]


@pytest.mark.sqlite_only("attaches a file")
def test_attached_files_are_schemas(database: Database, tmp_path: Path) -> None:
    engine = database.make_engine()
    with engine.connect() as connection:
        connection.exec_driver_sql("ATTACH DATABASE ? AS other", (str(tmp_path / "other.db"),))
        metadata = MetaData(schema="other")
        Table("p", metadata, Column("id", Integer, primary_key=True))
        Table("c", metadata, Column("id", Integer, primary_key=True), Column("p", ForeignKey("p.id"), index=True))
        metadata.create_all(connection)
        inspector = inspect(connection)
        assert inspector.get_table_names(schema="other") == ["c", "p"]
        assert inspector.get_table_names() == []
        read = MetaData()
        read.reflect(connection, schema="other")
        assert set(read.tables) == {"other.c", "other.p"}
        assert next(iter(read.tables["other.c"].foreign_keys)).column is read.tables["other.p"].c.id
        assert [index["name"] for index in inspector.get_indexes("c", schema="other")] == ["ix_other_c_p"]
        metadata.drop_all(connection)
        inspector.clear_cache()
        assert inspector.get_table_names(schema="other") == []
        connection.rollback()


def test_odd_names_are_quoted_everywhere(database: Database) -> None:
    engine = database.make_engine()
    odd = 'a "b" [c] `d` %s :e ?'
    metadata = MetaData()
    Table(
        odd,
        metadata,
        Column(odd, Integer, CheckConstraint("1 = 1", name=odd), primary_key=True),
        Column("y", Integer),
        UniqueConstraint("y", name="u " + odd),
        Index("i " + odd, "y"),
    )
    metadata.create_all(engine)
    inspector = inspect(engine)
    assert inspector.get_table_names() == [odd]
    assert inspector.get_pk_constraint(odd)["constrained_columns"] == [odd]
    assert inspector.get_unique_constraints(odd) == [{"name": "u " + odd, "column_names": ["y"]}]
    assert [check["name"] for check in inspector.get_check_constraints(odd)] == [odd]
    assert [index["name"] for index in inspector.get_indexes(odd)] == ["i " + odd]
    metadata.drop_all(engine)


def test_the_ddl_of_reflected_tables_reads_well(engine: Engine) -> None:
    metadata = MetaData()
    metadata.reflect(engine, only=["parent"])
    assert str(CreateTable(metadata.tables["parent"]).compile(engine)) == (
        "CREATE TABLE parent (\n"
        "\ta INTEGER NOT NULL, \n"
        "\tb VARCHAR(10) NOT NULL, \n"
        "\tnote TEXT DEFAULT 'it''s: none', \n"
        "\tPRIMARY KEY (a, b), \n"
        '\tCONSTRAINT "one note" UNIQUE (note)\n'
        ")"
    )
    child = Table("child", metadata, autoload_with=engine)
    partial = next(index for index in child.indexes if index.name == "partial")
    assert str(CreateIndex(partial).compile(engine)) == "CREATE INDEX partial ON child (large) WHERE large > 5"


def test_a_long_chain_of_tables_is_read_from_one_of_them(database: Database) -> None:
    engine = database.make_engine()
    count = 400
    with engine.begin() as connection:
        for number in range(count):
            connection.exec_driver_sql(
                f"CREATE TABLE t{number} (Id INTEGER PRIMARY KEY, next_id INTEGER REFERENCES t{number + 1} (id))"
            )
    metadata = MetaData()
    table = Table("t0", metadata, autoload_with=engine)
    # The last one refers to a table that does not exist.
    assert len(metadata.tables) == count
    for number in range(1, count):
        [key] = table.foreign_keys
        assert key.column is metadata.tables[f"t{number}"].c.Id
        table = key.column.table


def test_tables_that_refer_to_each_other_are_read_from_one_of_them(database: Database) -> None:
    engine = database.make_engine()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id))")
        connection.exec_driver_sql("CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id))")
        connection.exec_driver_sql("CREATE INDEX b_index ON b (a_id)")
    metadata = MetaData()
    a = Table("a", metadata, autoload_with=engine)
    b = metadata.tables["b"]
    assert a.c.b_id.references(b.c.id)
    assert b.c.a_id.references(a.c.id)
    assert [index.name for index in b.indexes] == ["b_index"]


def test_a_table_that_cannot_be_read_takes_back_those_that_came_with_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database.make_engine()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE b (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES b (id))")
    inspector = inspect(engine)
    read = inspector.get_indexes

    def failing(name: str, *rest: Any) -> Any:
        if name == "b":
            raise exc.UnreflectableTableError("b")
        return read(name, *rest)

    monkeypatch.setattr(inspector, "get_indexes", failing)
    metadata = MetaData()
    with pytest.raises(exc.UnreflectableTableError):
        Table("a", metadata, autoload_with=inspector)
    assert not metadata.tables
    monkeypatch.undo()
    assert Table("a", metadata, autoload_with=inspector).c.b_id.references(metadata.tables["b"].c.id)
