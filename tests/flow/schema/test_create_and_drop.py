"""Creating and dropping tables: what is run, in which order, and what is left out."""

from __future__ import annotations

import pytest

from azoth import event, exc
from azoth.engine import Engine
from azoth.inspection import inspect
from azoth.schema import DDL, Column, ForeignKey, Identity, Index, MetaData, Sequence, Table
from azoth.types import BigInteger, Boolean, Integer, String
from tests.database import Database


@pytest.fixture
def engine(database: Database) -> Engine:
    return database.make_engine()


@pytest.fixture
def statements(engine: Engine) -> list[str]:
    seen: list[str] = []

    def remember(connection: object, cursor: object, statement: str, *rest: object) -> None:
        seen.append(" ".join(statement.split()[:3]))

    event.listen(engine, "before_cursor_execute", remember)
    return seen


def created(statements: list[str]) -> list[str]:
    return [statement for statement in statements if not statement.startswith("PRAGMA")]


def make_metadata() -> MetaData:
    metadata = MetaData()
    Table("child", metadata, Column("id", Integer, primary_key=True), Column("p", ForeignKey("parent.id"), index=True))
    Table("parent", metadata, Column("id", Integer, primary_key=True))
    return metadata


def test_tables_are_created_and_dropped_in_the_order_of_their_foreign_keys(
    engine: Engine, statements: list[str]
) -> None:
    metadata = make_metadata()
    metadata.create_all(engine)
    metadata.drop_all(engine)
    assert created(statements) == [
        "CREATE TABLE parent",
        "CREATE TABLE child",
        "CREATE INDEX ix_child_p",
        "DROP TABLE child",
        "DROP TABLE parent",
    ]


def test_what_exists_is_left_alone(engine: Engine, statements: list[str]) -> None:
    metadata = make_metadata()
    metadata.tables["parent"].create(engine)
    statements.clear()
    metadata.create_all(engine)
    metadata.create_all(engine)
    assert created(statements) == ["CREATE TABLE child", "CREATE INDEX ix_child_p"]
    metadata.tables["child"].drop(engine)
    statements.clear()
    metadata.drop_all(engine)
    metadata.drop_all(engine)
    assert created(statements) == ["DROP TABLE parent"]


def test_only_the_tables_asked_for(engine: Engine) -> None:
    metadata = make_metadata()
    metadata.create_all(engine, tables=[metadata.tables["parent"]])
    assert inspect(engine).get_table_names() == ["parent"]
    metadata.create_all(engine)
    metadata.drop_all(engine, tables=[metadata.tables["child"]])
    assert inspect(engine).get_table_names() == ["parent"]


def test_without_looking_first_the_database_complains(engine: Engine) -> None:
    metadata = make_metadata()
    metadata.create_all(engine)
    with pytest.raises(exc.DatabaseError, match="already exists"):
        metadata.create_all(engine, checkfirst=False)
    with pytest.raises(exc.DatabaseError, match="already exists"):
        metadata.tables["parent"].create(engine)
    metadata.tables["parent"].create(engine, checkfirst=True)


def test_creation_takes_part_in_the_transaction_of_a_connection(engine: Engine) -> None:
    metadata = make_metadata()
    with engine.connect() as connection:
        metadata.create_all(connection)
        assert connection.has_table("child")
        connection.rollback()
        assert not connection.has_table("child")


def test_the_engine_of_the_metadata_is_used_when_none_is_given(engine: Engine) -> None:
    metadata = MetaData(bind=engine)
    table = Table("t", metadata, Column("id", Integer, primary_key=True))
    metadata.create_all()
    assert table.exists()
    assert metadata.is_bound()
    table.drop()
    assert not table.exists()
    table.create()
    metadata.drop_all()
    assert not table.exists()


def test_tables_that_refer_to_each_other(engine: Engine) -> None:
    metadata = MetaData()
    a = Table("a", metadata, Column("id", Integer, primary_key=True), Column("b_id", ForeignKey("b.id")))
    b = Table("b", metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))
    metadata.create_all(engine)
    inspector = inspect(engine)
    assert [key["referred_table"] for key in inspector.get_foreign_keys("a")] == ["b"]
    assert [key["referred_table"] for key in inspector.get_foreign_keys("b")] == ["a"]
    assert set(metadata.sorted_tables) == {a, b}
    metadata.drop_all(engine)
    assert inspect(engine).get_table_names() == []


def test_an_index_is_created_and_dropped_by_itself(engine: Engine) -> None:
    table = Table("t", MetaData(), Column("a", Integer))
    table.create(engine)
    index = Index("later", table.c.a)
    index.create(engine)
    index.create(engine, checkfirst=True)
    assert inspect(engine).has_index("t", "later")
    index.drop(engine)
    index.drop(engine, checkfirst=True)
    assert not inspect(engine).has_index("t", "later")


