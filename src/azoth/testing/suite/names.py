"""Names of any letters and any length, and attempts to smuggle SQL in with them."""

from __future__ import annotations

import pytest

from azoth import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    exc,
    func,
    inspect,
    literal,
    select,
)
from azoth.testing.suite.ground import Ground

__all__ = ["TestLongNames", "TestNames"]

needs = pytest.mark.azoth_needs

HOSTILE_NAMES = (
    "select",
    "Order",
    "group by",
    "MixedCase",
    "two words",
    'qu"ote',
    "it's",
    "back`tick",
    "[brackets]",
    "back\\slash",
    "100%",
    "%s",
    "%(x)s",
    ":colon",
    "question?",
    "do.t",
    "$1",
    "semi;colon",
    "dash--dash",
    "/* comment */",
    'x"; DROP TABLE azoth_kept; --',
    "x`; DROP TABLE azoth_kept; --",
    "x'); DROP TABLE azoth_kept; --",
    "{braces}",
    "ünïcödé 日本語",
    "1digit",
    "_underscore",
)


class TestNames:
    """Any name is a name and nothing else."""

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_a_table_a_column_and_a_label(self, ground: Ground, name: str) -> None:
        kept = ground.table("azoth_kept", Column("x", Integer))
        table = ground.table(name, Column(name, Integer))
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), {name: 1})
            connection.execute(table.insert(), [{name: 2}, {name: 3}])
            connection.execute(table.update().where(table.c[name] == 3).values({name: 4}))
            connection.execute(table.delete().where(table.c[name] == 2))
            labelled = select(table.c[name].label(name), (table.c[name] + 1).label(f"{name} too")).order_by(table.c.id)
            rows = connection.execute(labelled).mappings().all()
            assert [dict(row) for row in rows] == [{name: 1, f"{name} too": 2}, {name: 4, f"{name} too": 5}]
            other = table.alias(f"{name} other")
            inner = select(other.c[name]).where(other.c[name] == 4).cte(f"{name} cte")
            assert connection.execute(select(inner)).scalars().all() == [4]
            part = select(table.c[name]).subquery(f"{name} sub")
            assert connection.scalar(select(func.max(part.c[name]))) == 4
        inspector = inspect(ground.engine)
        assert set(inspector.get_table_names()) == {"azoth_kept", name}
        assert [column["name"] for column in inspector.get_columns(name)] == ["id", name]
        read = Table(name, MetaData(), autoload_with=ground.engine)
        with ground.engine.connect() as connection:
            assert connection.execute(select(read.c[name]).order_by(read.c.id)).scalars().all() == [1, 4]
        assert ground.rows(kept) == []

    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_constraints_and_indexes(self, ground: Ground, name: str) -> None:
        ground.table("azoth_kept", Column("x", Integer))
        table = ground.table(
            "azoth_named",
            Column("x", Integer),
            Column("y", Integer),
            Column("up", Integer, ForeignKey("azoth_named.id", name=f"{name} fk")),
            UniqueConstraint("x", name=f"{name} uq"),
            CheckConstraint("y > 0", name=f"{name} ck"),
        )
        index = Index(f"{name} ix", table.c.y)
        index.create(ground.engine)
        inspector = inspect(ground.engine)
        assert f"{name} ix" in {found["name"] for found in inspector.get_indexes("azoth_named")}
        assert [found["name"] for found in inspector.get_unique_constraints("azoth_named")] == [f"{name} uq"]
        assert [found["name"] for found in inspector.get_foreign_keys("azoth_named")] == [f"{name} fk"]
        if ground.requirements.check_constraints:
            assert [found["name"] for found in inspector.get_check_constraints("azoth_named")] == [f"{name} ck"]
        index.drop(ground.engine)
        assert inspector.has_table("azoth_kept")

    @needs("savepoints")
    @pytest.mark.parametrize("name", ["sp; ROLLBACK", 'a"b', "a`b", "two words"])
    def test_savepoints(self, ground: Ground, name: str) -> None:
        table = ground.table("azoth_kept", Column("x", Integer))
        dialect = ground.engine.dialect
        with ground.engine.begin() as connection:
            connection.execute(table.insert(), {"x": 1})
            quoted = dialect.identifier_preparer.quote(name)
            connection.exec_driver_sql(dialect.savepoint_sql(quoted).replace("%", "%%"))
            connection.execute(table.insert(), {"x": 2})
            connection.exec_driver_sql(dialect.rollback_to_savepoint_sql(quoted).replace("%", "%%"))
            connection.exec_driver_sql(dialect.release_savepoint_sql(quoted).replace("%", "%%"))
        assert [x for _, x in ground.rows(table)] == [1]

    @needs("comments")
    def test_comments(self, ground: Ground) -> None:
        hostile = 'it\'s "100%" \\ `x` :y ? %s; DROP TABLE azoth_kept; -- */ 日本語\nnew line'
        ground.table("azoth_kept", Column("x", Integer))
        ground.table("azoth_told", Column("x", Integer, comment=hostile), comment=hostile)
        inspector = inspect(ground.engine)
        assert inspector.get_table_comment("azoth_told") == {"text": hostile}
        assert [column["comment"] for column in inspector.get_columns("azoth_told")] == [None, hostile]
        assert inspector.has_table("azoth_kept")

    def test_names_that_differ_by_their_capitals(self, ground: Ground) -> None:
        names = ("Up", "uP")
        with ground.engine.connect() as connection:
            row = connection.execute(select(*(literal(n).label(name) for n, name in enumerate(names)))).mappings().one()
        assert dict(row) == {"Up": 0, "uP": 1}

    def test_names_of_ones_own_sql(self, ground: Ground) -> None:
        ground.table("azoth_kept", Column("x", Integer))
        for name in ("f(); DROP TABLE azoth_kept; --", "f'x"):
            with ground.engine.connect() as connection, pytest.raises(exc.AzothError):
                connection.execute(select(getattr(func, name)(1)))
        assert inspect(ground.engine).has_table("azoth_kept")


