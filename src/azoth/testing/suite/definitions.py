"""CREATE, DROP and what the database computes by itself."""

from __future__ import annotations

import pytest

from azoth import (
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    exc,
    inspect,
    select,
    text,
)
from azoth.schema import CreateSchema, CreateTable, DropSchema, Sequence
from azoth.testing.suite.ground import Ground

__all__ = ["TestDefinitions", "TestWhatTheDatabaseComputes"]

needs = pytest.mark.azoth_needs


class TestDefinitions:
    """Tables and what belongs to them come and go."""

    def test_create_and_drop(self, ground: Ground) -> None:
        table = Table("azoth_made", ground.metadata, Column("x", Integer))
        with ground.engine.begin() as connection:
            assert not inspect(connection).has_table("azoth_made")
            table.create(connection)
            assert inspect(connection).has_table("azoth_made")
            table.drop(connection)
            assert not inspect(connection).has_table("azoth_made")

    def test_what_is_there_is_looked_for(self, ground: Ground) -> None:
        table = ground.table("azoth_made", Column("x", Integer))
        with pytest.raises(exc.DBAPIError):
            table.create(ground.engine, checkfirst=False)
        table.create(ground.engine, checkfirst=True)
        table.drop(ground.engine, checkfirst=True)
        table.drop(ground.engine, checkfirst=True)
        with pytest.raises(exc.DBAPIError):
            table.drop(ground.engine, checkfirst=False)

    def test_if_not_exists(self, ground: Ground) -> None:
        table = ground.table("azoth_made", Column("x", Integer))
        with ground.engine.begin() as connection:
            connection.execute(CreateTable(table, if_not_exists=True))

    def test_tables_are_made_in_the_order_of_their_keys(self, ground: Ground) -> None:
        metadata = ground.metadata
        Table("azoth_a", metadata, Column("id", ForeignKey("azoth_z.id"), primary_key=True))
        Table("azoth_z", metadata, Column("id", Integer, primary_key=True))
        metadata.create_all(ground.engine)
        metadata.create_all(ground.engine)
        assert set(inspect(ground.engine).get_table_names()) == {"azoth_a", "azoth_z"}
        metadata.drop_all(ground.engine)
        metadata.drop_all(ground.engine)
        assert inspect(ground.engine).get_table_names() == []

    def test_tables_that_refer_to_each_other(self, ground: Ground) -> None:
        metadata = ground.metadata
        for name, other in (("azoth_a", "azoth_b"), ("azoth_b", "azoth_a")):
            key = ForeignKey(f"{other}.id", name=f"{name}_fk", use_alter=True)
            Table(name, metadata, Column("id", Integer, primary_key=True), Column("other_id", Integer, key))
        metadata.create_all(ground.engine)
        assert [key["referred_table"] for key in inspect(ground.engine).get_foreign_keys("azoth_a")] == ["azoth_b"]
        metadata.drop_all(ground.engine)
        assert inspect(ground.engine).get_table_names() == []

    def test_a_table_that_refers_to_itself(self, ground: Ground) -> None:
        table = ground.table("azoth_tree", Column("up", ForeignKey("azoth_tree.id")))
        ground.insert(table, {}, {"up": 1})
        assert ground.rows(table) == [(1, None), (2, 1)]

    def test_indexes_come_and_go(self, ground: Ground) -> None:
        table = ground.table("azoth_made", Column("x", Integer, index=True), Column("y", String(20)))
        index = Index("azoth_pair", table.c.y, table.c.x.desc(), unique=True)
        index.create(ground.engine)
        index.create(ground.engine, checkfirst=True)
        ground.insert(table, {"x": 1, "y": "a"})
        with pytest.raises(exc.IntegrityError):
            ground.insert(table, {"x": 1, "y": "a"})
        index.drop(ground.engine)
        index.drop(ground.engine, checkfirst=True)
        ground.insert(table, {"x": 1, "y": "a"})

    @needs("schemas")
    def test_schemas(self, ground: Ground) -> None:
        schema = ground.requirements.other_schema
        assert schema is not None
        with ground.engine.begin() as connection:
            connection.execute(CreateSchema(schema))
        metadata = MetaData(schema=schema)
        parent = Table("azoth_there", metadata, Column("id", Integer, primary_key=True))
        child = Table("azoth_here", ground.metadata, Column("id", ForeignKey(parent.c.id), primary_key=True))
        try:
            metadata.create_all(ground.engine)
            ground.metadata.create_all(ground.engine)
            inspector = inspect(ground.engine)
            assert schema in inspector.get_schema_names()
            assert inspector.get_table_names(schema=schema) == ["azoth_there"]
            assert "azoth_there" not in inspector.get_table_names()
            assert inspector.get_foreign_keys("azoth_here")[0]["referred_schema"] == schema
            ground.insert(parent, {"id": 1})
            ground.insert(child, {"id": 1})
            assert ground.rows(child) == ground.rows(parent) == [(1,)]
            read = Table("azoth_here", MetaData(), autoload_with=ground.engine)
            assert next(iter(read.foreign_keys)).column.table.schema == schema
        finally:
            ground.metadata.drop_all(ground.engine)
            metadata.drop_all(ground.engine)
            with ground.engine.begin() as connection:
                connection.execute(DropSchema(schema))
        assert schema not in inspect(ground.engine).get_schema_names()

    @needs("temporary_tables")
    def test_temporary_tables(self, ground: Ground) -> None:
        table = Table("azoth_passing", MetaData(), Column("x", Integer), prefixes=["TEMPORARY"])
        with ground.engine.connect() as connection:
            table.create(connection)
            connection.execute(table.insert(), {"x": 1})
            assert connection.scalar(select(table.c.x)) == 1
            assert "azoth_passing" not in inspect(connection).get_table_names()
            table.drop(connection)
            connection.commit()

    @needs("sequences")
    def test_sequences_come_and_go(self, ground: Ground) -> None:
        sequence = Sequence("azoth_counter", start=5, metadata=ground.metadata)
        sequence.create(ground.engine)
        sequence.create(ground.engine, checkfirst=True)
        with ground.engine.begin() as connection:
            assert inspect(connection).has_sequence("azoth_counter")
            assert inspect(connection).get_sequence_names() == ["azoth_counter"]
            assert [connection.scalar(sequence), connection.scalar(select(sequence.next_value()))] == [5, 6]
        sequence.drop(ground.engine)
        sequence.drop(ground.engine, checkfirst=True)
        assert not inspect(ground.engine).has_sequence("azoth_counter")


