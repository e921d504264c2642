"""INSERT, UPDATE, DELETE, the keys that come of them, and defaults."""

from __future__ import annotations

import pytest

from azoth import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    Sequence,
    String,
    Table,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
)
from azoth.testing.suite.ground import Ground

__all__ = ["TestChanges", "TestDefaults", "TestGeneratedKeys"]

needs = pytest.mark.azoth_needs
MANY = 1_200


def things(ground: Ground, *rows: str) -> Table:
    """Create a table with rows of these names."""
    table = ground.table("azoth_things", Column("name", String(30)), Column("size", Integer))
    ground.insert(table, *({"name": name, "size": 0} for name in rows))
    return table


class TestChanges:
    """Rows are written as they were given, and counted."""

    def test_many_rows(self, ground: Ground) -> None:
        table = things(ground)
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), [{"name": f"n{n}", "size": n} for n in range(MANY)])
            assert connection.scalar(select(func.sum(table.c.size))) == MANY * (MANY - 1) // 2

    def test_several_rows_of_one_statement(self, ground: Ground) -> None:
        table = things(ground)
        with ground.engine.begin() as connection:
            connection.execute(table.insert().values([{"name": "a", "size": 1}, {"name": "b", "size": 2}]))
        assert [row[1:] for row in ground.rows(table)] == [("a", 1), ("b", 2)]

    def test_expressions_as_values(self, ground: Ground) -> None:
        table = things(ground, "a", "b")
        with ground.engine.begin() as connection:
            connection.execute(table.insert().values(name=literal("x") + "y", size=literal(2) + 3))
            connection.execute(table.update().where(table.c.id == 1).values(size=table.c.size + 10))
            total = select(func.count()).select_from(table.alias("t")).scalar_subquery()
            assert connection.scalar(select(total)) == 3
        assert [row[1:] for row in ground.rows(table)] == [("a", 10), ("b", 0), ("xy", 5)]

    def test_insert_from_select(self, ground: Ground) -> None:
        table = things(ground, "a", "b")
        copied = ground.table("azoth_copied", Column("name", String(30)))
        with ground.engine.begin() as connection:
            connection.execute(copied.insert().from_select(["name"], select(table.c.name).order_by(table.c.id)))
        assert {name for _, name in ground.rows(copied)} == {"a", "b"}

    @needs("row_counts")
    def test_rows_are_counted(self, ground: Ground) -> None:
        table = things(ground, "a", "b", "c")
        with ground.engine.begin() as connection:
            assert connection.execute(table.update().values(size=0)).rowcount == 3
            assert connection.execute(table.update().where(table.c.id > 1).values(size=1)).rowcount == 2
            assert connection.execute(table.update().where(table.c.id > 9).values(size=1)).rowcount == 0
            assert connection.execute(table.delete().where(table.c.name == "c")).rowcount == 1
            assert connection.execute(table.delete().where(table.c.name == "c")).rowcount == 0

    @needs("row_counts_of_many")
    def test_rows_of_many_statements_are_counted(self, ground: Ground) -> None:
        table = things(ground, "a", "b", "c")
        change = table.update().where(table.c.name == bindparam("which"))
        with ground.engine.begin() as connection:
            result = connection.execute(
                change, [{"which": "a", "size": 1}, {"which": "zz", "size": 2}, {"which": "c", "size": 0}]
            )
            assert result.rowcount == 2

    @needs("insert_returning")
    def test_insert_returning(self, ground: Ground) -> None:
        table = things(ground)
        statement = table.insert().returning(table.c.id, (table.c.size * 2).label("double"), table.c.name)
        with ground.engine.begin() as connection:
            assert connection.execute(statement, {"name": "a", "size": 4}).one() == (1, 8, "a")
            several = table.insert().values([{"name": "b"}, {"name": "c"}]).returning(table.c.name)
            assert sorted(connection.execute(several).scalars()) == ["b", "c"]

    @needs("insert_returning")
    def test_insert_returning_of_many_in_order(self, ground: Ground) -> None:
        table = things(ground)
        statement = insert(table).returning(table.c.id, table.c.size, sort_by_parameter_order=True)
        with ground.engine.begin() as connection:
            rows = connection.execute(statement, [{"size": MANY - n} for n in range(MANY)]).all()
        assert [row.size for row in rows] == [MANY - n for n in range(MANY)]
        assert {(row[0], row[2]) for row in ground.rows(table)} == {(row.id, row.size) for row in rows}

    @needs("update_returning")
    def test_update_returning(self, ground: Ground) -> None:
        table = things(ground, "a", "b", "c")
        statement = (
            table.update().where(table.c.id > 1).values(size=table.c.id * 10).returning(table.c.id, table.c.size)
        )
        with ground.engine.begin() as connection:
            assert sorted(tuple(row) for row in connection.execute(statement)) == [(2, 20), (3, 30)]

    @needs("delete_returning")
    def test_delete_returning(self, ground: Ground) -> None:
        table = things(ground, "a", "b", "c")
        with ground.engine.begin() as connection:
            statement = table.delete().where(table.c.id > 1).returning(table.c.name)
            assert sorted(connection.execute(statement).scalars()) == ["b", "c"]
        assert [row[1] for row in ground.rows(table)] == ["a"]

    def test_conditions_on_other_rows(self, ground: Ground) -> None:
        table = things(ground, "a", "b", "c")
        tags = ground.table("azoth_tags", Column("thing", Integer), Column("tag", String(10)))
        ground.insert(tags, {"thing": 2, "tag": "gone"}, {"thing": 3, "tag": "big"})
        with ground.engine.begin() as connection:
            gone = select(tags.c.thing).where(tags.c.tag == "gone")
            connection.execute(table.delete().where(table.c.id.in_(gone)))
            tag = select(tags.c.tag).where(tags.c.thing == table.c.id).scalar_subquery()
            connection.execute(table.update().values(name=func.coalesce(tag, table.c.name)))
        assert [row[:2] for row in ground.rows(table)] == [(1, "a"), (3, "big")]