class TestLongNames:
    """A name is kept, refused or shortened by azoth; a server never cuts it in silence."""

    def longest(self, ground: Ground, letter: str = "n") -> str:
        """Give a name of the greatest length."""
        length = min(ground.engine.dialect.max_identifier_length, 200)
        if ground.requirements.names_in_bytes:
            length //= len(letter.encode())
        return letter * length

    @pytest.mark.parametrize("letter", ["n", "ß"])
    def test_the_longest_names(self, ground: Ground, letter: str) -> None:
        name = self.longest(ground, letter)
        table = ground.table(name, Column(name, Integer, unique=False))
        ground.insert(table, {name: 1})
        index = Index(name[:-1] + "i", table.c[name])
        index.create(ground.engine)
        inspector = inspect(ground.engine)
        assert inspector.get_table_names() == [name]
        assert [column["name"] for column in inspector.get_columns(name)] == ["id", name]
        assert [found["name"] for found in inspector.get_indexes(name)] == [name[:-1] + "i"]
        with ground.engine.connect() as connection:
            assert connection.execute(select(table.c[name].label(name))).mappings().one() == {name: 1}

    @pytest.mark.parametrize("letter", ["n", "ß"])
    def test_tables_and_columns_that_are_too_long(self, ground: Ground, letter: str) -> None:
        if ground.requirements.names_without_limit:
            ground.table(letter * 300, Column(letter * 300, Integer))
            assert inspect(ground.engine).get_table_names() == [letter * 300]
            return
        name = self.longest(ground, letter) + letter
        with pytest.raises(exc.AzothError):
            ground.table(name, Column("x", Integer))
        with pytest.raises(exc.AzothError):
            ground.table("azoth_short", Column(name, Integer))
        assert inspect(ground.engine).get_table_names() == []

    @pytest.mark.parametrize("letter", ["n", "ß"])
    def test_constraints_and_indexes_that_are_too_long(self, ground: Ground, letter: str) -> None:
        if ground.requirements.names_without_limit:
            return
        name = self.longest(ground, letter) + letter
        with pytest.raises(exc.AzothError):
            ground.table("azoth_unique", Column("x", Integer), UniqueConstraint("x", name=name))
        table = ground.table("azoth_indexed", Column("x", Integer))
        with pytest.raises(exc.AzothError):
            Index(name, table.c.x).create(ground.engine)
        assert inspect(ground.engine).get_indexes("azoth_indexed") == []

    @pytest.mark.parametrize("letter", ["n", "ß"])
    def test_labels_that_are_too_long(self, ground: Ground, letter: str) -> None:
        name = self.longest(ground, letter) + letter * 5
        table = ground.table("azoth_labelled", Column("x", Integer))
        ground.insert(table, {"x": 1})
        with ground.engine.connect() as connection:
            try:
                row = connection.execute(select(table.c.x.label(name), table.c.id.label(f"{name}2"))).one()
            except exc.AzothError:
                return
            assert dict(row._mapping) == {name: 1, f"{name}2": 1}

    @pytest.mark.parametrize("letter", ["n", "ß"])
    def test_names_that_azoth_makes_are_shortened(self, ground: Ground, letter: str) -> None:
        name = self.longest(ground, letter)
        metadata = ground.metadata
        metadata.naming_convention = {
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
        }
        table = ground.table(name, Column(name, Integer, index=True), Column("y", Integer, unique=True))
        ground.insert(table, {name: 1, "y": 2})
        inspector = inspect(ground.engine)
        made = [found["name"] for found in inspector.get_indexes(name) if found["column_names"] == [name]]
        assert len(made) == 1
        (index,) = table.indexes
        index.drop(ground.engine)
        assert [found for found in inspect(ground.engine).get_indexes(name) if found["name"] in made] == []
        with ground.engine.connect() as connection:
            other = table.alias(f"{name[:-1]}2")
            joined = (
                select(table, other).where(table.c.id == other.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
            )
            assert tuple(connection.execute(joined).one()) == (1, 1, 2, 1, 1, 2)