class TestWhatTheDatabaseComputes:
    """Columns that the database fills, and constraints that it keeps."""

    @needs("identity_columns")
    def test_identity_columns(self, ground: Ground) -> None:
        table = ground.table(
            "azoth_numbered",
            Column("id", Integer, Identity(always=True, start=10, increment=5), primary_key=True),
            Column("x", Integer),
            key=False,
        )
        with ground.engine.begin() as connection:
            keys = [connection.execute(table.insert(), {"x": 0}).inserted_primary_key[0] for _ in range(2)]
        assert keys == [10, 15]
        with pytest.raises(exc.DBAPIError):
            ground.insert(table, {"id": 1, "x": 0})
        (column, _) = inspect(ground.engine).get_columns("azoth_numbered")
        assert (column["identity"]["always"], column["identity"]["start"], column["identity"]["increment"]) == (
            True,
            10,
            5,
        )

    @needs("computed_columns")
    def test_computed_columns(self, ground: Ground) -> None:
        table = ground.table(
            "azoth_computed",
            Column("x", Integer),
            Column("double", Integer, Computed("x * 2", persisted=True)),
        )
        ground.insert(table, {"x": 4})
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), [{"x": 5}, {"x": 6}])
            connection.execute(table.update().where(table.c.x == 4).values(x=3))
        assert [row[1:] for row in ground.rows(table)] == [(3, 6), (5, 10), (6, 12)]
        columns = {column["name"]: column for column in inspect(ground.engine).get_columns("azoth_computed")}
        assert columns["double"]["computed"]["persisted"] is True
        assert "x" in columns["double"]["computed"]["sqltext"]
        assert "computed" not in columns["x"]

    @needs("foreign_key_options")
    def test_deletions_go_on_along_foreign_keys(self, ground: Ground) -> None:
        parent = ground.table("azoth_parent", Column("x", Integer))
        child = ground.table(
            "azoth_child",
            Column("follows", ForeignKey(parent.c.id, ondelete="CASCADE")),
            Column("forgets", ForeignKey(parent.c.id, ondelete="SET NULL")),
        )
        ground.insert(parent, {"x": 1}, {"x": 2})
        ground.insert(child, {"follows": 1}, {"forgets": 1}, {"follows": 2, "forgets": 2})
        with ground.engine.begin() as connection:
            connection.execute(parent.delete().where(parent.c.id == 1))
        assert ground.rows(child) == [(2, None, None), (3, 2, 2)]

    @needs("deferred_foreign_keys")
    def test_foreign_keys_that_wait_for_the_commit(self, ground: Ground) -> None:
        parent = ground.table("azoth_parent", Column("x", Integer))
        key = ForeignKey(parent.c.id, deferrable=True, initially="DEFERRED")
        child = ground.table("azoth_child", Column("parent_id", key))
        with ground.engine.begin() as connection:
            connection.execute(child.insert(), {"parent_id": 1})
            connection.execute(parent.insert(), {"id": 1})
        with ground.engine.connect() as connection:
            connection.execute(child.insert(), {"parent_id": 99})
            with pytest.raises(exc.IntegrityError):
                connection.commit()
            connection.rollback()
        assert ground.rows(child) == [(1, 1)]

    @needs("check_constraints")
    def test_checks_with_unusual_texts(self, ground: Ground) -> None:
        table = ground.table(
            "azoth_checked",
            Column("w", String(20)),
            CheckConstraint(text("w <> '50%' AND w <> 'it''s' AND w <> 'a\\:b'"), name="azoth_words"),
        )
        for word in ("50%", "it's", "a:b"):
            with pytest.raises(exc.DBAPIError):
                ground.insert(table, {"w": word})
        ground.insert(table, {"w": "fine"})
        assert [word for _, word in ground.rows(table)] == ["fine"]