class TestGeneratedKeys:
    """Who has inserted a row learns its key."""

    def test_the_key_of_a_row(self, ground: Ground) -> None:
        table = things(ground)
        with ground.engine.begin() as connection:
            keys = [connection.execute(table.insert(), {"name": name}).inserted_primary_key[0] for name in "abc"]
            names = [connection.scalar(select(table.c.name).where(table.c.id == key)) for key in keys]
        assert names == ["a", "b", "c"]

    def test_a_key_that_was_given(self, ground: Ground) -> None:
        table = ground.table(
            "azoth_pairs", Column("a", String(5), primary_key=True), Column("b", Integer, primary_key=True), key=False
        )
        with ground.engine.begin() as connection:
            assert connection.execute(table.insert(), {"a": "x", "b": 7}).inserted_primary_key == ("x", 7)

    @needs("keys_from_driver")
    def test_the_driver_tells_the_last_key(self, ground: Ground) -> None:
        table = things(ground)
        with ground.engine.begin() as connection:
            result = connection.execute(table.insert().inline(), {"name": "a"})
            assert result.lastrowid == connection.scalar(select(table.c.id))

    def test_a_row_without_values(self, ground: Ground) -> None:
        table = ground.table("azoth_empty", Column("x", Integer, server_default=text("5")))
        only_key = ground.table("azoth_only_key")
        with ground.engine.begin() as connection:
            keys = [connection.execute(table.insert()).inserted_primary_key[0] for _ in range(2)]
            assert connection.execute(select(table.c.id).order_by(table.c.id)).scalars().all() == keys
            assert connection.execute(select(table.c.x)).scalars().all() == [5, 5]
            key = connection.execute(only_key.insert()).inserted_primary_key[0]
            assert connection.scalar(select(only_key.c.id)) == key

    def test_many_rows_without_values(self, ground: Ground) -> None:
        table = ground.table("azoth_only_key")
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), [{}, {}, {}])
        assert len(ground.rows(table)) == 3

    @needs("sequences")
    def test_a_key_from_a_sequence(self, ground: Ground) -> None:
        numbers = Sequence("azoth_numbers_seq", start=100, increment=10, metadata=ground.metadata)
        table = Table(
            "azoth_numbered", ground.metadata, Column("id", Integer, numbers, primary_key=True), Column("x", Integer)
        )
        ground.metadata.create_all(ground.engine)
        with ground.engine.begin() as connection:
            keys = [connection.execute(table.insert(), {"x": x}).inserted_primary_key[0] for x in range(3)]
            assert connection.scalar(numbers) == 130
        assert keys == [100, 110, 120]
        assert [row[0] for row in ground.rows(table)] == keys


class TestDefaults:
    """Values that nobody has given."""

    def test_defaults_of_python(self, ground: Ground) -> None:
        counter = iter(range(10, 100))
        table = ground.table(
            "azoth_defaults",
            Column("x", Integer),
            Column("plain", String(10), default="it's 100%"),
            Column("called", Integer, default=lambda: next(counter)),
            Column("changed", Integer, default=0, onupdate=lambda: next(counter)),
        )
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), {"x": 1})
            connection.execute(table.insert(), [{"x": 2}, {"x": 3}])
            connection.execute(table.update().where(table.c.x == 1).values(plain="new"))
        assert [row[2:] for row in ground.rows(table)] == [("new", 10, 13), ("it's 100%", 11, 0), ("it's 100%", 12, 0)]

    def test_defaults_that_are_sql(self, ground: Ground) -> None:
        table = ground.table(
            "azoth_defaults",
            Column("x", Integer),
            Column("computed", Integer, default=literal(6) * 7, onupdate=literal(1) + 1),
        )
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), {"x": 1})
            connection.execute(table.insert(), [{"x": 2}, {"x": 3}])
            connection.execute(table.update().where(table.c.x == 1).values(x=4))
        assert [row[1:] for row in ground.rows(table)] == [(4, 2), (2, 42), (3, 42)]

    def test_defaults_of_the_server(self, ground: Ground) -> None:
        table = ground.table(
            "azoth_defaults",
            Column("x", Integer),
            Column("words", String(40), server_default='it\'s "100%" \\ :x ?'),
            Column("number", Integer, server_default=text("7")),
        )
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), {"x": 1})
            connection.execute(table.insert(), [{"x": 2}, {"x": 3}])
            connection.execute(table.insert(), {"x": 4, "words": None, "number": 0})
        default = ('it\'s "100%" \\ :x ?', 7)
        assert [row[2:] for row in ground.rows(table)] == [default, default, default, (None, 0)]

    def test_moments_of_the_server(self, ground: Ground) -> None:
        table = ground.table(
            "azoth_defaults", Column("x", Integer), Column("at", DateTime, server_default=func.current_timestamp())
        )
        ground.insert(table, {"x": 1})
        assert all(at.year >= 2020 for _, _, at in ground.rows(table))

    def test_keys_of_parents(self, ground: Ground) -> None:
        parent = ground.table("azoth_parent", Column("x", Integer))
        child = ground.table("azoth_child", Column("parent_id", ForeignKey(parent.c.id), nullable=False))
        with ground.engine.begin() as connection:
            key = connection.execute(parent.insert(), {"x": 1}).inserted_primary_key[0]
            connection.execute(child.insert(), {"parent_id": key})
        assert [row[1] for row in ground.rows(child)] == [key]