def test_large_and_identity_keys_are_numbered_by_sqlite(engine: Engine) -> None:
    metadata = MetaData()
    large = Table("large", metadata, Column("id", BigInteger, primary_key=True), Column("x", String))
    identity = Table("i", metadata, Column("id", Integer, Identity(), primary_key=True), Column("x", String))
    sequence = Table("s", metadata, Column("id", Integer, Sequence("s_id", optional=True), primary_key=True))
    metadata.create_all(engine)
    assert sequence.autoincrement_column is sequence.c.id
    with engine.connect() as connection:
        for table in (large, identity):
            connection.execute(table.insert(), {"x": "a"})
            connection.execute(table.insert(), {"x": "b"})
            assert connection.execute(table.select()).all() == [(1, "a"), (2, "b")]


def test_autoincrement_never_gives_a_number_twice(engine: Engine) -> None:
    table = Table(
        "t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer), sqlite_autoincrement=True
    )
    with engine.connect() as connection:
        table.create(connection)
        connection.execute(table.insert(), {"x": 1})
        connection.execute(table.delete())
        connection.execute(table.insert(), {"x": 2})
        assert connection.execute(table.select()).all() == [(2, 2)]


def test_sequences_are_left_out_where_there_are_none(engine: Engine, statements: list[str]) -> None:
    metadata = MetaData()
    sequence = Sequence("numbers", metadata=metadata)
    metadata.create_all(engine)
    sequence.create(engine)
    sequence.drop(engine)
    metadata.drop_all(engine)
    assert statements == []


@pytest.mark.needs("loose types")
def test_a_boolean_check_refuses_other_numbers(engine: Engine) -> None:
    table = Table("t", MetaData(), Column("flag", Boolean(create_constraint=True)))
    with engine.connect() as connection:
        table.create(connection)
        connection.exec_driver_sql("INSERT INTO t VALUES (1), (0), (NULL)")
        with pytest.raises(exc.IntegrityError):
            connection.exec_driver_sql("INSERT INTO t VALUES (5)")


def test_ddl_by_hand_is_executed(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(DDL("CREATE TABLE by_hand (x INTEGER)"))
        assert connection.has_table("by_hand")


def test_a_foreign_key_to_an_unknown_table_is_found_before_anything_is_created(engine: Engine) -> None:
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True))
    Table("b", metadata, Column("x", Integer, ForeignKey("nope.id")))
    with pytest.raises(exc.NoReferencedTableError, match=r"'b\.x' could not find table 'nope'"):
        metadata.create_all(engine)
    assert inspect(engine).get_table_names() == []


def test_listeners_hear_of_creation_and_dropping_in_order(engine: Engine, statements: list[str]) -> None:
    metadata = make_metadata()
    parent = metadata.tables["parent"]
    heard: list[str] = []

    for name in ("before_create", "after_create", "before_drop", "after_drop"):
        for target in (metadata, parent):

            def listener(target: object, connection: object, name: str = name, **kw: object) -> None:
                heard.append(f"{name} {getattr(target, 'name', 'metadata')} after {len(created(statements))}")

            event.listen(target, name, listener)
    metadata.create_all(engine)
    metadata.drop_all(engine)
    assert heard == [
        "before_create metadata after 0",
        "before_create parent after 0",
        "after_create parent after 1",
        "after_create metadata after 3",
        "before_drop metadata after 3",
        "before_drop parent after 4",
        "after_drop parent after 5",
        "after_drop metadata after 5",
    ]


def test_ddl_listens_to_events_under_its_condition(engine: Engine) -> None:
    metadata = MetaData()
    table = Table(
        "t",
        metadata,
        Column("x", Integer),
        listeners=[("after_create", DDL("INSERT INTO %(table)s VALUES (1)").execute_if(dialect="sqlite"))],
    )
    event.listen(table, "after_create", DDL("nonsense").execute_if(dialect="postgresql"))
    metadata.create_all(engine)
    with engine.connect() as connection:
        assert connection.execute(table.select()).all() == [(1,)]


def test_a_failing_listener_undoes_the_creation(engine: Engine) -> None:
    metadata = make_metadata()

    @event.listens_for(metadata, "after_create")
    def fail(target: object, connection: object) -> None:
        raise LookupError("no")

    with pytest.raises(LookupError):
        metadata.create_all(engine)
    assert inspect(engine).get_table_names() == []


def test_columns_that_are_read_can_be_changed_by_a_listener(engine: Engine) -> None:
    make_metadata().create_all(engine)
    metadata = MetaData()

    @event.listens_for(metadata, "column_reflect")
    def rename(inspector: object, table: object, column_info: dict[str, object]) -> None:
        column_info["key"] = f"attr_{column_info['name']}"

    table = Table("parent", metadata, autoload_with=engine)
    assert table.c.keys() == ["attr_id"]
    assert table.c.attr_id.name == "id"
